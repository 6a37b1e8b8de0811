"""A plan that waited is made once more before it is carried out: nothing is written of a price or a list of yesterday."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.enums import Mode, RunKind, Trigger
from app.sandbox import Fault, Sandbox, samples
from tests.integration.workflow.test_apply import MINI, PROJECT, Home
from tests.integration.workflow.test_changes_meanwhile import gone_on, halted
from tests.support.harness import Clock, house, person, sample, settled, ticket

PRICED = "Signed order, fixed price 12,000. Site A in March, site B in May, two engineers, budget 40 hours. PO 77120."


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    clock = Clock()
    sandbox = Sandbox(now=clock)
    async with house(sandbox, f"sqlite:///{tmp_path}/home.db", now=clock) as (service, parts):
        yield Home(sandbox, clock, service, parts)


def writes(home: Home) -> int:
    return sum(exchange.is_write for exchange in home.sandbox.journal)


def describe(home: Home, ticket_id: int, text: str) -> None:
    """Somebody changes the ticket's description, which ConnectWise keeps as a note."""
    notes = home.sandbox.store.table(f"/tickets/{ticket_id}/notes").values()
    next(note for note in notes if note.get("detailDescriptionFlag"))["text"] = text


async def waiting(home: Home, text: str, outcome: str) -> dict[str, Any]:
    """The plan of a ticket with this description, which waits for a person."""
    first = next(iter(samples.samples()))
    members = {"summary": "Two sites", "initialDescription": text, "owner": {"identifier": "pmiller"}}
    made = {"ticket": {**first["ticket"], **members}}
    ticket_id = samples.create(home.sandbox, made)
    decision = (await home.service.reclassify(ticket_id, mode="review", outcome=outcome, reason="sold")).decision or {}
    assert (decision["status"], decision["plan"]["problems"]) == ("awaiting-review", [])
    return decision


async def decided_again(home: Home, decision: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the approval says, and the decision that takes the place of the approved one."""
    before = writes(home)
    approved = (await home.service.approve(decision["id"])).decision or {}
    await settled(home.parts)
    assert writes(home) == before
    newest = (await home.service.decisions(ticket_id=decision["ticket_id"])).items[0]
    assert newest["id"] != decision["id"]
    return approved, newest


async def until(home: Home, run_id: str, state: str, *, attempts: int = 1) -> None:
    """Returns when the run stands so after this many tries."""
    async with asyncio.timeout(60):
        while (run := await home.parts.runs.get(run_id)) is None or (run.state, run.attempts) != (state, attempts):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("12,000", "13,500", "fee 12,000.00, now 13,500.00"),
        ("40 hours", "60 hours", "budget hours 40.00, now 60.00"),
        ("PO 77120", "PO 88231", "po number 77120, now 88231"),
        ("fixed price 12,000", "not to exceed 12,000", "cap not named, now 12,000.00"),
    ],
    ids=["price", "hours", "order number", "kind of price"],
)
async def test_money_that_changed_while_a_plan_waited_is_never_written(
    home: Home, old: str, new: str, message: str
) -> None:
    decision = await waiting(home, PRICED, "project")
    describe(home, decision["ticket_id"], PRICED.replace(old, new))
    approved, newest = await decided_again(home, decision)
    assert approved["status"] == "rejected"
    assert message in approved["said"]
    assert "Nothing was written; the ticket is decided again" in approved["said"]
    assert (newest["status"], newest["outcome"], newest["trigger"]) == ("awaiting-review", "project", "update")
    assert newest["asked"] == {"outcome": "project", "reason": "sold", "by": "a person"}
    applied = (await home.service.approve(newest["id"])).decision or {}
    assert applied["status"] == "applied"
    (project,) = home.sandbox.store.table("/project/projects").values()
    whole = 13500 if new == "13,500" else 12000
    assert (project["billingAmount"], project["budgetHours"]) == (whole, 60 if new == "60 hours" else 40)
    assert project["customerPO"] == ("88231" if "PO" in new else "77120")


async def test_a_new_price_in_a_note_or_beside_the_ticket_counts_as_well(home: Home) -> None:
    decision = await waiting(home, PRICED, "mini-project")
    note = {"text": "Signed today: fixed price 14,000 for both sites.", "internalAnalysisFlag": True}
    person(home.sandbox, "POST", f"/service/tickets/{decision['ticket_id']}/notes", note)
    approved, _ = await decided_again(home, decision)
    assert "14,000" in approved["said"]


@pytest.mark.slow
async def test_what_a_person_asks_for_after_the_approval_has_the_last_word(home: Home) -> None:
    decision = await waiting(home, PRICED, "project")
    ticket_id = decision["ticket_id"]
    describe(home, ticket_id, PRICED.replace("12,000", "13,500"))
    home.sandbox.faults.append(Fault("throttle", "GET", f"/tickets/{ticket_id}$", times=1000))
    approved = await home.service.approve(decision["id"], wait=0.0)
    await until(home, approved.run_id, "waiting")
    how = {"mode": "live", "outcome": "mini-project", "reason": "one evening after all"}
    asked = await home.service.reclassify(ticket_id, **how, wait=0.0)
    home.sandbox.faults.clear()
    home.clock.move(seconds=600)
    await settled(home.parts)
    newest, outdated = (await home.service.decisions(ticket_id=ticket_id)).items
    assert newest["id"] == ((await home.service.run(asked.run_id)).decision or {})["id"]
    assert (newest["status"], newest["outcome"], outdated["ended_as"]) == (
        "awaiting-review",
        "mini-project",
        "outdated",
    )
    assert newest["said"].startswith("Needs review: only the text says ")
    assert outdated["said"].endswith("Nothing was written; the ticket is decided again, as requested since.")


@pytest.mark.slow
async def test_what_was_said_of_an_outdated_plan_is_repeated_as_said_before(home: Home) -> None:
    decision = await waiting(home, PRICED, "project")
    describe(home, decision["ticket_id"], PRICED.replace("12,000", "13,500"))
    _, newest = await decided_again(home, decision)
    assert [(word["said"], word["reason"]) for word in newest["words"]] == [("chose project before", "sold")]


@pytest.mark.slow
async def test_a_contact_who_was_added_is_named_and_no_money(home: Home) -> None:
    decision = await waiting(home, PRICED, "project")
    note = {"text": "Contact for site A is Maria Huber, contact for site B is Jon Smith.", "internalAnalysisFlag": True}
    person(home.sandbox, "POST", f"/service/tickets/{decision['ticket_id']}/notes", note)
    approved, _ = await decided_again(home, decision)
    assert "since the decision: contacts Robin Arbour" in approved["said"]
    assert "Maria Huber" in approved["said"]
    assert "12,000" not in approved["said"]


@pytest.mark.slow
async def test_notes_that_cannot_be_read_any_more_are_no_price_that_changed(home: Home) -> None:
    decision = await waiting(home, PRICED, "project")
    home.sandbox.faults.append(Fault("forbidden", "GET", "/notes$"))
    approved, _ = await decided_again(home, decision)
    assert approved["said"].startswith("Evidence of the decision can no longer be read: notes. Nothing was written")


async def test_a_list_that_is_refused_once_is_no_price_that_changed(home: Home) -> None:
    decision = await home.run(MINI, mode="review")
    home.sandbox.faults.append(Fault("forbidden", "GET", "/statuses$", times=2))  # in the bundle and by itself
    approved, _ = await decided_again(home, decision)
    assert "no open default status" in approved["said"]


async def test_a_plan_with_a_known_problem_reads_each_list_once(home: Home) -> None:
    ticket_id = sample(home.sandbox, MINI)
    home.sandbox.store.table("/tickets")[ticket_id]["hasChildTicket"] = True
    decision = (await home.service.reclassify(ticket_id, mode="review")).decision or {}
    assert [problem["code"] for problem in decision["plan"]["problems"]] == ["ticket-parent"]
    before = len(home.sandbox.journal)
    assert ((await home.service.approve(decision["id"])).decision or {})["status"] == "applied"
    lists = [
        one.path for one in home.sandbox.journal[before:] if one.path.endswith(("/boards", "/types", "/glAccounts"))
    ]
    assert sorted(lists) == sorted(set(lists))


async def test_a_ticket_that_is_gone_is_not_to_be_run_again(home: Home) -> None:
    decision = await waiting(home, PRICED, "project")
    person(home.sandbox, "DELETE", f"/service/tickets/{decision['ticket_id']}")
    approved = (await home.service.approve(decision["id"])).decision or {}
    assert approved["status"] == "failed"
    assert approved["said"].endswith("it was deleted or converted; nothing was written.")


async def test_words_that_change_no_money_do_not_hold_a_plan_up(home: Home) -> None:
    decision = await waiting(home, PRICED, "project")
    note = {"text": "Called the customer, all fine.", "internalAnalysisFlag": True}
    person(home.sandbox, "POST", f"/service/tickets/{decision['ticket_id']}/notes", note)
    home.clock.move(days=9)
    assert ((await home.service.approve(decision["id"])).decision or {})["status"] == "applied"


@pytest.mark.slow
async def test_a_half_done_conversion_stops_before_the_ticket_when_the_price_changed(home: Home) -> None:
    ticket_id, view = await halted(home, PROJECT, Fault("error-before", "POST", "/convert$"))
    describe(home, ticket_id, "Order signed, fixed price 9,900. Network refresh in three phases, two engineers.")
    decision = await gone_on(home, view)
    assert decision["status"] == "failed"
    assert "sold total 12,500.00, now conflict (" in decision["said"]
    assert "9,900" in decision["said"]
    assert "stays: /project/projects/" in decision["said"]
    assert ticket(home.sandbox, ticket_id)["recordType"] == "ServiceTicket"
    assert ((await home.service.undo(decision["id"])).decision or {})["status"] == "undone"
    assert home.projects() == 0


@pytest.mark.slow
async def test_while_connectwise_may_still_be_at_a_write_nothing_is_read_or_said_of_it(tmp_path: Path) -> None:
    clock = Clock()
    sandbox = Sandbox(now=clock)
    url = f"sqlite:///{tmp_path}/home.db"
    async with house(sandbox, url, now=clock, in_doubt=timedelta(seconds=45)) as (service, parts):
        home = Home(sandbox, clock, service, parts)
        ticket_id, view = await halted(home, PROJECT, Fault("error-before", "POST", "/convert$"))
        describe(home, ticket_id, "Order signed, fixed price 9,900. Network refresh in three phases, two engineers.")
        asked = len(sandbox.journal)
        clock.move(seconds=2)
        await until(home, view.run_id, "waiting", attempts=2)
        assert len(sandbox.journal) == asked
        assert "9,900" in (await gone_on(home, view))["said"]


async def test_a_plan_written_at_once_is_made_from_fresh_lists(home: Home) -> None:
    await home.run(MINI, mode="dry-run")
    boards = home.sandbox.store.table("/service/boards")
    old = next(number for number, board in boards.items() if board["name"] == "Mini-Projects")
    boards[old]["inactiveFlag"] = True
    decision = await home.run(MINI)
    assert decision["status"] == "awaiting-review"
    assert "inactive" in decision["said"]
    assert ticket(home.sandbox, decision["ticket_id"])["board"]["id"] != old


async def test_a_board_that_was_renamed_while_a_plan_waited_gets_no_ticket(home: Home) -> None:
    decision = await home.run(MINI, mode="review")
    boards = home.sandbox.store.table("/service/boards").values()
    next(board for board in boards if board["name"] == "Mini-Projects")["name"] = "Archive"
    approved, newest = await decided_again(home, decision)
    assert "no board “Mini-Projects”" in approved["said"]
    assert newest["status"] == "awaiting-review"
    assert newest["plan"]["steps"] == []


@pytest.mark.slow
async def test_a_list_that_may_not_be_read_any_more_leads_to_no_plan_from_what_it_was(home: Home) -> None:
    decision = await home.run(MINI, mode="review")
    home.sandbox.faults.append(Fault("forbidden", "GET", "/statuses$", times=100))
    approved, newest = await decided_again(home, decision)
    assert "no open default status" in approved["said"]
    assert (newest["status"], newest["plan"]["steps"]) == ("awaiting-review", [])


async def test_a_plan_is_made_again_from_fresh_lists_whichever_process_makes_it(home: Home) -> None:
    decision = await home.run(MINI, mode="review")
    boards = home.sandbox.store.table("/service/boards").values()
    next(board for board in boards if board["name"] == "Mini-Projects")["name"] = "Archive"
    again = await home.parts.runs.open(
        ticket_id=decision["ticket_id"],
        kind=RunKind.CLASSIFY,
        trigger=Trigger.UPDATE,
        mode=Mode.REVIEW,
        now=home.clock(),
    )
    await settled(home.parts)
    newest = (await home.service.run(again.id)).decision or {}
    assert "no board “Mini-Projects”" in newest["said"]


@pytest.mark.slow
async def test_a_type_that_was_made_inactive_while_a_plan_waited_is_not_set(home: Home) -> None:
    decision = await home.run(MINI, mode="review")
    move = next(step for step in decision["plan"]["steps"] if step["key"] == "move")
    wish = {one["path"]: one["value"] for one in move["body"]}
    types = home.sandbox.store.table(f"/service/boards/{wish['board']['id']}/types")
    types[wish["type"]["id"]]["inactiveFlag"] = True
    approved, _ = await decided_again(home, decision)
    assert approved["status"] == "rejected"


@pytest.mark.slow
async def test_an_account_that_was_mapped_otherwise_while_a_plan_waited_asks_again(home: Home) -> None:
    decision = await home.run(PROJECT, mode="review")
    for row in home.sandbox.store.table("/finance/glAccounts").values():
        row["segment1"] = "4000 Managed Services"
    approved, newest = await decided_again(home, decision)
    assert "Managed Services" in approved["said"]
    assert newest["status"] == "awaiting-review"
