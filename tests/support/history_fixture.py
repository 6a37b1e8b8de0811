"""A sandbox ConnectWise with a past, an audit of it in this process, and its report."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.audit_jobs.context import AuditContext, AuditRequest
from app.audit_jobs.report_files import Form, stream
from app.audit_jobs.service import AuditService
from app.chart import Chart
from app.connectwise import ClientConfig, ConnectWiseClient
from app.sandbox import CLIENT_ID, COMPANY, PRIVATE_KEY, PUBLIC_KEY, Sandbox, SandboxTransport
from app.storage import Database
from app.storage.audits import AuditRow
from app.workflow.chart_provider import ChartProvider
from tests.support.fake_transport import Sleeps

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
YEAR = AuditRequest(NOW - timedelta(days=400), NOW)
CONFIG = ClientConfig("http://127.0.0.1", COMPANY, PUBLIC_KEY, PRIVATE_KEY, CLIENT_ID, requests_per_minute=1_000_000)
_YEARS: dict[str, tuple[sqlite3.Connection, str]] = {}
"""Databases with a finished audit of the year, and its id, by the digest of the chart."""


@dataclass
class Audited:
    """The sandbox, and the service that audits it."""

    sandbox: Sandbox
    service: AuditService
    asked: Callable[[], list[str]]

    async def run(self, asked: AuditRequest = YEAR, *, chart: Chart | None = None) -> AuditRow:
        """An audit that has ended."""
        return await self.service.finish((await self.service.begin(asked, chart)).id)

    async def year(self, *, chart: Chart | None = None) -> AuditRow:
        """A finished audit of the year, before anything else was audited or changed here.

        On SQLite only the first test of a process makes it; the others get a copy, since their past is the same.
        """
        url = self.service.parts.database.url
        if url.get_backend_name() != "sqlite" or url.database is None:
            return await self.run(chart=chart)
        with closing(sqlite3.connect(url.database)) as file:
            by = "" if chart is None else chart.stamp.sha256
            if by in _YEARS:
                kept, audit_id = _YEARS[by]
                kept.backup(file)
                return await self.service.get(audit_id)
            row = await self.run(chart=chart)
            kept = sqlite3.connect(":memory:")
            file.backup(kept)
            _YEARS[by] = kept, row.id
        return row

    async def totals(self, asked: AuditRequest = YEAR) -> dict[str, Any]:
        """The totals of an audit that came to its end."""
        row = await self.run(asked)
        assert row.state == "done", row.message
        assert row.totals is not None
        return row.totals

    async def report(self, row: AuditRow, form: Form) -> str:
        """The report in one form."""
        return "".join([piece async for piece in stream(self.service.parts, row, form)])

    async def document(self, row: AuditRow) -> dict[str, Any]:
        """The report for machines."""
        found: dict[str, Any] = json.loads(await self.report(row, "json"))
        return found

    async def rows(self, row: AuditRow) -> list[dict[str, Any]]:
        """What was found of each ticket."""
        return [one async for page in self.service.parts.audits.rows(row.id) for one in page]


@asynccontextmanager
async def audited(url: str, *, tickets: int = 250, chart: Path | None = None, **changes: Any) -> AsyncIterator[Audited]:
    """A past of so many tickets, in pages of 125, and a service that audits it without waiting. `changes`: of the client."""
    sandbox = Sandbox(now=lambda: NOW)
    if tickets:
        sandbox.fill_history(tickets=tickets)
    database = Database(url)
    database.migrate()
    transport = SandboxTransport(sandbox)
    async with ConnectWiseClient(replace(CONFIG, **changes), transport=transport, sleep=Sleeps()) as manage:
        parts = AuditContext(
            manage, ChartProvider(chart), database, now=lambda: NOW, executor=lambda: ThreadPoolExecutor(2), page_size=125,
            first_wait=timedelta(0), tries=3, poll=0.01,
        )  # fmt: skip
        service = AuditService(parts)

        def requests() -> list[str]:
            return [f"{one.method} {one.path.partition('apis/3.0')[2]}" for one in sandbox.journal]

        yield Audited(sandbox, service, requests)
        await service.stop()
    database.close()
