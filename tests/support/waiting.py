"""Waits for an event instead of for a time: returns as soon as it is there, and fails late, since machines are busy."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Found = TypeVar("Found")


def wait_until(
    there: Callable[[], object], what: str, *, process: subprocess.Popen[str] | None = None, most: float = 120.0
) -> None:
    """Returns when `there` is true. Fails after `most` seconds, and at once where the process has ended before."""
    end = time.monotonic() + most
    while not there():
        assert process is None or process.poll() is None, f"the process ended before: {what}"
        assert time.monotonic() < end, f"not within {most:g} s: {what}"
        time.sleep(0.02)


async def eventually(
    look: Callable[[], Awaitable[Found]], wanted: Callable[[Found], object] = bool, *, most: float = 60.0
) -> Found:
    """What `look` finds once it is as wanted. TimeoutError after `most` seconds."""
    async with asyncio.timeout(most):
        while not wanted(found := await look()):  # noqa: ASYNC110 - what is looked at raises no event
            await asyncio.sleep(0.01)
    return found
