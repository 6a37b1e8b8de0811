"""Worker processes that evaluate pages while the event loop reads the next ones. They end with their parent process."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import TypeVar, TypeVarTuple, Unpack

from app.workflow.errors import WorkerCrashed

Given = TypeVarTuple("Given")
Result = TypeVar("Result")

_MOST = 4
_NICENESS = 5
"""Lower priority of the workers: evaluation can wait, pages and callbacks cannot."""
_IDLE_SECONDS = 180.0
"""Idle seconds after which the workers end: each needs about as much memory as the service."""


class WorkerPool:
    """An executor for work that would block the event loop; created on demand, closed after a long idle time."""

    def __init__(self, make: Callable[[], Executor] | None = None, *, idle_seconds: float = _IDLE_SECONDS) -> None:
        self._make = make or processes
        self._idle_seconds = idle_seconds
        self._executor: Executor | None = None
        self._busy = 0
        self._release: asyncio.TimerHandle | None = None

    async def run(self, work: Callable[[Unpack[Given]], Result], *given: *Given) -> Result:
        """The result of `work` in a worker; repeated once if the worker dies. Raises WorkerCrashed if the next one dies too."""
        self._busy += 1
        try:
            try:
                return await self._once(work, *given)
            except BrokenExecutor:
                return await self._once(work, *given)
        except BrokenExecutor:
            raise WorkerCrashed from None
        finally:
            self._busy -= 1
            self._release_later()

    async def _once(self, work: Callable[[Unpack[Given]], Result], *given: *Given) -> Result:
        if self._executor is None:
            self._executor = self._make()
        executor = self._executor
        try:
            with _interrupts_blocked():
                working = executor.submit(work, *given)
            return await _result_of(working)
        except BrokenExecutor:
            if self._executor is executor:
                self.close()
            raise

    def _release_later(self) -> None:
        if self._release is not None:
            self._release.cancel()
        self._release = asyncio.get_running_loop().call_later(self._idle_seconds, self._close_if_idle)

    def _close_if_idle(self) -> None:
        if not self._busy:
            self.close()

    def close(self) -> None:
        """Let the workers end."""
        if self._release is not None:
            self._release.cancel()
            self._release = None
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None


def _result_of(working: Future[Result]) -> asyncio.Future[Result]:
    """An awaitable result. Unlike `asyncio.wrap_future`, cancelling it does not cancel the work: in Python 3.11 a pool never
    ends if a worker dies while one of its futures is cancelled."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Future[Result] = loop.create_future()

    def hand_over() -> None:
        if waiting.done():
            return
        if working.cancelled():
            waiting.cancel()
        elif trouble := working.exception():
            waiting.set_exception(trouble)
        else:
            waiting.set_result(working.result())

    def tell(_: Future[Result]) -> None:
        with contextlib.suppress(RuntimeError):  # The loop is closed.
            loop.call_soon_threadsafe(hand_over)

    working.add_done_callback(tell)
    return waiting


def processes() -> Executor:
    """One worker for each core but one, at most four."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(max(1, min(_MOST, cores - 1)), mp_context=context, initializer=_follow_parent)


@contextlib.contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Block SIGINT and SIGHUP while a worker starts: it inherits the mask, and only its parent handles them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _follow_parent() -> None:
    """Lower the worker's priority where allowed, and end it when its parent is gone, even by SIGKILL."""
    with contextlib.suppress(OSError):
        os.nice(_NICENESS)
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
