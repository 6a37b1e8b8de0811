"""The journal on both databases: what is acknowledged stays, nobody works on a ticket twice at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.enums import Mode, RunKind, Trigger
from app.storage import Database, Inbox, InboxEvent, OwnershipLost, RunIntake, Runs
from app.storage.database import newest_revision

NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)


def event(message_id: str | None = "m-1", *, ticket: int = 4711, body: bytes = b"{}") -> InboxEvent:
    return InboxEvent(message_id, "added", "ticket", ticket, "jdoe", body, NOW)


async def triage(runs: Runs, ticket: int = 4711) -> str:
    run = await runs.open(ticket_id=ticket, kind=RunKind.CLASSIFY, trigger=Trigger.CALLBACK, mode=Mode.LIVE, now=NOW)
    return run.id


async def test_an_event_is_new_once_and_a_repeat_afterwards(database: Database) -> None:
    inbox = Inbox(database)
    assert await inbox.take(event()) is True
    assert await inbox.take(event()) is False
    assert [row.record_id for row in await inbox.new_events()] == [4711]


async def test_without_a_message_id_the_same_body_is_a_repeat_and_another_is_not(database: Database) -> None:
    inbox = Inbox(database)
    assert await inbox.take(event(None, body=b"one")) is True
    assert await inbox.take(event(None, body=b"one")) is False
    assert await inbox.take(event(None, body=b"two")) is True


async def test_many_events_at_once_are_all_kept_and_a_repeat_among_them_counts_once(database: Database) -> None:
    inbox = Inbox(database)
    answers = await asyncio.gather(*(inbox.take(event(f"m-{number % 150}")) for number in range(300)))
    assert sum(answers) == 150
    assert len(await inbox.new_events(limit=500)) == 150


async def test_the_second_run_of_a_ticket_waits_for_the_first(database: Database) -> None:
    runs = Runs(database)
    first, second = await triage(runs), await triage(runs)
    (claimed,) = await runs.claim("me", limit=5, now=NOW)
    assert claimed.id == first
    assert await runs.claim("other", limit=5, now=NOW) == []
    await runs.end(claimed, message="", now=NOW)
    assert [run.id for run in await runs.claim("other", limit=5, now=NOW)] == [second]


async def test_a_waiting_run_goes_on_when_its_moment_has_come(database: Database) -> None:
    runs = Runs(database)
    await triage(runs)
    (run,) = await runs.claim("me", limit=1, now=NOW)
    await runs.wait(run, until=NOW + timedelta(minutes=1), message="ConnectWise is away.", now=NOW)
    assert await runs.claim("me", limit=1, now=NOW) == []
    (again,) = await runs.claim("me", limit=1, now=NOW + timedelta(minutes=1))
    assert (again.attempts, again.message) == (1, "ConnectWise is away.")


async def test_a_run_whose_holder_is_gone_is_taken_over_and_the_old_holder_can_write_no_more(
    database: Database,
) -> None:
    runs = Runs(database)
    await triage(runs)
    (lost,) = await runs.claim("gone", limit=1, now=NOW)
    assert await runs.claim("heir", limit=1, now=NOW + timedelta(seconds=30)) == []
    (held,) = await runs.claim("heir", limit=1, now=NOW + timedelta(seconds=61))
    assert held.owner == "heir"
    with pytest.raises(OwnershipLost):
        await runs.end(lost, message="", now=NOW)


async def test_a_run_that_nobody_continued_for_two_leases_makes_no_progress(database: Database) -> None:
    runs = Runs(database)
    run_id = await triage(runs)
    await runs.claim("paused", limit=1, now=NOW)
    assert await runs.stalled(now=NOW + timedelta(seconds=119)) == []
    assert [run.id for run in await runs.stalled(now=NOW + timedelta(seconds=121))] == [run_id]


async def test_two_claimers_at_once_never_hold_the_same_run(database: Database) -> None:
    runs = Runs(database)
    for ticket in range(20):
        await triage(runs, ticket)
    claims = await asyncio.gather(*(runs.claim(f"w{number}", limit=10, now=NOW) for number in range(4)))
    held = [run.id for claim in claims for run in claim]
    assert len(held) == len(set(held))


async def test_an_event_of_a_ticket_with_an_open_run_joins_it(database: Database) -> None:
    inbox = Inbox(database)
    for message in ("m-1", "m-2"):
        await inbox.take(event(message))
    opened = [
        await RunIntake(database).added(row.id, ticket_id=row.record_id, mode=Mode.LIVE, now=NOW, settle=timedelta(0))
        for row in await inbox.new_events()
    ]
    assert opened == [True, False]
    assert await inbox.new_events() == []


async def test_migrating_twice_changes_nothing(database: Database) -> None:
    before = database.schema_revision()
    database.migrate()
    assert database.schema_revision() == before == newest_revision()


def test_on_sqlite_only_one_process_may_dispatch(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/one.db"
    first, second = Database(url), Database(url)
    try:
        assert first.may_dispatch() is True
        assert second.may_dispatch() is False
    finally:
        first.close()
        second.close()
