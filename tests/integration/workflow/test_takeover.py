"""A person takes over only what nobody advances, and ends no other connection than the one that holds the ticket's lock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from app.connectwise import ConnectWiseClient, ReferenceCache
from app.domain.enums import Mode, RunKind, RunState, Trigger
from app.storage import Database, RunRow
from app.storage.ticket_locks import TicketLocks, end_holder
from app.workflow import ChartProvider, ConflictError, Desk, NotFoundError, WorkflowConfig, WorkflowContext
from tests.support.databases import fresh_database
from tests.support.harness import Clock, config

LEASE = timedelta(seconds=60)


@asynccontextmanager
async def parts_on(kind: str, folder: Path) -> AsyncIterator[tuple[WorkflowContext, Clock]]:
    """The parts of a service that is not started."""
    clock = Clock()
    async with ConnectWiseClient(config(), read_only=True) as reader:
        with fresh_database(kind, folder) as url:
            database = Database(url)
            database.migrate()
            flow, chart = WorkflowConfig(lease=LEASE), ChartProvider(None)
            yield WorkflowContext(flow, chart, reader, reader, ReferenceCache(reader), database, clock), clock
            database.close()


async def opened(parts: WorkflowContext) -> RunRow:
    return await parts.runs.open(
        ticket_id=4711, kind=RunKind.CLASSIFY, trigger=Trigger.CALLBACK, mode=Mode.LIVE, now=parts.now()
    )


async def test_a_run_that_nobody_holds_and_a_process_on_sqlite_cannot_be_taken_over(tmp_path: Path) -> None:
    async with parts_on("sqlite", tmp_path) as (parts, _):
        await not_to_be_taken_over(parts)


async def not_to_be_taken_over(parts: WorkflowContext) -> None:
    desk = Desk(parts)
    assert parts.database.may_dispatch()
    with pytest.raises(NotFoundError, match="There is no run"):
        await desk.take_over("none")
    run = await opened(parts)
    with pytest.raises(ConflictError, match="no process holds it"):
        await desk.take_over(run.id)
    (held,) = await parts.runs.claim("x", limit=1, now=parts.now())
    with pytest.raises(ConflictError, match=r"On SQLite one process works on the file. End process \d+;"):
        await desk.take_over(run.id)
    await parts.runs.end(held, message="done", now=parts.now())
    with pytest.raises(ConflictError, match="has ended"):
        await desk.take_over(run.id)


@pytest.mark.postgres
async def test_a_run_whose_process_answers_is_left_to_it_and_taken_later(tmp_path: Path) -> None:
    async with parts_on("postgres", tmp_path) as (parts, clock):
        run = await opened(parts)
        await parts.runs.claim("x", limit=1, now=parts.now())
        async with TicketLocks(parts.database).held(4711) as lock:
            assert lock is not None
            with pytest.raises(ConflictError, match="its process was there less than 120 s ago"):
                await Desk(parts).take_over(run.id)
            clock.move(seconds=121)
            assert [one["run_id"] for one in await Desk(parts).stalled_runs()] == [run.id]
            await Desk(parts).take_over(run.id, by="Dana")
            assert not await lock.holds(run)
        taken = await parts.runs.get(run.id)
        assert taken is not None
        assert (taken.state, taken.owner) == (RunState.QUEUED, None)
        assert "Dana" in taken.message


@pytest.mark.postgres
async def test_only_our_connection_that_holds_this_tickets_lock_is_ended(tmp_path: Path) -> None:
    with fresh_database("postgres", tmp_path) as url:
        database = Database(url)
        locks = TicketLocks(database)
        async with locks.held(1) as ours, locks.held(2) as of_other_ticket:
            assert ours is not None
            assert of_other_ticket is not None
            with psycopg.connect(url, autocommit=True, application_name="another program") as other:
                other.execute("SELECT pg_advisory_lock(7264, 3)")
                assert not await end_holder(database, 3), "a lock that is not ours is left alone"
                assert await end_holder(database, 1)
                assert not await end_holder(database, 1)
                assert other.execute("SELECT 1").fetchone() == (1,)
            assert await of_other_ticket._connection.execute("SELECT 1")
        async with locks.held(1) as again:
            assert again is not None
        database.close()
