"""Processes that judge pages while the event loop fetches the next ones. They die with the process that started them."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import TypeVar, TypeVarTuple, Unpack

Given = TypeVarTuple("Given")
Result = TypeVar("Result")

_MOST = 4
_STANDS_BACK = 5
"""How nice the processes are: judging can wait, a page that has come in or a callback cannot."""


class Hands:
    """An executor for the work that would hold up the event loop; made when it is first needed."""

    def __init__(self, make: Callable[[], Executor] | None = None) -> None:
        self._make = make or processes
        self._executor: Executor | None = None

    async def do(self, work: Callable[[Unpack[Given]], Result], *given: *Given) -> Result:
        """What `work` returns, worked out elsewhere."""
        if self._executor is None:
            self._executor = self._make()
        return await asyncio.get_running_loop().run_in_executor(self._executor, work, *given)

    def close(self) -> None:
        """Lets the processes end."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None


def processes() -> Executor:
    """One process for each core that is left beside this one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(max(1, min(_MOST, cores - 1)), mp_context=context, initializer=_follow_parent)


def _follow_parent() -> None:
    """Stands back behind whoever fetches and answers where that is allowed, leaves Ctrl-C to the parent, ends when it is gone."""
    with contextlib.suppress(OSError):
        os.nice(_STANDS_BACK)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
