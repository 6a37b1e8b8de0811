"""Real tenants, one story each: the decision is carried on, or says what a person has to do, and undo works."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from app.sandbox import Fault, Sandbox
from app.sandbox.rules.workflow_rules import ACTOR
from tests.integration.workflow.test_apply import MINI, PROJECT, Home
from tests.support.harness import Clock, house, sample, ticket

RULE = {"workflow_rule_sets": "status=In Progress,team=Engineers,owner=jdoe,type=Change"}


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    clock = Clock()
    sandbox = Sandbox(now=clock)
    async with house(sandbox, f"sqlite:///{tmp_path}/home.db", now=clock) as (service, parts):
        yield Home(sandbox, clock, service, parts)


def names(home: Home, ticket_id: int) -> list[str]:
    found = ticket(home.sandbox, ticket_id)
    return [str((found.get(member) or {}).get("name")) for member in ("board", "status", "team", "owner", "type")]


def patches(home: Home, ticket_id: int) -> list[Any]:
    """The PATCH requests of the service on the ticket."""
    return [one for one in home.sandbox.journal if one.method == "PATCH" and one.path.endswith(f"/tickets/{ticket_id}")]


@pytest.mark.parametrize("times", ["once", "always"])
@pytest.mark.parametrize(
    ("summary", "board"), [(MINI, "Mini-Projects"), (PROJECT, "Projects")], ids=["move", "conversion"]
)
async def test_what_a_workflow_rule_of_the_new_board_sets_stays_and_undo_goes_back(
    home: Home, summary: str, board: str, times: str
) -> None:
    sets = RULE["workflow_rule_sets"] if summary == MINI else "status=In Progress,owner=jdoe"
    home.sandbox.switches.change(
        {"workflow_rule_board": board, "workflow_rule_times": times, "workflow_rule_sets": sets}
    )
    decision = await home.run(summary)
    number = decision["ticket_id"]
    assert decision["status"] == "applied", decision["said"]
    shown = names(home, number)
    assert shown[0] == board
    if summary == MINI or times == "always":
        assert "status" in decision["said"]
        assert "stays as a workflow rule or a person set it" in decision["said"]
        assert (shown[1], shown[3]) == ("In Progress", "Jo Doe")
    notes = home.sandbox.store.table(f"/tickets/{number}/notes").values()
    assert sum(decision["id"] in str(note.get("text")) for note in notes) == 1
    assert all(b'"status"' not in one.body for one in patches(home, number)[1:])
    undone = (await home.service.undo(decision["id"])).decision or {}
    assert undone["status"] == "undone", undone["said"]
    assert names(home, number)[0] == "Service Desk"


async def test_a_rule_of_the_old_board_does_not_stop_an_undo(home: Home) -> None:
    decision = await home.run(MINI)
    old = "Service Desk"
    home.sandbox.switches.change(
        {"workflow_rule_board": old, "workflow_rule_times": "always", "workflow_rule_sets": "status=Assigned"}
    )
    undone = (await home.service.undo(decision["id"])).decision or {}
    assert undone["status"] == "undone", undone["said"]
    assert names(home, decision["ticket_id"])[:2] == [old, "Assigned"]
    assert ticket(home.sandbox, decision["ticket_id"])["_info"]["updatedBy"] in (ACTOR, "api-mini")


@pytest.mark.parametrize("summary", [MINI, PROJECT], ids=["move", "conversion"])
async def test_where_custom_fields_are_demanded_a_ticket_keeps_its_own(home: Home, summary: str) -> None:
    home.sandbox.switches.change({"custom_fields_demanded": "tickets,projects,phases"})
    decision = await home.run(summary)
    assert decision["status"] == "applied", decision["said"]
    fields = ticket(home.sandbox, decision["ticket_id"])["customFields"]
    assert fields
    assert any("customFields" in sentence for sentence in home.parts.writer.tenant.sentences())
    undone = (await home.service.undo(decision["id"])).decision or {}
    assert undone["status"] == "undone", undone["said"]
    assert ticket(home.sandbox, decision["ticket_id"])["customFields"] == fields


@pytest.mark.parametrize("status", [404, 200])
@pytest.mark.parametrize("summary", [MINI, PROJECT], ids=["move", "conversion"])
async def test_a_page_instead_of_an_answer_on_any_step_is_waited_out(home: Home, summary: str, status: int) -> None:
    paths = [r"/service/tickets/\d+$", r"/notes$"] + (
        [r"/convert$", r"/project/tickets/\d+$", r"/phases$"] if summary == PROJECT else []
    )
    home.sandbox.faults.extend(Fault("html", path=path, skip=skip, status=status) for path in paths for skip in (0, 2))
    decision = await home.run(summary)
    assert decision["status"] == "applied", decision["said"]
    assert not [fault for fault in home.sandbox.faults if fault.times and not fault.skip]
    number = decision["ticket_id"]
    notes = home.sandbox.store.table(f"/tickets/{number}/notes").values()
    assert sum(decision["id"] in str(note.get("text")) for note in notes) == 1
    assert home.projects() == (1 if summary == PROJECT else 0)


@pytest.mark.parametrize("mode", ["not-found", "html", "null", "unavailable"])
async def test_without_companyinfo_for_an_hour_in_mid_conversion_the_run_waits_and_goes_on(
    home: Home, mode: str
) -> None:
    await home.run("Cannot log in")  # the codebase is known
    home.sandbox.switches.change({"company_info": mode})
    home.sandbox.faults.append(Fault("html", "POST", "/convert$", status=404, times=2))
    view = await home.service.reclassify(sample(home.sandbox, PROJECT), wait=0.2)
    assert (view.decision or {"status": "running"})["status"] in ("running", "applied")
    home.clock.move(seconds=3600)
    home.sandbox.switches.change({"company_info": "answered"})
    decision = (await home.service.run(view.run_id)).decision
    for _ in range(200):
        if decision and decision["status"] not in ("running",):
            break
        await asyncio.sleep(0.02)
        decision = (await home.service.run(view.run_id)).decision
    assert decision is not None
    assert decision["status"] == "applied", decision["said"]
    assert home.projects() == 1


@pytest.mark.parametrize(("status", "ends"), [(400, True), (403, True)])
async def test_a_refusal_with_a_reason_is_told_in_decision_and_log_without_the_values(
    home: Home, status: int, ends: bool
) -> None:
    message = 'The phase "Roll-out for Dana" is locked.'
    home.sandbox.faults.append(Fault("refused", "POST", "/convert$", status=status, message=message, field="phase/id"))
    with structlog.testing.capture_logs() as logs:
        decision = await home.run(PROJECT)
    assert decision["status"] == "failed"
    for told in (decision["said"], str(logs)):
        assert "The phase … is locked" in told
        assert "phase/id" in told
        assert "Roll-out" not in told
        assert "Dana" not in told
    undone = (await home.service.undo(decision["id"])).decision or {}
    assert undone["status"] == "undone"
    assert home.projects() == 0


@pytest.mark.parametrize("path", ["/convert", "/project/projects", "/service/tickets"])
async def test_where_one_endpoint_refuses_the_version_a_conversion_ends_as_elsewhere(home: Home, path: str) -> None:
    home.sandbox.switches.change({"version_refused_paths": path})
    decision = await home.run(PROJECT)
    assert decision["status"] == "applied", decision["said"]
    assert home.projects() == 1
    assert any("version" in sentence for sentence in home.parts.writer.tenant.sentences())


@pytest.mark.parametrize("flag", ["restrictLocationFlag", "restrictDepartmentFlag"])
async def test_a_ticket_under_a_restricted_agreement_waits_for_a_person(home: Home, flag: str) -> None:
    number = sample(home.sandbox, MINI)
    agreements = home.sandbox.store.table("/finance/agreements")
    agreement = next(iter(agreements.values()))
    agreement |= {flag: True, "location": {"id": 99, "name": "Elsewhere"}, "department": {"id": 98, "name": "Other"}}
    ticket(home.sandbox, number)["agreement"] = {"id": agreement["id"], "name": agreement["name"]}
    decision = (await home.service.reclassify(number)).decision or {}
    assert decision["status"] == "awaiting-review", decision["said"]
    assert "agreement" in decision["said"].casefold()
    assert names(home, number)[0] != "Mini-Projects"
