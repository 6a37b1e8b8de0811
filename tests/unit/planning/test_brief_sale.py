"""The sold total: sources in their order, lines by kind, options, discounts, what does not add up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.domain.enums import Outcome
from app.planning.brief.model import FieldState, Reach
from tests.support.planning_factories import brief, codes, line, make_ticket, project, sold, told

SETTLED, PROPOSED, CONFLICT, MISSING = FieldState.SETTLED, FieldState.PROPOSED, FieldState.CONFLICT, FieldState.MISSING


def test_the_forecast_of_the_won_opportunity_goes_first() -> None:
    made = brief(sold(4000, 8400, products=[line(1, 8400, "Inventory"), line(2, 4000)]))
    assert (made.sold_total.value, made.sold_total.state) == (Decimal(12400), SETTLED)
    assert (made.fee.value, made.agreed.state, made.invoiced) == (Decimal(4000), SETTLED, Decimal(12400))
    assert made.sold_total.sources[0].place == "opportunity.forecast"


def test_a_text_alone_is_a_proposal() -> None:
    made = brief(told("Order signed, fixed price $640."))
    assert (made.fee.value, made.fee.state, made.agreed.state) == (Decimal(640), PROPOSED, PROPOSED)
    assert {"fee", "sold_total", "method", "agreed"} <= set(made.proposals())
    assert made.proposals(amounts_from_text=True) == ()


@pytest.mark.parametrize(
    ("prices", "total"),
    [([21333.33] * 3, 64000), ([7166.67] * 3, 21500), ([3333.33] * 3, 10000)],
    ids=["a cent less", "a cent more", "thirds"],
)
def test_rounded_lines_agree_with_a_stated_total(prices: list[float], total: Any) -> None:
    lines = [line(number, price, description=f"Stage payment {number} of 3") for number, price in enumerate(prices, 1)]
    made = brief(told(f"Order signed, fixed price ${total}.", products=lines))
    assert (made.fee.value, made.fee.state, made.invoiced) == (total, SETTLED, total)


def test_two_different_totals_are_a_conflict_that_names_both_with_their_places() -> None:
    made = brief(sold(15200, products=[line(1, 5000), line(2, 9600)]))
    assert made.sold_total.state is CONFLICT
    for word in ("15,200.00", "14,600.00", "opportunity.forecast", "products"):
        assert word in made.sold_total.message


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("Order signed: 18,000 plus option 1,900, total 19,900 USD.", 19900),
        ("Order signed. $12,000 less 10 %, fixed price $10,800.", 10800),
        ("Order signed. $12,000 less $1,200 discount, fixed price $10,800.", 10800),
        ("Order signed. $12,000 less 10 % discount.", 10800),
        ("Bestellung liegt vor, Festpreis 6.300 € netto, 7.497 € brutto.", 6300),
        ("Order signed: 12 phones at $85 each, fixed.", 1020),
    ],
)
def test_a_sum_of_parts_is_no_second_total(text: str, total: Any) -> None:
    made = brief(told(text))
    assert (made.sold_total.value, made.sold_total.state) == (total, PROPOSED)


def test_goods_without_a_product_line_are_asked_about() -> None:
    made = brief(told("Order signed: $9,000 of which $2,500 hardware."))
    assert made.billing_sheet.state is CONFLICT
    assert "2,500.00" in made.billing_sheet.message


@pytest.mark.parametrize(
    ("option", "text", "fee"),
    [
        ({"description": "Option night cover"}, "Order signed, fixed price $8,000.", 8000),
        ({"description": "Option night cover"}, "Order signed, fixed price $9,000.", 9000),
        ({"description": "Option night cover, not ordered"}, "Order signed.", 8000),
        ({"description": "Option night cover"}, "Order signed. The option is not wanted.", 8000),
    ],
    ids=["left out of the total", "in the total", "by its name", "by the text"],
)
def test_an_option_is_ordered_or_billed_to_nobody(option: dict[str, Any], text: str, fee: Any) -> None:
    made = brief(told(text, products=[line(1, 8000), line(2, 1000, **option)]))
    assert (made.fee.value, made.invoiced, made.open_fields) == (fee, fee, ())


def test_an_option_that_nothing_speaks_of_is_a_conflict() -> None:
    made = brief(told("Order signed.", products=[line(1, 8000), line(2, 1000, description="Option night cover")]))
    assert made.billing_sheet.state is CONFLICT


def test_the_sign_of_a_credit_is_never_dropped() -> None:
    lines = [line(1, 3200), line(2, 11900, "Inventory"), line(3, -650, "NonInventory", description="Trade-in credit")]
    made = brief(sold(3200, 11250, products=lines))
    assert (made.fee.value, made.invoiced, made.open_fields) == (Decimal(3200), Decimal(14450), ())


def test_a_kind_that_cannot_be_told_is_a_conflict_unless_the_forecast_tells_it() -> None:
    lines = [line(1, 4300, "", description="Position 1"), line(2, 2900, "", description="Position 2")]
    assert brief(make_ticket(products=lines, initialDescription="Order signed.")).billing_sheet.state is CONFLICT
    assert brief(sold(7200, products=lines)).fee.value == 7200


@pytest.mark.parametrize(
    "text",
    [
        "Quote out for $9,000.", "We quoted $9,000. Waiting for the signature.", "Fixed price $9,000, not yet signed.",
        "Quote 12 ($9,000) has expired.", "They declined the quote of $9,000.", "$9,000 fixed, once the board has met.",
        "Angebot über 9.000 € verschickt.", "Devis de 9 000 € en attente de signature.", "Presupuesto de 9.000 € rechazado.",
        "Fixed price $9,000.",
    ],
)  # fmt: skip
def test_a_price_without_acceptance_is_not_agreed(text: str) -> None:
    made = brief(told(text))
    assert made.agreed.state in (CONFLICT, MISSING)
    assert "9,000.00" in made.agreed.message
    assert made.fee.value is None


def test_an_agreed_price_that_cannot_be_read_is_missing_and_never_billed_by_time() -> None:
    for text in (
        "Fixed price as quoted in Q-2291, signed.",
        "Quote 4711 accepted, please go ahead.",
        "Devis 12 signé.",
    ):
        made = brief(told(text))
        assert (made.fee.state, made.method.value) == (MISSING, "FixedFee")


def test_two_rates_a_day_rate_and_two_caps_are_conflicts() -> None:
    assert brief(told("Order signed. Senior $180/hour, junior $120/hour.")).rate.state is CONFLICT
    assert brief(told("Order signed. Day rate $900 per day.")).rate.state is CONFLICT
    assert brief(told("Order signed. Not to exceed $900. Cap $1,200.")).cap.state is CONFLICT


def test_tax_and_currency_are_conflicts_where_they_differ() -> None:
    dollars = {"currency": {"id": 1, "name": "US Dollar"}}
    assert brief(told("Order signed, fixed price £640.", **dollars)).currency.state is CONFLICT
    assert brief(told("Order signed, fixed price $640.", **dollars)).currency.state is SETTLED
    assert brief(told("Order signed, fixed price $640 incl. VAT.")).tax_basis.state is CONFLICT
    assert brief(told("Order signed, fixed price $640 plus VAT.")).tax_basis.value == "net"


def test_a_price_beside_work_at_no_charge_is_a_conflict() -> None:
    assert brief(told("Order signed, fixed price $640. We carry this at our own cost.")).method.state is CONFLICT
    assert brief(told("Order signed, fixed price $640. Travel free of charge.")).method.state is PROPOSED


def test_a_purchase_order_below_the_price_is_a_conflict() -> None:
    made = brief(told("Order signed, fixed price $6,200. PO 45-123, PO limit $5,000."))
    assert made.po_amount.state is CONFLICT
    assert "5,000.00" in made.po_amount.message
    assert "6,200.00" in made.po_amount.message


def test_the_sheet_says_how_each_part_reaches_an_invoice() -> None:
    lines = [
        line(1, 4000),
        line(2, 8400, "Inventory"),
        line(3, 99, "Agreement"),
        line(4, 50, billableOption="DoNotBill"),
    ]
    sheet = brief(sold(4000, 8400, products=lines)).billing_sheet.value
    assert sheet is not None
    assert [(one.text, one.reach) for one in sheet.lines] == [
        ("Line 1", Reach.FEE), ("Line 2", Reach.PRODUCT_LINE), ("Line 3", Reach.AGREEMENT), ("Line 4", Reach.NOBODY),
    ]  # fmt: skip


def test_a_person_settles_what_was_in_conflict() -> None:
    ticket = sold(15200, products=[line(1, 5000), line(2, 9600)])
    made = brief(ticket, person={"sold_total": 14600})
    assert (made.fee.value, made.invoiced, made.open_fields) == (Decimal(14600), Decimal(14600), ())
    assert (made.sold_total.state, made.sold_total.by) == (SETTLED, "Dana")


def test_a_person_who_calls_the_sale_agreed_accepts_the_price_that_was_offered() -> None:
    made = brief(told("We quoted $9,000, waiting for the signature."), person={"agreed": True})
    assert (made.fee.value, made.open_fields) == (Decimal(9000), ())


def test_a_plan_waits_with_the_sentences_of_its_brief() -> None:
    made = project(ticket=told("We quoted $9,000, waiting for the signature."))
    assert "brief-agreed" in codes(made)
    assert made.problems[0].text.startswith("Agreed: The price 9,000.00 (initialDescription) is offered")


def test_a_mini_project_has_the_same_money() -> None:
    made = brief(sold(640, products=[line(1, 640)]), Outcome.MINI_PROJECT)
    assert (made.fee.value, made.invoiced, made.phases.value) == (Decimal(640), Decimal(640), ())
