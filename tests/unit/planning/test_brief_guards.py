"""Guards, agreements and running projects: reasons to ask, and what a person's answer leads to."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.enums import Outcome
from app.planning.brief.model import FieldState
from tests.support.planning_factories import (
    brief,
    changed,
    chart,
    codes,
    make_ticket,
    mini,
    misfits,
    project,
    sold,
    step,
    steps_of,
)

CONFLICT, SETTLED = FieldState.CONFLICT, FieldState.SETTLED
AGREEMENT = {"id": 600, "name": "Managed Services - All In", "type": "Managed Services"}
RUNNING = [{"id": 811, "name": "Office phones"}, {"id": 812, "name": "Door access"}]


@pytest.mark.parametrize(
    ("company", "words"),
    [
        ({"status": "Credit Hold"}, "Credit Hold"), ({"status": "Inactive"}, "Inactive"), ({"status": "Gesperrt"}, "Gesperrt"),
        ({"status": "Active", "deletedFlag": True}, "deleted"),
    ],
)  # fmt: skip
def test_a_company_that_may_not_be_served_asks(company: dict[str, Any], words: str) -> None:
    ticket = sold(640, companyBilling={"id": 250, **company})
    for outcome in (Outcome.PROJECT, Outcome.MINI_PROJECT):
        made = brief(ticket, outcome)
        assert made.company.state is CONFLICT
        assert words in made.company.message
    assert brief(ticket, person={"company": "proceed"}).open_fields == ()


def test_an_active_company_asks_nothing() -> None:
    assert brief(sold(640, companyBilling={"id": 250, "status": "Active"})).company.state is SETTLED


def test_time_on_the_ticket_asks_and_can_be_corrected_on_a_persons_word() -> None:
    ticket = sold(640, timeEntries=[{"id": 1, "hours": 6}, {"id": 2, "hours": 0.5}])
    made = brief(ticket)
    assert made.time.state is CONFLICT
    assert "6.5 hours" in made.time.message
    corrected = project(ticket=ticket, person={"time": "correct"})
    assert not corrected.problems
    assert [one.path for one in steps_of(corrected, "time-")] == ["/time/entries/1", "/time/entries/2"]
    assert not any("booked before" in todo for todo in corrected.todos)
    assert brief(ticket, person={"time": "keep"}).open_fields == ()


@pytest.mark.parametrize(
    ("restriction", "asked"),
    [
        ({"restrictDepartmentFlag": True, "department": {"id": 10, "name": "Service"}}, True),
        ({"restrictDepartmentFlag": True, "department": {"id": 14, "name": "Professional Services"}}, False),
        ({"restrictLocationFlag": True, "location": {"id": 3, "name": "Branch"}}, True),
        ({"restrictLocationFlag": True, "location": {"id": 2, "name": "Head Office"}}, False),
    ],
)
def test_a_restricted_agreement_is_a_conflict_on_a_move(restriction: dict[str, Any], asked: bool) -> None:
    made = brief(sold(640, agreement=AGREEMENT | restriction), Outcome.MINI_PROJECT)
    assert (made.agreement.state is CONFLICT) is asked


def test_a_person_says_whether_the_agreement_stays() -> None:
    ticket = sold(640, agreement=AGREEMENT | {"restrictLocationFlag": True, "location": {"id": 3, "name": "Branch"}})
    assert dict(step(mini(ticket=ticket, person={"agreement": "remove"}), "billing").wish)["agreement"] is None
    assert "agreement" not in step(mini(ticket=ticket, person={"agreement": "keep"}), "billing").wish


def test_an_unread_gl_mapping_asks_unless_the_chart_or_a_person_allows_it() -> None:
    lists = changed("/finance/glAccounts", [])
    for plan in (project, mini):
        assert codes(plan(lists=lists)) == ["revenue-unproven"]
        assert codes(plan(lists=lists, rules=chart(revenue={"unproven": "allow"}))) == []
        allowed = plan(lists=lists, person={"revenue": "proceed"})
        assert allowed.problems == ()
        assert "The GL mapping cannot be read, so the revenue account is unknown." in allowed.todos


@pytest.mark.parametrize(
    ("ticket", "joins"),
    [
        (
            {
                "opportunity": {"id": 5, "name": "x"},
                "openProjects": [RUNNING[0], RUNNING[1] | {"opportunity": {"id": 5}}],
            },
            812,
        ),
        (
            {
                "initialDescription": "Change order signed: four readers for the door access project.",
                "openProjects": RUNNING,
            },
            812,
        ),
        ({"initialDescription": "The next phase of the project can start.", "openProjects": RUNNING[:1]}, 811),
        ({"initialDescription": "Nachtrag zum laufenden Projekt Door access.", "openProjects": RUNNING}, 812),
        ({"summary": "Door access: cards", "openProjects": RUNNING}, 812),
        ({"initialDescription": "Avenant au projet en cours.", "openProjects": RUNNING}, None),
    ],
    ids=["opportunity", "change order", "next phase", "German", "same name", "several"],
)
def test_a_sale_of_a_running_project_proposes_to_join_it(ticket: dict[str, Any], joins: int | None) -> None:
    made = brief(make_ticket(**ticket))
    assert made.project.state is CONFLICT
    assert (made.project.value.join if made.project.value else None) == joins
    assert made.project.message


@pytest.mark.parametrize(
    "ticket",
    [
        {"initialDescription": "Phase 1 design 40 h, phase 2 build 70 h.", "openProjects": RUNNING},
        {"initialDescription": "New cameras for the yard.", "openProjects": RUNNING},
        {"initialDescription": "Change order 3 to the project.", "openProjects": []},
        {"opportunity": {"id": 6, "name": "x"}, "openProjects": [RUNNING[1] | {"opportunity": {"id": 5}}]},
    ],
)
def test_other_work_makes_a_new_project(ticket: dict[str, Any]) -> None:
    assert brief(make_ticket(**ticket)).project.state is SETTLED


def test_joining_makes_a_phase_in_the_running_project_with_the_fee_and_no_second_project() -> None:
    ticket = sold(
        2400, openProjects=RUNNING, initialDescription="Change order to the Door access project.", budgetHours=16
    )
    made = project(ticket=ticket, person={"project": {"join": 812}})
    phase = step(made, "phase-1")
    assert made.problems == ()
    assert not steps_of(made, "project") or [one.key for one in steps_of(made, "project")] == ["project-note"]
    assert phase.path == "/project/projects/812/phases"
    assert (phase.body["billSeparatelyFlag"], phase.body["billingMethod"], phase.body["billingAmount"]) == (
        True,
        "FixedFee",
        2400.0,
    )
    assert step(made, "convert").body["project"] == {"id": 812}
    assert step(made, "convert").body["wbsCode"] == {"$text": "{phase-1.wbsCode}.1"}
    assert all("{project." not in one.path for one in made.steps)
    assert not [complaint for one in made.steps if one.method != "GET" for complaint in misfits(one)]


def test_a_person_may_choose_a_new_project_instead() -> None:
    ticket = sold(2400, openProjects=RUNNING, initialDescription="Change order to the Door access project.")
    assert step(project(ticket=ticket, person={"project": "new"}), "project").body["billingAmount"] == 2400.0
