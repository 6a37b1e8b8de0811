"""Runs a coroutine with the connected parts; checks of arguments that commands share."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import re
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from typing import Any, TypeVar

import typer

from app.connectwise import ConnectWiseClient, Forbidden
from app.container import Container, connect
from app.logging_setup import configure_logging
from app.settings import load_settings
from app.storage.ids import ID_PATTERN
from app.workflow import LONGEST_REASON

Result = TypeVar("Result")
_LONGEST_NAME = 100
_TERMINATION = (signal.SIGTERM, signal.SIGHUP)


def with_parts(work: Callable[[Container], Awaitable[Result]], *, quiet: bool = True) -> Result:
    """The result of `work` with the parts that this process's settings describe. `quiet`: only errors are logged."""
    settings = load_settings()
    configure_logging(settings.log_format, "error" if quiet else settings.log_level)

    async def run() -> Result:
        async with connect(settings) as parts:
            return await work(parts)

    return run_until_terminated(run())


def run_until_terminated(
    work: Coroutine[Any, Any, Result], *, signals: Sequence[signal.Signals] = _TERMINATION
) -> Result:
    """Run a coroutine. A termination signal cancels it, so that it cleans up; then exit with 128 plus the signal's number.

    A signal that is ignored (nohup) stays ignored. Further signals during cleaning up are ignored as well.
    """
    received: list[signal.Signals] = []

    async def run() -> Result:
        with _cancelled_by(signals, received):
            return await work

    try:
        return asyncio.run(run())
    except asyncio.CancelledError:
        if not received:
            raise
        raise typer.Exit(128 + received[0]) from None


@contextlib.contextmanager
def _cancelled_by(signals: Sequence[signal.Signals], received: list[signal.Signals]) -> Iterator[None]:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def cancel(number: signal.Signals) -> None:
        received.append(number)
        if task is not None and len(received) == 1:
            task.cancel()

    handled = [number for number in signals if signal.getsignal(number) is not signal.SIG_IGN]
    for number in handled:
        loop.add_signal_handler(number, cancel, number)
    try:
        yield
    finally:
        for number in handled:
            loop.remove_signal_handler(number)


async def require_access(manage: ConnectWiseClient) -> None:
    """Raise ConnectWiseError if ConnectWise rejects us, before a run is opened that could only wait."""
    with contextlib.suppress(Forbidden):
        await manage.count("/service/boards")


def encodable(text: str) -> str:
    """A typed text without halves of surrogate pairs, which neither a database nor JSON accepts."""
    return text.encode("utf-8", "replace").decode()


def cursor(text: str) -> str:
    """The cursor that an earlier page printed."""
    if text and not re.fullmatch(ID_PATTERN, text):
        raise typer.BadParameter(f"Invalid cursor “{encodable(text)[:40]}”. Use the one that the page before printed.")
    return text


def reason(text: str) -> str:
    """A reason that can be saved with a decision."""
    if len(text) > LONGEST_REASON:
        raise typer.BadParameter(f"The reason has {len(text)} characters. Use at most {LONGEST_REASON}.")
    return encodable(text)


def person(name: str) -> str:
    """A person's name that can be kept; without one, that of the system's user."""
    found = encodable(name).strip() or _user()
    if len(found) > _LONGEST_NAME or not found.isprintable():
        raise typer.BadParameter(f"The name must be plain text of at most {_LONGEST_NAME} characters.")
    return found


def _user() -> str:
    try:
        return getpass.getuser()[:_LONGEST_NAME]
    except (OSError, KeyError):
        return "a person"
