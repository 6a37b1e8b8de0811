"""A person works on the ticket while a run waits for ConnectWise: the run sees it before it writes to the ticket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.sandbox import Fault, Sandbox
from app.workflow import RunView
from tests.integration.workflow.test_apply import MINI, PROJECT, Home
from tests.support.harness import Clock, house, person, sample, settled, ticket


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    clock = Clock()
    sandbox = Sandbox(now=clock)
    async with house(sandbox, f"sqlite:///{tmp_path}/home.db", now=clock) as (service, parts):
        yield Home(sandbox, clock, service, parts)


async def halted(home: Home, summary: str, fault: Fault) -> tuple[int, RunView]:
    """A run that waits, since a write of it had no answer."""
    ticket_id = sample(home.sandbox, summary)
    home.sandbox.faults.append(fault)
    view = await home.service.reclassify(ticket_id, wait=0.0)
    async with asyncio.timeout(60):
        while (run := await home.parts.runs.get(view.run_id)) is None or run.state != "waiting":  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert fault.times == 0
    return ticket_id, view


def change(home: Home, ticket_id: int, **wish: Any) -> None:
    """A person changes members of the service ticket."""
    body = [{"op": "replace", "path": name, "value": value} for name, value in wish.items()]
    person(home.sandbox, "PATCH", f"/service/tickets/{ticket_id}", body)


async def gone_on(home: Home, view: RunView) -> dict[str, Any]:
    """The decision once the run has gone on to its end."""
    home.clock.move(seconds=60)
    await settled(home.parts)
    decision = (await home.service.run(view.run_id)).decision
    assert decision is not None
    return decision


@pytest.mark.slow
async def test_a_ticket_that_a_person_moved_and_renamed_meanwhile_is_not_moved(home: Home) -> None:
    ticket_id, view = await halted(home, MINI, Fault("error-before", "PATCH", "/tickets/"))
    change(home, ticket_id, board={"id": 2}, summary="Something else")
    decision = await gone_on(home, view)
    assert decision["status"] == "failed"
    assert "board/id, " in decision["said"]
    assert "changed since the decision" in decision["said"]
    assert ticket(home.sandbox, ticket_id)["board"]["id"] == 2
    undone = await home.service.undo(decision["id"])
    assert (undone.decision or {})["status"] == "undone"
    assert ticket(home.sandbox, ticket_id)["board"]["id"] == 2


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize(
    "fault",
    [Fault("error-before", "POST", "/convert$"), Fault("error-before", "POST", "/projects$")],
    ids=["convert", "project"],
)
async def test_a_ticket_that_a_person_renamed_meanwhile_is_not_converted_and_what_was_made_is_named(
    home: Home, fault: Fault
) -> None:
    ticket_id, view = await halted(home, PROJECT, fault)
    change(home, ticket_id, summary="Something else")
    decision = await gone_on(home, view)
    assert decision["status"] == "failed"
    assert decision["said"].startswith("summary changed since the decision; the ticket stays as it is.")
    (project,) = home.sandbox.store.table("/project/projects")
    assert f"stays: /project/projects/{project}, /project/projects/{project}/phases/" in decision["said"]
    assert ticket(home.sandbox, ticket_id)["recordType"] == "ServiceTicket"
    undone = await home.service.undo(decision["id"])
    assert (undone.decision or {})["status"] == "undone"
    assert home.projects() == 0


async def test_a_conversion_waits_out_an_error_when_time_on_the_ticket_was_billed_meanwhile(home: Home) -> None:
    ticket_id, view = await halted(home, PROJECT, Fault("error-before", "POST", "/convert$"))
    entry = {"chargeToId": ticket_id, "chargeToType": "ServiceTicket", "status": "Billed", "invoice": {"id": 7}}
    home.sandbox.store.add("/time/entries", entry)
    decision = await gone_on(home, view)
    assert decision["status"] == "failed"
    assert "Time on the ticket is billed" in decision["said"]
    assert ticket(home.sandbox, ticket_id)["recordType"] == "ServiceTicket"


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize("kind", ["error-before", "error-after"])
async def test_our_own_move_is_no_persons_change(home: Home, kind: Any) -> None:
    ticket_id, view = await halted(home, MINI, Fault(kind, "PATCH", "/tickets/"))
    decision = await gone_on(home, view)
    assert decision["status"] == "applied"
    assert ticket(home.sandbox, ticket_id)["board"]["name"] == "Mini-Projects"


async def test_a_ticket_that_a_person_took_up_after_our_move_keeps_its_status(home: Home) -> None:
    ticket_id, view = await halted(home, MINI, Fault("error-after", "PATCH", "/tickets/"))
    board = ticket(home.sandbox, ticket_id)["board"]["id"]
    statuses = home.sandbox.store.table(f"/service/boards/{board}/statuses").values()
    assigned = next(status for status in statuses if status["name"] == "Assigned")
    change(home, ticket_id, status={"id": assigned["id"]})
    decision = await gone_on(home, view)
    assert decision["status"] == "applied"
    assert "status of the ticket stays" in decision["said"]
    assert ticket(home.sandbox, ticket_id)["status"]["id"] == assigned["id"]


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize(("before", "now"), [(None, 600), (600, None), (600, 601)], ids=["set", "taken off", "another"])
async def test_an_agreement_that_was_set_or_taken_off_before_the_approval_stops_it(
    home: Home, before: int | None, now: int | None
) -> None:
    def agree(number: int | None) -> None:
        record = home.sandbox.store.table("/tickets")[ticket_id]
        record["agreement"] = {"id": number, "name": f"Agreement {number}"} if number else None

    ticket_id = sample(home.sandbox, PROJECT)
    agree(before)
    decision = (await home.service.reclassify(ticket_id, mode="review", outcome="mini-project")).decision or {}
    assert decision["status"] == "awaiting-review"
    agree(now)
    approved = (await home.service.approve(decision["id"])).decision or {}
    assert (approved["status"], approved["said"].split(";")[0]) == (
        "failed", "agreement/id changed since the decision"
    )  # fmt: skip


@pytest.mark.slow
async def test_an_answer_that_leaves_the_agreement_out_once_is_no_change(home: Home) -> None:
    ticket_id = sample(home.sandbox, MINI)
    home.sandbox.store.table("/tickets")[ticket_id]["agreement"] = {"id": 600, "name": "Agreement 600"}
    decision = (await home.service.reclassify(ticket_id, mode="review")).decision or {}
    home.sandbox.faults.append(Fault("absent", "GET", f"/tickets/{ticket_id}$"))
    assert ((await home.service.approve(decision["id"])).decision or {})["status"] == "applied"


async def test_what_rules_of_the_new_board_set_on_arrival_stays(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    patch = home.parts.writer.patch

    async def with_rules(path: str, wish: Any) -> Any:
        answer = await patch(path, wish)
        if "board" in wish:
            statuses = home.sandbox.store.table(f"/service/boards/{wish['board']['id']}/statuses").values()
            assigned = next(status for status in statuses if status["name"] == "Assigned")
            change(home, int(path.rsplit("/", 1)[-1]), status={"id": assigned["id"]})
        return answer

    monkeypatch.setattr(home.parts.writer, "patch", with_rules)
    decision = await home.run(MINI)
    assert decision["status"] == "applied"
    assert "status of the ticket stays" in decision["said"]
    assert ticket(home.sandbox, decision["ticket_id"])["status"]["name"] == "Assigned"
    assert [run.attempts for run in await home.parts.runs.of_ticket(decision["ticket_id"])] == [0]
