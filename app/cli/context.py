"""Runs a coroutine with the connected parts, and what else the commands share."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import typer

from app.connectwise import ConnectWiseClient, Forbidden
from app.container import Container, connect
from app.logging_setup import configure_logging
from app.settings import load_settings
from app.workflow import LONGEST_REASON

Result = TypeVar("Result")


def with_parts(work: Callable[[Container], Awaitable[Result]], *, quiet: bool = True) -> Result:
    """What `work` returns, given the parts that this process's settings describe. `quiet`: only errors are logged."""
    settings = load_settings()
    configure_logging(settings.log_format, "error" if quiet else settings.log_level)

    ended_by: list[signal.Signals] = []

    async def run() -> Result:
        with _ending_like_ctrl_c(ended_by):
            async with connect(settings) as parts:
                return await work(parts)

    try:
        return asyncio.run(run())
    except asyncio.CancelledError:
        if not ended_by:
            raise
        raise typer.Exit(128 + ended_by[0]) from None


@contextlib.contextmanager
def _ending_like_ctrl_c(ended_by: list[signal.Signals]) -> Iterator[None]:
    """Who stops the process or closes its terminal lets it tidy up, too; what is ignored (nohup) stays so."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def end(number: signal.Signals) -> None:
        ended_by.append(number)
        if task is not None:
            task.cancel()

    heard = [one for one in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(one) is not signal.SIG_IGN]
    for number in heard:
        loop.add_signal_handler(number, end, number)
    try:
        yield
    finally:
        for number in heard:
            loop.remove_signal_handler(number)


async def reach(manage: ConnectWiseClient) -> None:
    """Raises what ConnectWise has against us (ConnectWiseError), before a run is opened that would wait for its mending."""
    with contextlib.suppress(Forbidden):
        await manage.count("/service/boards")


def typed(text: str) -> str:
    """What a person typed, without the halves of letters that neither a database nor JSON takes."""
    return text.encode("utf-8", "replace").decode()


def reason(text: str) -> str:
    """A reason, as it may be kept with a decision."""
    if len(text) > LONGEST_REASON:
        raise typer.BadParameter(f"has {len(text)} characters; {LONGEST_REASON} are kept at most")
    return typed(text)
