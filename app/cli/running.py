"""Runs a coroutine with the connected parts; shared by the commands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

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
