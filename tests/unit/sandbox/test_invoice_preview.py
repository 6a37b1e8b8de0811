"""What would be invoiced in all: fees, lines and time by their flags alone, each counted once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.sandbox_client import Line

FIXED: dict[str, Any] = {"billingMethod": "FixedFee", "billingAmount": 5000}
RATES: dict[str, Any] = {"billingMethod": "ActualRates", "billingAmount": 0}


def add_line(line: Line, ticket: int, price: float, **changes: Any) -> int:
    """A product line of a ticket."""
    body = {
        "catalogItem": {"id": 3},
        "billableOption": "Billable",
        "ticket": {"id": ticket},
        "price": price,
        "quantity": 1,
    }
    return int(line.post("/procurement/products", body | changes)["id"])


def add_time(line: Line, ticket: int, hours: float, **changes: Any) -> int:
    """A time entry of a ticket."""
    body = {"chargeToId": ticket, "timeStart": "2026-06-01T10:00:00Z", "actualHours": hours}
    return int(line.post("/time/entries", body | changes)["id"])


def converted(line: Line, project: dict[str, Any], phase: dict[str, Any], **ticket: Any) -> int:
    """A ticket made into a project ticket."""
    number = int(line.ticket(**ticket)["id"])
    made = line.project(**project)
    phase_id = line.phase(made["id"], **phase)["id"]
    line.post(f"/service/tickets/{number}/convert", {"phase": {"id": phase_id}, "wbsCode": "1.1"})
    return number


def amounts(found: dict[str, Any]) -> dict[str, float]:
    """Amount by kind of source, without ids."""
    return {
        "".join(c for c in part["source"] if not c.isdigit()).replace("  ", " ").strip(): part["amount"]
        for part in found["parts"]
    }


@pytest.mark.parametrize(
    ("ticket", "total", "cap", "rated"),
    [
        pytest.param({}, 360.0, None, True, id="nothing-said-bills-time"),
        pytest.param({"billingMethod": "FixedFee", "billingAmount": 640}, 640.0, None, False, id="fixed-fee"),
        pytest.param({"billingMethod": "NotToExceed", "billingAmount": 300}, 300.0, 300.0, True, id="cap-reached"),
        pytest.param({"billingMethod": "NotToExceed", "billingAmount": 900}, 360.0, 900.0, True, id="below-the-cap"),
        pytest.param({"billingMethod": "OverrideRate", "hourlyRate": 135}, 405.0, None, True, id="override-rate"),
        pytest.param({"billTime": "NoCharge"}, 0.0, None, False, id="no-charge"),
        pytest.param({"agreement": {"id": 600}}, 0.0, None, False, id="covered-by-agreement"),
        pytest.param({"billingMethod": "FixedFee", "billingAmount": 640, "agreement": {"id": 600}}, 0.0, None, False,
                     id="fee-under-a-covering-agreement"),
        pytest.param({"billingMethod": "FixedFee", "billingAmount": 640, "agreement": {"id": 616}}, 640.0, None, False,
                     id="fee-under-block-time"),
    ],
)  # fmt: skip
def test_a_service_ticket_bills_by_its_method(
    ticket: dict[str, Any], total: float, cap: float | None, rated: bool
) -> None:
    line = Line()
    number = line.ticket(**ticket)["id"]
    add_time(line, number, 3)
    found = line.sandbox.invoiced(number)
    assert (found["total"], found["cap"], found["time_and_materials"]) == (total, cap, rated)
    assert found["project"] is None
    assert all(part["why"] for part in found["parts"])


@pytest.mark.parametrize(
    ("changes", "amount"),
    [
        pytest.param({}, 890.0, id="billable"),
        pytest.param({"billableOption": "DoNotBill"}, 0.0, id="do-not-bill"),
        pytest.param({"billableOption": "NoCharge"}, 0.0, id="no-charge"),
        pytest.param({"cancelledFlag": True}, 0.0, id="cancelled"),
        pytest.param({"productClass": "Agreement"}, 0.0, id="agreement-class"),
        pytest.param({"recurring": {"recurringRevenue": 890}}, 0.0, id="recurring"),
        pytest.param({"discount": 90}, 800.0, id="discount"),
        pytest.param({"quantity": 3}, 2670.0, id="quantity"),
    ],
)
def test_a_line_bills_by_its_option_and_kind(changes: dict[str, Any], amount: float) -> None:
    line = Line()
    number = line.ticket()["id"]
    add_line(line, number, 890, **changes)
    assert line.sandbox.invoiced(number)["total"] == amount


def test_a_sale_billed_by_fee_and_by_lines_is_counted_twice() -> None:
    line = Line()
    number = converted(line, FIXED, {})
    own, labour = add_line(line, number, 1000), add_line(line, number, 5000)
    assert line.sandbox.invoiced(number)["total"] == 11000.0
    line.patch(f"/procurement/products/{labour}", billableOption="DoNotBill")
    found = line.sandbox.invoiced(number)
    assert (found["total"], found["project"], own != labour) == (6000.0, 900, True)


def test_a_phase_without_the_flag_repeats_the_fee_and_one_with_it_adds_its_amount() -> None:
    line = Line()
    number = converted(line, FIXED, {"description": "Build"})
    line.phase(900, description="Handover")
    assert line.sandbox.invoiced(number)["total"] == 5000.0
    line.phase(900, description="Training", billSeparatelyFlag=True, billingMethod="FixedFee", billingAmount=750)
    found = line.sandbox.invoiced(number)
    assert (found["total"], amounts(found)) == (5750.0, {"project fee": 5000.0, "phase fee": 750.0})


def test_instalments_with_a_project_amount_of_zero_add_up() -> None:
    line = Line()
    number = converted(line, {"billingMethod": "FixedFee", "billingAmount": 0}, {})
    for amount in (3333.33, 3333.33, 3333.34):
        line.phase(
            900, billSeparatelyFlag=True, billingMethod="FixedFee", billingAmount=amount, billPhaseClosedFlag=True
        )
    found = line.sandbox.invoiced(number)
    assert (found["total"], found["time_and_materials"]) == (10000.0, False)


def test_a_down_payment_and_progress_invoices_are_part_of_the_fee() -> None:
    line = Line(invoice_types="Progress,DownPayment")
    number = converted(line, FIXED | {"downpayment": 1000}, {})
    target = {"company": {"id": 250}, "applyToType": "Project", "applyToId": 900}
    line.post("/finance/invoices", {"type": "DownPayment", "total": 1000} | target)
    line.post("/finance/invoices", {"type": "Progress", "total": 2000} | target)
    assert line.sandbox.invoiced(number)["total"] == 5000.0
    line.patch("/project/projects/900", billingAmount=1500)
    found = line.sandbox.invoiced(number)
    assert (found["total"], amounts(found)["progress invoices"]) == (2000.0, 500.0)


def test_time_bills_by_rates_in_a_rated_phase_only_and_the_cap_holds_for_all_tickets() -> None:
    line = Line()
    number = converted(line, FIXED, {"description": "Build"})
    extra = line.phase(900, billSeparatelyFlag=True, billingMethod="NotToExceed", billingAmount=500)
    inside = [
        line.post("/project/tickets", {"summary": f"Extra {turn}", "phase": {"id": extra["id"]}})["id"]
        for turn in (1, 2)
    ]
    add_time(line, number, 8)
    for ticket in inside:
        add_time(line, ticket, 3)
    found = line.sandbox.invoiced(number)
    assert (found["total"], found["cap"], found["time_and_materials"]) == (5500.0, 500.0, True)


def test_tickets_of_a_nested_phase_bill_by_the_phase_above() -> None:
    line = Line()
    number = converted(line, RATES, {"description": "Build"})
    parent = line.phase(900, billSeparatelyFlag=True, billingMethod="FixedFee", billingAmount=700)
    child = line.phase(900, parentPhase={"id": parent["id"]})
    ticket = line.post("/project/tickets", {"summary": "Inside", "phase": {"id": child["id"]}})["id"]
    add_time(line, ticket, 5)
    assert line.sandbox.invoiced(number)["total"] == 700.0


def test_a_project_rate_overrides_and_billed_time_counts_whatever_the_project_says() -> None:
    line = Line()
    number = converted(line, RATES | {"billingMethod": "OverrideRate"}, {})
    line.post("/project/900/billingRates", {"hourlyRate": 90, "workRole": {"id": 1}})
    entry = add_time(line, number, 2)
    assert line.sandbox.invoiced(number)["total"] == 180.0
    line.store.table("/time/entries")[entry]["invoice"] = {"id": 9}
    line.patch("/project/projects/900", billingMethod="FixedFee", billingAmount=1000)
    assert line.sandbox.invoiced(number)["total"] == 1240.0


def test_no_charge_on_the_project_makes_its_time_free_unless_a_ticket_says_otherwise() -> None:
    line = Line()
    number = converted(line, RATES | {"billTime": "NoCharge"}, {})
    assert line.sandbox.invoiced(number)["time_and_materials"] is False
    line.patch(f"/project/tickets/{number}", billTime="Billable")
    assert line.sandbox.invoiced(number)["time_and_materials"] is True


def test_the_former_id_of_a_converted_ticket_finds_its_project() -> None:
    line = Line(convert_changes_id=True)
    number = converted(line, FIXED, {})
    add_line(line, line.get("/project/tickets")[0]["id"], 100)
    found = line.sandbox.invoiced(number)
    assert (found["project"], found["total"], found["ticket"] != number) == (900, 5100.0, True)


@given(
    prices=st.lists(st.integers(-99_999, 999_999), max_size=8),
    billed=st.lists(st.booleans(), min_size=8, max_size=8),
    fee=st.integers(0, 9_999_999),
)
def test_the_total_is_the_fee_and_every_billable_line_to_the_cent(
    prices: list[int], billed: list[bool], fee: int
) -> None:
    line = Line()
    number = line.ticket(billingMethod="FixedFee", billingAmount=fee / 100)["id"]
    expected = fee
    for price, option in zip(prices, billed, strict=False):
        add_line(line, number, price / 100, billableOption="Billable" if option else "DoNotBill")
        expected += price if option else 0
    found = line.sandbox.invoiced(number)
    assert round(found["total"] * 100) == expected
    assert found["total"] == round(sum(part["amount"] for part in found["parts"]), 2)
