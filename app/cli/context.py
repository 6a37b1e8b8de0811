"""Runs a coroutine with the connected parts; checks of arguments that commands share."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import re
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from typing import Annotated, Any, TypeVar

import typer

from app.connectwise import ConnectWiseClient, Forbidden
from app.container import Container, connect
from app.domain.person_names import LONGEST_NAME, BadName, clean_name
from app.logging_setup import configure_logging
from app.settings import load_settings
from app.storage.ids import ID_PATTERN
from app.workflow import LONGEST_REASON

Result = TypeVar("Result")
ON_THE_COMMAND_LINE = "(command line)"
"""Follows the name of a person whom no token proves; whoever may run commands may write anything into the database."""
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
    """The name to keep with what a command does: the one given, else the system's user, marked as not authenticated."""
    try:
        return f"{clean_name(encodable(name) or _user())} {ON_THE_COMMAND_LINE}"
    except BadName as error:
        raise typer.BadParameter(str(error)) from None


By = Annotated[
    str, typer.Option("--by", help="Your name; kept with what you do.  [default: your user]", callback=person)
]


def _user() -> str:
    try:
        return clean_name(getpass.getuser()[:LONGEST_NAME])
    except (OSError, KeyError, BadName):
        return "unknown user"
