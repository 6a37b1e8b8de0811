"""Opportunities, forecasts, companies, agreements, time entries and invoices."""

from __future__ import annotations

import json

import pytest

from tests.support.sandbox_client import Line, errors_of


def test_an_opportunity_has_no_revenue_of_its_own() -> None:
    found = Line().get("/sales/opportunities/71")
    assert not {name for name in found if "evenue" in name}
    assert found["status"] == {"id": 2, "name": "Won"}


def test_won_lost_and_closed_are_flags_of_the_status() -> None:
    found = {each["name"]: each for each in Line().get("/sales/opportunities/statuses")}
    assert (found["Won"]["wonFlag"], found["Won"]["closedFlag"]) == (True, True)
    assert (found["Lost"]["wonFlag"], found["Lost"]["lostFlag"]) == (False, True)
    assert (found["Open"]["wonFlag"], found["Open"]["closedFlag"]) == (False, False)


def test_the_forecast_tells_labour_goods_and_recurring_apart() -> None:
    line = Line()
    items = [
        {"forecastType": "Service", "revenue": 4000, "cost": 1000, "opportunity": {"id": 72}, "status": {"id": 2}},
        {"forecastType": "Product", "revenue": 8400.5, "opportunity": {"id": 72}, "status": {"id": 1}},
        {"forecastType": "Agreement", "revenue": 320, "recurringFlag": True, "recurringRevenue": 320,
         "opportunity": {"id": 72}, "status": {"id": 3}},
        {"forecastType": "Other1", "revenue": 9, "includeFlag": False, "opportunity": {"id": 72}, "status": {"id": 2}},
    ]  # fmt: skip
    line.post("/sales/opportunities/72/forecast", {"forecastItems": items})
    found = line.get("/sales/opportunities/72/forecast")[0]
    revenue = {
        name: found[name]["revenue"] for name in found if isinstance(found[name], dict) and "revenue" in found[name]
    }
    assert revenue == {
        "serviceRevenue": 12000.0, "productRevenue": 8400.5, "agreementRevenue": 320.0, "otherRevenue1": 0.0, "otherRevenue2": 0.0,
        "wonRevenue": 4000.0, "lostRevenue": 320.0, "openRevenue": 16400.5, "timeRevenue": 0.0, "expenseRevenue": 0.0,
        "forecastRevenueTotals": 20720.5, "inclusiveRevenueTotals": 20720.5,
    }  # fmt: skip
    assert found["recurringTotal"] == 320.0
    assert found["serviceRevenue"]["margin"] == 11000.0
    item = found["forecastItems"][1]["id"]
    assert line.patch(f"/sales/opportunities/72/forecast/{item}", revenue=4001).status == 200
    assert line.get(f"/sales/opportunities/72/forecast/{item}")["revenue"] == 4001
    assert line.get("/sales/opportunities/72/forecast/count") == {"count": 1}
    assert line.ask("GET", "/sales/opportunities/99/forecast").status == 404


def test_the_forecast_is_an_object_where_the_tenant_says_so() -> None:
    found = Line(forecast_form="object").get("/sales/opportunities/71/forecast")
    assert found["serviceRevenue"]["revenue"] == 12500.0


def test_an_opportunity_joins_an_existing_project() -> None:
    line = Line()
    project = line.project()
    found = line.post("/sales/opportunities/71/convertToProject", {"projectId": project["id"]})
    assert found["id"] == project["id"]
    conditions = "company/id=250 and closedFlag=False and opportunity/id=71"
    assert [each["id"] for each in line.get("/project/projects", conditions=conditions)] == [project["id"]]
    assert line.ask("POST", "/sales/opportunities/71/convertToProject", {"projectId": 1}).status == 404


def test_open_projects_of_a_company_are_filtered_by_conditions() -> None:
    line = Line()
    running, closed = line.project(), line.project()
    line.project(company={"id": 251})
    assert line.patch(f"/project/projects/{closed['id']}", status={"name": "Closed"}).status == 200
    found = line.get("/project/projects", conditions="company/id=250 and closedFlag=False")
    assert [each["id"] for each in found] == [running["id"]]


def test_a_company_is_inactive_or_on_hold_by_its_status() -> None:
    line = Line()
    flags = {
        each["name"]: (each["inactiveFlag"], each["disallowSavingFlag"])
        for each in line.get("/company/companies/statuses")
    }
    assert flags == {"Active": (False, False), "Inactive": (True, False), "Credit Hold": (False, True)}
    assert line.patch("/company/companies/250", status={"name": "Credit Hold"}).status == 200
    assert line.get("/company/companies/250")["status"] == {"id": 3, "name": "Credit Hold"}
    assert line.patch("/company/companies/250", deletedFlag=True).status == 200


@pytest.mark.parametrize(
    ("mode", "status", "kept"), [("kept", 200, True), ("refused", 400, True), ("removed", 200, False)]
)
@pytest.mark.parametrize("place", ["department", "location"])
def test_a_move_away_from_a_restricted_agreement_follows_the_switch(
    mode: str, status: int, kept: bool, place: str
) -> None:
    line = Line(restricted_agreement=mode)
    agreement = line.store.table("/finance/agreements")[600]
    agreement |= {
        "restrictDepartmentFlag": place == "department", "restrictLocationFlag": place == "location",
        "department": {"id": 10, "name": "Service"}, "location": {"id": 2, "name": "Head Office"},
    }  # fmt: skip
    line.ticket(agreement={"id": 600})
    answer = line.patch("/service/tickets/4711", department={"id": 16}, location={"id": 3})
    assert answer.status == status
    assert ("agreement" in line.get("/service/tickets/4711")) is kept
    other = line.ticket(agreement={"id": 600}, department={"id": 14})
    assert line.patch(f"/service/tickets/{other['id']}", summary="Renamed").status == 200


def an_entry(line: Line, **changes: object) -> dict[str, object]:
    """Time on a new ticket under an agreement."""
    number = line.ticket(agreement={"id": 600})["id"]
    body = {
        "chargeToId": number,
        "timeStart": "2026-06-01T10:00:00Z",
        "actualHours": 2,
        "member": {"identifier": "jdoe"},
    }
    made: dict[str, object] = line.post("/time/entries", body | changes)
    return made


def test_time_takes_the_values_of_its_ticket_and_the_rate_of_its_role() -> None:
    made = an_entry(Line())
    assert (made["chargeToType"], made["billableOption"], made["hourlyRate"], made["status"]) == (
        "ServiceTicket",
        "Billable",
        120.0,
        "Open",
    )
    assert made["agreement"] == {"id": 600, "name": "Managed Services"}
    assert made["department"] == {"id": 10, "name": "Service"}


def test_open_time_can_be_corrected_and_billed_time_cannot() -> None:
    line = Line()
    number = int(str(an_entry(line)["id"]))
    wish: dict[str, object] = {"department": {"id": 14}, "workType": {"id": 8}, "agreement": None}
    assert line.patch(f"/time/entries/{number}", **wish).status == 200
    found = line.get(f"/time/entries/{number}")
    assert (found["department"]["id"], found["workType"]["id"], "agreement" in found) == (14, 8, False)
    for mark in ({"invoice": {"id": 9}}, {"status": "BilledAgreement"}):
        number = int(str(an_entry(line)["id"]))
        line.store.table("/time/entries")[number] |= mark
        answer = line.patch(f"/time/entries/{number}", **wish)
        assert answer.status == 400
        assert "billed" in answer.body.decode()


@pytest.mark.parametrize(
    ("mode", "status", "written"), [("applied", 200, True), ("refused", 400, False), ("without-effect", 200, False)]
)
def test_the_billing_of_a_ticket_can_be_patched_unless_the_tenant_refuses_or_ignores_it(
    mode: str, status: int, written: bool
) -> None:
    line = Line(
        patch_ticket_billing=mode,
        patch_ticket_billing_members="billingMethod,billingAmount,hourlyRate,poNumber,agreement,billTime",
    )
    line.ticket(agreement={"id": 600})
    wish = {
        "billingMethod": "FixedFee",
        "billingAmount": 640,
        "poNumber": "PO 7",
        "billTime": "NoCharge",
        "agreement": None,
    }
    for name, value in wish.items():
        assert line.patch("/service/tickets/4711", **{name: value}).status == status
    found = line.get("/service/tickets/4711")
    assert (found.get("billingAmount") == 640, found.get("poNumber") == "PO 7") == (written, written)
    assert (found.get("billTime") == "NoCharge", "agreement" not in found) == (written, written)
    assert line.patch("/service/tickets/4711", summary="Renamed").status == 200


def progress(line: Line, project_id: int, amount: float, **changes: object) -> tuple[int, dict[str, object]]:
    """A progress invoice: status and answer."""
    body = {
        "type": "Progress",
        "company": {"id": 250},
        "applyToType": "Project",
        "applyToId": project_id,
        "total": amount,
    }
    answer = line.ask("POST", "/finance/invoices", body | changes)
    return answer.status, json.loads(answer.body)


def test_progress_invoices_are_refused_as_shipped() -> None:
    line = Line()
    project = line.project()
    assert progress(line, project["id"], 100)[0] == 400
    assert line.get("/finance/invoices") == []


def test_progress_invoices_where_a_tenant_takes_them_stay_within_the_fee() -> None:
    line = Line(invoice_types="Progress,DownPayment")
    fixed, open_ended = line.project(), line.project(billingMethod="ActualRates", billingAmount=0)
    first, second = progress(line, fixed["id"], 2000)[1], progress(line, fixed["id"], 3000)[1]
    assert (first["total"], second["previousProgressApplied"]) == (2000.0, 2000.0)
    assert progress(line, fixed["id"], 0.01)[0] == 400
    assert progress(line, open_ended["id"], 100)[0] == 400
    assert progress(line, 1, 100)[0] == 400
    assert progress(line, fixed["id"], 100, type="Standard")[0] == 400
    assert line.ask("DELETE", f"/finance/invoices/{first['id']}").status == 409
    assert line.ask("DELETE", f"/finance/invoices/{second['id']}").status == 204
    assert [each["id"] for each in line.get("/finance/invoices")] == [first["id"]]


def test_a_phase_is_a_dated_milestone_with_billing_of_its_own() -> None:
    line = Line()
    project = line.project()
    parent = line.phase(project["id"], description="Payments")
    made = line.phase(
        project["id"], description="On delivery", parentPhase={"id": parent["id"]}, markAsMilestoneFlag=True, budgetHours=0,
        deadlineDate="2026-08-01T00:00:00Z", billSeparatelyFlag=True, billingMethod="FixedFee", billingAmount=1250.5,
        billPhaseClosedFlag=True, poNumber="PO 7",
    )  # fmt: skip
    assert made["wbsCode"] == "1.1"
    assert made["markAsMilestoneFlag"] is True
    assert made["billingAmount"] == 1250.5
    assert errors_of(
        line.ask("POST", "/project/projects/900/phases", {"description": "x", "billSeparatelyFlag": True})
    ) == {"billingMethod": "MissingRequiredField"}


def test_project_tickets_are_created_in_a_phase_and_scheduled() -> None:
    line = Line()
    phase = line.phase(line.project()["id"])
    made = line.post("/project/tickets", {"summary": "Survey", "phase": {"id": phase["id"]}, "budgetHours": 12})
    entry = {"objectId": made["id"], "type": {"identifier": "S"}, "member": {"identifier": "awong"}, "hours": 4,
             "dateStart": "2026-06-08T09:00:00Z", "dateEnd": "2026-06-08T13:00:00Z"}  # fmt: skip
    line.post("/schedule/entries", entry)
    found = line.get(f"/project/tickets/{made['id']}")
    assert (found["wbsCode"], found["budgetHours"], found["resources"]) == ("1.1", 12, "awong")


@pytest.mark.parametrize(("on_create", "phases"), [(False, []), (True, ["Survey", "Move", "Settle"])])
def test_a_template_may_bring_phases_when_a_project_is_created(on_create: bool, phases: list[str]) -> None:
    line = Line(template_on_create=on_create)
    line.store.table("/project/projectTemplates/1/projectTemplatePhases")[2] |= {
        "phaseBilledSeparately": True,
        "markAsMilestone": True,
    }
    project = line.project(projectTemplate={"id": 1})
    found = line.get(f"/project/projects/{project['id']}/phases")
    assert [each["description"] for each in found] == phases
    assert [bool(each.get("billSeparatelyFlag")) for each in found] == [False, True, False][: len(found)]


@pytest.mark.parametrize(("touches", "callbacks"), [(False, 0), (True, 3)])
def test_hours_of_time_add_up_on_ticket_phase_and_project(touches: bool, callbacks: int) -> None:
    line = Line(time_updates_ticket=touches)
    number, project, phase = line.converted()
    line.post(
        "/system/callbacks", {"url": "https://svc.example/?id=", "objectId": 1, "type": "ticket", "level": "owner"}
    )
    body = {
        "chargeToId": number,
        "chargeToType": "ProjectTicket",
        "timeStart": "2026-06-01T10:00:00Z",
        "actualHours": 3,
    }
    first, second = (line.post("/time/entries", body)["id"] for _ in range(2))

    def hours() -> set[float]:
        places = (
            f"/project/tickets/{number}",
            f"/project/projects/{project}/phases/{phase}",
            f"/project/projects/{project}",
        )
        return {line.get(place)["actualHours"] for place in places}

    assert hours() == {6.0}
    assert line.patch(f"/time/entries/{first}", actualHours=1.5).status == 200
    assert hours() == {4.5}
    assert len(line.sandbox.outbox.take()) == callbacks
    assert line.ask("DELETE", f"/time/entries/{second}").status == 204
    assert hours() == {1.5}


def test_contacts_are_found_by_address() -> None:
    found = Line().get("/company/contacts", childConditions='communicationItems/value="robin@arbour.example"')
    assert [each["id"] for each in found] == [34]


def test_the_general_ledger_may_have_no_rows() -> None:
    assert Line(gl_mapping="empty").get("/finance/glAccounts") == []
