"""Tickets with money from labelled cases: one call creates all that a case names."""

from __future__ import annotations

from typing import Any

import pytest

from app.sandbox import case_tickets
from tests.support.sandbox_client import Line

SALE: dict[str, Any] = {
    "summary": "Firewall pair", "initialDescription": "Signed.", "board": {"name": "Sales Handover"}, "company": {"name": "Alder"},
    "opportunity": {"name": "Firewall pair", "stage": "Won", "expectedRevenue": 12400},
    "products": [{"description": "Firewall", "quantity": 2, "price": 4200}, {"description": "Installation", "quantity": 1, "price": 4000}],
    "scheduleEntries": [{"member": "mlindt", "dateStart": "2026-12-08T09:00:00Z", "dateEnd": "2026-12-08T16:00:00Z", "hours": 7}],
    "agreement": {"name": "All In", "type": "Managed Services", "billingCycle": "Monthly", "restrictLocationFlag": True},
    "tasks": [{"summary": "Survey", "budgetHours": 4}], "contactsCc": [{"name": "Mara Holt"}], "budgetHours": 32,
    "notes": [{"text": "Sold by phone", "internal": True}], "configurations": [{"name": "FW-1"}],
}  # fmt: skip


def test_a_case_becomes_a_ticket_with_everything_related_to_it() -> None:
    line = Line()
    made = case_tickets.create(line.sandbox, {"name": "sale", "case": SALE, "time": 3})
    number = made["id"]
    ticket = line.get(f"/service/tickets/{number}")
    assert (ticket["company"]["name"], ticket["board"]["name"], ticket["budgetHours"]) == (
        "Alder",
        "Sales Handover",
        32,
    )
    assert (ticket["resources"], ticket["agreement"]["name"]) == ("mlindt", "All In")
    assert ticket["automaticEmailCc"] == "mara.holt@alder.example"
    lines = line.get("/procurement/products", conditions=f"chargeToId={number}")
    assert [(each["extPrice"], each["billableOption"], "productClass" in each) for each in lines] == [
        (8400.0, "Billable", False), (4000.0, "Billable", False),
    ]  # fmt: skip
    assert line.get(f"/sales/opportunities/{made['opportunity']}/forecast")[0]["serviceRevenue"]["revenue"] == 12400.0
    assert line.get(f"/finance/agreements/{made['agreement']}")["restrictLocationFlag"] is True
    assert [each["notes"] for each in line.get(f"/service/tickets/{number}/tasks")] == ["Survey (4 h)"]
    assert {each["text"] for each in line.get(f"/service/tickets/{number}/notes")} == {"Signed.", "Sold by phone"}
    assert [each["actualHours"] for each in line.get("/time/entries", conditions=f"chargeToId={number}")] == [3.0]
    assert line.sandbox.invoiced(number)["total"] == 12400.0


@pytest.mark.parametrize(
    ("opportunity", "won", "revenue"),
    [
        pytest.param({"stage": "Won", "expectedRevenue": 10}, True, {"serviceRevenue": 10.0}, id="won"),
        pytest.param({"stage": "Negotiation", "expectedRevenue": 10}, False, {"serviceRevenue": 10.0}, id="open"),
        pytest.param({"stage": "Lost", "expectedRevenue": 10}, False, {"lostRevenue": 10.0}, id="lost"),
        pytest.param({"stage": "Proposal", "forecast": {"service": 1, "product": 2, "agreement": 3, "other": 4, "won": True}}, True,
                     {"serviceRevenue": 1.0, "productRevenue": 2.0, "agreementRevenue": 3.0, "otherRevenue1": 4.0, "wonRevenue": 10.0},
                     id="forecast"),
    ],
)  # fmt: skip
def test_the_opportunity_of_a_case_has_a_status_and_a_forecast(
    opportunity: dict[str, Any], won: bool, revenue: dict[str, float]
) -> None:
    line = Line()
    made = case_tickets.create(line.sandbox, {"case": {"summary": "x", "opportunity": {"name": "Sale", **opportunity}}})
    found = line.get(f"/sales/opportunities/{made['opportunity']}")
    status = line.get(f"/sales/opportunities/statuses/{found['status']['id']}")
    assert status["wonFlag"] is won
    forecast = line.get(f"/sales/opportunities/{made['opportunity']}/forecast")[0]
    assert {name: forecast[name]["revenue"] for name in revenue} == revenue


def test_a_case_changes_the_seeded_records_and_brings_open_projects() -> None:
    line = Line()
    case = {"summary": "x", "company": {"name": "Cobalt Freight"}, "opportunity": {"name": "Sale", "stage": "Won"}}
    entry = {"case": case, "ticket_set": {"currency": {"id": 2, "name": "Euro"}}, "company_set": {"status": {"id": 3, "name": "Credit Hold"}},
             "projects": [{"name": "Head office Wi-Fi", "opportunity": True}, {"name": "Other"}]}  # fmt: skip
    made = case_tickets.create(line.sandbox, entry)
    assert line.get(f"/service/tickets/{made['id']}")["currency"]["name"] == "Euro"
    assert line.get("/company/companies/252")["status"]["name"] == "Credit Hold"
    found = line.get("/project/projects", conditions=f"company/id=252 and opportunity/id={made['opportunity']}")
    assert [each["name"] for each in found] == ["Head office Wi-Fi"]
    assert [each["description"] for each in line.get(f"/project/projects/{found[0]['id']}/phases")] == ["Delivery"]


def test_values_that_the_seeded_system_lacks_are_added_by_name() -> None:
    line = Line()
    case = {"summary": "x", "board": {"id": 7, "name": "Nowhere"}, "type": {"id": 9, "name": "Telephony"}, "subType": {"name": "Desk"},
            "item": {"name": "Phone"}, "priority": {"name": "Priority 9"}, "source": {"name": "Chat"}, "contact": {"name": "Ida Lund"},
            "dateEntered": "2026-02-01T08:00:00Z", "resources": "mlindt, okoch", "requiredDate": None,
            "customFields": [{"caption": "Cost centre", "value": "77"}]}  # fmt: skip
    number = case_tickets.create(line.sandbox, {"case": case})["id"]
    found = line.get(f"/service/tickets/{number}")
    assert (found["board"]["name"], found["type"]["name"], found["subType"]["name"]) == (
        "Service Desk",
        "Telephony",
        "Desk",
    )
    assert (found["priority"]["name"], found["source"]["name"], found["contact"]["name"]) == (
        "Priority 9",
        "Chat",
        "Ida Lund",
    )
    assert found["_info"]["dateEntered"] == "2026-02-01T08:00:00Z"
    assert found["resources"] == "mlindt, okoch"
    assert found["customFields"][0]["value"] == "77"


def test_a_case_that_cannot_be_read_is_refused() -> None:
    line = Line()
    with pytest.raises(KeyError):
        case_tickets.create(line.sandbox, {"summary": "x"})
    forecast = {"name": "Sale", "forecast": {"labour": 1}}
    with pytest.raises(ValueError, match="labour"):
        case_tickets.create(line.sandbox, {"case": {"summary": "x", "opportunity": forecast}})
