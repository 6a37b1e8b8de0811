"""Writes to ConnectWise by the hour: those sent, and those that open runs may still send.

An open run reserves what its plan has not written yet. The reservation has no row: it exists while the run is
open, whichever process works on it, and ends in the commit that ends the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.domain.enums import RunKind, StepStatus
from app.storage.clock import instant_text
from app.storage.runs import OPEN_STATES
from app.storage.tables import runs, steps

_HOUR = timedelta(hours=1)
_NOT_DONE = (StepStatus.PLANNED, StepStatus.FAILED)


def count_writes(plan: Iterable[Mapping[str, Any]]) -> int:
    """How many of these steps may write."""
    return sum(step.get("method") != "GET" for step in plan)


def sent_last_hour(db: Connection, now: datetime) -> int:
    """How many writes were sent to ConnectWise in the hour before `now`."""
    query = sa.select(sa.func.count()).select_from(steps).where(steps.c.written_at >= instant_text(now - _HOUR))
    return db.execute(query).scalar_one()


def reserved_writes(db: Connection, now: datetime, *, except_for: str) -> int:
    """Writes of the last hour and those reserved by open runs of decisions other than `except_for`."""
    planner = runs.alias("planner")
    is_open = (
        runs.c.decision_id == steps.c.decision_id, runs.c.state.in_(OPEN_STATES), steps.c.decision_id != except_for,
        planner.c.id == steps.c.run_id, (planner.c.kind == RunKind.UNDO) == (runs.c.kind == RunKind.UNDO),
    )  # fmt: skip
    before = instant_text(now - _HOUR)
    to_come = (steps.c.status.in_(_NOT_DONE), steps.c.written_at.is_(None) | (steps.c.written_at < before))
    plans = db.execute(sa.select(steps.c.step).where(*is_open, *to_come)).scalars()
    return sent_last_hour(db, now) + count_writes(plans)


def lock_writes(db: Connection) -> None:
    """Serializes transactions that reserve writes, across processes; SQLite has one writer anyway."""
    if db.dialect.name == "postgresql":
        db.execute(sa.text("SELECT pg_advisory_xact_lock(7263)"))
