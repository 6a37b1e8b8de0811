"""The steps of a conversion: order, place, people, contacts, what is counted, what a person is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.enums import Outcome
from app.domain.facts import JobFacts
from app.planning import Step, StepKind
from app.planning.brief.people import contacts_path
from tests.support.limits import examples
from tests.support.planning_factories import (
    changed,
    chart,
    codes,
    id_on,
    line,
    listed,
    make_ticket,
    mini,
    misfits,
    note_of,
    plan,
    project,
    sold,
    step,
    steps_of,
    told,
)


def test_the_steps_come_in_the_order_in_which_connectwise_needs_them() -> None:
    text = "Phase 1 design 4 h, phase 2 build 6 h. Terms: 40% on order, 60% at handover."
    ticket = sold(900, products=[line(1, 900)], scheduleEntries=[{"member": "jdoe"}], initialDescription=text)
    assert [one.key for one in project(ticket=ticket).steps] == [
        "guard", "count", "line-1", "project", "phase-1", "phase-2", "payments", "payment-1", "payment-2", "team-1", "team-2",
        "contact-1", "convert", "ticket", "count-after", "project-note", "note", "place",
    ]  # fmt: skip


def test_keys_are_unique_and_steps_survive_the_journal() -> None:
    made = project(ticket=sold(9, scheduleEntries=[{"member": "jdoe"}, {"member": "awong"}], budgetHours=4))
    assert len({one.key for one in made.steps}) == len(made.steps)
    assert [Step.from_json(one.to_json()) for one in made.steps] == list(made.steps)


@given(
    price=st.none() | st.decimals(min_value=1, max_value=10**6, places=2),
    rate=st.none() | st.decimals(min_value=1, max_value=500, places=2),
    hours=st.none() | st.decimals(min_value=1, max_value=500, places=1),
    names=st.lists(st.text(max_size=120), max_size=4),
    summary=st.text(max_size=140),
    po=st.none() | st.text(min_size=1, max_size=60),
    day=st.none() | st.dates(date(1990, 1, 1)),
)
@examples(40)
def test_every_planned_body_fits_the_contract(
    price: Decimal | None, rate: Decimal | None, hours: Decimal | None, names: list[str], summary: str, po: str | None,
    day: date | None,
) -> None:  # fmt: skip
    text = f"Order signed. {f'Agreed rate ${rate} per hour.' if rate else ''} Half on order, half at handover."
    ticket = (sold(float(price)) if price else make_ticket()) | {
        "summary": summary, "initialDescription": text, "agreement": {"id": 600, "name": "Managed Services"}, "poNumber": po,
        "budgetHours": hours and float(hours), "requiredDate": day and day.isoformat(),
        "tasks": [{"summary": name, "budgetHours": 2} for name in names],
        "scheduleEntries": [{"member": "jdoe", "hours": 3}, {"member": "awong"}], "contactsCc": [{"name": "Ms Brandt"}],
    }  # fmt: skip
    facts = JobFacts(restricted=True, progress_billing=True)
    for made in (project(facts, ticket=ticket, person={"confidential": "shown"}), mini(facts, ticket=ticket)):
        assert made.problems or made.steps
        assert [complaint for one in made.steps if one.method != "GET" for complaint in misfits(one)] == []


def test_location_and_department_stand_on_project_and_ticket() -> None:
    made = project()
    for values in (step(made, "project").body, step(made, "ticket").wish, step(made, "place").wish):
        assert (values["department"], values["location"]) == ({"id": 14}, {"id": 2})


def test_a_department_that_the_location_lacks_is_looked_for_at_the_boards() -> None:
    places = [one | ({"departmentIds": [10]} if one["id"] == 3 else {}) for one in listed("/system/locations")]
    made = project(ticket=make_ticket(location={"id": 3}), lists=changed("/system/locations", places))
    assert step(made, "project").body["location"] == {"id": 2}


def test_a_department_that_is_valid_nowhere_goes_to_review() -> None:
    places = [one | {"departmentIds": [10]} for one in listed("/system/locations")]
    made = project(lists=changed("/system/locations", places))
    assert codes(made) == ["department-not-at-location"]
    assert "“Professional Services” is not set up at “Head Office”" in made.problems[0].text


def test_the_ticket_keeps_its_sorting_under_the_ids_of_the_project_board() -> None:
    wish = step(project(), "ticket").wish
    assert wish["status"] == {"id": id_on("Projects", "statuses", "In Progress")}
    assert wish["type"] == {"id": id_on("Projects", "types", "Service Request")}
    assert wish["subType"] == {"id": id_on("Projects", "subtypes", "Network")}
    assert wish["item"] == {"id": id_on("Projects", "items", "Install")}
    assert (wish["owner"], wish["billTime"]) == ({"id": 106}, "Billable")


def test_a_closed_status_of_the_project_board_is_never_chosen() -> None:
    path = (
        f"/service/boards/{next(one['id'] for one in listed('/service/boards') if one['name'] == 'Projects')}/statuses"
    )
    closing = [one | ({"closedStatus": True} if one["name"] == "In Progress" else {}) for one in listed(path)]
    wish = step(project(lists=changed(path, closing)), "ticket").wish
    assert wish["status"] == {"id": id_on("Projects", "statuses", "New")}


def test_a_closed_project_status_in_the_chart_goes_to_review() -> None:
    assert codes(project(rules=chart(project={"status": "Closed"}))) == ["status-closed"]


def test_status_and_type_of_the_project_are_those_the_chart_names() -> None:
    rules = chart(project={"status": "Open", "type": "Implementation", "types": {"migration": "Migration"}})
    by_kind = step(project(JobFacts(kind="migration"), rules=rules), "project").body
    otherwise = step(project(JobFacts(kind="consulting"), rules=rules), "project").body
    assert (by_kind["type"], otherwise["type"]) == ({"id": 2}, {"id": 1})
    assert by_kind["status"] == {"id": 1}


@pytest.mark.parametrize(
    ("choices", "ticket", "facts", "manager"),
    [
        ({"manager": "awong"}, {}, JobFacts(), 103),
        ({"manager": "awong", "managers": {"migration": "mkurz"}}, {}, JobFacts(kind="migration"), 104),
        ({}, {"scheduleEntries": [{"member": "jdoe"}]}, JobFacts(), 106),
        ({"manager_required": False}, {"owner": None, "scheduleEntries": [{"member": "jdoe"}]}, JobFacts(), None),
        ({"manager_required": False}, {"owner": {"id": 999, "identifier": "gone"}}, JobFacts(), None),
    ],
    ids=["the chart's", "by kind of work", "the owner", "never who is scheduled", "owner is gone"],
)
def test_the_manager_follows_the_rule(
    choices: dict[str, Any], ticket: dict[str, Any], facts: JobFacts, manager: int | None
) -> None:
    made = project(facts, rules=chart(project=choices), ticket=make_ticket(**ticket))
    assert step(made, "project").body.get("manager") == ({"id": manager} if manager else None)


def test_a_manager_whom_connectwise_does_not_have_goes_to_review() -> None:
    made = project(rules=chart(project={"manager": "awongg"}))
    assert codes(made) == ["member-missing"]
    assert "awong" in made.problems[0].text


def test_a_project_without_a_manager_waits_for_a_person() -> None:
    assert codes(project(ticket=make_ticket(owner=None))) == ["brief-manager"]
    made = project(ticket=make_ticket(owner=None), person={"manager": "awong"})
    assert step(made, "project").body["manager"] == {"id": 103}


def test_scheduled_members_join_the_team_with_roles_and_hours() -> None:
    entries = [{"member": "jdoe", "hours": 4}, {"member": "jdoe", "hours": 2.5}, {"member": "awong", "hours": None}]
    made = project(ticket=make_ticket(scheduleEntries=entries))
    bodies = [one.body for one in steps_of(made, "team-")]
    assert bodies == [
        {"member": {"id": 106}, "projectRole": {"id": 1}},
        {"member": {"id": 102}, "projectRole": {"id": 2}, "hours": 6.5},
        {"member": {"id": 103}, "projectRole": {"id": 2}},
    ]


def test_members_who_are_not_active_are_named_to_a_person() -> None:
    made = project(ticket=make_ticket(scheduleEntries=[{"member": "jdoe"}, {"member": "gh<o>st"}]))
    assert len(steps_of(made, "team-")) == 2
    assert "Not an active member and not on the team: “gh o st”." in made.todos


def test_a_role_that_the_chart_names_must_be_there() -> None:
    made = project(rules=chart(project={"role": "Enginer"}))
    assert codes(made) == ["project-role-missing"]
    assert "Near: Engineer." in made.problems[0].text


def test_without_any_role_the_team_is_left_to_a_person() -> None:
    made = project(lists=changed("/project/securityRoles", []))
    assert not steps_of(made, "team-")
    assert any(todo.startswith("Add “pmiller” to the project's team") for todo in made.todos)


def test_contacts_become_project_contacts_each_once_and_do_not_stop_the_run() -> None:
    copies = [{"id": 35, "name": "Ms Brandt"}, {"id": 34, "name": "Robin Arbour"}, {"name": "Nobody *Known*"}]
    made = project(ticket=make_ticket(contactsCc=copies), lists=changed(contacts_path(250), []))
    contacts = steps_of(made, "contact-")
    assert [one.body for one in contacts] == [{"contact": {"id": 34}}, {"contact": {"id": 35}}]
    assert all(one.optional for one in contacts)
    assert "Add as contacts of the project: “Nobody Known”." in made.todos


def test_contacts_by_phase_stand_in_the_note_with_their_phase() -> None:
    text = (
        "Phase 1 cabling 8 h, phase 2 electrics 4 h. For the cabling speak to Imke Sander, for the roof to Paul Reyes."
    )
    made = project(ticket=told(text), lists=changed(contacts_path(250), []))
    note = note_of(made, "project-note")
    assert "Contact of the phase “Cabling”: “Imke Sander”." in note
    assert "Contact for “roof”: “Paul Reyes”." in note


def test_everything_on_the_ticket_is_counted_before_and_after() -> None:
    before, after = step(project(), "count"), step(project(), "count-after")
    assert set(before.counts) == set(after.counts) == {
        "notes", "timeentries", "scheduleentries", "documents", "configurations", "products", "tasks", "activities",
    }  # fmt: skip
    assert before.counts["notes"] == "/service/tickets/4711/notes/count"
    assert after.counts["notes"] == "/project/tickets/{convert.id}/notes/count"
    assert after.compare_with == "count"


def test_every_step_that_creates_can_be_found_again() -> None:
    made = project(
        ticket=sold(
            9,
            scheduleEntries=[{"member": "jdoe"}],
            initialDescription="Half on order, half at the handover; order signed.",
        )
    )
    for one in made.steps:
        if one.method == "POST":
            assert one.look is not None, one.key
            assert one.look.match or one.look.contains, one.key


def test_notes_carry_the_mark_and_mail_nobody() -> None:
    body = step(project(note="a\x00<b>"), "note").body
    assert body["text"].endswith("Mini-Projects decision D1")
    assert "\x00" not in body["text"]
    assert body["internalAnalysisFlag"] is True
    assert body["processNotifications"] is False


def test_a_ticket_without_a_company_goes_to_review() -> None:
    assert codes(project(ticket=make_ticket(company=None))) == ["company-unknown"]


def test_a_board_that_is_no_project_board_goes_to_review() -> None:
    assert codes(project(rules=chart(project={"board": "Mini-Projects"}))) == ["board-not-project"]


def test_what_could_not_be_read_is_said() -> None:
    made = project(ticket=make_ticket(unread=["products", "scheduleEntries"]))
    assert "Check these on the ticket; they could not be read: “products”, “scheduleEntries”." in made.todos


@pytest.mark.parametrize("outcome", [Outcome.SERVICE_TICKET, Outcome.REVIEW])
def test_other_outcomes_change_nothing(outcome: Outcome) -> None:
    made = plan(outcome)
    assert (made.steps, made.problems) == ((), ())


def test_the_check_of_bodies_finds_unknown_missing_and_overlong_members() -> None:
    wrong = Step("x", StepKind.CREATE, "x", "POST", "/project/projects", body={"name": "n" * 101, "colour": 1})
    found = "\n".join(misfits(wrong))
    assert "'colour' was unexpected" in found
    assert "'board' is a required property" in found
    assert "name: " in found
    assert misfits(Step("x", StepKind.CREATE, "x", "POST", "/project/nothing", body={})) == [
        "POST /project/nothing is not in the contract"
    ]
