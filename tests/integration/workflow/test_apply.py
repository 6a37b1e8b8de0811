"""What is said and kept when carrying out cannot go through, what undo leaves, and the limits that ask first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.connectwise import wanted_url
from app.sandbox import Fault, Sandbox
from app.workflow import ConflictError, Service, WorkflowContext
from app.workflow.tickets.reconcile import maintain, maintain_callback
from tests.support.harness import Clock, house, person, sample, settled, ticket, told
from tests.support.waiting import eventually

MINI, PROJECT = "Fit the replacement", "Network refresh"


class Home:
    """A running service with its sandbox."""

    def __init__(self, sandbox: Sandbox, clock: Clock, service: Service, parts: WorkflowContext) -> None:
        self.sandbox, self.clock, self.service, self.parts = sandbox, clock, service, parts

    async def run(self, summary: str, **how: Any) -> dict[str, Any]:
        """The decision of a new sample ticket, run to its end."""
        view = await self.service.reclassify(sample(self.sandbox, summary), **how)
        assert view.decision is not None, view
        return view.decision

    def projects(self) -> int:
        return len(self.sandbox.store.table("/project/projects"))


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    clock = Clock()
    sandbox = Sandbox(now=clock)
    async with house(sandbox, f"sqlite:///{tmp_path}/home.db", now=clock) as (service, parts):
        yield Home(sandbox, clock, service, parts)


async def test_a_conversion_that_answers_without_success_stops_and_goes_on_when_a_person_approves(home: Home) -> None:
    home.sandbox.switches.convert_success_false = True
    decision = await home.run(PROJECT)
    assert decision["status"] == "failed"
    assert "refused the conversion" in decision["said"]
    home.sandbox.switches.convert_success_false = False
    view = await home.service.approve(decision["id"])
    assert (view.decision or {})["status"] == "applied"
    assert home.projects() == 1


@pytest.mark.slow
async def test_a_conversion_that_loses_notes_stops_and_says_what_is_missing(home: Home) -> None:
    home.sandbox.switches.convert_drops_notes = True
    decision = await home.run(PROJECT)
    assert decision["status"] == "failed"
    assert "notes" in decision["said"]
    row = await home.parts.decisions.get(decision["id"])
    assert row is not None
    assert row.evidence["initialDescription"]


@pytest.mark.slow
async def test_after_a_conversion_that_failed_half_way_no_second_project_is_planned(home: Home) -> None:
    home.sandbox.faults.append(Fault("forbidden", "POST", "/convert$", times=1))
    decision = await home.run(PROJECT)
    assert decision["status"] == "failed"
    again = await home.service.reclassify(decision["ticket_id"])
    assert again.decision is not None
    assert again.decision["status"] == "awaiting-review"
    assert decision["id"] in again.decision["said"]
    with pytest.raises(ConflictError, match="no plan"):
        await home.service.approve(again.decision["id"])
    undone = await home.service.undo(decision["id"])
    assert (undone.decision or {})["status"] == "undone"
    assert home.projects() == 0
    anew = await home.service.reclassify(decision["ticket_id"])
    assert (anew.decision or {})["status"] == "applied"
    assert home.projects() == 1


@pytest.mark.slow
async def test_undo_leaves_what_a_person_has_built_on_and_says_so(home: Home) -> None:
    decision = await home.run(PROJECT)
    project, phases = (
        decision["project_id"],
        home.sandbox.store.table(f"/project/projects/{decision['project_id']}/phases"),
    )
    person(home.sandbox, "POST", "/project/tickets", {"summary": "Cabling", "phase": {"id": min(phases)}})
    view = await home.service.undo(decision["id"])
    assert view.decision is not None
    assert view.decision["status"] == "undone"
    assert ticket(home.sandbox, decision["ticket_id"])["recordType"] == "ServiceTicket"
    assert project in home.sandbox.store.table("/project/projects")
    assert "stays" in view.decision["said"]
    statuses = {step["status"] for step in view.decision["undo"]["steps"]}
    assert statuses <= {"planned", "done", "already-done", "failed"}


@pytest.mark.slow
@pytest.mark.parametrize("on_ticket", [True, False], ids=["ticket", "project"])
async def test_what_is_billed_on_the_project_keeps_the_ticket_in_it(home: Home, on_ticket: bool) -> None:
    decision = await home.run(PROJECT)
    ticket_id, project = decision["ticket_id"], decision["project_id"]
    entry = {"chargeToId": ticket_id if on_ticket else 77, "chargeToType": "ProjectTicket", "status": "Billed"}
    number = home.sandbox.store.add("/time/entries", entry | {"project": {"id": project}})["id"]
    phases = list(home.sandbox.store.table(f"/project/projects/{project}/phases"))
    view = await home.service.undo(decision["id"])
    assert (view.decision or {})["status"] == "applied"
    assert "is billed already" in (view.decision or {})["said"]
    assert ticket(home.sandbox, ticket_id)["recordType"] == "ProjectTicket"
    assert list(home.sandbox.store.table(f"/project/projects/{project}/phases")) == phases
    del home.sandbox.store.table("/time/entries")[number]
    again = await home.service.undo(decision["id"])
    assert (again.decision or {})["status"] == "undone"
    assert home.projects() == 0


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize("summary", [MINI, PROJECT], ids=["move", "conversion"])
async def test_an_undo_that_leaves_all_as_a_person_made_it_leaves_the_decision_applied(
    home: Home, summary: str
) -> None:
    decision = await home.run(summary)
    ticket_id, own = decision["ticket_id"], "project" if summary == PROJECT else "service"
    then = ticket(home.sandbox, ticket_id)["status"]["id"]
    board = ticket(home.sandbox, ticket_id)["board"]["id"]
    statuses = home.sandbox.store.table(f"/service/boards/{board}/statuses").values()
    other = next(status["id"] for status in statuses if status["id"] != then and not status.get("closedStatus"))
    path, body = f"/{own}/tickets/{ticket_id}", [{"op": "replace", "path": "status", "value": {"id": other}}]
    person(home.sandbox, "PATCH", path, body)
    place = ticket(home.sandbox, ticket_id)["department"]
    written = sum(exchange.is_write for exchange in home.sandbox.journal)
    view = await home.service.undo(decision["id"])
    assert view.decision is not None
    assert view.decision["status"] == "applied"
    assert "because status changed since" in view.decision["said"]
    assert sum(exchange.is_write for exchange in home.sandbox.journal) == written
    assert ticket(home.sandbox, ticket_id)["department"] == place
    body[0]["value"] = {"id": then}
    person(home.sandbox, "PATCH", path, body)
    again = await home.service.undo(decision["id"])
    assert (again.decision or {})["status"] == "undone"
    assert home.projects() == 0


@pytest.mark.slow
async def test_an_undo_of_a_failed_decision_that_leaves_all_leaves_it_failed_and_it_can_still_go_on(home: Home) -> None:
    home.sandbox.faults.append(Fault("forbidden", "PATCH", "/project/tickets/", times=1))
    decision = await home.run(PROJECT)
    assert decision["status"] == "failed"
    entry = {"chargeToId": decision["ticket_id"], "chargeToType": "ProjectTicket", "status": "Billed"}
    home.sandbox.store.add("/time/entries", entry)
    view = await home.service.undo(decision["id"])
    assert (view.decision or {})["status"] == "failed"
    gone_on = await home.service.approve(decision["id"])
    assert (gone_on.decision or {})["status"] == "applied"


async def test_a_decision_is_undone_once(home: Home) -> None:
    decision = await home.run(MINI)
    await home.service.undo(decision["id"])
    with pytest.raises(ConflictError, match="undone"):
        await home.service.undo(decision["id"])
    with pytest.raises(ConflictError, match="undone"):
        await home.service.approve(decision["id"])


@pytest.mark.slow
async def test_an_undo_that_failed_half_way_is_undone_again_and_never_approved(home: Home) -> None:
    decision = await home.run(PROJECT)
    home.sandbox.faults.append(Fault("forbidden", "DELETE", times=1))
    view = await home.service.undo(decision["id"])
    assert (view.decision or {})["status"] == "failed"
    with pytest.raises(ConflictError, match="partly undone"):
        await home.service.approve(decision["id"])
    view = await home.service.undo(decision["id"])
    assert (view.decision or {})["status"] == "undone"
    assert home.projects() == 0


async def test_more_writes_than_the_hours_number_ask_first_and_a_person_lets_them_go_on(tmp_path: Path) -> None:
    sandbox = Sandbox()
    async with house(sandbox, f"sqlite:///{tmp_path}/few.db", max_writes_per_hour=5) as (service, _):
        first = await service.reclassify(sample(sandbox, MINI))
        second = await service.reclassify(sample(sandbox, MINI))
        assert [(view.decision or {})["status"] for view in (first, second)] == ["applied", "awaiting-review"]
        assert second.decision is not None
        assert "MAX_WRITES_PER_HOUR" in second.decision["said"]
        third = await service.approve(second.decision["id"])
        assert (third.decision or {})["status"] == "applied"


async def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    sandbox = Sandbox()
    async with house(sandbox, f"sqlite:///{tmp_path}/dry.db", mode="dry-run") as (service, parts):
        ticket_id = sample(sandbox, PROJECT)
        await service.take_callback(told(ticket_id, "added"))
        await settled(parts)
        (decision,) = (await service.decisions()).items
    assert decision["status"] == "planned"
    assert not any(exchange.is_write for exchange in sandbox.journal)


async def test_a_review_is_answered_with_the_outcome_that_a_person_chooses(home: Home) -> None:
    decision = await home.run("New printer for the depot")
    with pytest.raises(ConflictError, match="approve with the outcome"):
        await home.service.approve(decision["id"])
    view = await home.service.approve(decision["id"], outcome="service-ticket")
    assert view.decision is not None
    assert (view.decision["outcome"], view.decision["status"]) == ("service-ticket", "nothing-to-do")
    assert (await home.service.decision(decision["id"]))["status"] == "rejected"


async def test_old_ticket_texts_and_settled_events_are_forgotten_and_the_decision_stays(home: Home) -> None:
    ticket_id = sample(home.sandbox, MINI)
    await home.service.take_callback(told(ticket_id, "added"))
    await settled(home.parts)
    home.clock.move(days=91)
    await maintain(home.parts)
    (decision,) = (await home.service.decisions(ticket_id=ticket_id)).items
    row = await home.parts.decisions.get(decision["id"])
    assert row is not None
    assert row.evidence == {}
    assert (await home.parts.key_value.figures(home.clock.now))["inbox"] == {}
    view = await home.service.undo(decision["id"])
    assert (view.decision or {})["status"] == "undone"


async def test_a_callback_entry_that_was_switched_off_is_switched_on_and_our_member_is_learnt(tmp_path: Path) -> None:
    sandbox = Sandbox()
    url = "http://127.0.0.1:1/service"
    async with house(sandbox, f"sqlite:///{tmp_path}/cb.db", public_url=url) as (_, parts):
        await maintain(parts)
        (entry,) = sandbox.store.table("/system/callbacks").values()
        assert entry["url"] == wanted_url(url)
        assert await parts.key_value.get("our-member") == "api-mini"
        person(
            sandbox,
            "PATCH",
            f"/system/callbacks/{entry['id']}",
            [{"op": "replace", "path": "inactiveFlag", "value": True}],
        )
        await maintain_callback(parts)
        (entry,) = sandbox.store.table("/system/callbacks").values()
        assert entry["inactiveFlag"] is False


@pytest.mark.parametrize(
    ("mode", "allowed", "entries"), [("dry-run", False, 0), ("dry-run", True, 1), ("review", False, 1)]
)
async def test_a_dry_run_registers_its_callback_only_where_that_was_allowed(
    tmp_path: Path, mode: str, allowed: bool, entries: int
) -> None:
    sandbox = Sandbox()
    choices: dict[str, Any] = {"mode": mode, "public_url": "https://tickets.example", "callback_in_dry_run": allowed}
    async with house(sandbox, f"sqlite:///{tmp_path}/cb.db", **choices) as (_, parts):
        await maintain(parts)
    assert len(sandbox.store.table("/system/callbacks")) == entries
    assert sum(exchange.is_write for exchange in sandbox.journal) == entries


async def test_a_run_gives_up_after_its_time_with_the_sentence_of_what_was_wrong(home: Home) -> None:
    home.sandbox.faults.append(Fault("unauthorized", times=100_000))
    ticket_id = sample(home.sandbox, MINI)
    view = await home.service.reclassify(ticket_id, wait=0.2)
    assert not view.settled
    waiting = await eventually(lambda: home.service.run(view.run_id), lambda run: "worked on" not in str(run.error))
    assert "credentials" in str(waiting.error)
    home.clock.move(hours=25)
    await settled(home.parts)
    ended = await home.service.run(view.run_id)
    assert ended.settled
    assert "credentials" in str(ended.error)
    home.sandbox.faults.clear()
    again = await home.service.reclassify(ticket_id)
    assert (again.decision or {})["status"] == "applied"


async def test_an_older_decision_is_undone_only_after_the_newer_one(home: Home) -> None:
    ticket_id = sample(home.sandbox, "New printer for the depot", owner={"identifier": "pmiller"})
    first, second = [
        (await home.service.reclassify(ticket_id, outcome=outcome)).decision or {}
        for outcome in ("mini-project", "project")
    ]
    assert first["status"] == "applied"
    assert second["status"] == "applied"
    with pytest.raises(ConflictError, match=f"Undo {second['id']} first"):
        await home.service.undo(first["id"])
    for decision in (second, first):
        assert ((await home.service.undo(decision["id"])).decision or {})["status"] == "undone"
    assert ticket(home.sandbox, ticket_id)["board"]["id"] == 1


async def test_a_dry_run_retires_no_decision_that_waits_for_a_person(home: Home) -> None:
    waiting = await home.run(MINI, mode="review")
    dry = (await home.service.reclassify(waiting["ticket_id"], mode="dry-run")).decision or {}
    assert dry["status"] == "planned"
    assert (await home.service.decision(waiting["id"]))["status"] == "awaiting-review"
    assert ((await home.service.approve(waiting["id"])).decision or {})["status"] == "applied"


async def test_a_dry_run_takes_the_place_of_an_older_dry_run(home: Home) -> None:
    first = await home.run("New printer for the depot", mode="dry-run")
    assert first["status"] == "awaiting-review"
    await home.service.reclassify(first["ticket_id"], mode="dry-run")
    assert (await home.service.decision(first["id"]))["status"] == "rejected"


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize(
    ("summary", "changes", "sentence"),
    [
        pytest.param(MINI, {"closedFlag": True}, "The ticket is closed", id="closed-move"),
        pytest.param(PROJECT, {"closedFlag": True}, "The ticket is closed", id="closed-conversion"),
        pytest.param(MINI, {"hasMergedChildTicketFlag": True}, "The ticket is merged", id="merged-move"),
        pytest.param(PROJECT, {}, "Time on the ticket is billed", id="billed-conversion"),
    ],
)
async def test_a_plan_for_a_ticket_that_is_over_cannot_be_approved(
    home: Home, summary: str, changes: dict[str, Any], sentence: str
) -> None:
    ticket_id = sample(home.sandbox, summary)
    home.sandbox.store.table("/tickets")[ticket_id].update(changes)
    if not changes:
        entry = {
            "chargeToId": ticket_id, "chargeToType": "ServiceTicket", "status": "Billed", "actualHours": 1.0,
            "timeStart": "2026-06-01T08:00:00Z", "invoice": {"id": 7},
        }  # fmt: skip
        home.sandbox.store.add("/time/entries", entry)
    kind = "mini-project" if summary == MINI else "project"
    decision = (await home.service.reclassify(ticket_id, outcome=kind)).decision or {}
    assert decision["status"] == "awaiting-review"
    assert decision["plan"]["steps"]
    with pytest.raises(ConflictError, match=sentence):
        await home.service.approve(decision["id"])
    assert (await home.service.decision(decision["id"]))["status"] == "awaiting-review"
    assert ticket(home.sandbox, ticket_id)["board"]["id"] == 1
