"""Values that people have entered into briefs, by ticket, and the plan that is made from them in the same commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.domain.enums import DecisionStatus, RunKind, RunState
from app.storage.brief_tables import brief_values
from app.storage.clock import instant_text
from app.storage.database import Database
from app.storage.decision_rows import DecisionRow, brief_digest, find_decision, update_decision
from app.storage.runs import lock_ticket, open_run_of
from app.storage.steps import insert_steps
from app.storage.tables import decisions, runs, steps
from app.storage.trail import TrailEntry, add_entry

EDITABLE = (DecisionStatus.AWAITING_REVIEW, DecisionStatus.PLANNED)
"""Statuses of decisions whose brief a person may change."""


@dataclass(frozen=True, slots=True)
class EnteredValue:
    """One value as JSON, with who entered it and when (ISO instant). `shown`: digest of what an acceptance accepts."""

    value: Any
    by: str
    at: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class NewPlan:
    """What a changed brief makes of a decision."""

    status: DecisionStatus
    message: str
    document: dict[str, Any]
    inputs: dict[str, str]
    steps: list[dict[str, Any]]


class Refusal(StrEnum):
    """Why a changed brief was not stored."""

    STATUS = "status"
    CHANGED = "changed"
    BUSY = "busy"


class BriefValues:
    """The table of entered values."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_ticket(self, ticket_id: int) -> dict[str, EnteredValue]:
        """The values of a ticket by field."""
        query = sa.select(brief_values).where(brief_values.c.ticket_id == ticket_id)
        rows = await self._database.read(lambda db: db.execute(query).all())
        return {row.field: EnteredValue(row.value, row.entered_by, row.entered_at, row.shown) for row in rows}

    async def store(
        self, decision: DecisionRow, values: Mapping[str, EnteredValue], plan: NewPlan, *, entry: TrailEntry
    ) -> Refusal | None:
        """Replaces the ticket's values and the decision's plan in one commit; None when it is stored.

        Refused where the decision is no longer editable, its brief has changed since `decision` was read, or the ticket is
        being decided at the moment, since that run may have read the values already.
        """

        def work(db: Connection) -> Refusal | None:
            lock_ticket(db, decision.ticket_id)
            if refusal := _refusal(db, decision):
                return refusal
            _replace_values(db, decision.ticket_id, values)
            _replace_steps(db, decision.id, plan.steps)
            changed = {"status": plan.status, "message": plan.message, "document": plan.document, "inputs": plan.inputs}
            update_decision(db, decision.id, **changed, updated_at=instant_text(entry.at))
            add_entry(db, entry)
            return None

        return await self._database.write(work)


def _refusal(db: Connection, decision: DecisionRow) -> Refusal | None:
    current = find_decision(db, decisions.c.id == decision.id)
    if current is None or current.status not in EDITABLE:
        return Refusal.STATUS
    if brief_digest(current) != brief_digest(decision):
        return Refusal.CHANGED
    written = sa.select(steps.c.key).where(steps.c.decision_id == decision.id, steps.c.written_at.is_not(None))
    if db.execute(written.limit(1)).first() is not None:
        return Refusal.STATUS
    deciding = (RunKind.CLASSIFY, RunKind.RECHECK)
    if open_run_of(db, decision.ticket_id, *deciding, states=(RunState.WORKING,)):
        return Refusal.BUSY
    return None


def _replace_values(db: Connection, ticket_id: int, values: Mapping[str, EnteredValue]) -> None:
    db.execute(sa.delete(brief_values).where(brief_values.c.ticket_id == ticket_id))
    rows = [
        {"ticket_id": ticket_id, "field": field, "value": each.value, "entered_by": each.by, "entered_at": each.at,
         "shown": each.shown}
        for field, each in values.items()
    ]  # fmt: skip
    if rows:
        db.execute(sa.insert(brief_values), rows)


def _replace_steps(db: Connection, decision_id: str, plan: list[dict[str, Any]]) -> None:
    """The steps belong to the run that made the decision."""
    made_by = sa.select(sa.func.min(runs.c.id)).where(
        runs.c.decision_id == decision_id, runs.c.kind.in_((RunKind.CLASSIFY, RunKind.RECHECK))
    )
    run_id = db.execute(made_by).scalar()
    if run_id is not None:
        db.execute(sa.delete(steps).where(steps.c.run_id == run_id))
        insert_steps(db, run_id, decision_id, plan)
