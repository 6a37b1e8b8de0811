"""Reads the body of a request within limits of size and time, before anything parses it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.types import Message, Receive, Scope

BODY_SECONDS = 10.0
"""From the head of a request to the end of its body."""


class ClientGone(Exception):
    """The client has closed the connection and waits for no answer."""


class BodyTooLarge(Exception):
    """The body is larger than the endpoint takes."""


class BodyTooSlow(Exception):
    """The body has not arrived in time."""


class NoRoom(Exception):
    """Large bodies of other requests fill the memory set aside for them; waiting helps."""


class BodyMemory:
    """Bytes of bodies in memory, counted over all connections. Small ones always fit: the cap on connections bounds them."""

    SMALL = 64 * 1024

    def __init__(self, most: int = 32 * 1024 * 1024) -> None:
        self._most = most
        self._held = 0

    @contextmanager
    def hold(self) -> Iterator[Callable[[int], None]]:
        """Yields a function that counts further bytes of one body, until the end. It raises NoRoom."""
        charged = 0

        def count(size: int) -> None:
            nonlocal charged
            if charged + size > self.SMALL and self._held + size > self._most:
                raise NoRoom
            charged += size
            self._held += size

        try:
            yield count
        finally:
            self._held -= charged


def header(scope: Scope, name: bytes) -> str:
    """A header of the request as text; empty if it is absent."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def declares_more(scope: Scope, limit: int) -> bool:
    """Whether the head announces a body of more than `limit` bytes."""
    declared = header(scope, b"content-length")
    return declared.isdigit() and int(declared) > limit


async def read_body(
    scope: Scope, receive: Receive, *, limit: int, count: Callable[[int], None] = lambda _size: None
) -> bytes:
    """The whole body; `count` is called with the size of each piece.

    Raises BodyTooLarge before more than `limit` bytes are kept, BodyTooSlow, ClientGone, and what `count` raises.
    """
    if declares_more(scope, limit):
        raise BodyTooLarge
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _pieces(receive, limit, count)
    except TimeoutError:
        raise BodyTooSlow from None


async def _pieces(receive: Receive, limit: int, count: Callable[[int], None]) -> bytes:
    whole = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece = message.get("body", b"")
        count(len(piece))
        whole += piece
        if len(whole) > limit:
            raise BodyTooLarge
        if not message.get("more_body", False):
            return bytes(whole)


def replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body that was read already, then what follows it."""
    is_given = False

    async def first_body() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return first_body
