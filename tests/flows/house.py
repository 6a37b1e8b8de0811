"""The service in one process on a sandbox: for stories about what happens to a ticket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from app.flows import ChartInUse, FlowConfig, FlowParts, Service
from app.journal import Database
from app.manage import CatalogueCache, Manage, ManageConfig
from app.sandbox import CLIENT_ID, COMPANY, PRIVATE_KEY, PUBLIC_KEY, Sandbox, SandboxTransport
from app.sandbox import samples as sample_tickets

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


def config(origin: str = "http://127.0.0.1") -> ManageConfig:
    """How to reach a sandbox."""
    return ManageConfig(
        origin, COMPANY, PUBLIC_KEY, PRIVATE_KEY, CLIENT_ID, requests_per_minute=1_000_000, max_concurrency=8
    )


async def no_sleep(_seconds: float) -> None:
    """Retries without waiting."""


@asynccontextmanager
async def house(
    sandbox: Sandbox, url: str, *, mode: str = "live", now: Callable[[], datetime] | None = None, **choices: Any
) -> AsyncIterator[tuple[Service, FlowParts]]:
    """A started service on the sandbox, stopped at the end."""
    database = Database(url)
    database.migrate()
    transport = SandboxTransport(sandbox)
    values: dict[str, Any] = {"max_writes_per_hour": 100_000, "first_wait": 0.01} | choices
    flow = FlowConfig(mode=mode, **values)
    clock = {"now": now} if now else {}
    async with (
        Manage(config(), transport=transport, sleep=no_sleep) as writer,
        Manage(config(), transport=transport, sleep=no_sleep, read_only=True) as reader,
    ):
        parts = FlowParts(flow, ChartInUse(None), reader, writer, CatalogueCache(reader), database, **clock)
        service = Service(parts)
        await service.start(look_after=False)
        yield service, parts
        await service.stop()
    database.close()


def sample(sandbox: Sandbox, summary: str) -> int:
    """Creates the sample ticket whose summary begins so; returns its id."""
    found = next(one for one in sample_tickets.samples() if one["ticket"]["summary"].startswith(summary))
    return sample_tickets.create(sandbox, found)


def ticket(sandbox: Sandbox, ticket_id: int) -> dict[str, Any]:
    """The ticket as the sandbox has it."""
    return sandbox.store.table("/tickets")[ticket_id]
