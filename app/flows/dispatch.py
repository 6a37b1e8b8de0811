"""Who carries runs on, and when: a small dispatcher in each process, over the leases that the journal keeps.

A wake-up is only a wake-up: what was lost is found again in the journal. On SQLite exactly one process dispatches;
on PostgreSQL any number do, each holding its runs by a lease that another process takes over when it runs out.
"""

from __future__ import annotations

import asyncio
import contextlib
from uuid import uuid4

import structlog

from app.flows.advance import advance
from app.flows.config import FlowParts
from app.flows.intake import take_in
from app.journal import RunRow, StoreUnavailable

log = structlog.get_logger()

_POLL_SECONDS = 1.0
_RENEW_SECONDS = 20.0
_STOP_SECONDS = 20.0


class Dispatcher:
    """Takes events in, claims runs and works on several of them at once, one a ticket."""

    def __init__(self, parts: FlowParts) -> None:
        self._parts = parts
        self._owner = uuid4().hex
        self._wake = asyncio.Event()
        self._stopping = False
        self._at_work: dict[str, asyncio.Task[None]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begins; while another process dispatches on the same SQLite file, only stands by."""
        self._tasks = [asyncio.create_task(self._loop()), asyncio.create_task(self._keep_leases())]

    def wake(self) -> None:
        """Says that there may be something to do."""
        self._wake.set()

    async def stop(self) -> None:
        """Takes nothing new, lets the steps under way end, and frees what does not end in time."""
        self._stopping = True
        self.wake()
        if self._at_work:
            await asyncio.wait(self._at_work.values(), timeout=_STOP_SECONDS)
        for task in (*self._tasks, *self._at_work.values()):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._at_work.values(), return_exceptions=True)

    async def _loop(self) -> None:
        await self._stand_by()
        while not self._stopping:
            self._wake.clear()
            try:
                await take_in(self._parts)
                await self._claim()
            except StoreUnavailable as away:
                log.error("store.unavailable", why=str(away))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _POLL_SECONDS)

    async def _stand_by(self) -> None:
        """Waits until this process may dispatch; on SQLite the runs of a process that died are free at once."""
        said = False
        while not self._parts.database.may_dispatch():
            if not said:
                log.warning("dispatch.stands-by", why="another process works on this SQLite database")
                said = True
            await asyncio.sleep(_POLL_SECONDS)
        if self._parts.database.is_sqlite:
            await self._parts.runs.release_all(now=self._parts.now())

    async def _claim(self) -> None:
        free = self._parts.config.concurrency - len(self._at_work)
        if free <= 0 or self._stopping:
            return
        for run in await self._parts.runs.claim(self._owner, limit=free, now=self._parts.now()):
            self._at_work[run.id] = asyncio.create_task(self._work(run))

    async def _work(self, run: RunRow) -> None:
        try:
            await advance(self._parts, run)
        finally:
            self._at_work.pop(run.id, None)
            self.wake()

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            if self._at_work:
                with contextlib.suppress(StoreUnavailable):
                    await self._parts.runs.renew(self._owner, list(self._at_work), now=self._parts.now())
