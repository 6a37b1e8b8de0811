"""Projects: boards, phases and their billing, team, contacts, templates, and what cannot be deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.sandbox_client import Line, errors_of

_PROFESSIONAL, _MANAGED = "4100 Professional Services", "4000 Managed Services"


@pytest.mark.parametrize("member", ["name", "board", "company", "billingMethod", "estimatedStart", "estimatedEnd"])
def test_a_project_needs_what_the_document_says(member: str) -> None:
    line = Line()
    body = {"name": "x", "board": {"id": 20}, "company": {"id": 250}, "billingMethod": "ActualRates",
            "estimatedStart": "2026-06-01T00:00:00Z", "estimatedEnd": "2026-06-02T00:00:00Z"}  # fmt: skip
    del body[member]
    assert errors_of(line.ask("POST", "/project/projects", body)) == {member: "MissingRequiredField"}


def test_a_project_lives_on_a_project_board_only() -> None:
    line = Line()
    line.project()
    assert errors_of(line.patch("/project/projects/900", board={"id": 12})) == {"board/name": "NotFound"}
    assert line.project()["department"]["name"] == "Professional Services"


def test_a_phase_shows_the_projects_billing_unless_it_is_billed_separately() -> None:
    line = Line()
    line.project()
    line.phase(900)
    line.phase(900, billSeparatelyFlag=True, billingMethod="NotToExceed", billingAmount=700)
    shown = [
        (one["wbsCode"], one["billingMethod"], one["billingAmount"]) for one in line.get("/project/projects/900/phases")
    ]
    assert shown == [("1", "FixedFee", 5000), ("2", "NotToExceed", 700)]
    line.patch("/project/projects/900", billingMethod="ActualRates", billingAmount=0)
    assert line.get("/project/projects/900/phases/3100")["billingMethod"] == "ActualRates"


def test_a_phase_that_is_billed_separately_needs_a_method() -> None:
    line = Line()
    line.project()
    answer = line.ask("POST", "/project/projects/900/phases", {"description": "x", "billSeparatelyFlag": True})
    assert errors_of(answer) == {"billingMethod": "MissingRequiredField"}
    line.phase(900)
    assert line.patch("/project/projects/900/phases/3100", billSeparatelyFlag=True).status == 400


def test_phases_below_phases_are_numbered_below_them() -> None:
    line = Line()
    line.project()
    line.phase(900)
    assert line.phase(900, parentPhase={"id": 3100})["wbsCode"] == "1.1"
    assert line.phase(900, parentPhase={"id": 3100})["wbsCode"] == "1.2"
    assert line.phase(900)["wbsCode"] == "2"
    assert line.ask("POST", "/project/projects/900/phases", {"description": "x", "wbsCode": "1.2"}).status == 400
    assert line.ask("DELETE", "/project/projects/900/phases/3100").status == 409


@pytest.mark.parametrize("part", ["phases", "teamMembers", "contacts", "notes"])
def test_parts_of_a_project_that_is_not_there_are_not_found(part: str) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "phases": {"description": "x"}, "teamMembers": {"member": {"id": 102}, "projectRole": {"id": 1}},
        "contacts": {"contact": {"id": 34}}, "notes": {"text": "x"},
    }  # fmt: skip
    line = Line()
    assert line.ask("POST", f"/project/projects/999/{part}", bodies[part]).status == 404
    assert line.ask("GET", f"/project/projects/999/{part}").status == 404


def test_team_members_have_a_project_role() -> None:
    line = Line()
    line.project()
    made = line.post(
        "/project/projects/900/teamMembers",
        {"member": {"identifier": "jdoe"}, "projectRole": {"identifier": "Project Manager"}},
    )
    assert made["projectRole"] == {"id": 1, "identifier": "Project Manager"}
    assert made["member"] == {"id": 102, "identifier": "jdoe", "name": "Jo Doe"}
    assert line.patch(f"/project/projects/900/teamMembers/{made['id']}", hours=10).value["hours"] == 10
    assert (
        line.ask(
            "POST", "/project/projects/900/teamMembers", {"member": {"identifier": "jdoe"}, "projectRole": {"id": 9}}
        ).status
        == 400
    )


def test_contacts_are_added_and_taken_away_but_not_changed() -> None:
    line = Line()
    line.project()
    made = line.post("/project/projects/900/contacts", {"contact": {"id": 34}})
    assert made["contact"] == {"id": 34, "name": "Robin Arbour"}
    assert line.patch(f"/project/projects/900/contacts/{made['id']}", contact={"id": 35}).status == 404
    assert line.ask("DELETE", f"/project/projects/900/contacts/{made['id']}").status == 204
    assert line.get("/project/projects/900/contacts") == []


def test_a_schedule_entry_can_add_its_member_to_the_project_once() -> None:
    line = Line()
    ticket, project, _ = line.converted()
    entry = {
        "objectId": ticket,
        "type": {"identifier": "S"},
        "member": {"identifier": "awong"},
        "addMemberToProjectFlag": True,
    }
    for _turn in range(2):
        line.post("/schedule/entries", entry | {"projectRoleId": 2})
    team = line.get(f"/project/projects/{project}/teamMembers")
    assert [(one["member"]["identifier"], one["projectRole"]["identifier"]) for one in team] == [("awong", "Engineer")]


def test_a_project_ticket_follows_its_phase() -> None:
    line = Line()
    line.project()
    line.phase(900)
    made = line.post("/project/tickets", {"summary": "Survey", "phase": {"id": 3100}})
    assert (made["project"]["id"], made["company"]["id"], made["board"]["id"], made["wbsCode"]) == (900, 250, 20, "1.1")
    assert {"recordType", "team", "billingMethod"}.isdisjoint(made)
    assert line.get(f"/project/tickets/{made['id']}/finance")["billingMethod"] == "FixedFee"
    assert line.ask("GET", f"/service/tickets/{made['id']}").status == 404
    assert line.patch(f"/project/tickets/{made['id']}/finance", billingMethod="ActualRates").status == 404


def test_dates_of_a_project_ticket_with_a_predecessor_cannot_be_changed() -> None:
    line = Line()
    ticket, _, _ = line.converted()
    path = f"/project/tickets/{ticket}"
    assert line.patch(path, predecessorId=4712, predecessorType="Ticket").status == 200
    assert line.patch(path, requiredDate="2026-07-01T00:00:00Z").status == 500
    line.sandbox.switches.change({"predecessor_blocks_dates": False})
    assert line.patch(path, requiredDate="2026-07-01T00:00:00Z").status == 200


def test_a_project_and_a_phase_with_tickets_cannot_be_deleted() -> None:
    line = Line()
    ticket, project, phase = line.converted()
    for path in (f"/project/projects/{project}", f"/project/projects/{project}/phases/{phase}"):
        assert line.ask("DELETE", path).status == 409
    line.ask("DELETE", f"/project/tickets/{ticket}")
    for path in (f"/project/projects/{project}/phases/{phase}", f"/project/projects/{project}"):
        assert line.ask("DELETE", path).status == 204
        assert line.ask("GET", path).status == 404


def test_a_template_adds_its_phases_and_tickets_each_time_it_is_applied() -> None:
    line = Line()
    line.project()
    plan = line.post("/project/projects/900/applyTemplate/1")
    assert [phase["description"] for phase in plan["phases"]] == ["Survey", "Move", "Settle"]
    assert [one["wbsCode"] for one in line.get("/project/tickets", orderBy="id")] == ["1.1", "2.1", "2.2", "3.1"]
    line.post(
        "/project/projects/900/applyTemplates",
        [{"id": 1, "name": "Office Move"}, {"id": 2, "name": "Server Migration"}],
    )
    plan = line.get("/project/projects/900/projectWorkplan")
    assert len(plan["phases"]) == 9
    assert line.get("/project/projects/900")["projectTemplateId"] == 2
    assert line.ask("POST", "/project/projects/900/applyTemplate/9").status == 404
    assert line.get("/project/projectTemplates/1/workplan")[0]["templateId"] == 1


def test_the_recap_shows_the_project_and_by_switch_a_line_for_each_part() -> None:
    line = Line()
    line.converted()
    recap = line.get("/project/projects/900/projectRecap")
    assert (recap["iD"], recap["billingMethod"], recap["billingAmount"], recap["isProject"]) == (
        900,
        "FixedFee",
        "5000.00",
        True,
    )
    line.sandbox.switches.change({"recap_lines": True})
    assert [one["recType"] for one in line.get("/project/projects/900/projectRecap")] == ["Project", "Phase", "Ticket"]


def test_billing_rates_are_changed_at_their_odd_path() -> None:
    line = Line()
    line.project()
    made = line.post("/project/900/billingRates", {"hourlyRate": 120, "workRole": {"id": 1}})
    assert line.patch(f"/project/billingRates/900/billingRates/{made['id']}", hourlyRate=140).value["hourlyRate"] == 140
    assert line.get("/project/900/billingRates")[0]["hourlyRate"] == 140
    assert line.ask("POST", "/project/901/billingRates", {"hourlyRate": 1}).status == 404


def test_an_opportunity_becomes_a_project() -> None:
    line = Line()
    made = line.post("/sales/opportunities/71/convertToProject", {})
    assert (made["name"], made["board"]["name"], made["company"]["id"]) == ("Clinic network refresh", "Projects", 250)


@pytest.mark.parametrize(
    ("way", "department", "kind"),
    [
        ("right", _PROFESSIONAL, _PROFESSIONAL), ("department-elsewhere", _MANAGED, _PROFESSIONAL),
        ("type-elsewhere", _PROFESSIONAL, _MANAGED), ("department-missing", None, _PROFESSIONAL),
    ],
)  # fmt: skip
def test_the_ledger_may_lead_elsewhere(way: str, department: str | None, kind: str) -> None:
    line = Line(gl_mapping=way)
    rows = line.get(
        "/finance/glAccounts", conditions='glType="R" and mappedType/name="Department" and mappedRecord/id=14'
    )
    assert [row["segment1"] for row in rows] == ([department] if department else [])
    assert line.get("/finance/glAccounts", conditions='mappedType/name="Service Type"')[0]["segment1"] == kind


def test_the_board_in_the_north_is_mapped_wrongly_always() -> None:
    line = Line()
    board = line.get("/service/boards", conditions='name="Mini-Projects North"')[0]
    rows = line.get(
        "/finance/glAccounts",
        conditions=f'mappedType/name="Department" and mappedRecord/id={board["department"]["id"]}',
    )
    assert [row["segment1"] for row in rows] == ["4000 Managed Services"]


def test_agreements_are_there_with_every_billing_cycle_and_from_the_26th() -> None:
    line = Line()
    agreements = line.get("/finance/agreements", pageSize=1000)
    cycles = {cycle["billingOptions"] for cycle in line.get("/finance/billingCycles", pageSize=1000)}
    assert {one["billingCycle"]["name"] for one in agreements} == cycles
    assert len(cycles) == 8
    assert any("-26T" in one["billStartDate"] for one in agreements)
    assert {one["agreementStatus"] for one in agreements} == {"Active", "Expired"}
