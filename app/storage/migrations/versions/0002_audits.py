"""Audits

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audits",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("chart_sha256", sa.String(64), nullable=False),
        sa.Column("chart_version", sa.String(100), nullable=False),
        sa.Column("cursor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("seen", sa.Integer(), server_default="0", nullable=False),
        sa.Column("counters", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.Column("suggestions", sa.JSON(), nullable=True),
        sa.Column("totals", sa.JSON(), nullable=True),
        sa.Column("cancel", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", sa.String(27), nullable=False),
        sa.Column("owner", sa.String(120), nullable=True),
        sa.Column("lease_until", sa.String(27), nullable=True),
        sa.Column("said", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("updated_at", sa.String(27), nullable=False),
        sa.Column("finished_at", sa.String(27), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_audits"),
    )
    op.create_table(
        "audit_pages",
        sa.Column("audit_id", sa.String(26), sa.ForeignKey("audits.id", ondelete="CASCADE"), nullable=False),
        sa.Column("last_ticket", sa.BigInteger(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("audit_id", "last_ticket", name="pk_audit_pages"),
    )
    op.create_table(
        "audit_tickets",
        sa.Column("audit_id", sa.String(26), sa.ForeignKey("audits.id", ondelete="CASCADE"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("hindsight", sa.String(16), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("audit_id", "ticket_id", name="pk_audit_tickets"),
    )


def downgrade() -> None:
    op.drop_table("audit_tickets")
    op.drop_table("audit_pages")
    op.drop_table("audits")
