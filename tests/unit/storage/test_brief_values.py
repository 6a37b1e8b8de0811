"""A person's values of a brief and the manual actions of applied plans, on both databases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.domain.enums import DecisionStatus, Mode, RunKind, Trigger
from app.storage import (
    ActionState,
    BriefValues,
    Database,
    DecisionRow,
    Decisions,
    EnteredValue,
    ManualActions,
    Runs,
    Steps,
    TrailEntry,
)
from app.storage.brief_values import NewPlan, Refusal
from app.storage.database import newest_revision, upgrade_tables
from app.storage.decision_changes import settled
from app.storage.tables import charts, decisions, runs, steps
from tests.support.databases import BOTH, fresh_database
from tests.unit.storage.rows import NOW, claimed, decision, store

CHANGED = TrailEntry("Ann", "changed the brief", NOW)
FEE = {"fee": EnteredValue("12400.00", "Ann", "2026-06-01T10:00:00+00:00")}
PLAN = [{"key": "move", "method": "PATCH"}]


def new_plan(row: DecisionRow, digest: str = "new", **changes: Any) -> NewPlan:
    document = row.document | {"brief": {"inputs": digest}}
    return replace(NewPlan(DecisionStatus.AWAITING_REVIEW, "Complete.", document, {"ticket": "t"}, PLAN), **changes)


async def waiting(database: Database, **members: Any) -> DecisionRow:
    row = decision(status=DecisionStatus.AWAITING_REVIEW)
    row = replace(row, document=row.document | {"brief": {"inputs": "shown"}} | members)
    return await store(database, await claimed(database, row.ticket_id), row, [{"key": "guard", "method": "GET"}])


async def test_values_and_plan_are_stored_together(database: Database) -> None:
    row, values = await waiting(database), BriefValues(database)
    assert await values.store(row, FEE, new_plan(row), entry=CHANGED) is None
    assert await values.of_ticket(row.ticket_id) == FEE
    assert [step.key for step in await Steps(database).of_plan(row.id)] == ["move"]
    stored = await Decisions(database).get(row.id)
    assert stored is not None
    assert (stored.message, stored.document["brief"], stored.inputs) == (
        "Complete.",
        {"inputs": "new"},
        {"ticket": "t"},
    )


async def test_of_two_changes_from_the_same_brief_the_second_is_refused(database: Database) -> None:
    row, values = await waiting(database), BriefValues(database)
    await values.store(row, FEE, new_plan(row), entry=CHANGED)
    other = {"cap": EnteredValue("9.00", "Bob", "2026-06-01T10:00:00+00:00")}
    assert await values.store(row, other, new_plan(row, "other"), entry=CHANGED) is Refusal.CHANGED
    assert await values.of_ticket(row.ticket_id) == FEE


async def test_an_approved_decision_takes_no_values(database: Database) -> None:
    row, values = await waiting(database), BriefValues(database)
    await Decisions(database).answer(
        row,
        only_from=(DecisionStatus.AWAITING_REVIEW,),
        to=DecisionStatus.RUNNING,
        message="",
        kind=RunKind.APPLY,
        entry=TrailEntry("Ann", "approved the decision", NOW),
    )
    assert await values.store(row, FEE, new_plan(row), entry=CHANGED) is Refusal.STATUS
    assert await values.of_ticket(row.ticket_id) == {}
    assert [step.key for step in await Steps(database).of_plan(row.id)] == ["guard"]


async def test_an_approval_of_a_brief_that_was_changed_meanwhile_comes_too_late(database: Database) -> None:
    row = await waiting(database)
    await BriefValues(database).store(row, FEE, new_plan(row), entry=CHANGED)
    late = await Decisions(database).answer(
        row, only_from=(DecisionStatus.AWAITING_REVIEW,), to=DecisionStatus.RUNNING, message="", kind=RunKind.APPLY, entry=CHANGED
    )  # fmt: skip
    stored = await Decisions(database).get(row.id)
    assert stored is not None
    assert (late, stored.status) == (None, "awaiting-review")


async def test_while_the_ticket_is_decided_again_nothing_is_stored(database: Database) -> None:
    row, values = await waiting(database), BriefValues(database)
    await claimed(database, row.ticket_id)
    assert await values.store(row, FEE, new_plan(row), entry=CHANGED) is Refusal.BUSY
    assert await values.of_ticket(row.ticket_id) == {}


async def test_a_failure_in_the_middle_leaves_values_and_plan_as_they_were(database: Database) -> None:
    row, values = await waiting(database), BriefValues(database)
    broken = new_plan(row, steps=[{"key": "move"}, {"no": "key"}])
    with pytest.raises(KeyError):
        await values.store(row, FEE, broken, entry=CHANGED)
    assert await values.of_ticket(row.ticket_id) == {}
    stored = await Decisions(database).get(row.id)
    assert stored is not None
    assert stored.document["brief"] == {"inputs": "shown"}
    assert [step.key for step in await Steps(database).of_plan(row.id)] == ["guard"]


ACTIONS = [
    {"key": "close-payments", "text": "Close “Deposit”.", "customer": "Arbour", "amount": "4000.00", "currency": "USD", "due": "2026-07-01"},
    {"key": "restrict", "text": "Restrict the project.", "customer": "Arbour", "amount": None, "currency": "", "due": None},
]  # fmt: skip


async def applied(database: Database, *, status: DecisionStatus, row: DecisionRow | None = None) -> DecisionRow:
    row = row or await waiting(database, actions=ACTIONS)
    runs = Runs(database)
    opened = await runs.open(
        ticket_id=row.ticket_id,
        kind=RunKind.APPLY,
        trigger=Trigger.CALLBACK,
        mode=Mode.LIVE,
        now=NOW,
        decision_id=row.id,
    )
    (run,) = await runs.claim("me", limit=1, now=NOW, only=opened.id)
    await runs.end(run, message="", now=NOW, also=settled(row.id, to=status, message="", now=NOW))
    return row


async def test_an_applied_plan_leaves_its_manual_actions_once(database: Database) -> None:
    row = await applied(database, status=DecisionStatus.APPLIED)
    await applied(database, status=DecisionStatus.APPLIED, row=row)
    found = await ManualActions(database).page()
    assert [(one.kind, one.amount, one.due, one.state) for one in reversed(found)] == [
        ("close-payments", "4000.00", "2026-07-01", "open"), ("restrict", None, None, "open"),
    ]  # fmt: skip


async def test_a_failed_plan_leaves_none(database: Database) -> None:
    await applied(database, status=DecisionStatus.FAILED)
    assert await ManualActions(database).page() == []


async def test_a_ticked_action_names_who_and_when_and_can_be_reopened(database: Database) -> None:
    row = await applied(database, status=DecisionStatus.APPLIED)
    actions = ManualActions(database)
    first = (await actions.page(ticket_id=row.ticket_id, state=ActionState.OPEN))[0]
    assert await actions.finish(first.id, entry=TrailEntry("Ann", "ticked off an action", NOW))
    assert not await actions.finish(first.id, entry=TrailEntry("Bob", "ticked off an action", NOW))
    done = await actions.get(first.id)
    assert done is not None
    assert (done.state, done.done_by) == ("done", "Ann")
    assert await actions.reopen(first.id, entry=TrailEntry("Ann", "reopened an action", NOW))
    assert [one.state for one in await actions.page(decision_id=row.id)] == ["open", "open"]


async def test_undo_cancels_what_is_open_and_keeps_what_is_done(database: Database) -> None:
    row = await applied(database, status=DecisionStatus.APPLIED)
    actions = ManualActions(database)
    first = (await actions.page())[0]
    await actions.finish(first.id, entry=TrailEntry("Ann", "ticked off an action", NOW))
    await applied(database, status=DecisionStatus.UNDONE, row=row)
    assert sorted(one.state for one in await actions.page()) == ["cancelled", "done"]


async def test_a_decision_of_an_older_release_leaves_its_sentences(database: Database) -> None:
    row = await waiting(database, todos=["Bill 640 by hand."])
    await applied(database, status=DecisionStatus.APPLIED, row=row)
    (action,) = await ManualActions(database).page()
    assert (action.text, action.amount) == ("Bill 640 by hand.", None)


async def waiting_in_old_tables(database: Database, folder: Path) -> DecisionRow:
    """A decision that awaits review, without the columns that later revisions add."""
    newest = Database(f"sqlite:///{folder}/newest.db")
    newest.migrate()
    row = await waiting(newest)

    def copy(old: sa.Connection, new: sa.Connection) -> None:
        for table in (runs, decisions, steps, charts):
            known = {column["name"] for column in sa.inspect(old).get_columns(table.name)}
            for found in new.execute(sa.select(table)).mappings():
                columns = [sa.column(name, table.c[name].type) for name in found if name in known]
                values = {column.name: found[column.name] for column in columns}
                old.execute(sa.insert(sa.table(table.name, *columns)).values(values))

    database.write_now(lambda old: newest.write_now(lambda new: copy(old, new)))
    newest.close()
    return row


@pytest.mark.parametrize("kind", BOTH)
async def test_tables_of_the_revision_before_are_upgraded_and_decisions_stay(kind: str, tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path, empty=True) as url:
        database = Database(url)
        try:
            database.write_now(lambda db: upgrade_tables(db, "0003"))
            row = await waiting_in_old_tables(database, tmp_path)
            database.migrate()
            assert database.schema_revision() == newest_revision()
            assert await BriefValues(database).of_ticket(row.ticket_id) == {}
            assert await Decisions(database).get(row.id) == row
        finally:
            database.close()
