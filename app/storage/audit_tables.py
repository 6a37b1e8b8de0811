"""Tables of audits. Rows and evidence are stored page by page, so that a killed run loses one page at most."""

from __future__ import annotations

import sqlalchemy as sa

from app.storage.tables import Instant, Json, metadata

audits = sa.Table(
    "audits",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("asked", Json, nullable=False),
    sa.Column("chart_sha256", sa.String(64), nullable=False),
    sa.Column("chart_version", sa.String(100), nullable=False),
    sa.Column("started_by", sa.Text, nullable=False, server_default=""),
    sa.Column("cursor", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("expected", sa.Integer),
    sa.Column("seen", sa.Integer, nullable=False, server_default="0"),
    sa.Column("counters", Json, nullable=False),
    sa.Column("remarks", Json, nullable=False),
    sa.Column("suggestions", Json),
    sa.Column("totals", Json),
    sa.Column("cancel", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("not_before", Instant, nullable=False),
    sa.Column("owner", sa.String(120)),
    sa.Column("lease_until", Instant),
    sa.Column("message", sa.Text, nullable=False, server_default=""),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
)

audit_pages = sa.Table(
    "audit_pages",
    metadata,
    sa.Column("audit_id", sa.String(26), sa.ForeignKey("audits.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("last_ticket", sa.BigInteger, primary_key=True),
    sa.Column("tickets", sa.Integer, nullable=False),
    sa.Column("evidence", sa.LargeBinary, nullable=False),
)
"""The packed cases of a page, on which a changed chart is tried without ConnectWise."""

audit_tickets = sa.Table(
    "audit_tickets",
    metadata,
    sa.Column("audit_id", sa.String(26), sa.ForeignKey("audits.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("ticket_id", sa.BigInteger, primary_key=True),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("hindsight", sa.String(16), nullable=False),
    sa.Column("row", sa.Text, nullable=False),
)
