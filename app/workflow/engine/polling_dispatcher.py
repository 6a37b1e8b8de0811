"""Who carries runs on, and when. A wake-up is only a wake-up: what was lost is found again in the journal.

On SQLite exactly one process dispatches; on PostgreSQL any number do, woken through procrastinate (`app.workflow.engine.postgres_dispatcher`).
Either way a run is held by the journal's lease, and whoever holds it no longer can write nothing more about it.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Protocol
from uuid import uuid4

import structlog

from app.storage import RunRow, StoreUnavailable
from app.workflow.context import WorkflowContext
from app.workflow.engine.runner import advance
from app.workflow.tickets.intake import take_in

log = structlog.get_logger()

STOP_SECONDS = 20.0


class Dispatcher(Protocol):
    """Lets runs be carried on from `start` to `stop`."""

    stands_by: str
    """Why this process does nothing at the moment; empty while it works."""

    async def start(self) -> None:
        """Begins."""

    def wake(self) -> None:
        """Says that there may be something to do."""

    async def stop(self) -> None:
        """Takes nothing new, lets the steps under way end, and frees what does not end in time."""


class LeaseKeeper:
    """The runs that this process holds: works on them, renews their leases, gives them back."""

    def __init__(self, parts: WorkflowContext) -> None:
        self._parts = parts
        self.owner = uuid4().hex
        self.run_ids: set[str] = set()

    async def work(self, run: RunRow) -> None:
        """Carries one run on; it has been claimed for `owner`."""
        self.run_ids.add(run.id)
        try:
            await advance(self._parts, run)
        finally:
            self.run_ids.discard(run.id)

    async def keep_leases(self) -> None:
        """Renews the leases for ever."""
        while True:
            await asyncio.sleep(self._parts.config.lease.total_seconds() / 3)
            if self.run_ids:
                with contextlib.suppress(StoreUnavailable):
                    await self._parts.runs.renew(self.owner, list(self.run_ids), now=self._parts.now())

    async def release(self) -> None:
        """Puts back into the queue what is still held."""
        with contextlib.suppress(StoreUnavailable):
            await self._parts.runs.release(owner=self.owner, now=self._parts.now())


class PollingDispatcher:
    """The one dispatcher of a SQLite file; while another process is, it stands by."""

    def __init__(self, parts: WorkflowContext) -> None:
        self._parts = parts
        self._at_work = LeaseKeeper(parts)
        self._wake = asyncio.Event()
        self._stopping = False
        self._working: set[asyncio.Task[None]] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self.stands_by = ""

    async def start(self) -> None:
        """Begins; what a process that died has left is free at once."""
        if not self._parts.database.may_dispatch():
            process = self._parts.database.dispatching_process()
            self.stands_by = (
                f"Process {process or '(unknown)'} works on this SQLite file; this one stands by until it ends."
            )
            log.warning("dispatch.stands-by", why=self.stands_by)
        self._tasks = [asyncio.create_task(self._loop()), asyncio.create_task(self._at_work.keep_leases())]

    def wake(self) -> None:
        """Says that there may be something to do."""
        self._wake.set()

    async def stop(self) -> None:
        """Takes nothing new, lets the steps under way end, and frees what does not end in time."""
        self._stopping = True
        self.wake()
        if self._working:
            await asyncio.wait(self._working, timeout=STOP_SECONDS)
        ending = (*self._tasks, *self._working)
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        if not self.stands_by:
            await self._at_work.release()

    async def _loop(self) -> None:
        while not self._parts.database.may_dispatch():  # noqa: ASYNC110 - a lock of another process wakes nobody
            await asyncio.sleep(self._parts.config.poll)
        if self.stands_by:
            log.warning("dispatch.takes-over")
        self.stands_by = ""
        fresh = True
        while not self._stopping:
            self._wake.clear()
            try:
                if fresh:
                    await self._parts.runs.release(now=self._parts.now())
                    fresh = False
                await take_in(self._parts)
                await self._claim()
            except StoreUnavailable as away:
                log.error("store.unavailable", why=str(away))
            except Exception:
                log.exception("dispatch.fault")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._parts.config.poll):
                    await self._wake.wait()

    async def _claim(self) -> None:
        free = self._parts.config.concurrency - len(self._working)
        if free <= 0 or self._stopping:
            return
        mine, now = self._at_work, self._parts.now()
        for run in await self._parts.runs.claim(mine.owner, limit=free, now=now, at_work=tuple(mine.run_ids)):
            task = asyncio.create_task(self._at_work.work(run))
            self._working.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        self.wake()
