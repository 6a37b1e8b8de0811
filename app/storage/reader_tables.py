"""Tables of the model-backed reader: answers by request, and tokens by day."""

from __future__ import annotations

import sqlalchemy as sa

from app.storage.tables import Instant, Json, metadata

reader_answers = sa.Table(
    "reader_answers",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("answer", Json, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("ix_reader_answers_created_at", "created_at"),
)
"""Completions as they came, by the hash of their request."""

reader_usage = sa.Table(
    "reader_usage",
    metadata,
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("requests", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("tokens", sa.BigInteger, nullable=False, server_default="0"),
)
"""What was sent on each day in UTC."""
