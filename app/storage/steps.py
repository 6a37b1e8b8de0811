"""Steps: the intent before each write, the values before it, and its result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.domain.enums import RunKind, StepStatus
from app.storage.clock import instant_text
from app.storage.database import Database
from app.storage.doubtful_writes import record_doubt
from app.storage.runs import RunRow, check_owner
from app.storage.tables import runs, steps
from app.storage.write_budget import reserved_writes, sent_last_hour


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a run. `written_at`: when a write was intended last."""

    run_id: str
    position: int
    decision_id: str
    key: str
    step: dict[str, Any]
    status: StepStatus
    resolved: dict[str, Any] | None
    before: Any
    result: Any
    message: str
    started_at: str | None
    written_at: str | None
    finished_at: str | None


class Steps:
    """The steps table. Every write checks that its worker still holds the run."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_run(self, run_id: str) -> list[StepRow]:
        """The steps of one run, in order."""
        return await self._select(steps.c.run_id == run_id)

    async def of_decisions(self, decision_ids: list[str]) -> list[StepRow]:
        """The steps of several decisions and of their undo runs, oldest run first, in order."""
        return await self._select(steps.c.decision_id.in_(decision_ids))

    async def of_plan(self, decision_id: str) -> list[StepRow]:
        """The steps of a decision's plan, in order."""
        return await self._select(steps.c.decision_id == decision_id, ~_of_undo())

    async def of_undo(self, decision_id: str) -> list[StepRow]:
        """The steps of every undo of a decision, in order."""
        return await self._select(steps.c.decision_id == decision_id, _of_undo())

    async def add(self, run: RunRow, plan: list[dict[str, Any]]) -> None:
        """Adds the steps of an undo."""

        def work(db: Connection) -> None:
            check_owner(db, run)
            insert_steps(db, run.id, str(run.decision_id), plan)

        await self._database.write(work)

    async def intend(self, run: RunRow, row: StepRow, *, resolved: dict[str, Any], before: Any, now: datetime) -> None:
        """Commits a write before it is sent, so that a process that takes the run over looks in ConnectWise first."""
        moment = instant_text(now)
        values: dict[str, Any] = {"resolved": resolved, "written_at": moment, "message": ""}
        values |= {"started_at": row.started_at or moment}
        if row.before is None:
            values["before"] = before
        await self._update(run, row, values)

    async def doubt(self, run: RunRow, rows: Sequence[StepRow]) -> None:
        """Keeps writes whose outcome is unknown, to look at them again minutes later."""

        def work(db: Connection) -> None:
            check_owner(db, run)
            for row in rows:
                record_doubt(db, row.run_id, row.position)

        await self._database.write(work)

    async def settle(
        self, run: RunRow, row: StepRow, *, status: StepStatus, now: datetime, result: Any = None, message: str = "",
        resolved: dict[str, Any] | None = None, before: Any = None,
    ) -> None:  # fmt: skip
        """Records how a step ended."""
        values: dict[str, Any] = {"status": status, "message": message, "finished_at": instant_text(now)}
        values |= {"result": result}
        if resolved is not None:
            values["resolved"] = resolved
        if before is not None and row.before is None:
            values["before"] = before
        await self._update(run, row, values)

    async def writes_last_hour(self, now: datetime) -> int:
        """How many writes were sent to ConnectWise in the hour before `now`."""
        return await self._database.read(lambda db: sent_last_hour(db, now))

    async def reserved_writes(self, now: datetime, *, except_for: str) -> int:
        """Writes of the last hour and those reserved by open runs of decisions other than `except_for`."""
        return await self._database.read(lambda db: reserved_writes(db, now, except_for=except_for))

    async def _update(self, run: RunRow, row: StepRow, values: dict[str, Any]) -> None:
        this_step = (steps.c.run_id == row.run_id, steps.c.position == row.position)

        def work(db: Connection) -> None:
            check_owner(db, run)
            db.execute(sa.update(steps).where(*this_step).values(values))

        await self._database.write(work)

    async def _select(self, *conditions: Any) -> list[StepRow]:
        query = sa.select(*_COLUMNS).where(*conditions).order_by(steps.c.run_id, steps.c.position)
        return await self._database.read(lambda db: [_row(row) for row in db.execute(query)])


_COLUMNS = tuple(steps.c[name] for name in StepRow.__slots__)


def _row(row: Any) -> StepRow:
    return StepRow(**{**row._mapping, "status": StepStatus(row.status)})


def _of_undo() -> Any:
    return sa.exists().where(runs.c.id == steps.c.run_id, runs.c.kind == RunKind.UNDO)


def insert_steps(db: Connection, run_id: str, decision_id: str, plan: list[dict[str, Any]]) -> None:
    """Adds planned steps in the caller's transaction."""
    if plan:
        rows = [
            {"run_id": run_id, "position": position, "decision_id": decision_id, "key": step["key"], "step": step,
             "status": StepStatus.PLANNED, "message": ""}
            for position, step in enumerate(plan)
        ]  # fmt: skip
        db.execute(sa.insert(steps), rows)
