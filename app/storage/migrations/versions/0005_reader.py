"""Answers of the model-backed reader, and its tokens by day

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reader_answers",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_reader_answers"),
    )
    op.create_index("ix_reader_answers_created_at", "reader_answers", ["created_at"])
    op.create_table(
        "reader_usage",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("requests", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tokens", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_reader_usage"),
    )


def downgrade() -> None:
    op.drop_table("reader_usage")
    op.drop_table("reader_answers")
