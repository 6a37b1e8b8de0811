"""A load generator for one loopback server: keep-alive connections that post as fast as they are answered."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

Request = tuple[str, dict[str, str], bytes]


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it: answers a second, and the 99th percentile in milliseconds."""

    per_second: float
    p99_ms: float
    refused: int


async def drive(port: int, make: Callable[[int], Request], *, connections: int, seconds: float) -> Load:
    """Posts `make(n)` for n = 0, 1, 2… over that many connections for about `seconds`."""
    times: list[float] = []
    refused = 0
    numbers = iter(range(sys.maxsize))
    end = time.perf_counter() + seconds

    async def one_connection() -> None:
        nonlocal refused
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < end:
            writer.write(_bytes(make(next(numbers))))
            began = time.perf_counter()
            status = await _answer(reader)
            times.append(time.perf_counter() - began)
            refused += status >= 300
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one_connection() for _ in range(connections)))
    times.sort()
    elapsed = time.perf_counter() - began
    return Load(len(times) / elapsed, times[int(len(times) * 0.99)] * 1000, refused)


def _bytes(request: Request) -> bytes:
    path, headers, body = request
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    length = next((int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:")), 0)
    await reader.readexactly(length)
    return int(lines[0].split()[1])
