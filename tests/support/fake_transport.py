"""Ends of the line for tests: answers from a script, a sandbox, and a sleep that takes no time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from app.connectwise import ClientConfig, ConnectWiseClient
from app.sandbox import CLIENT_ID, COMPANY, PRIVATE_KEY, PUBLIC_KEY, Sandbox, SandboxTransport

SAMPLES = Path(__file__).parent / "samples" / "connectwise"
API = "/v4_6_release/apis/3.0"
CONFIG = ClientConfig(
    "https://api-na.myconnectwise.net", "acme", "pub-key-1", "priv-key-2", "client-id-3", codebase="v4_6_release/",
    requests_per_minute=1_000_000,
)  # fmt: skip

Reply = httpx.Response | Exception | Callable[[httpx.Request], Any]


def config(**changes: Any) -> ClientConfig:
    """The configuration of the tests, with changes."""
    return replace(CONFIG, **changes)


class Script(httpx.AsyncBaseTransport):
    """Gives the replies in their order, the last one for ever, and keeps what was asked."""

    def __init__(self, *replies: Reply) -> None:
        self._replies = list(replies)
        self.requests: list[httpx.Request] = []
        self.running = 0
        self.most_running = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            await asyncio.sleep(0)
            reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
            return await _response(reply, request)
        finally:
            self.running -= 1

    @property
    def asked(self) -> list[str]:
        """Method and path of each request, without the codebase."""
        return [f"{one.method} {one.url.path.removeprefix(API)}" for one in self.requests]

    def query(self, number: int) -> dict[str, str]:
        """The query of one request."""
        return dict(self.requests[number].url.params)

    def body(self, number: int) -> Any:
        """The JSON that one request carried."""
        return json.loads(self.requests[number].content)


class Sleeps:
    """A sleep that takes no time and keeps what was slept."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


class Pieces(httpx.AsyncByteStream):
    """A body that comes in pieces, with a pause before each."""

    def __init__(self, pieces: Iterable[bytes], *, pause: float = 0.0) -> None:
        self._pieces = pieces
        self._pause = pause
        self.given = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            await asyncio.sleep(self._pause)
            self.given += 1
            yield piece


def reply(value: Any = None, *, status: int = 200, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """An answer as ConnectWise gives it; a 404 names the record unless another value is given."""
    if status == 404 and value is None:
        value = {"code": "NotFound", "message": "Record 4711 not found", "errors": None}
    own = {"content-type": "application/json", "x-cw-request-id": "req-4711", **(headers or {})}
    return httpx.Response(
        status, headers=own, content=value if isinstance(value, bytes) else json.dumps(value).encode()
    )


def client(*replies: Reply, sleep: Sleeps | None = None, **changes: Any) -> tuple[ConnectWiseClient, Script]:
    """A client whose requests are answered by a script."""
    script = Script(*replies)
    return ConnectWiseClient(config(**changes), transport=script, sleep=sleep or Sleeps()), script


def on(sandbox: Sandbox, *, read_only: bool = True, **changes: Any) -> ConnectWiseClient:
    """A client of a sandbox."""
    reach = ClientConfig(
        "http://127.0.0.1",
        COMPANY,
        PUBLIC_KEY,
        PRIVATE_KEY,
        CLIENT_ID,
        requests_per_minute=1_000_000,
        max_concurrency=8,
    )
    return ConnectWiseClient(
        replace(reach, **changes), transport=SandboxTransport(sandbox), sleep=Sleeps(), read_only=read_only
    )


async def _response(reply: Reply, request: httpx.Request) -> httpx.Response:
    made: Any = reply if isinstance(reply, httpx.Response | Exception) else reply(request)
    if asyncio.iscoroutine(made):
        made = await made
    if isinstance(made, Exception):
        raise made
    assert isinstance(made, httpx.Response)
    stream = made.stream if isinstance(made.stream, Pieces) else Pieces([made.content])
    return httpx.Response(made.status_code, headers=made.headers, stream=stream, request=request)
