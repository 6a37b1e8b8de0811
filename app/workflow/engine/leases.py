"""Leases of the runs that this process executes."""

from __future__ import annotations

import asyncio
import contextlib
from uuid import uuid4

from app.storage import RunRow, StoreUnavailable
from app.workflow.context import WorkflowContext
from app.workflow.engine.runner import Runner


class LeaseKeeper:
    """Claims runs for this process, renews their leases while they are executed, and releases them."""

    def __init__(self, context: WorkflowContext, runner: Runner) -> None:
        self._context = context
        self._runner = runner
        self._owner = uuid4().hex
        self.run_ids: set[str] = set()
        """The runs under execution."""

    async def claim(self, *, limit: int, only: str | None = None) -> list[RunRow]:
        """Due runs, held by this process from now on."""
        now, executing = self._context.now(), tuple(self.run_ids)
        return await self._context.runs.claim(self._owner, limit=limit, now=now, only=only, executing=executing)

    async def execute(self, run: RunRow) -> None:
        """Executes one claimed run."""
        self.run_ids.add(run.id)
        try:
            await self._runner.execute(run)
        finally:
            self.run_ids.discard(run.id)

    async def renew_forever(self) -> None:
        """Renews the leases of the runs under execution, three times per lease."""
        while True:
            await asyncio.sleep(self._context.config.lease.total_seconds() / 3)
            if self.run_ids:
                with contextlib.suppress(StoreUnavailable):
                    await self._context.runs.renew(self._owner, list(self.run_ids), now=self._context.now())

    async def release(self) -> None:
        """Queues the runs again that this process still holds."""
        with contextlib.suppress(StoreUnavailable):
            await self._context.runs.release(owner=self._owner, now=self._context.now())
