"""Values that people enter into briefs; manual actions

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "brief_values",
        sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.String(40), nullable=False),
        sa.Column("shown", sa.String(64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "field", name="pk_brief_values"),
    )
    op.create_table(
        "manual_actions",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.String(26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), server_default="", nullable=False),
        sa.Column("amount", sa.String(20), nullable=True),
        sa.Column("currency", sa.String(8), server_default="", nullable=False),
        sa.Column("due", sa.String(10), nullable=True),
        sa.Column("state", sa.String(10), server_default="open", nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("done_at", sa.String(27), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_manual_actions"),
        sa.UniqueConstraint("decision_id", "position", name="uq_manual_actions_decision_id"),
    )
    op.create_index("ix_manual_actions_state", "manual_actions", ["state", "id"])
    op.create_index("ix_manual_actions_ticket_id", "manual_actions", ["ticket_id"])


def downgrade() -> None:
    op.drop_table("manual_actions")
    op.drop_table("brief_values")
