"""A ticket as it was when it came in."""

from __future__ import annotations

from typing import Any

import pytest

from app.audit.as_of import as_it_was, left_alone
from app.chart import parse_chart, shipped_chart
from app.connectwise.record_mapping import told
from tests.support.audit_factories import ENTERED, booked, past_ticket, project_ticket

SOON, LATER = "2026-03-02T09:04:00Z", "2026-03-02T09:06:00Z"


@pytest.mark.parametrize(
    ("name", "dated"),
    [
        ("notes", "dateCreated"),
        ("tasks", "dateEntered"),
        ("scheduleEntries", "dateEntered"),
        ("products", "dateEntered"),
    ],
)
def test_what_was_entered_later_is_left_out(name: str, dated: str) -> None:
    entries: list[Any] = [
        {"id": 1, dated: ENTERED},
        {"id": 2, dated: SOON},
        {"id": 3, dated: LATER},
        {"id": 4, dated: None},
    ]
    assert [one["id"] for one in as_it_was(past_ticket() | {name: entries}, shipped_chart())[name]] == [1, 2]


@pytest.mark.parametrize(
    ("entered", "seen"),
    [
        pytest.param(SOON, "As quoted.", id="at once"),
        pytest.param(LATER, None, id="later"),
        pytest.param(None, "As quoted.", id="the ticket's own field"),
    ],
)
def test_a_description_that_was_noted_later_is_left_out(entered: str | None, seen: str | None) -> None:
    own = past_ticket(initialDescription="As quoted.")
    noted = {"text": "As quoted.", "detailDescriptionFlag": True, "_info": {"dateEntered": entered}}
    case = told(own, {"notes": [noted] if entered else [], "tasks": []})
    assert case["initialDescription"] == "As quoted."
    assert case["descriptionEntered"] == entered
    assert as_it_was(case, shipped_chart())["initialDescription"] == seen


def test_evidence_that_was_kept_before_has_a_description_without_a_date() -> None:
    assert as_it_was(past_ticket(), shipped_chart())["initialDescription"] == "It shows an error."


def test_time_hours_status_and_closing_are_not_known_yet() -> None:
    then = as_it_was(past_ticket(actualHours=0.5), shipped_chart())
    assert then["closedFlag"] is False
    assert then["status"] is None
    assert not {"timeEntries", "actualHours", "closedDate"} & then.keys()


def test_resources_of_a_later_schedule_are_not_known_yet() -> None:
    late, soon = booked("awong", "2026-04-10", entered=LATER), booked("jdoe", "2026-03-10")
    assert (
        as_it_was(past_ticket(resources="jdoe, awong", scheduleEntries=[soon, late]), shipped_chart())["resources"]
        is None
    )
    assert as_it_was(past_ticket(resources="jdoe", scheduleEntries=[soon]), shipped_chart())["resources"] == "jdoe"


def test_the_first_board_of_a_ticket_on_the_mini_project_board_is_not_known() -> None:
    assert as_it_was(past_ticket(board={"id": 12, "name": "Mini-Projects"}), shipped_chart())["board"] is None


def test_the_case_itself_is_not_changed() -> None:
    case = project_ticket()
    before = repr(case)
    as_it_was(case, shipped_chart())
    assert repr(case) == before


@pytest.mark.parametrize(
    ("changes", "chart", "why"),
    [
        pytest.param(
            {"board": {"name": "Alerts"}}, "", "The chart does not watch the board Alerts.", id="a board to leave alone"
        ),
        pytest.param(
            {},
            "watch: {boards: [Dispatch]}",
            "The chart does not watch the board Service Desk.",
            id="a board not listed",
        ),
        pytest.param(
            {}, "watch: {ignore_types: [incident]}", "The chart does not watch the type Incident.", id="a type"
        ),
        pytest.param({}, "watch: {ignore_statuses: [Closed]}", None, id="a status says nothing of the past"),
        pytest.param(
            {"mergedParentTicket": {"id": 9}}, "", "The ticket was merged into another one.", id="merged away"
        ),
        pytest.param(
            {"mergedParentTicket": {"id": 9}, "board": {"name": "Mini-Projects"}},
            "",
            "The ticket was merged into another one.",
            id="merged away on the mini-project board",
        ),
        pytest.param({"recordType": "ProjectTicket"}, "", "The ticket belongs to a project.", id="no service ticket"),
        pytest.param({"recordType": None, "mergedParentTicket": None}, "", None, id="a type that is not told"),
        pytest.param({"board": {"name": "Mini-Projects"}}, "watch: {boards: [Dispatch]}", None, id="moved there since"),
    ],
)
def test_tickets_that_the_chart_does_not_watch_are_left_alone(
    changes: dict[str, Any], chart: str, why: str | None
) -> None:
    assert left_alone(past_ticket(**changes), parse_chart(chart) if chart else shipped_chart()) == why
