"""How long callbacks wait while the service decides: 64 saturating connections, or a soak with `--rate 20 --seconds 600`.

A soak has 5 % faults of ConnectWise and also compares the memory at its end with that after its first minute.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvicorn
import uvloop

from app.api import create_app
from app.api.connections import BoundedConnection
from app.connectwise import ensure
from app.container import connect
from app.logging_setup import configure_logging
from app.main import take_short_turns
from app.sandbox import Fault, Sandbox, SandboxTransport
from app.sandbox import samples as sample_tickets
from tests.bench.load import _answer, _bytes
from tests.support.app_client import PUBLIC_URL, settings, signature
from tests.support.live_server import free_port

TICKETS = 150


def _serve(folder: str, port: int, facts: Any, faulty: bool) -> None:
    configure_logging("json", "error")
    take_short_turns()

    async def run() -> None:
        sandbox = Sandbox()
        made = [sample_tickets.create(sandbox, one) for one in sample_tickets.samples()][:TICKETS]
        async with connect(settings(Path(folder), mode="dry-run"), transport=SandboxTransport(sandbox)) as parts:
            await ensure(parts.manage, PUBLIC_URL)
            sandbox.outbox.raise_event("added", {"id": made[0]}, by="jdoe")
            (delivery,) = sandbox.outbox.take()
            url = json.loads(delivery.body)["Metadata"]["key_url"]
            facts.put((made, url, str(sandbox.outbox.key(url.rpartition("=")[2]))))
            if faulty:
                sandbox.faults.append(Fault("error-before", path="/service", chance=0.05, times=10**9))
            app = create_app()
            app.state.parts = parts
            await parts.service.start(look_after=False)
            config = uvicorn.Config(
                app, http=BoundedConnection, host="127.0.0.1", port=port, log_config=None, access_log=False
            )
            await uvicorn.Server(config).serve()

    uvloop.run(run())


async def _drive(
    port: int, facts: tuple[list[int], str, str], *, connections: int, seconds: float, rate: float
) -> list[tuple[float, int]]:
    """Duration in seconds and status of every callback. `rate`: callbacks a second; 0: as many as are answered."""
    tickets, url, key = facts
    found: list[tuple[float, int]] = []
    end = time.perf_counter() + seconds

    async def one_connection(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < end:
            number += connections
            body = {
                "MessageId": str(uuid4()), "CompanyId": "sandbox", "MemberId": "jdoe", "Action": "added" if number < 500 else "updated",
                "Type": "ticket", "ID": tickets[number % len(tickets)], "Entity": "x" * 900, "Metadata": {"key_url": url},
            }  # fmt: skip
            raw = json.dumps(body).encode()
            began = time.perf_counter()
            writer.write(_bytes(("/callbacks/connectwise", {"x-content-signature": signature(raw, key)}, raw)))
            status = await _answer(reader)
            found.append((time.perf_counter() - began, status))
            if rate:
                await asyncio.sleep(max(0.0, began + connections / rate - time.perf_counter()))
        writer.close()

    await asyncio.gather(*(one_connection(number) for number in range(connections)))
    return found


async def _when_up(port: int, facts: tuple[list[int], str, str], asked: argparse.Namespace) -> list[tuple[float, int]]:
    for _ in range(300):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            break
    return await _drive(port, facts, connections=asked.connections, seconds=asked.seconds, rate=asked.rate)


async def _measured(
    port: int, facts: tuple[list[int], str, str], asked: argparse.Namespace, memory: list[int], process: int | None
) -> list[tuple[float, int]]:
    """The callbacks, while the service's memory is noted ten times."""

    async def watch() -> None:
        while True:
            await asyncio.sleep(asked.seconds / 10)
            memory.append(_resident(process))

    watching = asyncio.create_task(watch())
    try:
        return await _when_up(port, facts, asked)
    finally:
        watching.cancel()


def _resident(process: int | None) -> int:
    """Memory of a process in MB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


def main() -> None:
    """Prints the rate, percentiles, refusals and memory; exits with 1 where p99 reaches 1 s or one answer 4 s."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=0.0, help="callbacks a second, with faults; 0: saturating")
    asked = parser.parse_args()
    context, port = multiprocessing.get_context("spawn"), free_port()
    facts = context.Queue()
    with tempfile.TemporaryDirectory() as folder:
        process = context.Process(target=_serve, args=(folder, port, facts, asked.rate > 0))
        process.start()
        memory: list[int] = []
        try:
            found = asyncio.run(_measured(port, facts.get(timeout=60), asked, memory, process.pid))
        finally:
            process.terminate()
            process.join()
    times = sorted(one for one, _ in found)
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    refused = sum(status != 200 for _, status in found)
    print(
        f"{len(found) / asked.seconds:.0f}/s  p50 {p50:.3f} s  p99 {p99:.3f} s  longest {times[-1]:.3f} s  refused {refused}"
    )
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"memory in MB: {' '.join(map(str, memory))}")
    raise SystemExit(p99 >= 1 or times[-1] >= 4 or refused > 0)


if __name__ == "__main__":
    main()
