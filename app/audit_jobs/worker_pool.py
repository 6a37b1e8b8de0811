"""Processes that judge pages while the event loop fetches the next ones. They die with the process that started them."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import Any, TypeVar, TypeVarTuple, Unpack

from app.workflow.errors import WorkerCrashed

Given = TypeVarTuple("Given")
Result = TypeVar("Result")

_MOST = 4
_STANDS_BACK = 5
"""How nice the processes are: judging can wait, a page that has come in or a callback cannot."""
_IDLE_SECONDS = 180.0
"""After so long without work the processes end: each holds about as much memory as the service itself."""


class WorkerPool:
    """An executor for the work that would hold up the event loop; made when it is needed, let go when it has long not been."""

    def __init__(self, make: Callable[[], Executor] | None = None, *, idle_seconds: float = _IDLE_SECONDS) -> None:
        self._make = make or processes
        self._idle_seconds = idle_seconds
        self._executor: Executor | None = None
        self._busy = 0
        self._release: asyncio.TimerHandle | None = None

    async def do(self, work: Callable[[Unpack[Given]], Result], *given: *Given) -> Result:
        """What `work` returns, worked out elsewhere; once more where the process dies. WorkerCrashed when the next one does, too."""
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
            with _deaf_to_interrupts():
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
        """Lets the processes end."""
        if self._release is not None:
            self._release.cancel()
            self._release = None
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None


def _result_of(working: Future[Result]) -> asyncio.Future[Result]:
    """What comes of it, for one who waits. Unlike asyncio's own, this leaves the work alone when nobody waits any more: a pool
    whose process dies while a piece of its work is cancelled from outside never ends (in Python 3.11)."""
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


async def ended(tasks: Iterable[asyncio.Future[Any]]) -> None:
    """Cancels what is still under way."""
    given = list(tasks)
    for task in given:
        task.cancel()
    await asyncio.gather(*given, return_exceptions=True)


def processes() -> Executor:
    """One process for each core that is left beside this one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(max(1, min(_MOST, cores - 1)), mp_context=context, initializer=_follow_parent)


@contextlib.contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """A process that begins here inherits that Ctrl-C and a closed terminal are its parent's to hear, from its first import on."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _follow_parent() -> None:
    """Stands back behind whoever fetches and answers, where that is allowed, and ends when the parent is gone, even by SIGKILL."""
    with contextlib.suppress(OSError):
        os.nice(_STANDS_BACK)
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
