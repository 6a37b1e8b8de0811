"""Proof before each request that a process may still act for its run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from app.connectwise.write_guard import before_request, guarded
from app.domain.enums import Mode, RunKind, RunState, Trigger
from app.storage import OwnershipLost, RunRow
from app.storage.ticket_locks import TicketLock
from app.workflow.engine.ownership import Ownership

NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
RUN = RunRow(
    "r", 4711, RunKind.CLASSIFY, Trigger.CALLBACK, Mode.LIVE, None, "", None, RunState.WORKING, NOW, 0, "me", "", NOW
)


class Lock:
    """A lock that answers as it is told, after so many seconds."""

    def __init__(self, clock: list[float], *, held: bool = True, seconds: float = 0.0) -> None:
        self._clock, self._held, self._seconds = clock, held, seconds

    async def holds(self, _run: RunRow) -> bool:
        self._clock[0] += self._seconds
        return self._held


def ownership(clock: list[float], **how: Any) -> Ownership:
    lock = cast(TicketLock, Lock(clock, **how))
    return Ownership(RUN, lock, lease=timedelta(seconds=60), clock=lambda: clock[0])


async def test_requests_in_time_under_the_lock_may_be_sent() -> None:
    clock = [0.0]
    with guarded(ownership(clock)):
        for reads in (True, False, True, False):
            clock[0] += 59
            await before_request(reads=reads)


@pytest.mark.parametrize("reads", [True, False], ids=["read", "write"])
async def test_after_a_pause_of_a_lease_nothing_is_sent(reads: bool) -> None:
    clock = [0.0]
    with guarded(ownership(clock)):
        clock[0] += 60
        with pytest.raises(OwnershipLost):
            await before_request(reads=reads)


async def test_a_write_without_the_lock_is_not_sent() -> None:
    with guarded(ownership([0.0], held=False)), pytest.raises(OwnershipLost):
        await before_request(reads=False)


async def test_a_pause_while_the_lock_is_proved_counts_too() -> None:
    with guarded(ownership([0.0], seconds=60)), pytest.raises(OwnershipLost):
        await before_request(reads=False)


async def test_a_task_without_a_run_is_not_guarded() -> None:
    await before_request(reads=False)
