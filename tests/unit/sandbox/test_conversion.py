"""Convert: what it needs, what it refuses, what it does, and everything about it that nobody outside knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.sandbox import Fault
from tests.support.sandbox_client import Line, errors_of


def ready(**switches: Any) -> tuple[Line, dict[str, Any]]:
    """A ticket, a project and a phase, and the body of a right conversion."""
    line = Line(**switches)
    line.ticket(
        initialDescription="x",
        team={"name": "Engineers"},
        status={"name": "Assigned"},
        type={"name": "Incident"},
        budgetHours=4,
    )
    line.project()
    line.phase(900)
    return line, {"recordType": "ProjectTicket", "project": {"id": 900}, "phase": {"id": 3100}, "wbsCode": "1.1"}


def test_a_converted_ticket_lives_on_the_project_path_only_with_values_of_its_board() -> None:
    line, body = ready()
    assert line.post("/service/tickets/4711/convert", body)["success"] is True
    assert line.ask("GET", "/service/tickets/4711").status == 404
    ticket = line.get("/project/tickets/4711")
    assert (ticket["project"], ticket["phase"], ticket["wbsCode"]) == (
        {"id": 900, "name": "Network refresh"}, {"id": 3100, "name": "Delivery"}, "1.1",
    )  # fmt: skip
    assert ticket["status"] == line.board_value(20, "statuses", "Assigned") | {"name": "Assigned"}
    assert "type" not in ticket
    assert [note["text"] for note in line.get("/project/tickets/4711/notes")] == ["x"]
    assert line.ask("POST", "/service/tickets/4711/convert", body).status == 404


@pytest.mark.parametrize("kind", ["Ticket", "ProjectTicket"])
def test_the_audit_trail_proves_a_conversion(kind: str) -> None:
    line, body = ready()
    line.post("/service/tickets/4711/convert", body)
    trail = line.get("/system/audittrail", type=kind, id=4711)
    assert [entry["auditSource"] for entry in trail] == ["Conversion"]
    assert line.get("/system/audittrail", type=kind, id=4712) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"phase": None}, "phase", id="no-phase"),
        pytest.param({"wbsCode": None}, "wbsCode", id="no-place"),
        pytest.param({"wbsCode": " "}, "wbsCode", id="empty-place"),
        pytest.param({"phase": {"id": 9}}, "phase/id", id="unknown-phase"),
        pytest.param({"phase": {}}, "phase/id", id="phase-without-id"),
        pytest.param({"project": {"id": 9}}, "project/id", id="unknown-project"),
        pytest.param({"project": {"id": 901}}, "phase/id", id="phase-of-another-project"),
    ],
)
def test_a_wrong_target_is_refused(changes: dict[str, Any], field: str) -> None:
    line, body = ready()
    line.project()
    body = {name: value for name, value in (body | changes).items() if value is not None}
    answer = line.ask("POST", "/service/tickets/4711/convert", body)
    assert (answer.status, list(errors_of(answer))) == (400, [field])
    assert line.get("/service/tickets/4711")["id"] == 4711


def test_a_closed_project_or_phase_takes_no_ticket() -> None:
    line, body = ready()
    line.patch("/project/projects/900/phases/3100", status={"id": 2})
    assert "phase/id" in errors_of(line.ask("POST", "/service/tickets/4711/convert", body))
    line.patch("/project/projects/900", status={"id": 3})
    assert "project/id" in errors_of(line.ask("POST", "/service/tickets/4711/convert", body))


def _close(line: Line) -> None:
    line.patch("/service/tickets/4711", status=line.board_value(1, "statuses", "Closed"))


def _bill(line: Line) -> None:
    line.post("/time/entries", {"chargeToId": 4711, "timeStart": "2026-06-01T10:00:00Z", "invoice": {"id": 9}})


def _schedule(line: Line) -> None:
    line.post("/schedule/entries", {"objectId": 4711, "type": {"id": 4}, "member": {"id": 102}})


_STATES: dict[str, Callable[[Line], Any]] = {
    "closed": _close, "billed": _bill, "scheduled": _schedule,
    "child": lambda line: (line.ticket(), line.post("/service/tickets/4712/attachChildren", {"childTicketIds": [4711]})),
    "parent": lambda line: (line.ticket(), line.post("/service/tickets/4711/attachChildren", {"childTicketIds": [4712]})),
    "merged": lambda line: (line.ticket(), line.post("/service/tickets/4711/merge", {"mergeTicketIds": [4712], "status": {"name": "Closed"}})),
    "agreement": lambda line: line.patch("/service/tickets/4711", agreement={"id": 600}),
}  # fmt: skip


@pytest.mark.parametrize("state", _STATES)
def test_convert_refuses_what_the_switch_names_and_nothing_else(state: str) -> None:
    for refuses, status in ((state, 400), ("", 200)):
        line, body = ready(convert_refuses=refuses)
        _STATES[state](line)
        answer = line.ask("POST", "/service/tickets/4711/convert", body)
        assert answer.status == status
        assert state in str(answer.value["message"]) or status == 200


def test_success_may_be_false_in_a_200() -> None:
    line, body = ready(convert_success_false=True)
    assert line.post("/service/tickets/4711/convert", body)["success"] is False
    assert line.get("/service/tickets/4711")["recordType"] == "ServiceTicket"


def test_an_answer_may_be_lost_after_success() -> None:
    line, body = ready()
    assert line.ask("POST", "/service/tickets/4711/convert", body, fault=Fault("drop-after")).dropped
    assert line.get("/project/tickets/4711")["project"]["id"] == 900


@pytest.mark.parametrize("dropped", ["notes", "schedule", "time", "budget"])
def test_what_lies_beside_a_ticket_is_kept_unless_the_switch_says_otherwise(dropped: str) -> None:
    for lost in (False, True):
        line, body = ready(**{f"convert_drops_{dropped}": lost})
        _schedule(line)
        line.post("/time/entries", {"chargeToId": 4711, "timeStart": "2026-06-01T10:00:00Z"})
        line.post("/service/tickets/4711/convert", body)
        found = {
            "notes": len(line.get("/project/tickets/4711/notes")), "schedule": len(line.get("/project/tickets/4711/scheduleentries")),
            "time": len(line.get("/project/tickets/4711/timeentries")), "budget": int("budgetHours" in line.get("/project/tickets/4711")),
        }  # fmt: skip
        assert found == dict.fromkeys(found, 1) | ({dropped: 0} if lost else {})


def test_the_id_may_change() -> None:
    line, body = ready(convert_changes_id=True)
    _schedule(line)
    line.post("/service/tickets/4711/convert", body)
    assert line.ask("GET", "/project/tickets/4711").status == 404
    assert [one["id"] for one in line.get("/project/tickets")] == [4712]
    assert [note["ticketId"] for note in line.get("/project/tickets/4712/notes")] == [4712]
    assert len(line.get("/project/tickets/4712/scheduleentries")) == 1


@pytest.mark.parametrize("cleared", [True, False])
def test_the_team_is_cleared_or_found_under_its_name(cleared: bool) -> None:
    line, body = ready(convert_clears_team=cleared)
    line.post("/service/tickets/4711/convert", body)
    assert ("team" in line.store.table("/tickets")[4711]) is not cleared


def test_old_versions_show_project_tickets_on_the_service_path() -> None:
    line, body = ready(service_path_shows_project_tickets=True)
    line.post("/service/tickets/4711/convert", body)
    assert line.get("/service/tickets/4711")["recordType"] == "ProjectTicket"
    assert [one["id"] for one in line.get("/service/tickets")] == [4711]


def test_a_project_ticket_goes_back_or_becomes_an_issue() -> None:
    line, body = ready()
    line.post("/service/tickets/4711/convert", body)
    line.post("/project/tickets/4711/convert", {"recordType": "ProjectIssue"})
    assert line.get("/project/tickets/4711")["isIssueFlag"] is True
    line.post("/project/tickets/4711/convert", {"recordType": "ServiceTicket"})
    ticket = line.get("/service/tickets/4711")
    assert (ticket["board"]["name"], ticket["status"]["name"]) == ("Service Desk", "Assigned")
    assert line.ask("GET", "/project/tickets/4711").status == 404
    assert line.ask("POST", "/project/tickets/4711/convert", {}).status == 400
