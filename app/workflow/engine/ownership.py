"""Proof that this process may still act for a run, before each request to ConnectWise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from app.storage import OwnershipLost, RunRow
from app.storage.ticket_locks import TicketLock
from app.workflow.context import uptime


class Ownership:
    """Guards the requests of one run: OwnershipLost after a pause of a lease or more, or without the ticket's lock.

    After such a pause the preconditions may be outdated, even if no other process could act in the meantime.
    """

    def __init__(self, run: RunRow, lock: TicketLock, *, lease: timedelta, clock: Callable[[], float] = uptime) -> None:
        self._run = run
        self._lock = lock
        self._lease = lease.total_seconds()
        self._clock = clock
        self._marked = clock()

    def mark(self) -> None:
        """Checks the time since the last request."""
        now = self._clock()
        if now - self._marked >= self._lease:
            raise OwnershipLost(self._run.id)
        self._marked = now

    async def check(self) -> None:
        """Proves the lock; the time is checked again after the answer, since the pause may have been in between."""
        self.mark()
        if not await self._lock.holds(self._run):
            raise OwnershipLost(self._run.id)
        self.mark()
