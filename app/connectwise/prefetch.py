"""Reads ahead: the next element of an asynchronous source is fetched while the current one is used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


async def read_ahead(source: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """The elements of the source; the next one is requested before each is passed on."""
    running = [asyncio.ensure_future(anext(source))]
    try:
        while True:
            try:
                element = await running[0]
            except StopAsyncIteration:
                return
            running = [asyncio.ensure_future(anext(source))]
            yield element
    finally:
        await cancel_all(running)
        await source.aclose()


async def cancel_all(running: Sequence[asyncio.Future[Any]]) -> None:
    """Cancels tasks and waits until they have ended."""
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
