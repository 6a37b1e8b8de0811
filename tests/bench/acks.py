"""How fast callbacks are acknowledged: durable acks a second as a share of a no-op endpoint of the same server.

`python -m tests.bench.acks [--database sqlite|postgres] [--connections 32]`: a server process and a load process, taking
turns between both endpoints in one run. The no-op endpoint reads the body and answers; the receiver checks the
signature, commits the event to disk and answers.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import statistics
import tempfile
from pathlib import Path
from uuid import uuid4

import uvicorn
import uvloop
from fastapi import Request
from fastapi.responses import JSONResponse, Response

from app.api import create_app
from app.container import connect
from app.logging_setup import configure_logging
from tests.bench.load import Load, drive
from tests.bench.load import Request as Posted
from tests.support.app_client import settings, signature
from tests.support.databases import fresh_database
from tests.support.live_server import free_port, served

KEY = "bench-signing-key"
ROUNDS, SECONDS = 5, 3.0
_ENTITY = json.dumps({"id": 4711, "summary": "New office", "board": {"id": 5, "name": "Help Desk"}, "note": "x" * 900})


async def _noop(request: Request) -> Response:
    await request.body()
    return JSONResponse({"new": True})


def _serve(site_url: str, database: str, port: int) -> None:
    configure_logging("json", "error")

    async def run() -> None:
        async with connect(settings(Path("."), cwm_site=site_url, database_url=database)) as parts:
            app = create_app()
            app.state.parts = parts
            app.post("/noop")(_noop)
            config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False)
            await uvicorn.Server(config).serve()

    uvloop.run(run())


async def _keys(scope: dict[str, object], _receive: object, send: object) -> None:
    """A ConnectWise that knows one thing: the signing key."""
    if scope["type"] == "http":
        body = json.dumps({"signing_key": KEY}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": body})  # type: ignore[operator]


def _callback(site_url: str) -> Posted:
    body = {
        "MessageId": str(uuid4()), "FromUrl": "127.0.0.1", "CompanyId": "sandbox", "MemberId": "jdoe", "Action": "added", "Type": "ticket",
        "ID": 4711, "ProductInstanceId": None, "PartnerId": None, "Entity": _ENTITY,
        "Metadata": {"key_url": f"{site_url}/v2026_1//system/callbackkey/index.rails?companyName=sandbox&id=1"},
        "CallbackObjectRecId": 9,
    }  # fmt: skip
    raw = json.dumps(body).encode()
    return "/callbacks/connectwise?recordId=4711&action=added", {"x-content-signature": signature(raw, KEY)}, raw


async def _measure(port: int, site_url: str, connections: int) -> tuple[list[Load], list[Load]]:
    acks: list[Load] = []
    noops: list[Load] = []
    for _ in range(ROUNDS):
        for path, kept in (("", acks), ("/noop", noops)):

            def make(_number: int, path: str = path) -> Posted:
                target, headers, raw = _callback(site_url)
                return path or target, headers, raw

            kept.append(await drive(port, make, connections=connections, seconds=SECONDS))
    return acks, noops


def main() -> None:
    """Prints both rates, their ratio and the 99th percentiles."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    asked.add_argument("--connections", type=int, default=32)
    words = asked.parse_args()
    site_port, port = free_port(), free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        fresh_database(words.database, Path(folder)) as url,
        served(_keys, site_port) as site_url,
    ):
        process = multiprocessing.get_context("spawn").Process(target=_serve, args=(site_url, url, port))
        process.start()
        try:
            acks, noops = asyncio.run(_when_up(port, site_url, words.connections))
        finally:
            process.terminate()
            process.join()
    ack, noop = (statistics.median(one.per_second for one in kept) for kept in (acks, noops))
    print(f"{words.database}, {words.connections} connections, {ROUNDS} rounds of {SECONDS:.0f} s each, medians")
    print(
        f"durable acks  {ack:8.0f}/s  p99 {statistics.median(one.p99_ms for one in acks):6.1f} ms  refused {sum(one.refused for one in acks)}"
    )
    print(f"no-op         {noop:8.0f}/s  p99 {statistics.median(one.p99_ms for one in noops):6.1f} ms")
    print(f"share         {ack / noop:8.2f}")


async def _when_up(port: int, site_url: str, connections: int) -> tuple[list[Load], list[Load]]:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            break
    return await _measure(port, site_url, connections)


if __name__ == "__main__":
    main()
