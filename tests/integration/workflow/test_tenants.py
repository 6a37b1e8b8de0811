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
from app.storage import OPEN_STATES
from tests.integration.workflow.test_apply import MINI, PROJECT, Home
from tests.support.harness import Clock, house, sample, ticket, time_passes

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


@pytest.mark.fast_cases(2)
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


@pytest.mark.slow
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


@pytest.mark.fast_cases(1)
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


async def ended(home: Home, ticket_id: int) -> dict[str, Any]:
    """The decision of a new run, while time passes between its attempts."""
    view = await home.service.reclassify(ticket_id, wait=0.0)
    run = (await time_passes(home.service, home.parts, view.run_id, clock=home.clock, seconds=20))[-1]
    assert run.decision is not None, run
    return run.decision


PAGES = [
    (MINI, "GET", r"/service/tickets/\d+$"), (MINI, "PATCH", r"/tickets/\d+$"), (MINI, "POST", "/notes$"), (MINI, "GET", "/statuses$"),
    (PROJECT, "POST", "/projects$"), (PROJECT, "POST", "/phases$"), (PROJECT, "POST", "/convert$"),
    (PROJECT, "GET", r"/project/tickets/\d+$"), (PROJECT, "PATCH", r"/project/tickets/\d+$"), (PROJECT, "GET", "/count$"),
]  # fmt: skip


@pytest.mark.fast_cases(4)
@pytest.mark.parametrize("status", [404, 200])
@pytest.mark.parametrize(("summary", "method", "path"), PAGES)
async def test_a_page_instead_of_an_answer_on_any_step_is_waited_out(
    home: Home, summary: str, method: str, path: str, status: int
) -> None:
    fault = Fault("html", method, path, times=5, status=status)
    home.sandbox.faults.append(fault)
    number = sample(home.sandbox, summary)
    decision = await ended(home, number)
    assert (decision["status"], fault.times) == ("applied", 0), decision["said"]
    notes = home.sandbox.store.table(f"/tickets/{number}/notes").values()
    assert sum(decision["id"] in str(note.get("text")) for note in notes) == 1
    assert home.projects() == (1 if summary == PROJECT else 0)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["not-found", "html", "null", "unavailable"])
@pytest.mark.parametrize("at", ["start", "convert"])
async def test_a_run_waits_for_an_hour_without_companyinfo_and_goes_on(home: Home, mode: str, at: str) -> None:
    if at == "convert":
        await home.run("Cannot log in")  # the codebase is known from then on
        home.sandbox.faults.append(Fault("html", "POST", "/convert$", status=404, times=1_000))
    home.sandbox.switches.change({"company_info": mode})
    number = sample(home.sandbox, PROJECT)
    view = await home.service.reclassify(number, wait=0.0)
    for _ in range(60):
        home.clock.move(minutes=1)
        await asyncio.sleep(0.01)
    run = await home.parts.runs.get(view.run_id)
    assert run is not None
    assert run.state in OPEN_STATES, run
    home.sandbox.switches.change({"company_info": "answered"})
    home.sandbox.faults.clear()
    seen = (await time_passes(home.service, home.parts, view.run_id, clock=home.clock, seconds=60))[-1]
    assert (seen.decision or {})["status"] == "applied", seen
    assert home.projects() == 1


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize("status", [400, 403])
async def test_a_refusal_with_a_reason_is_told_in_decision_and_log_without_the_values(home: Home, status: int) -> None:
    message = 'The phase "Roll-out for Dana" is locked.'
    home.sandbox.faults.append(Fault("refused", "POST", "/convert$", status=status, message=message, field="phase/id"))
    structlog.reset_defaults()
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


async def test_a_record_in_use_is_waited_out_with_its_reason_on_the_run(home: Home) -> None:
    fault = Fault("refused", "PATCH", status=409, message="The ticket is opened by another user.", field="id", times=3)
    home.sandbox.faults.append(fault)
    view = await home.service.reclassify(sample(home.sandbox, MINI), wait=0.0)
    views = await time_passes(home.service, home.parts, view.run_id, clock=home.clock, seconds=20)
    told = {str(each.error) for each in views}
    assert (views[-1].decision or {})["status"] == "applied"
    assert any("The ticket is opened by another user" in sentence for sentence in told), told


@pytest.mark.fast_cases(1)
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


async def test_the_codebase_moves_in_the_middle_of_a_conversion(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    handle = home.sandbox.handle
    moved: list[str] = []

    def handling(method: str, path: str, *rest: Any, **more: Any) -> Any:
        if path.endswith("/convert") and not moved:
            moved.append(path)
            home.sandbox.switches.change({"codebase": "v2026_2/"})
        return handle(method, path, *rest, **more)

    monkeypatch.setattr(home.sandbox, "handle", handling)
    decision = await ended(home, sample(home.sandbox, PROJECT))
    assert moved
    assert decision["status"] == "applied", decision["said"]
    assert home.projects() == 1
    later = [one.path for one in home.sandbox.journal if one.is_write][-1]
    assert later.startswith("/v2026_2/")


@pytest.mark.parametrize("path", ["/phases$", "/count$"])
async def test_a_list_that_is_a_page_for_ever_is_told_on_the_decision_and_ends_when_it_is_mended(
    home: Home, path: str
) -> None:
    home.sandbox.switches.change({"bundles": False})
    home.sandbox.faults.append(Fault("html", "GET", path, times=10_000, status=404))
    view = await home.service.reclassify(sample(home.sandbox, PROJECT), wait=0.0)
    told = ""
    structlog.reset_defaults()
    with structlog.testing.capture_logs() as logs:
        async with asyncio.timeout(60):
            while "miniprojects doctor" not in told:
                home.clock.move(seconds=200)
                await asyncio.sleep(0.01)
                run = await home.service.run(view.run_id)
                told = str((run.decision or {}).get("said"))
                assert not run.settled, run
    assert "Waits since" in told
    assert "404" in told
    assert any(one["event"] == "run.waits-long" for one in logs)
    home.sandbox.faults.clear()
    run = (await time_passes(home.service, home.parts, view.run_id, clock=home.clock, seconds=200))[-1]
    assert run.decision is not None
    assert run.decision["status"] == "applied", run
    assert "Waits since" not in run.decision["said"]


@pytest.mark.parametrize("mode", ["refused", "removed"])
async def test_a_restriction_that_could_not_be_read_ends_with_a_sentence_and_undo_works(home: Home, mode: str) -> None:
    number = sample(home.sandbox, MINI)
    agreements = home.sandbox.store.table("/finance/agreements")
    agreement = next(iter(agreements.values()))
    agreement |= {"restrictDepartmentFlag": True, "department": dict(ticket(home.sandbox, number)["department"])}
    ticket(home.sandbox, number)["agreement"] = {"id": agreement["id"], "name": agreement["name"]}
    home.sandbox.switches.change({"restricted_agreement": mode, "forbidden_areas": "/finance/agreements"})
    decision = (await home.service.reclassify(number)).decision or {}
    if decision["status"] == "awaiting-review":
        assert "agreement" in decision["said"].casefold(), decision["said"]
        assert names(home, number)[0] == "Service Desk"
        return
    assert decision["status"] in ("failed", "applied")
    assert "agreement" in decision["said"].casefold(), decision["said"]
    undone = (await home.service.undo(decision["id"])).decision or {}
    assert undone["status"] == "undone", undone["said"]
    assert names(home, number)[0] == "Service Desk"


@pytest.mark.parametrize(("summary", "board"), [(MINI, 12), (PROJECT, 20)], ids=["move", "conversion"])
async def test_a_rule_that_fires_after_the_read_back_makes_undo_ask_and_a_second_undo_restores(
    home: Home, summary: str, board: int
) -> None:
    decision = await home.run(summary)
    number = decision["ticket_id"]
    statuses = home.sandbox.store.table(f"/service/boards/{board}/statuses").values()
    late = next(one for one in statuses if one["name"] == "In Progress")
    ticket(home.sandbox, number)["status"] = {"id": late["id"], "name": late["name"]}
    asked = (await home.service.undo(decision["id"])).decision or {}
    assert (asked["status"], asked["said"].count("undo the decision once more")) == ("applied", 1), asked["said"]
    assert "status changed since" in asked["said"]
    assert names(home, number)[0] != "Service Desk"
    undone = (await home.service.undo(decision["id"])).decision or {}
    assert undone["status"] == "undone", undone["said"]
    assert names(home, number)[0] == "Service Desk"
    assert home.projects() == 0


async def test_a_second_undo_leaves_a_ticket_that_a_person_has_moved(home: Home) -> None:
    decision = await home.run(MINI)
    moved = ticket(home.sandbox, decision["ticket_id"])
    other = next(one for one in home.sandbox.store.table("/service/boards").values() if one["id"] not in (1, 12, 20))
    moved["board"] = {"id": other["id"], "name": other["name"]}
    for _ in range(2):
        await home.service.undo(decision["id"])
    assert ticket(home.sandbox, decision["ticket_id"])["board"]["id"] == other["id"]
