"""Standard names of columns; columns for why a decision was closed and for a plan's inputs

Columns are renamed in place (SQLite 3.25 or later), so that indexes and rows stay as they are.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_RENAMED = (
    ("runs", "said", "message"),
    ("decisions", "said", "message"),
    ("steps", "said", "message"),
    ("audits", "said", "message"),
    ("decisions", "signs", "observed_state"),
    ("decisions", "look_at", "recheck_at"),
    ("steps", "wrote_at", "written_at"),
)
_INDEXES = (
    ("decisions", "ix_decisions_look_at", "look_at", "ix_decisions_recheck_at", "recheck_at"),
    ("steps", "ix_steps_wrote_at", "wrote_at", "ix_steps_written_at", "written_at"),
)
_decisions = sa.table(
    "decisions",
    sa.column("id", sa.String),
    sa.column("status", sa.String),
    sa.column("closed_reason", sa.String),
    sa.column("document", sa.JSON),
)


def upgrade() -> None:
    for table, old_index, _, _, _ in _INDEXES:
        op.drop_index(old_index, table_name=table)
    for table, old, new in _RENAMED:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
    for table, _, _, new_index, new_column in _INDEXES:
        op.create_index(new_index, table, [new_column])
    op.add_column("decisions", sa.Column("closed_reason", sa.String(16), nullable=True))
    op.add_column("decisions", sa.Column("inputs", sa.JSON(), server_default="{}", nullable=False))
    _move_reason_to_column()


def downgrade() -> None:
    _move_reason_to_document()
    op.drop_column("decisions", "inputs")
    op.drop_column("decisions", "closed_reason")
    for table, _, _, new_index, _ in _INDEXES:
        op.drop_index(new_index, table_name=table)
    for table, old, new in _RENAMED:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {new} TO {old}")
    for table, old_index, old_column, _, _ in _INDEXES:
        op.create_index(old_index, table, [old_column])


def _move_reason_to_column() -> None:
    """Only rejected decisions have a reason; each row is read alone, since documents may be large."""
    db = op.get_bind()
    rejected = sa.select(_decisions.c.id).where(_decisions.c.status == "rejected")
    for decision_id in db.execute(rejected).scalars().all():
        row = _decisions.c.id == decision_id
        document = db.execute(sa.select(_decisions.c.document).where(row)).scalar_one()
        if "ended_as" in document:
            reason = document.pop("ended_as")
            db.execute(sa.update(_decisions).where(row).values(document=document, closed_reason=reason))


def _move_reason_to_document() -> None:
    db = op.get_bind()
    closed = sa.select(_decisions.c.id).where(_decisions.c.closed_reason.is_not(None))
    for decision_id in db.execute(closed).scalars().all():
        row = _decisions.c.id == decision_id
        document, reason = db.execute(sa.select(_decisions.c.document, _decisions.c.closed_reason).where(row)).one()
        values = {"document": {**document, "ended_as": reason}}
        db.execute(sa.update(_decisions).where(row).values(values))
