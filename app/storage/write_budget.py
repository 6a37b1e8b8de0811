"""Writes to ConnectWise by the hour: those that were sent, and those that runs under way may still send.

A run under way holds room for what its plan has not written yet. That room is no record of its own: it is there while the
run is open, whoever works on it, and gone in the commit that ends the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.storage.clock import instant_text
from app.storage.runs import OPEN_STATES
from app.storage.tables import runs, steps

_HOUR = timedelta(hours=1)
_NOT_DONE = ("planned", "failed")


def count_writes(plan: Iterable[Mapping[str, Any]]) -> int:
    """How many of these steps may write."""
    return sum(step.get("method") != "GET" for step in plan)


def sent_last_hour(db: Connection, now: datetime) -> int:
    """How many writes were sent to ConnectWise in the hour before `now`."""
    query = sa.select(sa.func.count()).select_from(steps).where(steps.c.written_at >= instant_text(now - _HOUR))
    return db.execute(query).scalar_one()


def taken(db: Connection, now: datetime, *, but_for: str) -> int:
    """How much of the hour is taken: what was sent, and what runs of other decisions than `but_for` may still send."""
    made = runs.alias("made")
    under_way = (
        runs.c.decision_id == steps.c.decision_id, runs.c.state.in_(OPEN_STATES), steps.c.decision_id != but_for,
        made.c.id == steps.c.run_id, (made.c.kind == "undo") == (runs.c.kind == "undo"),
    )  # fmt: skip
    to_come = (
        steps.c.status.in_(_NOT_DONE),
        steps.c.written_at.is_(None) | (steps.c.written_at < instant_text(now - _HOUR)),
    )
    plans = db.execute(sa.select(steps.c.step).where(*under_way, *to_come)).scalars()
    return sent_last_hour(db, now) + count_writes(plans)


def lock_writes(db: Connection) -> None:
    """Lets transactions that take room in the hour follow one another, in all processes; SQLite has one writer anyway."""
    if db.dialect.name == "postgresql":
        db.execute(sa.text("SELECT pg_advisory_xact_lock(7263)"))
