"""What arrives opens or joins one run, in one commit, however many processes take it in at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.enums import DecisionStatus, Mode, RunKind, RunState, Trigger
from app.storage import (
    Database,
    DecisionRow,
    Decisions,
    Inbox,
    InboxEvent,
    KeyValueStore,
    RunIntake,
    RunRow,
    Runs,
    Steps,
    TrailEntry,
    run_intake,
)
from app.storage.decision_changes import settled
from app.workflow import WorkflowConfig
from app.workflow.tickets.intake import take_events
from tests.unit.storage.rows import NOW, claimed, decision, store

QUIET = timedelta(seconds=30)
SETTLE = timedelta(seconds=5)


async def arrived(database: Database, count: int, *, ticket: int = 4711) -> list[int]:
    """Ids of that many fresh events of a ticket."""
    inbox = Inbox(database)
    for number in range(count):
        await inbox.take(InboxEvent(f"m-{ticket}-{number}", "updated", "ticket", ticket, "jdoe", b"{}", NOW))
    return [row.id for row in await inbox.new_events() if row.record_id == ticket]


async def decided(database: Database, row: DecisionRow) -> RunRow:
    """The run that made this decision."""
    run = await claimed(database, row.ticket_id)
    await store(database, run, row, [{"key": "move", "kind": "patch"}])
    return run


async def test_updates_of_an_undecided_ticket_share_one_triage_after_the_quiet_time(database: Database) -> None:
    events = await arrived(database, 3)
    opened = [
        await RunIntake(database).updated(number, ticket_id=4711, mode=Mode.LIVE, now=NOW, quiet=QUIET)
        for number in events
    ]
    assert opened == [True, False, False]
    (run,) = await Runs(database).of_ticket(4711)
    assert (run.kind, run.trigger, run.not_before) == ("triage", "callback", NOW + QUIET)


async def test_an_added_event_lets_the_waiting_triage_of_its_ticket_go_on_once_it_has_settled(
    database: Database,
) -> None:
    first, second = await arrived(database, 2)
    await RunIntake(database).updated(first, ticket_id=4711, mode=Mode.LIVE, now=NOW, quiet=QUIET)
    assert await RunIntake(database).added(second, ticket_id=4711, mode=Mode.LIVE, now=NOW, settle=SETTLE) is False
    (run,) = await Runs(database).of_ticket(4711)
    assert run.not_before == NOW + SETTLE


async def test_an_update_while_a_triage_is_at_work_is_looked_at_behind_it(database: Database) -> None:
    first, second, third = await arrived(database, 3)
    arrivals, runs = RunIntake(database), Runs(database)
    await arrivals.added(first, ticket_id=4711, mode=Mode.LIVE, now=NOW, settle=timedelta(0))
    await runs.claim("me", limit=1, now=NOW)
    assert await arrivals.updated(second, ticket_id=4711, mode=Mode.LIVE, now=NOW, quiet=QUIET) is True
    assert await arrivals.updated(third, ticket_id=4711, mode=Mode.LIVE, now=NOW, quiet=QUIET) is False
    assert [run.kind for run in await runs.of_ticket(4711)] == ["look", "triage"]


async def test_many_processes_that_take_in_events_of_one_ticket_open_one_run(database: Database) -> None:
    events = await arrived(database, 8)
    takers = (
        RunIntake(database).added(number, ticket_id=4711, mode=Mode.LIVE, now=NOW, settle=SETTLE)
        for number in events * 2
    )
    assert sum(await asyncio.gather(*takers)) == 1
    assert len(await Runs(database).of_ticket(4711)) == 1


async def test_a_decision_that_is_not_to_be_carried_out_ends_its_run_in_the_same_commit(database: Database) -> None:
    run = await decided(database, decision(status=DecisionStatus.AWAITING_REVIEW))
    ended = await Runs(database).get(run.id)
    assert ended is not None
    assert (ended.state, ended.owner) == ("ended", None)


async def test_a_persons_word_moves_the_decision_and_opens_the_run_or_does_neither(database: Database) -> None:
    row = decision(status=DecisionStatus.AWAITING_REVIEW)
    await decided(database, row)
    decisions = Decisions(database)
    words = [
        decisions.answer(
            row,
            only_from=(DecisionStatus.AWAITING_REVIEW,),
            to=DecisionStatus.RUNNING,
            message="",
            kind=RunKind.APPLY,
            entry=TrailEntry("Ann", "approved the decision", NOW),
        )
        for _ in range(4)
    ]
    opened = [run for run in await asyncio.gather(*words) if run is not None]
    assert [run.decision_id for run in opened] == [row.id]
    assert [run.kind for run in await Runs(database).of_ticket(4711)] == ["carry-out", "triage"]


async def test_a_failed_decision_that_wrote_something_is_unfinished_until_it_is_undone(database: Database) -> None:
    row = decision()
    run = await decided(database, row)
    decisions, steps = Decisions(database), Steps(database)
    (step,) = await steps.of_plan(row.id)
    await steps.intend(run, step, resolved={}, before=None, now=NOW)
    change = settled(row.id, to=DecisionStatus.FAILED, message="It broke.", now=NOW)
    await Runs(database).end(run, message="It broke.", now=NOW, state=RunState.FAILED, also=change)
    assert await decisions.unfinished_of(4711) == row.id
    assert await decisions.set_status(
        row.id, to=DecisionStatus.UNDONE, message="", now=NOW, only_from=(DecisionStatus.FAILED,)
    )
    assert await decisions.unfinished_of(4711) is None


async def test_the_evidence_of_old_ended_decisions_is_emptied_and_settled_events_go(database: Database) -> None:
    row = decision(status=DecisionStatus.AWAITING_REVIEW)
    await decided(database, row)
    (event,) = await arrived(database, 1)
    await RunIntake(database).ignore(event, "nothing")
    later, age = NOW + timedelta(days=91), timedelta(days=90)
    decisions, inbox = Decisions(database), Inbox(database)
    assert await decisions.prune(older_than=age, now=later) == 0
    await decisions.set_status(
        row.id, to=DecisionStatus.REJECTED, message="", now=later, only_from=(DecisionStatus.AWAITING_REVIEW,)
    )
    assert await decisions.prune(older_than=age, now=later) == 1
    assert await inbox.prune(older_than=age, now=later) == 1
    kept = await decisions.get(row.id)
    assert kept == replace(row, status=DecisionStatus.REJECTED, evidence={})


async def test_a_person_overtakes_a_run_that_waits_for_its_time_but_not_one_that_has_begun(database: Database) -> None:
    (event,) = await arrived(database, 1)
    row, runs = decision(), Runs(database)
    begun = await decided(database, row)
    await RunIntake(database).updated(event, ticket_id=4711, mode=Mode.LIVE, now=NOW, quiet=QUIET)
    person = await runs.open(
        ticket_id=4711, kind=RunKind.CLASSIFY, trigger=Trigger.RECLASSIFY, mode=Mode.DRY_RUN, now=NOW
    )
    assert await runs.claim("other", limit=9, now=NOW) == []
    await runs.wait(begun, until=NOW + timedelta(hours=1), message="ConnectWise is away.", now=NOW)
    assert await runs.due(limit=9, now=NOW) == []
    (again,) = await runs.claim("me", limit=9, now=NOW + timedelta(hours=2))
    await runs.end(again, message="", now=NOW)
    assert [run_id for run_id, _ in await runs.due(limit=9, now=NOW)] == [person.id]


async def test_no_two_runs_of_a_ticket_are_held_at_once_when_the_earlier_wakes_up_later(database: Database) -> None:
    (event,) = await arrived(database, 1)
    runs = Runs(database)
    await decided(database, decision(status=DecisionStatus.AWAITING_REVIEW))
    await RunIntake(database).updated(event, ticket_id=4711, mode=Mode.LIVE, now=NOW, quiet=QUIET)
    person = await runs.open(ticket_id=4711, kind=RunKind.CLASSIFY, trigger=Trigger.RECLASSIFY, mode=Mode.LIVE, now=NOW)
    look = next(run for run in await runs.of_ticket(4711) if run.kind == "look")
    held = await runs.claim("me", limit=9, now=NOW, only=person.id)
    assert [run.id for run in held] == [person.id]
    assert await runs.claim("other", limit=9, now=NOW + QUIET, only=look.id) == []
    await runs.end(held[0], message="", now=NOW)
    assert [run.id for run in await runs.claim("other", limit=9, now=NOW + QUIET, only=look.id)] == [look.id]


async def test_of_a_dead_processs_run_and_a_persons_carry_out_one_goes_on(database: Database) -> None:
    row, runs = decision(status=DecisionStatus.AWAITING_REVIEW), Runs(database)
    await decided(database, row)
    await runs.open(ticket_id=4711, kind=RunKind.CLASSIFY, trigger=Trigger.CALLBACK, mode=Mode.LIVE, now=NOW)
    await runs.claim("dead", limit=1, now=NOW)
    await Decisions(database).answer(
        row,
        only_from=(DecisionStatus.AWAITING_REVIEW,),
        to=DecisionStatus.RUNNING,
        message="",
        kind=RunKind.APPLY,
        entry=TrailEntry("Ann", "approved the decision", NOW),
    )
    later = NOW + timedelta(hours=1)
    assert [run.kind for run in await runs.claim("me", limit=9, now=later)] == ["triage"]
    assert await runs.claim("me", limit=9, now=later) == []


async def test_a_persons_reclassification_ends_a_triage_that_nobody_has_begun(database: Database) -> None:
    first, second = await arrived(database, 1) + await arrived(database, 1, ticket=4712)
    runs = Runs(database)
    for event, ticket, mode in ((first, 4711, Mode.LIVE), (second, 4712, Mode.DRY_RUN)):
        await RunIntake(database).added(event, ticket_id=ticket, mode=Mode.LIVE, now=NOW, settle=SETTLE)
        await runs.open(ticket_id=ticket, kind=RunKind.CLASSIFY, trigger=Trigger.RECLASSIFY, mode=mode, now=NOW)
    assert [run.state for run in await runs.of_ticket(4711)] == ["queued", "ended"]
    assert [run.state for run in await runs.of_ticket(4712)] == ["queued", "queued"]
    due = await runs.due(limit=9, now=NOW)
    assert sorted(ticket for _, ticket in due) == [4711, 4712]


async def test_events_of_a_burst_share_few_commits(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_intake, "_LONGEST_COMMIT", 60.0)
    events = [number for ticket in range(4711, 4731) for number in await arrived(database, 5, ticket=ticket)]
    commits = 0
    write = database.write

    async def counted(work: Any) -> Any:
        nonlocal commits
        commits += 1
        return await write(work)

    monkeypatch.setattr(database, "write", counted)
    context: Any = SimpleNamespace(
        inbox=Inbox(database), intake=RunIntake(database), key_value=KeyValueStore(database), config=WorkflowConfig(), now=lambda: NOW
    )  # fmt: skip
    assert await take_events(context) == len(events) == 100
    assert commits <= 5
    assert await context.inbox.new_events() == []


async def test_a_commit_that_takes_long_leaves_the_rest_of_the_events_to_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_intake, "_LONGEST_COMMIT", 0.0)
    events = await arrived(database, 3)
    works = [(4711, run_intake.ignoring(number, "test")) for number in events]
    assert await RunIntake(database).take(works) == [False]
    assert len(await Inbox(database).new_events()) == 2
    context: Any = SimpleNamespace(
        inbox=Inbox(database), intake=RunIntake(database), key_value=KeyValueStore(database), config=WorkflowConfig(), now=lambda: NOW
    )  # fmt: skip
    assert await take_events(context) == 2
    assert await context.inbox.new_events() == []
