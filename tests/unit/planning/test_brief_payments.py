"""Payment plans: shares, thirds, the rest, counted and dated payments; they add up to the fee."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.planning.brief.model import FieldState
from app.planning.brief.payments import split_payments
from app.reading.values.payment_parts import StatedPayment
from tests.support.limits import examples
from tests.support.planning_factories import brief, line, sold, told

FEES = st.integers(100, 10**9).map(lambda cents: Decimal(cents) / 100)


def paid(text: str, **members: Any) -> list[tuple[Decimal, date | None]]:
    """Amounts and due dates of a text's payments."""
    return [(one.amount, one.due) for one in brief(told(text, **members)).payments.value or ()]


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Order signed $10,000 fixed: 12.5% on order, 87.5% on completion.", [1250, 8750]),
        ("Order signed, $10,000 fixed: 30% deposit, the rest at handover.", [3000, 7000]),
        ("Auftrag erteilt, Festpreis 10.000 €: 40 % bei Bestellung, Rest nach Abnahme.", [4000, 6000]),
        ("Order signed, $10,000 fixed, payable in three equal thirds.", ["3333.33", "3333.33", "3333.34"]),
        ("Order signed, $10,000 fixed, half on order, half on completion.", [5000, 5000]),
        ("Order signed, $10,000 fixed, terms 40/40/20.", [4000, 4000, 2000]),
        ("Commande signée, forfait 9 000 €, payable en trois échéances de 3 000 €.", [3000] * 3),
        ("Pedido firmado, precio cerrado 9.000 €, en cuatro pagos.", [2250] * 4),
        ("Order signed, $9,900 fixed: $4,000 with the order, $2,500 on delivery, the rest at handover.", [4000, 2500, 3400]),
        ("Order signed, fixed price $9,000.\n- 20% on order\n- 80% on completion", [1800, 7200]),
        ("Order signed, fixed price $9,000.\nPayment 1: design, $2,000 payable\nPayment 2: build, $7,000 payable", [2000, 7000]),
    ],
)  # fmt: skip
def test_payments_are_read_in_any_form(text: str, amounts: list[Any]) -> None:
    assert [amount for amount, _ in paid(text)] == [Decimal(str(amount)) for amount in amounts]


def test_dates_of_payments_are_kept() -> None:
    text = "Order signed, $15,000 fixed: 5,000 on 1 July, 5,000 on 1 August, 5,000 on 1 September."
    assert [due for _, due in paid(text)] == [date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)]
    monthly = paid("Order signed, $2,400 fixed, in 12 monthly instalments of $200 from November.")
    assert (len(monthly), monthly[0][1], monthly[-1][1]) == (12, date(2026, 11, 1), date(2027, 10, 1))


@pytest.mark.parametrize(
    "text",
    [
        "Order signed, $10,000 fixed after a 10% discount.", "Order signed, $10,000 fixed plus 19% VAT.",
        "Order signed, $10,000 fixed. Half a day per site, two engineers.", "Order signed, $10,000 fixed. Two invoices are still open.",
        "Order signed, $10,000 fixed. The survey is 50% done.",
    ],
)  # fmt: skip
def test_discounts_taxes_and_other_numbers_are_no_payments(text: str) -> None:
    assert paid(text) == []


def test_payments_that_do_not_add_up_to_the_fee_are_a_conflict() -> None:
    made = brief(told("Order signed, fixed price $9,000: $4,000 on order, $4,000 at handover."))
    assert made.payments.state is FieldState.CONFLICT
    assert "8,000.00" in made.payments.message
    assert "9,000.00" in made.payments.message


def test_stage_lines_are_the_payments_and_the_last_takes_the_remainder() -> None:
    lines = [line(number, 7166.67, description=f"Stage payment {number} of 3") for number in (1, 2, 3)]
    made = brief(sold(21500, products=lines))
    assert [one.amount for one in made.payments.value or ()] == [
        Decimal("7166.67"),
        Decimal("7166.67"),
        Decimal("7166.66"),
    ]
    assert made.payments.state is FieldState.SETTLED


def test_a_plan_of_the_text_is_settled_where_a_record_gives_the_fee() -> None:
    text = "Terms: 30% on order, 70% at handover, payable in 30 days."
    assert brief(sold(1000, initialDescription=text)).payments.state is FieldState.SETTLED
    assert brief(told(f"Order signed, fixed price $1,000. {text}")).payments.state is FieldState.PROPOSED


def test_a_deposit_that_is_paid_already_is_no_payment_of_the_plan() -> None:
    made = brief(told("Order signed, fixed price $12,250. Their deposit of $2,500 has been paid already."))
    assert (made.deposit_received.value, made.fee.value, made.payments.value) == (Decimal(2500), Decimal(12250), ())


@given(fee=FEES, shares=st.lists(st.integers(1, 1000), min_size=1, max_size=24))
@examples(150)
def test_shares_of_any_size_add_up_to_the_fee_to_the_cent(fee: Decimal, shares: list[int]) -> None:
    whole = sum(shares)
    stated = [StatedPayment(f"P{number}", share=Fraction(share, whole)) for number, share in enumerate(shares)]
    parts = split_payments(fee, stated)
    if parts is not None:
        assert sum(one.amount for one in parts) == fee
        assert all(one.amount > 0 for one in parts)
    else:
        assert min(fee * share / whole for share in shares) < Decimal("0.30")


@given(fee=FEES, amounts=st.lists(FEES, min_size=1, max_size=12), rest=st.booleans())
@examples(100)
def test_amounts_make_a_plan_only_where_they_add_up(fee: Decimal, amounts: list[Decimal], rest: bool) -> None:
    stated = [StatedPayment("P", amount) for amount in amounts] + ([StatedPayment("rest")] if rest else [])
    parts = split_payments(fee, stated)
    total = sum(amounts)
    if parts is None:
        assert total >= fee if rest else abs(total - fee) > 0
    else:
        assert sum(one.amount for one in parts) == fee


def test_an_instalment_line_without_a_readable_price_is_a_question() -> None:
    lines = [
        line(1, 4000, description="Stage payment 1 of 2 - on order"),
        line(2, 0, description="Stage payment 2 of 2 - on completion") | {"price": None},
    ]
    payments = brief(sold(service=4000, products=lines)).payments
    assert payments.state is FieldState.CONFLICT
    assert "Stage payment 2 of 2" in payments.message
