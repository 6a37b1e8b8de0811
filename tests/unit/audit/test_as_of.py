"""A ticket as it was when it was entered."""

from __future__ import annotations

from typing import Any

import pytest

from app.audit.as_of import as_of_entry, ignored
from app.chart import parse_chart, shipped_chart
from app.connectwise.record_mapping import with_texts
from app.domain.ticket import TicketRecord
from tests.support.audit_factories import ENTERED, booked, past_ticket, project_ticket

SOON, LATER = "2026-03-02T09:04:00Z", "2026-03-02T09:06:00Z"


def then(case: dict[str, Any]) -> TicketRecord:
    return as_of_entry(TicketRecord.from_json(case), shipped_chart())


@pytest.mark.parametrize(
    ("name", "dated"),
    [
        ("notes", "dateCreated"),
        ("tasks", "dateEntered"),
        ("scheduleEntries", "dateEntered"),
        ("products", "dateEntered"),
    ],
)
def test_records_entered_later_are_left_out(name: str, dated: str) -> None:
    entries: list[Any] = [
        {"id": 1, dated: ENTERED},
        {"id": 2, dated: SOON},
        {"id": 3, dated: LATER},
        {"id": 4, dated: None},
    ]
    assert [record["id"] for record in then(past_ticket() | {name: entries}).to_json()[name]] == [1, 2]


@pytest.mark.parametrize(
    ("entered", "seen"),
    [
        pytest.param(SOON, "As quoted.", id="at once"),
        pytest.param(LATER, "", id="later"),
        pytest.param(None, "As quoted.", id="the ticket's own field"),
    ],
)
def test_a_description_noted_later_is_left_out(entered: str | None, seen: str) -> None:
    own = TicketRecord.from_json(past_ticket(initialDescription="As quoted."))
    noted = {"text": "As quoted.", "detailDescriptionFlag": True, "_info": {"dateEntered": entered}}
    ticket = with_texts(own, {"notes": [noted] if entered else [], "tasks": []})
    assert (ticket.initial_description, ticket.description_entered) == ("As quoted.", entered)
    assert as_of_entry(ticket, shipped_chart()).initial_description == seen


def test_evidence_of_an_earlier_release_has_a_description_without_a_date() -> None:
    assert then(past_ticket()).initial_description == "It shows an error."


def test_time_hours_status_and_closing_are_not_known_at_entry() -> None:
    ticket = then(past_ticket(actualHours=0.5))
    assert (ticket.closed_flag, ticket.status, ticket.time_entries) == (False, None, [])
    assert (ticket.actual_hours, ticket.closed_date) == (None, "")


def test_resources_of_a_later_schedule_are_not_known_at_entry() -> None:
    late, soon = booked("awong", "2026-04-10", entered=LATER), booked("jdoe", "2026-03-10")
    assert then(past_ticket(resources="jdoe, awong", scheduleEntries=[soon, late])).resources == ""
    assert then(past_ticket(resources="jdoe", scheduleEntries=[soon])).resources == "jdoe"


def test_the_first_board_of_a_ticket_on_the_mini_project_board_is_not_known() -> None:
    assert then(past_ticket(board={"id": 12, "name": "Mini-Projects"})).board is None


def test_an_undated_ticket_keeps_its_records() -> None:
    ticket = then(project_ticket(dateEntered=None))
    assert len(ticket.schedule_entries) == 3
    assert ticket.time_entries == []


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
def test_tickets_that_the_chart_does_not_watch_are_ignored(
    changes: dict[str, Any], chart: str, why: str | None
) -> None:
    assert (
        ignored(TicketRecord.from_json(past_ticket(**changes)), parse_chart(chart) if chart else shipped_chart()) == why
    )
