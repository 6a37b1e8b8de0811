"""Looks minutes later at writes whose outcome stayed unknown: ConnectWise may complete them after they were sent again.

The waiting is counted by a clock that no change of time affects, from when this process first saw the write; a restart
begins anew. Nothing is deleted: a record too many is told on the decision, as a manual action and in the log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from app.connectwise import ConnectWiseError
from app.domain.enums import StepStatus
from app.planning.model import Step, StepKind
from app.storage import RunRow, StepRow, StoreUnavailable
from app.storage.decision_changes import found_too_many
from app.storage.doubtful_writes import DoubtfulWrite
from app.workflow.context import WorkflowContext
from app.workflow.steps.preconditions import find_all
from app.workflow.steps.step_reads import StepReads

log = structlog.get_logger()

_ROUND_SECONDS = 30.0
_CREATING = (StepKind.CREATE, StepKind.NOTE)


async def keep_doubts(context: WorkflowContext, run: RunRow, steps: Sequence[StepRow]) -> None:
    """Keeps those of the steps that were sent without a known outcome and would create a record with our mark."""
    if doubtful := [row for row in steps if _is_doubtful(row)]:
        await context.steps.doubt(run, doubtful)


def _is_doubtful(row: StepRow) -> bool:
    creates = row.step["kind"] in _CREATING and bool((row.step.get("look") or {}).get("contains"))
    return creates and row.written_at is not None and row.status is StepStatus.PLANNED


class LateWrites:
    """The doubtful writes that this process waits for."""

    def __init__(self, context: WorkflowContext) -> None:
        self._context = context
        self._seen: dict[DoubtfulWrite, float] = {}

    async def watch_forever(self) -> None:
        """Looks at what has become due, twice a minute."""
        while True:
            try:
                await self.look()
            except (ConnectWiseError, StoreUnavailable) as error:
                log.warning("maintenance.postponed", job="late-writes", reason=str(error))
            except Exception:
                log.exception("maintenance.fault")
            await asyncio.sleep(_ROUND_SECONDS)

    async def look(self) -> None:
        """One round. Raises ConnectWiseError or StoreUnavailable; what was not looked at stays due."""
        writes, moment, waits = (
            await self._context.doubts.all(),
            self._context.uptime(),
            self._context.config.late_looks,
        )
        self._seen = {write: self._seen.get(write, moment) for write in writes}
        for write, since in list(self._seen.items()):
            if moment - since >= waits[min(write.looks, len(waits) - 1)] and await self._looked_at(write):
                await self._context.doubts.looked(write, most=len(waits))

    async def _looked_at(self, write: DoubtfulWrite) -> bool:
        """Compares what is there with what is known; False while the run is still at work on it."""
        run = await self._context.runs.get(write.run_id)
        row = next(
            (row for row in await self._context.steps.of_run(write.run_id) if row.position == write.position), None
        )
        if run is None or row is None:
            return True
        if run.is_open:
            return False
        step = Step.from_json(row.resolved or row.step)
        try:
            found = await find_all(StepReads(self._context.reader), step.look) if step.look else []
        except ConnectWiseError as error:
            if error.waiting_helps:
                raise
            return True  # what it would belong to is gone
        await self._report(run, row, step, found)
        return True

    async def _report(self, run: RunRow, row: StepRow, step: Step, found: Sequence[Mapping[str, Any]]) -> None:
        known = row.result.get("id") if isinstance(row.result, Mapping) else None
        paths = [f"{step.path.rstrip('/')}/{one.get('id')}" for one in found if one.get("id") != known]
        if not paths:
            return
        log.warning("write.completed-late", run=run.id, ticket=run.ticket_id, decision=row.decision_id, records=paths)
        there_is = _there_is(paths, f"{step.path.rstrip('/')}/{known}" if len(paths) < len(found) else "")
        message = f"ConnectWise completed a write after its answer was given up. {there_is}"
        change = found_too_many(row.decision_id, message=message, action=message, now=self._context.now())
        await self._context.database.write(change)


def _there_is(late: Sequence[str], known: str) -> str:
    """How many there are, and what a person has to do."""
    others = ", ".join(late)
    if known:
        number = "two" if len(late) == 1 else str(len(late) + 1)
        return (
            f"There are {number}: {known} and {others}. Delete {others} in ConnectWise unless somebody works with it."
        )
    return f"{others} is left over. Delete it in ConnectWise unless somebody works with it."
