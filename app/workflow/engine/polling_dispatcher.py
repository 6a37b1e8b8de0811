"""Claims due runs of a SQLite database and executes them. Notifications are hints; a poll finds missed runs.

On SQLite exactly one process dispatches; on PostgreSQL any number do (`postgres_dispatcher`). Either way a run is held
under a lease, and a process that has lost it can record nothing about the run.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

from app.storage import StoreUnavailable
from app.workflow.context import WorkflowContext
from app.workflow.engine.leases import LeaseKeeper
from app.workflow.engine.runner import Runner

log = structlog.get_logger()

STOP_SECONDS = 20.0
"""How long a stopping process waits for the steps under execution."""

Intake = Callable[[], Awaitable[object]]
"""Opens runs for new events."""


class Dispatcher(Protocol):
    """Executes due runs from `start` to `stop`."""

    standby_reason: str
    """Why this process executes no runs at the moment; empty while it does."""

    async def start(self) -> None:
        """Starts."""

    def wake(self) -> None:
        """Hints that there may be a due run."""

    async def stop(self) -> None:
        """Claims nothing new, lets steps under execution end, and releases what does not end in time."""


class PollingDispatcher:
    """The one dispatcher of a SQLite file; it stands by while another process dispatches."""

    def __init__(self, context: WorkflowContext, runner: Runner, intake: Intake) -> None:
        self._context = context
        self._intake = intake
        self._leases = LeaseKeeper(context, runner)
        self._wake = asyncio.Event()
        self._stopping = False
        self._executing: set[asyncio.Task[None]] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self.standby_reason = ""

    async def start(self) -> None:
        """Starts; runs that a dead process left are free immediately."""
        if not self._context.database.may_dispatch():
            process = self._context.database.dispatching_process() or "(unknown)"
            self.standby_reason = f"Process {process} works on this SQLite file; this one stands by until it ends."
            log.warning("dispatch.standby", reason=self.standby_reason)
        self._tasks = [asyncio.create_task(self._loop()), asyncio.create_task(self._leases.renew_forever())]

    def wake(self) -> None:
        """Hints that there may be a due run."""
        self._wake.set()

    async def stop(self) -> None:
        """Claims nothing new, lets steps under execution end, and releases what does not end in time."""
        self._stopping = True
        self.wake()
        if self._executing:
            await asyncio.wait(self._executing, timeout=STOP_SECONDS)
        ending = (*self._tasks, *self._executing)
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        if not self.standby_reason:
            await self._leases.release()

    async def _loop(self) -> None:
        await self._until_allowed()
        interrupted_runs = True
        while not self._stopping:
            self._wake.clear()
            try:
                if interrupted_runs:
                    await self._context.runs.release(now=self._context.now())
                    interrupted_runs = False
                await self._intake()
                await self._claim()
            except StoreUnavailable as unavailable:
                log.error("store.unavailable", reason=str(unavailable))
            except Exception:
                log.exception("dispatch.fault")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._context.config.poll):
                    await self._wake.wait()

    async def _until_allowed(self) -> None:
        """Waits for the file lock of another process, which sends no notification when it is released."""
        while not self._context.database.may_dispatch():  # noqa: ASYNC110
            await asyncio.sleep(self._context.config.poll)
        if self.standby_reason:
            log.warning("dispatch.takeover")
        self.standby_reason = ""

    async def _claim(self) -> None:
        free = self._context.config.concurrency - len(self._executing)
        if free <= 0 or self._stopping:
            return
        for run in await self._leases.claim(limit=free):
            task = asyncio.create_task(self._leases.execute(run))
            self._executing.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._executing.discard(task)
        self.wake()
