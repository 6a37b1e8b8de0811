"""Runs a coroutine with the connected parts, and what else the commands share."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer

from app.flows import LONGEST_REASON
from app.manage import Forbidden, Manage
from app.settings import load_settings
from app.wiring import Parts, configure_logging, connect

Result = TypeVar("Result")


def with_parts(work: Callable[[Parts], Awaitable[Result]], *, quiet: bool = True) -> Result:
    """What `work` returns, given the parts that this process's settings describe. `quiet`: only errors are logged."""
    settings = load_settings()
    configure_logging(settings.log_format, "error" if quiet else settings.log_level)

    async def run() -> Result:
        async with connect(settings) as parts:
            return await work(parts)

    return asyncio.run(run())


async def reach(manage: Manage) -> None:
    """Raises what ConnectWise has against us (ManageError), before a run is opened that would wait for its mending."""
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
