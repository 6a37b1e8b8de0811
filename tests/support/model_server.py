"""A chat-completions endpoint on a port of this machine that behaves as a test says, well or badly."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from app.model_endpoint import EndpointConfig


@dataclass
class Reply:
    """What the server sends. `pause`: seconds before it; `cut`: it breaks off after so many bytes."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    cut: int | None = None

    def encoded(self) -> bytes:
        content = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        head = [f"HTTP/1.1 {self.status} Status", f"Content-Length: {len(content)}", "Connection: close"]
        head += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join(head).encode() + b"\r\n\r\n" + content


Behaviour = Callable[[dict[str, Any]], Reply | Awaitable[Reply]]


@dataclass
class ModelServer:
    """The requests that came, and how the next one is answered."""

    url: str
    behaviour: Behaviour
    bodies: list[dict[str, Any]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    def config(self, **changes: Any) -> EndpointConfig:
        return EndpointConfig(self.url, **({"timeout": 5.0} | changes))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.at_once -= 1
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        sizes = [line.partition(":")[2] for line in head.splitlines() if line.lower().startswith("content-length:")]
        body = json.loads(await reader.readexactly(int(sizes[0])))
        self.heads.append(head)
        self.bodies.append(body)
        found = self.behaviour(body)
        reply = found if isinstance(found, Reply) else await found
        await asyncio.sleep(reply.pause)
        content = reply.encoded()
        writer.write(content if reply.cut is None else content[: reply.cut])
        await writer.drain()


@asynccontextmanager
async def model_server(behaviour: Behaviour) -> AsyncIterator[ModelServer]:
    """The server, while it runs."""
    found = ModelServer("", behaviour)
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield found
    finally:
        server.close()
