"""The command line: `miniprojects`. This module imports next to nothing, so that Ctrl+C ends quietly from the first moment on."""

from __future__ import annotations

import os
import signal
from types import FrameType

_INTERRUPTED = 130


def main() -> None:
    """Runs the command of this process's arguments.

    Exit 0: done; 1: it could not be done; 2: usage or settings; 130: Ctrl+C.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)
    from app.cli.commands import run  # noqa: PLC0415 - takes a second, in which Ctrl+C would end inside a stranger's import

    signal.signal(signal.SIGINT, before)
    run()


def _end(_number: int, _frame: FrameType | None) -> None:
    """Nothing has begun yet that would have to be put away."""
    os._exit(_INTERRUPTED)


__all__ = ["main"]
