"""One audit and its bare client, measured. Apart from `tests.bench.audit`, whose imports every further process repeats."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from app.audit_jobs.context import AuditContext, AuditRequest
from app.audit_jobs.report_files import write
from app.audit_jobs.service import AuditService
from app.connectwise import ClientConfig, ConnectWiseClient
from app.sandbox import CLIENT_ID, COMPANY, PRIVATE_KEY, PUBLIC_KEY
from app.storage import Database
from app.workflow.chart_provider import ChartProvider

MONTHS = 18


class Recording(httpx.AsyncBaseTransport):
    """Passes requests on over HTTP and keeps them, so that they can be sent again."""

    def __init__(self, wait: float) -> None:
        self._wait = wait
        self._inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=64, max_keepalive_connections=64))
        self.sent: list[tuple[str, str, dict[str, str], bytes]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answers as the sandbox does."""
        self.sent.append((request.method, str(request.url), dict(request.headers), request.content))
        await asyncio.sleep(self._wait)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._inner.aclose()


@dataclass
class Round:
    """What one audit came to."""

    audit: float = 0.0
    bare: float = 0.0
    requests: int = 0
    texts: int = 0
    tickets: int = 0
    report: float = 0.0
    suggesting: float = 0.0
    what_if: float = 0.0
    sent: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


async def _audit(origin: str, folder: Path, concurrency: int, wait: float = 0.0) -> Round:
    found, transport = Round(), Recording(wait)
    config = ClientConfig(
        origin,
        COMPANY,
        PUBLIC_KEY,
        PRIVATE_KEY,
        CLIENT_ID,
        requests_per_minute=10_000_000,
        max_concurrency=concurrency,
    )
    database = Database(f"sqlite:///{folder}/bench.db")
    database.migrate()
    chart = ChartProvider(None)
    async with ConnectWiseClient(config, transport=transport, read_only=True) as manage:
        service = AuditService(AuditContext(manage, chart, database))
        now = datetime.now(UTC)
        began = time.perf_counter()
        row = await service.finish((await service.begin(AuditRequest(now - timedelta(days=31 * MONTHS), now))).id)
        found.audit = time.perf_counter() - began
        found.tickets, found.requests, found.sent = row.seen, len(transport.sent), transport.sent
        found.texts = sum(method == "POST" for method, *_ in transport.sent)
        began = time.perf_counter()
        row = await service.suggest(row.id)
        found.suggesting = time.perf_counter() - began
        began = time.perf_counter()
        await write(service.parts, row, folder)
        found.report = time.perf_counter() - began
        began = time.perf_counter()
        await service.what_if(row.id, chart.current())
        found.what_if = time.perf_counter() - began
        await service.stop()
    database.close()
    return found


async def _bare(sent: list[tuple[str, str, dict[str, str], bytes]], concurrency: int, wait: float = 0.0) -> float:
    at_once = asyncio.Semaphore(concurrency)
    limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    async with httpx.AsyncClient(limits=limits, timeout=60, trust_env=False) as client:

        async def send(method: str, url: str, headers: dict[str, str], content: bytes) -> None:
            async with at_once:
                await asyncio.sleep(wait)
                (await client.request(method, url, headers=headers, content=content)).raise_for_status()

        began = time.perf_counter()
        await asyncio.gather(*(send(*one) for one in sent))
        return time.perf_counter() - began


async def _when_up(origin: str, tickets: int) -> None:
    async with httpx.AsyncClient(timeout=600, trust_env=False) as client:
        for _ in range(300):
            try:
                await client.get(f"{origin}/sandbox/switches")
                break
            except httpx.TransportError:
                await asyncio.sleep(0.1)
        answer = await client.post(f"{origin}/sandbox/history", json={"tickets": tickets, "months": MONTHS})
        answer.raise_for_status()


async def measured(origin: str, words: argparse.Namespace) -> list[Round]:
    """As many audits as are asked for, each beside a bare client that sends the same requests."""
    await _when_up(origin, words.tickets)
    rounds = []
    for _ in range(words.rounds):
        with tempfile.TemporaryDirectory() as folder:
            found = await _audit(origin, Path(folder), words.concurrency, words.wait / 1000)
        found.bare = await _bare(found.sent, words.concurrency, words.wait / 1000)
        found.sent = []
        rounds.append(found)
    return rounds
