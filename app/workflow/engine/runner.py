"""Executes claimed runs and records their results."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from app.domain.enums import RunState
from app.storage import OwnershipLost, RunRow, Runs, StoreUnavailable
from app.workflow.engine.results import Failed, RunHandler, RunResult, Wait

log = structlog.get_logger()


class Runner:
    """Lets the handler work on a run and records the result. A lost run is left to its new owner."""

    def __init__(self, runs: Runs, handler: RunHandler, *, now: Callable[[], datetime]) -> None:
        self._runs = runs
        self._handler = handler
        self._now = now

    async def execute(self, run: RunRow) -> None:
        """Executes a claimed run. Every outcome is recorded on the run."""
        try:
            await self._execute(run)
        except (OwnershipLost, StoreUnavailable) as lost:
            log.warning("run.released", run=run.id, ticket=run.ticket_id, cause=type(lost).__name__)

    async def _execute(self, run: RunRow) -> None:
        try:
            await self._record(run, await self._handler.handle(run))
        except (OwnershipLost, StoreUnavailable):
            raise
        except Exception as fault:
            log.exception("run.fault", run=run.id, ticket=run.ticket_id)
            await self._record(run, await self._handler.failure(run, fault))

    async def _record(self, run: RunRow, result: RunResult) -> None:
        now = self._now()
        if isinstance(result, Wait):
            is_attempt = result.is_attempt
            await self._runs.wait(run, until=result.until, message=result.reason, now=now, is_attempt=is_attempt)
            log.info("run.waits", run=run.id, ticket=run.ticket_id, until=result.until.isoformat())
        elif isinstance(result, Failed):
            await self._runs.end(run, state=RunState.FAILED, message=result.reason, now=now, also=result.also)
            log.error("run.failed", run=run.id, ticket=run.ticket_id)
        else:
            await self._runs.end(run, state=result.state, message=result.message, now=now, also=result.also)
