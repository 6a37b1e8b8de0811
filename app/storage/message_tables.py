"""Table of the messages to people: one row for each message and target."""

from __future__ import annotations

import sqlalchemy as sa

from app.storage.tables import Instant, Json, metadata

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("key", sa.String(120), nullable=False),
    sa.Column("target", sa.String(16), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("decision_id", sa.String(26)),
    sa.Column("content", Json, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("not_before", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.UniqueConstraint("key", "target", name="uq_messages_key"),
    sa.Index(
        "ix_messages_waiting",
        "target",
        "not_before",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    ),
)
"""`key`: what the message is about, so that nothing is sent twice; `target`: a hash of its address, empty where no target wants
the message; `not_before`: when it is due, or when the process that sends it has failed to."""
