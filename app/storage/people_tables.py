"""Tables of people with their tokens, of their sessions, and of what they did. Tokens are stored as SHA-256 only."""

from __future__ import annotations

import sqlalchemy as sa

from app.storage.tables import Instant, metadata

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_key", sa.Text, nullable=False, unique=True),
    sa.Column("role", sa.String(10), nullable=False),
    sa.Column("token_sha256", sa.String(64), unique=True),
    sa.Column("subject", sa.String(64), unique=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("removed_at", Instant),
)
"""`name_key`: the name without case, so that no two names look alike; `subject`: SHA-256 of issuer and subject of a company
account. A removed person keeps the row without a token, so that a company account stays shut out."""

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_sha256", sa.String(64), primary_key=True),
    sa.Column("person_id", sa.String(26), index=True),
    sa.Column("credential", sa.String(64), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("used_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
)
"""`credential`: SHA-256 of the credential that the session began with; a session without `person_id` is one of API_TOKEN."""

sign_ins = sa.Table(
    "sign_ins",
    metadata,
    sa.Column("state_sha256", sa.String(64), primary_key=True),
    sa.Column("browser_sha256", sa.String(64), nullable=False),
    sa.Column("nonce", sa.String(64), nullable=False),
    sa.Column("verifier", sa.String(128), nullable=False),
    sa.Column("destination", sa.Text, nullable=False),
    sa.Column("ends_at", Instant, nullable=False, index=True),
)
"""Sign-ins at the company's provider that have not come back yet; each is used once."""

trail = sa.Table(
    "trail",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("what", sa.String(40), nullable=False),
    sa.Column("ticket_id", sa.BigInteger),
    sa.Column("decision_id", sa.String(26)),
    sa.Column("detail", sa.Text, nullable=False, server_default=""),
    sa.Index("ix_trail_decision_id", "decision_id", "id"),
    sa.Index("ix_trail_ticket_id", "ticket_id", "id"),
)
"""The audit trail: rows are only ever added."""
