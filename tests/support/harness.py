"""The service in one process on a sandbox: for stories about what happens to a ticket."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.connectwise import ClientConfig, ConnectWiseClient, ReferenceCache
from app.domain.enums import Mode, RunState
from app.sandbox import CLIENT_ID, COMPANY, PRIVATE_KEY, PUBLIC_KEY, Sandbox, SandboxTransport
from app.sandbox import samples as sample_tickets
from app.storage import OPEN_STATES, Database, InboxEvent
from app.workflow import ChartProvider, RunView, Service, WorkflowConfig, WorkflowContext

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


def config(origin: str = "http://127.0.0.1") -> ClientConfig:
    """How to reach a sandbox."""
    return ClientConfig(
        origin, COMPANY, PUBLIC_KEY, PRIVATE_KEY, CLIENT_ID, requests_per_minute=1_000_000, max_concurrency=8
    )


async def no_sleep(_seconds: float) -> None:
    """Retries without waiting."""


@asynccontextmanager
async def house(
    sandbox: Sandbox,
    url: str,
    *,
    mode: str = "live",
    now: Callable[[], datetime] | None = None,
    chart: Path | None = None,
    **choices: Any,
) -> AsyncIterator[tuple[Service, WorkflowContext]]:
    """A started service on the sandbox, stopped at the end. `chart`: a chart file; None: the shipped chart."""
    database = Database(url)
    database.migrate()
    transport = SandboxTransport(sandbox)
    values: dict[str, Any] = {
        "max_writes_per_hour": 100_000,
        "first_wait": 0.01,
        "poll": 0.02,
        "settle": 0.0,
        "second_look": 0.0,
        "quiet": 0.0,
        "in_doubt": timedelta(0),
    } | choices
    flow = WorkflowConfig(mode=Mode(mode), **values)
    clock: dict[str, Any] = {"now": now, "uptime": lambda: now().timestamp()} if now else {}
    async with (
        ConnectWiseClient(config(), transport=transport, sleep=no_sleep) as writer,
        ConnectWiseClient(config(), transport=transport, sleep=no_sleep, read_only=True) as reader,
    ):
        parts = WorkflowContext(flow, ChartProvider(chart), reader, writer, ReferenceCache(reader), database, **clock)
        service = Service(parts)
        await service.start(look_after=False)
        try:
            yield service, parts
        finally:
            await service.stop()
            database.close()


def sample(sandbox: Sandbox, summary: str, *, new_sale: bool = False, **members: Any) -> int:
    """Creates the sample ticket whose summary begins so; returns its id. `members`: of the ticket, beside the sample's.

    `new_sale`: with an opportunity of its own, where the sample has one. Else tickets made twice belong to one sale.
    """
    found = next(one for one in sample_tickets.samples() if one["ticket"]["summary"].startswith(summary))
    made = {**found, "ticket": {**found["ticket"], **members}}
    if new_sale and made["ticket"].pop("opportunity", None):
        made["opportunity"] = {"name": "Clinic network refresh", "stage": "Won", "forecast": {"service": 12500.0}}
    return sample_tickets.create(sandbox, made)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Lets time pass."""
        self.now += timedelta(**by)


def person(sandbox: Sandbox, method: str, path: str, body: Any = None, *, member: str = "jdoe") -> dict[str, Any]:
    """What a person does in ConnectWise; returns the answer."""
    pair = base64.b64encode(f"{COMPANY}+{PUBLIC_KEY}:{PRIVATE_KEY}".encode()).decode()
    headers = {"authorization": f"Basic {pair}", "clientId": CLIENT_ID, "x-sandbox-member": member}
    raw = b"" if body is None else json.dumps(body).encode()
    answer = sandbox.handle(method, f"/v2026_1/apis/3.0{path}", headers, raw)
    assert answer.status < 300, answer
    return dict(json.loads(answer.body)) if answer.body else {}


def told(ticket_id: int, action: str, *, member: str | None = "jdoe") -> InboxEvent:
    """A callback about a ticket, as the receiver hands it over."""
    return InboxEvent(uuid4().hex, action, "ticket", ticket_id, member, b"{}", NOW)


async def settled(parts: WorkflowContext, *, most: float = 120.0) -> None:
    """Returns when the inbox is empty and no run is open."""
    end = asyncio.get_running_loop().time() + most
    while asyncio.get_running_loop().time() < end:
        figures = await parts.key_value.figures(parts.now())
        if not figures["inbox"].get("new") and not any(figures["runs"].get(state) for state in OPEN_STATES):
            return
        await asyncio.sleep(0.005)
    raise TimeoutError(f"still open: {figures['inbox']}, {figures['runs']}")


async def time_passes(
    service: Service, parts: WorkflowContext, run_id: str, *, clock: Clock, seconds: float
) -> list[RunView]:
    """Moves the clock while the run waits, until it ends; its views, the last of them settled.

    While the run is worked on the clock stands: on a busy machine hours would pass for one step.
    """
    views = [await service.run(run_id)]
    async with asyncio.timeout(120):
        while not views[-1].settled:
            run = await parts.runs.get(run_id)
            if run is not None and run.state is not RunState.WORKING:
                clock.move(seconds=seconds)
            await asyncio.sleep(0.01)
            views.append(await service.run(run_id))
    return views


def ticket(sandbox: Sandbox, ticket_id: int) -> dict[str, Any]:
    """The ticket as the sandbox has it."""
    return sandbox.store.table("/tickets")[ticket_id]
