"""Lets the caller of a task prove before each request that it may still act.

A process may be paused for longer than its lease (snapshot, live migration, SIGSTOP). When it continues, its next request
must not be sent by a task whose work another process may have taken over.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class WriteGuard(Protocol):
    """Raises the caller's own error where the task may act no more."""

    def mark(self) -> None:
        """Before a read: checks the time since the last request."""

    async def check(self) -> None:
        """Immediately before a write, on each repeat and after every wait."""


_GUARD: ContextVar[WriteGuard | None] = ContextVar("write_guard", default=None)


@contextmanager
def guarded(guard: WriteGuard) -> Iterator[None]:
    """Applies a guard to the requests of this task."""
    token = _GUARD.set(guard)
    try:
        yield
    finally:
        _GUARD.reset(token)


async def before_request(*, reads: bool) -> None:
    """Asks the guard of this task, if it has one."""
    guard = _GUARD.get()
    if guard is None:
        return
    if reads:
        guard.mark()
    else:
        await guard.check()
