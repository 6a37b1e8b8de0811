"""Room in the hour for writes: taken in the commit that lets a plan go, free again once its run has ended, however it ended."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from app.domain.enums import DecisionStatus, RunKind, RunState
from app.storage import Database, DecisionRow, Decisions, RunRow, Runs, Steps, TrailEntry
from app.storage.decision_changes import settled
from tests.unit.storage.rows import NOW, claimed, decision, store

PLAN: list[dict[str, Any]] = [{"key": "guard", "kind": "guard", "method": "GET"}] + [
    {"key": key, "kind": "patch", "method": "PATCH"} for key in ("move", "place")
]


async def let_go(database: Database, ticket: int, *, most: int = 5) -> tuple[RunRow, DecisionRow]:
    """A run that has decided on the plan, and the decision as it was kept."""
    run = await claimed(database, ticket)

    def full(reserved: int) -> str | None:
        return f"{reserved} are reserved." if reserved + 2 > most else None

    return run, await store(database, run, decision(ticket), PLAN, reason=full)


async def test_of_plans_that_begin_together_only_as_many_go_on_as_the_hour_has_room_for(database: Database) -> None:
    kept = [row for _, row in await asyncio.gather(*(let_go(database, ticket) for ticket in range(1, 9)))]
    assert sorted(row.status for row in kept) == ["awaiting-review"] * 6 + ["running"] * 2
    assert {row.message for row in kept} == {"", "4 are reserved."}


async def test_a_run_in_its_midst_holds_what_it_has_not_written_whoever_works_on_it(database: Database) -> None:
    run, row = await let_go(database, 1, most=2)
    held = (await Runs(database).claim("heir", limit=1, now=NOW + timedelta(seconds=61)))[0]
    assert held.id == run.id
    _, move, _ = await Steps(database).of_plan(row.id)
    await Steps(database).intend(held, move, resolved=move.step, before=None, now=NOW)
    assert (await let_go(database, 2, most=3))[1].message == "2 are reserved."


async def test_a_run_that_has_ended_holds_nothing_but_what_it_sent(database: Database) -> None:
    run, row = await let_go(database, 1, most=2)
    _, move, _ = await Steps(database).of_plan(row.id)
    await Steps(database).intend(run, move, resolved=move.step, before=None, now=NOW)
    change = settled(row.id, to=DecisionStatus.FAILED, message="", now=NOW)
    await Runs(database).end(run, message="", now=NOW, state=RunState.FAILED, also=change)
    assert (await let_go(database, 2, most=2))[1].message == "1 are reserved."
    assert (await let_go(database, 3, most=3))[1].status == "running"


async def test_a_plan_that_a_person_lets_go_holds_room_too(database: Database) -> None:
    _, row = await let_go(database, 1, most=0)
    assert row.status == "awaiting-review"
    approved = await Decisions(database).answer(
        row,
        only_from=(DecisionStatus.AWAITING_REVIEW,),
        to=DecisionStatus.RUNNING,
        message="",
        kind=RunKind.APPLY,
        entry=TrailEntry("Ann", "approved the decision", NOW),
    )
    assert approved is not None
    assert (await let_go(database, 2, most=3))[1].message == "2 are reserved."
