"""Undo of any run, finished or not: what was there comes back, what is ours goes, what people built stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from app.domain.facts import JobFacts
from app.planning import Plan, Step, StepKind, StepRecord, undo_plan
from app.sandbox import operation
from app.workflow.steps.reference_resolver import resolve
from tests.support.planning_factories import (
    changed,
    chart,
    line,
    make_ticket,
    mini,
    misfits,
    project,
    sold,
    step,
    steps_of,
)

AGREEMENT = {"id": 600, "name": "Managed Services"}
FACTS = JobFacts(kind="migration")
TICKET = sold(
    900, agreement=AGREEMENT, budgetHours=3, scheduleEntries=[{"member": "jdoe"}],
    initialDescription="Terms: $400 on order, $500 at handover.",
)  # fmt: skip


def conversion() -> Plan:
    """A conversion with everything in it: template, instalments, team, contacts, notes."""
    lists = changed("/project/projectTemplates/", [{"id": 2, "name": "Server Migration"}])
    rules = chart(project={"templates": {"migration": "Server Migration"}})
    return project(FACTS, lists=lists, rules=rules, ticket=TICKET)


def recorded(plan: Plan, *, begun: int, status: str = "done", known: bool = True) -> list[StepRecord]:
    """The journal's records of the first steps of a plan; the last has this status, and a result if it is known."""
    results: dict[str, Any] = {}
    records = []
    for number, one in enumerate(plan.steps[:begun], 1):
        last = number == begun
        resolved = resolve(one, results)
        results[one.key] = _result(resolved, 900 + number) if known or not last else None
        before = (
            {member: _shown(value) for member, value in one.restore.items()} if one.kind is StepKind.PATCH else None
        )
        records.append(StepRecord(resolved, status if last else "done", before=before, result=results[one.key]))
    return records


def _result(one: Step, number: int) -> Any:
    if one.kind is StepKind.CONVERT:
        ticket = {"id": 4711, "status": {"id": 320}}
        return ticket | {"project": one.body["project"], "phase": one.body["phase"]}
    if one.kind is StepKind.ACTION:
        made = ["/project/tickets/5001", "/project/projects/903/phases/3100", "/project/projects/903/phases/3101"]
        return {"id": 3100, "wbsCode": "1", "made": [*made, "/project/tickets/5002"]}
    if one.kind in (StepKind.CREATE, StepKind.NOTE):
        return {"id": number, "wbsCode": "3"}
    return {}


def _shown(value: Any) -> Any:
    """A reference as a record shows it."""
    return {**value, "name": "Old"} if isinstance(value, Mapping) else value


FULL = conversion()
PREFIXES = [pytest.param(count, id=FULL.steps[count - 1].key) for count in range(1, len(FULL.steps) + 1)]


@pytest.mark.parametrize("known", [True, False], ids=["answered", "answer lost"])
@pytest.mark.parametrize("begun", PREFIXES)
def test_whatever_was_begun_is_taken_back_and_nothing_else(begun: int, known: bool) -> None:
    records = recorded(FULL, begun=begun, status="done" if known else "failed", known=known)
    undo = undo_plan(records, decision_id="D1")
    keys = [one.key for one in undo.steps]
    assert len(set(keys)) == len(keys)
    made = [record.step.key for record in records if record.step.kind is StepKind.CREATE]
    assert {f"undo-{key}" for key in made} <= set(keys)
    assert ("undo-convert" in keys) is any(record.step.kind is StepKind.CONVERT for record in records)
    for one in undo.steps:
        assert Step.from_json(one.to_json()) == one
        assert operation(one.method, one.path.replace("{id}", "1")) is not None, one.path
        assert ("{" in one.path) is (one.kind is StepKind.REMOVE and one.look is not None)
        assert one.method == "GET" or one.kind is StepKind.REMOVE or misfits(one) == []


@pytest.mark.parametrize("begun", PREFIXES)
def test_only_records_that_we_made_are_removed_the_latest_first(begun: int) -> None:
    removed = [
        one.path for one in undo_plan(recorded(FULL, begun=begun), decision_id="D1").steps if one.method == "DELETE"
    ]
    at = "/project/projects/903"
    expected = [
        f"{at}/contacts/910", f"{at}/teamMembers/909", f"{at}/teamMembers/908", f"{at}/phases/907", f"{at}/phases/906",
        f"{at}/phases/905", "/project/tickets/5002", "/project/tickets/5001", f"{at}/phases/3101", f"{at}/phases/3100", at,
    ]  # fmt: skip
    assert set(removed) <= set(expected)
    assert removed == [path for path in expected if path in removed]
    assert begun < len(FULL.steps) or removed == expected


def test_the_ticket_is_converted_back_before_anything_is_removed_and_only_while_it_is_as_we_left_it() -> None:
    undo = undo_plan(recorded(FULL, begun=len(FULL.steps)), decision_id="D1")
    keys = [one.key for one in undo.steps]
    assert keys[:5] == ["undo-count", "undo-convert", "undo-restore", "undo-flags", "undo-count-after"]
    assert keys[-1] == "undo-note"
    back = step(undo, "undo-convert")
    assert (back.path, back.body) == ("/project/tickets/4711/convert", {"recordType": "ServiceTicket"})
    assert back.only_if == {
        "project": {"id": 903},
        "phase": {"id": 3100},
        "status": step(FULL, "ticket").wish["status"],
    }


def test_where_a_person_has_carried_the_project_on_all_of_it_stays() -> None:
    undo = undo_plan(recorded(FULL, begun=len(FULL.steps)), decision_id="D1")
    follows = [one.key for one in undo.steps if one.key not in ("undo-count", "undo-convert")]
    assert [one.key for one in undo.steps if one.after == "undo-convert"] == follows


def test_the_ticket_gets_its_old_place_and_flags_back() -> None:
    undo = undo_plan(recorded(FULL, begun=len(FULL.steps)), decision_id="D1")
    ticket = make_ticket()
    old = ("board", "status", "type", "subType", "item", "team", "department", "location")
    assert dict(step(undo, "undo-restore").wish) == {name: {"id": ticket[name]["id"]} for name in old}
    flags = step(undo, "undo-flags")
    assert flags.wish["agreement"] == {"id": 600}
    assert (flags.wish["billTime"], flags.wish["budgetHours"]) == ("Billable", 3)
    assert (flags.only_if["agreement"], flags.only_if["budgetHours"]) == (None, 3.0)
    assert flags.member_wise


def test_a_ticket_without_type_or_team_is_without_them_again() -> None:
    made = project(ticket=make_ticket(type=None, subType=None, item=None, team=None, location=None))
    wish = step(undo_plan(recorded(made, begun=len(made.steps)), decision_id="D1"), "undo-restore").wish
    assert [wish[name] for name in ("type", "subType", "item", "team")] == [None] * 4
    assert "location" not in wish


def test_a_conversion_whose_end_is_not_known_is_looked_for_but_the_ticket_is_not_rearranged() -> None:
    begun = next(number for number, one in enumerate(FULL.steps, 1) if one.key == "convert")
    undo = undo_plan(recorded(FULL, begun=begun, status="failed", known=False), decision_id="D1")
    assert step(undo, "undo-convert").only_if == {}
    assert not steps_of(undo, "undo-restore")


def test_a_move_goes_back_while_it_shows_what_we_set() -> None:
    made = mini()
    undo = undo_plan(recorded(made, begun=len(made.steps)), decision_id="D1")
    ticket, wish = make_ticket(), step(made, "move").wish
    bound = ("board", "status", "type", "subType", "item", "team")
    back, place = step(undo, "undo-move"), step(undo, "undo-place")
    assert dict(back.wish) == {name: {"id": ticket[name]["id"]} for name in bound}
    assert dict(back.only_if) == {name: wish[name] for name in bound}
    assert dict(place.wish) == {"department": {"id": 10}, "location": {"id": 2}}
    assert place.member_wise
    assert not back.member_wise


def test_a_department_that_a_workflow_rule_changed_meanwhile_still_goes_back_to_the_first_one() -> None:
    made = mini()
    records = recorded(made, begun=len(made.steps))
    rule = {"department": {"id": 15, "name": "Sales"}, "location": {"id": 2}}
    records[-1] = replace(records[-1], before=rule)
    assert step(undo_plan(records, decision_id="D1"), "undo-place").wish["department"] == {"id": 10}


def test_a_step_that_found_its_own_earlier_effect_goes_back_to_what_the_plan_knew() -> None:
    made = mini()
    records = recorded(made, begun=2)
    records[1] = replace(records[1], status="already-done", before=dict(step(made, "move").wish))
    assert step(undo_plan(records, decision_id="D1"), "undo-move").wish["board"] == {"id": 1}


def test_a_move_that_failed_half_way_goes_back_by_its_board() -> None:
    made = mini()
    undo = undo_plan(recorded(made, begun=2, status="failed"), decision_id="D1")
    assert dict(step(undo, "undo-move").only_if) == {"board": {"id": 12}}


def test_a_service_type_goes_back() -> None:
    made = mini(rules=chart(mini_project={"method": "type"}))
    back = step(undo_plan(recorded(made, begun=len(made.steps)), decision_id="D1"), "undo-move")
    assert dict(back.wish) == {"type": {"id": make_ticket()["type"]["id"]}}
    assert dict(back.only_if) == dict(step(made, "move").wish)


def test_records_in_use_stay_tickets_time_notes_people_and_other_phases() -> None:
    undo = undo_plan(recorded(FULL, begun=len(FULL.steps)), decision_id="D1")
    uses = {look.path: look for look in step(undo, "undo-project").unused}
    assert set(uses) == {
        "/project/tickets", "/time/entries", "/project/projects/903/phases", "/project/projects/903/teamMembers",
        "/project/projects/903/contacts", "/project/projects/903/notes",
    }  # fmt: skip
    assert uses["/project/tickets"].conditions == "project/id=903"
    assert uses["/project/projects/903/teamMembers"].conditions == "member/id!=106"
    assert uses["/project/projects/903/notes"].lacks == {"text": "Mini-Projects decision D1"}
    phase = [look.path for look in step(undo, "undo-payment-1").unused]
    assert phase == ["/project/tickets", "/time/entries", "/project/projects/903/phases"]
    template = [look.path for look in step(undo, "undo-template-1").unused]
    assert template == [
        "/time/entries",
        "/schedule/entries",
        "/project/tickets/5002/notes",
        "/project/tickets/5002/documents",
    ]
    assert all(look.means for one in undo.steps for look in one.unused)


def test_what_a_person_has_changed_on_a_record_of_ours_keeps_it() -> None:
    undo = undo_plan(recorded(FULL, begun=len(FULL.steps)), decision_id="D1")
    assert step(undo, "undo-payment-1").only_if == {
        "description": "1. On order", "billingMethod": "FixedFee", "billingAmount": 400.0, "billSeparatelyFlag": True,
        "budgetHours": 0.0,
    }  # fmt: skip
    assert step(undo, "undo-team-1").only_if == {"projectRole": {"id": 1}}


def test_product_lines_bill_as_before_once_their_fee_is_taken_back() -> None:
    ticket = sold(900, products=[line(1, 900, internalNotes="Kim")])
    for made, after in (
        (project(ticket=ticket), "undo-convert undo-project"),
        (mini(ticket=ticket), "undo-move undo-billing"),
    ):
        undo = undo_plan(recorded(made, begun=len(made.steps)), decision_id="D1")
        back = step(undo, "undo-line-1")
        assert dict(back.wish) == {"billableOption": "Billable", "internalNotes": "Kim"}
        assert dict(back.only_if) == {"billableOption": "DoNotBill", "internalNotes": "Kim\nMini-Projects decision D1"}
        assert (back.after, back.member_wise) == (after, True)


def test_a_record_whose_answer_was_lost_is_looked_for_by_its_mark() -> None:
    begun = next(number for number, one in enumerate(FULL.steps, 1) if one.key == "project")
    undo = undo_plan(recorded(FULL, begun=begun, status="failed", known=False), decision_id="D1")
    remove = step(undo, "undo-project")
    assert (remove.path, remove.look) == ("/project/projects/{id}", step(FULL, "project").look)
    about = remove.about(977)
    assert about.path == "/project/projects/977"
    assert about.unused[0].conditions == "project/id=977"
    assert about.unused[2].path == "/project/projects/977/phases"


def test_nothing_begun_is_nothing_to_take_back() -> None:
    assert undo_plan([], decision_id="D1") == Plan()
    assert undo_plan(recorded(FULL, begun=2), decision_id="D1").steps == ()


def test_the_note_says_so_once_however_often_the_undo_runs() -> None:
    undo = undo_plan(recorded(mini(), begun=3), decision_id="D1")
    note = step(undo, "undo-note")
    assert note.path == "/service/tickets/4711/notes"
    assert note.body["text"] == "This decision was undone. Mini-Projects decision D1"
    assert note.look is not None
    assert note.look.contains == {"text": note.body["text"]}


def test_the_note_of_an_undo_is_in_the_language_of_the_notes() -> None:
    undo = undo_plan(recorded(mini(), begun=3), decision_id="D1", language="de")
    assert step(undo, "undo-note").body["text"] == "Diese Entscheidung wurde zurückgenommen. Mini-Projects decision D1"
