"""Tables of what people enter into briefs, and of the manual actions that applied plans leave to them."""

from __future__ import annotations

import sqlalchemy as sa

from app.storage.tables import Instant, Json, metadata

brief_values = sa.Table(
    "brief_values",
    metadata,
    sa.Column("ticket_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("field", sa.String(40), primary_key=True),
    sa.Column("value", Json, nullable=False),
    sa.Column("entered_by", sa.Text, nullable=False),
    sa.Column("entered_at", sa.String(40), nullable=False),
    sa.Column("shown", sa.String(64), nullable=False, server_default=""),
)
"""A person's values by ticket, so that a later decision of the ticket uses them. `shown`: digest of what was accepted."""

manual_actions = sa.Table(
    "manual_actions",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("ticket_id", sa.BigInteger, nullable=False),
    sa.Column("decision_id", sa.String(26), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("customer", sa.Text, nullable=False, server_default=""),
    sa.Column("amount", sa.String(20)),
    sa.Column("currency", sa.String(8), nullable=False, server_default=""),
    sa.Column("due", sa.String(10)),
    sa.Column("state", sa.String(10), nullable=False, server_default="open"),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("done_by", sa.Text),
    sa.Column("done_at", Instant),
    sa.UniqueConstraint("decision_id", "position", name="uq_manual_actions_decision_id"),
    sa.Index("ix_manual_actions_state", "state", "id"),
    sa.Index("ix_manual_actions_ticket_id", "ticket_id"),
)
