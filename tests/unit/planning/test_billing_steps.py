"""From the brief to the records: methods, amounts, product lines and payments, each amount billed once."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.enums import BillingMethod
from tests.support.planning_factories import (
    chart,
    codes,
    line,
    make_ticket,
    mini,
    misfits,
    project,
    sold,
    step,
    steps_of,
    told,
)

AGREEMENT = {"id": 600, "name": "Managed Services", "type": "Managed Services"}
SIGNED = "Order signed. "


@pytest.mark.parametrize(
    ("text", "method", "amount"),
    [
        (f"{SIGNED}Fixed price $640.", "FixedFee", 640.0),
        (f"{SIGNED}Time and materials, not to exceed $1,999.99.", "NotToExceed", 1999.99),
        (f"{SIGNED}Not to exceed $900 at $95 per hour.", "NotToExceed", 900.0),
        (f"{SIGNED}Agreed rate $95 per hour.", "OverrideRate", None),
        ("New branch office, two engineers.", "ActualRates", None),
        ("No charge to the customer, goodwill.", "ActualRates", None),
    ],
    ids=["fixed price", "cap", "cap before rate", "rate", "nothing said", "no charge"],
)
def test_the_evidence_chooses_the_method(text: str, method: str, amount: float | None) -> None:
    body = step(project(ticket=told(text)), "project").body
    assert (body["billingMethod"], body.get("billingAmount")) == (method, amount)


def test_work_at_no_charge_bills_neither_time_nor_expenses_nor_products() -> None:
    made = project(ticket=told("Under warranty: we replace the access points."))
    flags = {"billTime": "NoCharge", "billExpenses": "NoCharge", "billProducts": "NoCharge"}
    assert {name: step(made, "project").body[name] for name in flags} == flags
    assert {name: step(made, "ticket").wish[name] for name in flags} == flags


def test_the_chart_may_choose_other_methods_and_flags() -> None:
    rules = chart(
        project={
            "billing": {
                "otherwise": BillingMethod.NOT_TO_EXCEED, "rate_type": "StaffMember", "bill_expenses": "NoCharge",
                "bill_after_close": True, "bill_unapproved": True, "terms": "Net 30 days", "tax_code": "VAT 20",
                "restrict_down_payment": True,
            }
        }
    )  # fmt: skip
    body = step(project(rules=rules), "project").body
    assert body["billingMethod"] == "NotToExceed"
    assert "billingAmount" not in body
    chosen = {
        "billingRateType": "StaffMember", "billExpenses": "NoCharge", "billProjectAfterClosedFlag": True,
        "billUnapprovedTimeAndExpense": True, "billingTerms": {"id": 2}, "taxCode": {"name": "VAT 20"},
        "restrictDownPaymentFlag": True,
    }  # fmt: skip
    assert {name: body[name] for name in chosen} == chosen


def test_labour_lines_are_set_to_do_not_bill_before_the_fee_is_written() -> None:
    ticket = sold(4000, 8400, products=[line(1, 8400, "Inventory"), line(2, 4000)])
    made = project(ticket=ticket)
    keys = [one.key for one in made.steps]
    stopped = step(made, "line-1")
    assert keys.index("line-1") < keys.index("project")
    assert (stopped.path, stopped.wish["billableOption"]) == ("/procurement/products/2", "DoNotBill")
    assert stopped.wish["internalNotes"] == "Mini-Projects decision D1"
    assert stopped.restore == {"billableOption": "Billable", "internalNotes": None}
    assert len(steps_of(made, "line-")) == 1
    assert step(made, "project").body["billingAmount"] == 4000.0
    others = [one for one in made.steps if one.method != "GET" and one is not stopped]
    assert not [complaint for one in others for complaint in misfits(one)]


def test_a_lines_notes_of_other_people_are_kept() -> None:
    ticket = sold(4000, products=[line(2, 4000, internalNotes="Ordered by Kim")])
    wish = step(project(ticket=ticket), "line-1").wish
    assert wish["internalNotes"] == "Ordered by Kim\nMini-Projects decision D1"


def test_labour_lines_may_bill_themselves_and_time_is_not_charged() -> None:
    rules = chart(project={"billing": {"labour_lines": "lines"}})
    ticket = sold(4000, 8400, products=[line(1, 8400, "Inventory"), line(2, 4000)])
    for made, key in ((project(ticket=ticket, rules=rules), "project"), (mini(ticket=ticket, rules=rules), "billing")):
        written: dict[str, Any] = dict(step(made, key).body or step(made, key).wish)
        assert written["billTime"] == "NoCharge"
        assert "billingAmount" not in written
        assert not steps_of(made, "line-")
        assert made.brief is not None
        assert made.brief.invoiced == 12400


def test_a_line_on_an_invoice_is_a_conflict_and_not_set() -> None:
    ticket = sold(4000, products=[line(2, 4000, invoice=7, invoiced=True)])
    assert codes(project(ticket=ticket)) == ["brief-billing-sheet"]


def test_a_catalog_item_of_the_chart_is_labour_whatever_its_class() -> None:
    rules = chart(project={"billing": {"labour_items": ["Day block"]}})
    ticket = sold(1000, products=[line(2, 1000, "NonInventory", catalogItem="DAY BLOCK")])
    assert step(project(ticket=ticket, rules=rules), "project").body["billingAmount"] == 1000.0


def test_payments_are_milestones_apart_from_the_phases_of_work() -> None:
    text = f"{SIGNED}Fixed price $9,900: $4,000 with the order, $2,500 on 1 August, the rest at handover."
    made = project(ticket=told(text, budgetHours=40))
    bodies = [one.body for one in steps_of(made, "payment-")]
    assert [body["billingAmount"] for body in bodies] == [4000.0, 2500.0, 3400.0]
    for body in bodies:
        assert body["markAsMilestoneFlag"] is body["billSeparatelyFlag"] is body["billPhaseClosedFlag"] is True
        assert (body["budgetHours"], body["parentPhase"]) == (0.0, {"id": {"$ref": "payments.id"}})
    assert bodies[1]["deadlineDate"] == "2026-08-01T00:00:00Z"
    assert step(made, "project").body["billingAmount"] == 0.0
    assert step(made, "phase-1").body["budgetHours"] == 40.0
    assert step(made, "convert").body["phase"] == {"id": {"$ref": "phase-1.id"}}


@pytest.mark.parametrize(
    ("form", "down", "words"),
    [
        ("downpayment", 3000.0, None),
        ("manual", None, "Bill the fee in these payments by hand"),
        ("progress", None, "Create the progress invoices in ConnectWise"),
    ],
)
def test_the_chart_chooses_the_form_of_payments(form: str, down: float | None, words: str | None) -> None:
    rules = chart(project={"billing": {"payments": form}})
    made = project(ticket=told(f"{SIGNED}Fixed price $10,000: 30% on order, 70% at handover."), rules=rules)
    body = step(made, "project").body
    assert (body["billingAmount"], body.get("downpayment")) == (10000.0, down)
    assert not steps_of(made, "payment")
    assert words is None or any(todo.startswith(words) for todo in made.todos)


def test_an_agreed_rate_stands_on_the_phases_since_the_project_has_no_place_for_it() -> None:
    phase = step(project(ticket=told(f"{SIGNED}Agreed rate $95.50 per hour.")), "phase-1")
    assert (phase.body["billSeparatelyFlag"], phase.body["billingMethod"]) == (True, "OverrideRate")
    assert phase.body["hourlyRate"] == phase.expect["hourlyRate"] == 95.5


def test_a_rate_beside_a_cap_is_left_to_a_person() -> None:
    made = project(ticket=told(f"{SIGNED}Not to exceed $900 at $95 per hour."))
    assert any("agreed rate of 95.00 an hour by hand" in todo for todo in made.todos)


def test_a_down_payment_is_the_charts_part_of_a_fixed_price() -> None:
    rules = chart(project={"billing": {"down_payment": "0.3"}})
    assert step(project(ticket=sold(1000), rules=rules), "project").body["downpayment"] == 300.0
    assert "downpayment" not in step(project(rules=rules), "project").body


def test_the_purchase_order_has_an_amount_only_where_it_is_stated() -> None:
    without = step(project(ticket=told(f"{SIGNED}Fixed price $900. PO 77-120.")), "project").body
    stated = step(project(ticket=told(f"{SIGNED}Fixed price $900. PO 77-120 over $1,000.")), "project").body
    assert (without["customerPO"], without.get("poAmount")) == ("77-120", None)
    assert (stated["customerPO"], stated["poAmount"]) == ("77-120", 1000.0)


def test_a_purchase_order_too_long_for_a_phase_is_not_cut_to_a_wrong_one() -> None:
    made = project(ticket=told(f"{SIGNED}Fixed price $900: half on order, half at handover.", poNumber="P" * 30))
    assert step(made, "project").body["customerPO"] == "P" * 30
    assert "poNumber" not in step(made, "payment-1").body


@pytest.mark.parametrize(
    ("rule", "text", "kept"),
    [
        ("remove-when-priced", f"{SIGNED}Fixed price $640.", False),
        ("remove-when-priced", f"{SIGNED}Agreed rate $95 per hour.", False),
        ("remove-when-priced", "Time and materials at our usual rates.", False),
        ("remove-when-priced", "New branch office.", True),
        ("keep", f"{SIGNED}Fixed price $640.", True),
        ("remove", "New branch office.", False),
    ],
)
def test_charged_work_leaves_the_agreement(rule: str, text: str, kept: bool) -> None:
    rules = chart(project={"billing": {"agreement": rule}})
    made = project(rules=rules, ticket=told(text, agreement=AGREEMENT))
    wish: dict[str, Any] = dict(step(made, "ticket").wish)
    assert step(made, "project").body.get("agreement") == ({"id": 600} if kept else None)
    assert ("agreement" in wish) is not kept
    assert any("removed from “Managed Services”" in todo for todo in made.todos) is not kept


def test_a_mini_project_carries_its_money_in_one_patch() -> None:
    ticket = sold(640, products=[line(2, 640)], agreement=AGREEMENT, poNumber="PO-1")
    made = mini(ticket=ticket)
    billing = step(made, "billing")
    assert dict(billing.wish) == {"billingMethod": "FixedFee", "billingAmount": 640.0, "agreement": None}
    assert billing.optional
    assert billing.fallback == "Agreed price 640.00: set the billing method FixedFee and this amount on the ticket."
    assert [one.key for one in made.steps] == ["guard", "line-1", "move", "billing", "note", "place"]


def test_a_mini_project_without_a_price_writes_no_money() -> None:
    assert not steps_of(mini(), "billing")


def test_opportunity_currency_and_the_agreements_tax_code_go_along() -> None:
    ticket = make_ticket(
        opportunity={"id": 71, "name": "x"},
        currency={"id": 3, "name": "Euro"},
        agreement=AGREEMENT | {"taxCode": {"id": 5}},
    )
    body = step(project(ticket=ticket), "project").body
    assert (body["opportunity"], body["currency"], body["taxCode"]) == ({"id": 71}, {"id": 3}, {"id": 5})


def test_recurring_parts_are_put_on_an_agreement_by_a_person_and_do_not_bill_here() -> None:
    ticket = sold(5600, recurring=1440, products=[line(1, 5600), line(2, 120, "Agreement")])
    made = project(ticket=ticket)
    assert [one.path for one in steps_of(made, "line-")] == ["/procurement/products/1", "/procurement/products/2"]
    assert step(made, "project").body["billingAmount"] == 5600.0
    assert any(todo.startswith("Put on an agreement, 120.00 for each period: “Line 2”") for todo in made.todos)
