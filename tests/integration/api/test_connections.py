"""Attacks on the sockets of a real server: stalled, endless, oversized and too many connections; callbacks go through."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
import uvicorn

from app.cli import sockets as served_sockets
from tests.support.app_client import MANAGER, Site, site
from tests.support.live_server import free_port

pytestmark = pytest.mark.slow
CALLBACK = "/callbacks/connectwise"
WELL_FORMED = "SXk5/knWa602je1FQLk32aL3bOhJWQIzH+EVmweLVhk="


@pytest.fixture
async def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Site, int]]:
    """The service on a port, served as `miniprojects serve` does, with short deadlines and a low cap."""
    for name, value in {"REQUEST_SECONDS": 1.0, "READING_SECONDS": 1.0, "MOST_CONNECTIONS": 60}.items():
        monkeypatch.setattr(f"app.api.connections.{name}", value, raising=False)
    async with site(tmp_path) as service:
        port = free_port()
        server = uvicorn.Server(_with_port(served_sockets._config(service.app, 1), port))
        task = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        yield service, port
        server.should_exit = True
        server.force_exit = True
        await task


def _with_port(config: uvicorn.Config, port: int) -> uvicorn.Config:
    config.host, config.port, config.lifespan = "127.0.0.1", port, "off"
    return config


HEAD = f"POST {CALLBACK} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\nx-content-signature: {WELL_FORMED}\r\n"
STALLED = {
    "nothing": b"",
    "half-a-line": b"GET /liv",
    "half-a-head": HEAD.encode(),
    "half-a-body": f"{HEAD}\r\n".encode() + b"x" * 100,
    "a-management-body": b"POST /audits HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nx",
    "a-second-request": b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /livez HT",
}


@pytest.mark.parametrize("sent", STALLED.values(), ids=STALLED.keys())
async def test_a_stalled_request_is_ended_by_the_server(live: tuple[Site, int], sent: bytes) -> None:
    _, port = live
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    async with asyncio.timeout(20):
        with suppress(ConnectionError):
            await reader.read()
    writer.close()


async def test_a_request_that_trickles_is_ended_too(live: tuple[Site, int]) -> None:
    _, port = live
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    ended = asyncio.create_task(reader.read())
    writer.write(b"GET /livez HTTP/1.1\r\n")
    async with asyncio.timeout(20):
        while not ended.done():
            writer.write(b"X-A: b\r\n")
            with suppress(ConnectionError):
                await writer.drain()
            await asyncio.wait({ended}, timeout=0.05)
    with suppress(ConnectionError):
        await ended
    writer.close()


@pytest.mark.parametrize("kind", ["headers", "one-header", "trailers", "url"])
async def test_a_head_without_end_is_cut_off(live: tuple[Site, int], kind: str) -> None:
    _, port = live
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    begin, piece = {
        "headers": (b"GET /livez HTTP/1.1\r\n", b"X-A: " + b"b" * 1000 + b"\r\n"),
        "one-header": (b"GET /livez HTTP/1.1\r\nX-A: ", b"b" * 1000),
        "trailers": (
            b"POST /livez HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            b"X-A: " + b"b" * 1000 + b"\r\n",
        ),
        "url": (b"GET /", b"x" * 1000),
    }[kind]
    sent = 0
    ended = asyncio.create_task(reader.read())
    writer.write(begin)
    async with asyncio.timeout(20):
        while not ended.done() and sent < 2_000_000:
            writer.write(piece)
            sent += len(piece)
            with suppress(ConnectionError):
                await writer.drain()
            await asyncio.sleep(0)
    assert ended.done()
    writer.close()
    with suppress(ConnectionError):
        await ended


async def test_stalled_connections_by_the_hundred_do_not_silence_the_receiver(live: tuple[Site, int]) -> None:
    service, port = live
    with ExitStack() as stack:
        stop = threading.Event()
        stack.callback(stop.set)
        flood = threading.Thread(target=_flood, args=(port, stop), daemon=True)
        flood.start()
        for number in range(20):
            assert await _post(service, port, number) == 200
            await asyncio.sleep(0.05)
    await asyncio.to_thread(flood.join)


def _flood(port: int, stop: threading.Event) -> None:
    with ExitStack() as stack:
        for number in range(400):
            if stop.is_set():
                return
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            with suppress(OSError):
                connection.sendall(list(STALLED.values())[number % 5])
            time.sleep(0.002)
        stop.wait(20)


async def _post(service: Site, port: int, number: int) -> int:
    raw, headers = service.callback(MessageId=f"m-{number}")
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [f"POST {CALLBACK} HTTP/1.1", "Host: x", f"Content-Length: {len(raw)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + raw)
    async with asyncio.timeout(4):
        answer = await reader.read()
    writer.close()
    return int(answer.split()[1])


async def test_a_client_that_reads_nothing_is_cut_off(live: tuple[Site, int]) -> None:
    service, port = live

    async def endless(scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
        for _ in range(2000):
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b""})  # type: ignore[operator]
        ended.set()

    ended = asyncio.Event()
    service.app.mount("/pages-endless", endless)
    _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1000)
    writer.write(
        f"GET /pages-endless/ HTTP/1.1\r\nHost: x\r\nAuthorization: {MANAGER['Authorization']}\r\n\r\n".encode()
    )
    async with asyncio.timeout(20):
        await ended.wait()
    writer.close()
