"""ConnectWise is slower than we wait: a write whose answer we gave up on is looked for, and never sent twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from app.sandbox import Fault, FaultKind, Sandbox
from app.storage import Database, DecisionRow, Decisions, Inbox, InboxEvent
from app.workflow.context import utc_now
from tests.support.crash_points import Life, live
from tests.support.harness import config, sample
from tests.support.sandbox_harness import made, served

pytestmark = pytest.mark.chaos

WRITES = [
    pytest.param("Fit the replacement", "PATCH", r"/service/tickets/\d+$", "delay-before", id="move"),
    pytest.param("Network refresh", "POST", r"/project/projects$", "delay-before", id="project"),
    pytest.param("Network refresh", "POST", r"/project/projects$", "delay-after", id="project-answer"),
    pytest.param("Network refresh", "POST", r"/phases$", "delay-before", id="phase"),
    pytest.param("Network refresh", "POST", r"/convert$", "delay-before", id="convert"),
]


@pytest.mark.parametrize(("summary", "method", "path", "kind"), WRITES)
def test_a_write_that_takes_longer_than_we_wait_is_done_once(
    summary: str, method: str, path: str, kind: FaultKind, tmp_path: Path
) -> None:
    sandbox = Sandbox()
    ticket_id = sample(sandbox, summary)
    fault = Fault(kind, method, path, seconds=0.6)
    sandbox.faults.append(fault)
    database = Database(f"sqlite:///{tmp_path}/slow.db")
    database.migrate()
    event = InboxEvent("m-1", "added", "ticket", ticket_id, "dispatch", b"{}", utc_now())
    asyncio.run(_take(database, event))
    with served(sandbox) as origin:
        impatient = replace(config(origin), read_timeout=0.3)
        live(Life(f"sqlite:///{tmp_path}/slow.db", impatient, in_doubt=1.2))
    (decision,) = asyncio.run(_decisions(database))
    database.close()
    assert fault.times == 0
    assert (decision.status, decision.message) == ("applied", "")
    there = made(sandbox, ticket_id)
    assert (there["projects"], there["notes"]) == (1 if summary.startswith("Network") else 0, 1)


async def _take(database: Database, event: InboxEvent) -> None:
    await Inbox(database).take(event)


async def _decisions(database: Database) -> list[DecisionRow]:
    return await Decisions(database).page()
