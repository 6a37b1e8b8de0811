"""Ctrl+C during imports: exit with 130 and print nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130


@contextmanager
def exit_quietly_on_interrupt() -> Iterator[None]:
    """End the process immediately on Ctrl+C: a KeyboardInterrupt inside an import would print a traceback or be swallowed."""
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, _exit)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _exit(_number: int, _frame: FrameType | None) -> None:
    """Nothing has been started yet that needs cleaning up."""
    os._exit(INTERRUPTED)
