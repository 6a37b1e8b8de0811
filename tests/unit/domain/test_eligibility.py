"""Which tickets are watched, and what asks for a person: one rule set for the live service, the audit and doctor."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.eligibility import (
    Board,
    EligibilityRules,
    blockers,
    board_not_watched,
    not_a_separate_ticket,
    not_watched,
)
from app.domain.ticket import TicketRecord

RULES = EligibilityRules.of(
    boards=None, ignored_boards=["Alerts"], ignored_types=["Internal"], ignored_statuses=["Cancelled"],
    protected_agreements=["Gold", "Public sector"], mini_project_board="Mini-Projects",
)  # fmt: skip
TICKET = {
    "id": 4711,
    "board": {"name": "Help Desk"},
    "type": {"name": "Request"},
    "status": {"name": "New"},
    "closedFlag": False,
}
HELP_DESK = Board("Help Desk")


def ticket(**members: Any) -> TicketRecord:
    return TicketRecord.from_json({**TICKET, **members})


@pytest.mark.parametrize(
    ("board", "reason"),
    [
        pytest.param(HELP_DESK, None, id="service-board"),
        pytest.param(
            Board("Projects", is_project_board=True), "The board Projects is a project board.", id="project-board"
        ),
        pytest.param(Board("Old", is_inactive=True), "The board Old is inactive.", id="inactive"),
        pytest.param(
            Board("mini-projects"), "The ticket is on the board mini-projects already.", id="mini-project-board"
        ),
        pytest.param(Board("  ALERTS "), "The chart does not watch the board   ALERTS .", id="ignored"),
        pytest.param(Board(""), None, id="no-board"),
    ],
)
def test_a_board_is_watched_unless_a_rule_excludes_it(board: Board, reason: str | None) -> None:
    assert board_not_watched(board, RULES) == reason


def test_a_list_of_boards_excludes_all_others() -> None:
    rules = EligibilityRules.of(boards=["Help  desk"], mini_project_board="Mini-Projects")
    assert board_not_watched(HELP_DESK, rules) is None
    assert board_not_watched(Board("Field"), rules) == "The chart does not watch the board Field."


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        pytest.param({}, None, id="watched"),
        pytest.param({"type": {"name": "internal"}}, "The chart does not watch the type internal.", id="type"),
        pytest.param({"status": {"name": "Cancelled"}}, "The chart does not watch the status Cancelled.", id="status"),
        pytest.param({"closedFlag": True}, "The ticket is closed.", id="closed"),
        pytest.param({"closedFlag": None, "type": None, "status": None}, None, id="nothing-known"),
    ],
)
def test_type_status_and_closing_exclude_a_ticket(members: dict[str, Any], reason: str | None) -> None:
    assert not_watched(ticket(**members), HELP_DESK, RULES) == reason


def test_a_board_that_is_not_known_excludes_nothing() -> None:
    rules = EligibilityRules.of(boards=["Field"])
    assert not_watched(ticket(board=None), None, rules) is None


@pytest.mark.parametrize(
    ("members", "codes"),
    [
        pytest.param({}, [], id="free"),
        pytest.param({"closedFlag": True}, ["ticket-closed"], id="closed"),
        pytest.param({"recordType": "ProjectTicket"}, ["ticket-in-project"], id="project-ticket"),
        pytest.param({"recordType": "ServiceTicket", "project": {"id": 900}}, ["ticket-in-project"], id="has-project"),
        pytest.param({"project": {}, "mergedParentTicket": {}}, [], id="empty-references"),
        pytest.param({"parentTicketId": 4000}, ["ticket-child"], id="child"),
        pytest.param({"hasChildTicket": True}, ["ticket-parent"], id="parent"),
        pytest.param({"mergedParentTicket": {"id": 4000}}, ["ticket-merged"], id="merged-into-other"),
        pytest.param({"hasMergedChildTicketFlag": True}, ["ticket-merged"], id="other-merged-into-it"),
        pytest.param({"timeEntries": [{"status": "Open"}]}, [], id="open-time"),
        pytest.param({"timeEntries": [{"status": "BilledAgreement"}]}, ["time-billed"], id="settled-time"),
        pytest.param({"timeEntries": [{"invoice": 9000}]}, ["time-billed"], id="invoiced-time"),
        pytest.param({"agreement": {"name": "GOLD"}}, ["agreement-protected"], id="agreement-by-name"),
        pytest.param(
            {"agreement": {"name": "A", "type": "Public  sector"}}, ["agreement-protected"], id="agreement-by-type"
        ),
        pytest.param({"agreement": {"name": "Silver"}}, [], id="other-agreement"),
        pytest.param({"companyBilling": {"status": "Active", "inactiveFlag": False}}, [], id="company-active"),
        pytest.param({"companyBilling": {"deletedFlag": True}}, ["company-deleted"], id="company-deleted"),
        pytest.param({"companyBilling": {"inactiveFlag": True}}, ["company-inactive"], id="company-inactive"),
        pytest.param(
            {"companyBilling": {"status": "Hold", "disallowSavingFlag": True}},
            ["company-on-hold"],
            id="company-on-hold",
        ),
        pytest.param({"closedFlag": True, "hasChildTicket": True}, ["ticket-closed", "ticket-parent"], id="several"),
    ],
)
def test_state_relatives_billed_time_agreement_and_company_ask_for_a_person(
    members: dict[str, Any], codes: list[str]
) -> None:
    assert [blocker.code for blocker in blockers(ticket(**members), RULES)] == codes


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        pytest.param({}, None, id="own"),
        pytest.param({"mergedParentTicket": {"id": 7}}, "The ticket was merged into another one.", id="merged"),
        pytest.param({"recordType": "ProjectIssue"}, "The ticket belongs to a project.", id="in-project"),
    ],
)
def test_a_merged_or_project_ticket_is_no_ticket_of_its_own(members: dict[str, Any], reason: str | None) -> None:
    assert not_a_separate_ticket(ticket(**members)) == reason
