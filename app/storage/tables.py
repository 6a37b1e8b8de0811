"""Tables of inbox, runs, decisions and steps. Instants are UTC text of fixed width, which sorts alike on both databases.

JSON is stored as text: PostgreSQL's binary form refuses NUL characters, which ticket texts may contain.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(column_0_label)s",
    }
)

Json = sa.JSON()
Instant = sa.String(27)
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("key", sa.String(80), nullable=False, unique=True),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("action", sa.String(20), nullable=False),
    sa.Column("type", sa.String(40), nullable=False),
    sa.Column("record_id", sa.BigInteger, nullable=False),
    sa.Column("member_id", sa.String(100)),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("reason", sa.String(300)),
    sa.Column("run_id", sa.String(26)),
    sa.Index("ix_inbox_new", "id", sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'")),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("ticket_id", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("trigger", sa.String(12), nullable=False),
    sa.Column("mode", sa.String(8), nullable=False),
    sa.Column("outcome", sa.String(16)),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("decision_id", sa.String(26)),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("not_before", Instant, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("owner", sa.String(32)),
    sa.Column("lease_until", Instant),
    sa.Column("message", sa.Text, nullable=False, server_default=""),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("requested_by", sa.Text, nullable=False, server_default=""),
    sa.Index(
        "ix_runs_open",
        "not_before",
        sqlite_where=sa.text("state IN ('queued','waiting','working')"),
        postgresql_where=sa.text("state IN ('queued','waiting','working')"),
    ),
    sa.Index("ix_runs_ticket", "ticket_id", "id"),
    sa.Index(
        "uq_runs_one_at_work",
        "ticket_id",
        unique=True,
        sqlite_where=sa.text("state = 'working'"),
        postgresql_where=sa.text("state = 'working'"),
    ),
)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("ticket_id", sa.BigInteger, nullable=False),
    sa.Column("decided_at", Instant, nullable=False),
    sa.Column("trigger", sa.String(12), nullable=False),
    sa.Column("mode", sa.String(8), nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("closed_reason", sa.String(16)),
    sa.Column("message", sa.Text, nullable=False, server_default=""),
    sa.Column("project_id", sa.BigInteger),
    sa.Column("document", Json, nullable=False),
    sa.Column("evidence", Json, nullable=False),
    sa.Column("observed_state", Json, nullable=False, server_default="{}"),
    sa.Column("recheck_at", Instant),
    sa.Column("inputs", Json, nullable=False, server_default="{}"),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Index("ix_decisions_ticket", "ticket_id", "id"),
    sa.Index("ix_decisions_status", "status", "id"),
    sa.Index("ix_decisions_recheck_at", "recheck_at"),
)

steps = sa.Table(
    "steps",
    metadata,
    sa.Column("run_id", sa.String(26), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("decision_id", sa.String(26), nullable=False, index=True),
    sa.Column("key", sa.String(60), nullable=False),
    sa.Column("step", Json, nullable=False),
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("resolved", Json),
    sa.Column("before", Json),
    sa.Column("result", Json),
    sa.Column("message", sa.Text, nullable=False, server_default=""),
    sa.Column("started_at", Instant),
    sa.Column("written_at", Instant, index=True),
    sa.Column("finished_at", Instant),
)

charts = sa.Table(
    "charts",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("version", sa.String(100), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("first_used_at", Instant, nullable=False),
)

memory = sa.Table(
    "memory",
    metadata,
    sa.Column("name", sa.String(60), primary_key=True),
    sa.Column("value", Json, nullable=False),
)

pace = sa.Table(
    "pace",
    metadata,
    sa.Column("name", sa.String(20), primary_key=True),
    sa.Column("due", sa.Double, nullable=False),
)
