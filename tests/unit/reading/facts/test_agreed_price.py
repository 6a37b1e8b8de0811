"""Only money that the text surely names as agreed for the whole job is taken; all other money is told, never silently lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.domain.facts import JobFacts
from app.reading.values.money import AmountRole, amounts_in
from app.reading.values.numbers import number_of
from tests.support.tickets import decided


def facts(text: str, **changes: Any) -> JobFacts:
    return decided(text, "Job", **changes).facts


@pytest.mark.parametrize(
    ("text", "price", "told"),
    [
        ("Fixed price $12,000, order signed. Additional work outside the scope is billed at $150/hour.", 12000, "$150/hour"),
        ("Fixed price $12,000 plus travel expenses up to $500. Order signed.", 12000, "up to $500"),
        ("Festpreis 12.000 EUR zzgl. Reisekosten max. 500 EUR, beauftragt.", 12000, "max. 500 eur"),
        ("Festpreis 12.000 EUR, beauftragt. Mehraufwand 140 EUR/Stunde.", 12000, "140 eur/stunde"),
        ("Order 12: fixed price 8,500 for the network. New laptops up to 900 EUR each.", 8500, "900 eur each"),
        ("Prix ferme 9 500 € HT, commande signée. Déplacements jusqu'à 300 €.", 9500, "300 €"),
        ("Precio cerrado 7.200 €, pedido firmado. Horas extra a 60 €/hora.", 7200, "60 €/hora"),
    ],
)  # fmt: skip
def test_a_fixed_price_stays_beside_money_for_more_work_travel_or_things(text: str, price: int, told: str) -> None:
    said = facts(text)

    assert (said.fixed_price, said.cap, said.hourly_rate) == (Decimal(price), None, None)
    assert any(told in words for words in said.left_out)
    assert said.other_prices == ()


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("Fixed price of 12,000 down from 14,000, signed.", 12000),
        ("Fixed price $12,000 (was $14,000), signed.", 12000),
        ("Festpreis 12.000 EUR netto, 14.280 EUR brutto, beauftragt.", 12000),
        ("Fixed fee 12,000 payable in 3 instalments of 4,000.", 12000),
        ("Fixed price $12,000 per the signed quote Q-2291.", 12000),
        ("Price as per price list: 390.00 fixed, invoiced after the course. Order 12.", 390),
        ("Quote accepted: hardware $4,000, labour $8,000, total $12,000.", 12000),
        ("Fixed price is not $12,000 but $10,000, signed.", 10000),
        ("Penalty $500 per day. Fixed price 20,000 signed.", 20000),
        ("Fixed price $12,000 for hardware and installation, signed.", 12000),
        ("Angebot angenommen: 12.000 EUR. Nach Aufwand 140 EUR/h für Änderungen.", 12000),
    ],
)
def test_former_prices_taxes_and_parts_are_no_other_price(text: str, price: int) -> None:
    said = facts(text)

    assert (said.fixed_price, said.other_prices) == (Decimal(price), ())


def test_the_amounts_of_several_parts_are_no_price_of_the_whole() -> None:
    text = "Order 12. The offer divides it into design (fee of £5,500), data transfer (£9,000) and go-live (£3,750)."
    assert len(facts(text).other_prices) == 2
    assert facts("Stage 1 is $4,000, stage 2 is $8,000, order signed.").other_prices == (Decimal(4000),)
    assert facts("Order 12. We pay $500 on Monday and $700 on Friday for the hotel.").fixed_price is None


def test_a_limit_for_each_thing_is_none_of_the_job() -> None:
    said = facts("Order 12. New laptops up to 900 EUR each.")

    assert (said.fixed_price, said.cap) == (None, None)
    assert any("900 eur each" in words for words in said.left_out)


@pytest.mark.parametrize(
    ("text", "cap", "rate"),
    [
        ("Order 12: not to exceed 9,500.", 9500, None),
        ("Order 12, NTE 9.500 EUR.", 9500, None),
        ("Auftrag erteilt, Kostendach 4.000.", 4000, None),
        ("Approved. At 145/hour.", None, 145),
        ("Approved at 95 per hour.", None, 95),
        ("Hourly rate 120 EUR agreed for this project.", None, 120),
        ("Order 12: not more than 30 users at once.", None, None),
        ("Order 12. The scanner does 100 per hour.", None, None),
        ("No fixed price, billed at $120 per hour.", None, 120),
    ],
)
def test_a_limit_or_a_rate_needs_no_currency_where_words_call_it_so(
    text: str, cap: int | None, rate: int | None
) -> None:
    said = facts(text)

    assert (said.cap, said.hourly_rate) == (cap, rate)
    assert (said.fixed_price, said.price_open) == (None, False)


@pytest.mark.parametrize(
    "text",
    [
        "Estimate $12,000, time and materials.",
        "Fixed price 12,000 was rejected; customer wants time and material.",
        "Fixed price was $12,000 last year; this time time and material.",
        "Festpreis 12.000 EUR wurde abgelehnt, wir arbeiten nach Aufwand.",
        "Agreed 5,000 per month for three months.",
        "Budget 12,000 EUR, order follows.",
        "Agreed price per user is 12 EUR, 300 users.",
        "We agreed on 12,000 to 14,000.",
        "Agreed at $12,000-14,000.",
        "Fixed price 12,000 but the customer declined.",
        "Fixed price 12,000. The customer rejected it.",
        "Rate card: senior $180/hour, junior $120/hour. Order signed.",
        "The till we sold (SO 4402, install included) stands in the shop.",
    ],
)
def test_what_is_estimated_turned_down_or_for_each_is_no_price(text: str) -> None:
    said = facts(text)

    assert (said.fixed_price, said.cap, said.hourly_rate, said.price_open) == (None, None, None, False)


@pytest.mark.parametrize(
    "text",
    [
        "Fixed price for 25 workstations is in the quote.",
        "Fixed price as quoted in Q-2291, signed.",
        "Fixed price: see attached PDF.",
        "Fixed price, 12 000 signed.",
        "Fixed price 1,250 per site, 4 sites.",
        "Pauschal 1.250,- Euro je Standort, 8 Standorte.",
        "Order 4410: terminals, lump sum, one technician, invoice at the end.",
        "Fixed price as in the quote, signed. Extra work at $150 per hour.",
    ],
)
def test_a_fixed_price_without_its_amount_is_open(text: str) -> None:
    said = facts(text)

    assert (said.fixed_price, said.cap, said.hourly_rate, said.price_open) == (None, None, None, True)


@pytest.mark.parametrize("text", ["Fixed price not to exceed $12,000, signed.", "Fixed price was $12,000 last year."])
def test_a_fixed_price_that_is_not_taken_is_reported(text: str) -> None:
    assert any("$12,000" in words for words in facts(text).left_out)


def test_a_fixed_price_that_is_only_asked_for_is_not_open() -> None:
    assert not facts("Please send us a quote with a fixed price for the move.").price_open


@pytest.mark.parametrize(
    ("text", "price", "others"),
    [
        ("Option A 12,000, option B 15,000. Customer took option B.", 15000, [12000]),
        ("Fixed price 12,000 +$3,000, total now $15,000.", 12000, [15000]),
        ("Fixed price $15,000 agreed. $4,000 on order, $8,000 when it runs.", 12000, [15000]),
        ("Quote accepted, $9,000. We work at $120 per hour.", 9000, [120]),
        ("Fixed price $12,000 agreed. $4,000 on order, $8,000 when it runs.", 12000, []),
        ("Fixed price $12,000 agreed. As said, fixed price 12,000.", 12000, []),
    ],
)
def test_every_other_price_is_kept_beside_the_best(text: str, price: int, others: list[int]) -> None:
    said = facts(text)

    assert said.fixed_price == price
    assert list(said.other_prices) == others


@pytest.mark.parametrize(("text", "others"), [("Fixed price 12,000 agreed.", [12000]), ("15k agreed, go ahead.", [])])
def test_a_won_opportunity_of_another_amount_is_another_price(text: str, others: list[int]) -> None:
    said = facts(text, opportunity={"name": "Network", "stage": "Won", "expectedRevenue": 15200})

    assert said.fixed_price == 15200
    assert list(said.other_prices) == others


PAYMENTS = [
    ("Order signed, invoice in two parts: $4,000 now and $8,000 at the end.", {"Now": 4000, "At the end": 8000}),
    ("Order 12: $4,000 on order, $8,000 when it runs.", {"On order": 4000, "When it runs": 8000}),
    ("Order 12.\nStage 1: Cabling, $4,000\nStage 2: Racks, $8,000\nStage 3: Handover, $3,000",
     {"Cabling": 4000, "Racks": 8000, "Handover": 3000}),
    ("Order 12. Stage 1: Cabling, $4,000 / Stage 2: Racks, $8,000", {"Cabling": 4000, "Racks": 8000}),
    ("Milestones: design 3,000, install 6,000, handover 3,000.", {"Design": 3000, "Install": 6000, "Handover": 3000}),
    ("Auftrag erteilt: 2.000 € bei Bestellung und 5.000 € nach Abnahme.", {"Bei Bestellung": 2000, "Nach Abnahme": 5000}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "payments"), PAYMENTS)
def test_stated_payments_are_the_stages_and_add_up_to_the_price(text: str, payments: dict[str, int]) -> None:
    said = facts(text)

    assert {stage.name: stage.amount for stage in said.stages} == payments
    assert said.fixed_price == sum(payments.values())
    assert said.other_prices == ()


def test_stages_of_which_one_lacks_its_amount_make_no_price() -> None:
    said = facts("Order 12.\nStage 1: Cabling, $4,000\nStage 2: Racks, $8,000\nStage 3: Handover, to be agreed")

    assert said.fixed_price is None
    assert any("$4,000" in words for words in said.left_out)


@pytest.mark.parametrize(
    ("written", "amount"),
    [("$1.2m", 1_200_000), ("2,5 Mio. €", 2_500_000), ("12 tsd. €", 12_000), ("1.250,- Euro", 1250), ("£300 mit", 300)],
)
def test_amounts_in_thousands_and_millions(written: str, amount: int) -> None:
    assert number_of(written.lower()) == amount
    assert [one.value for one in amounts_in(f"fixed price {written.lower()}")] == [amount]


def test_bare_numbers_with_a_noun_an_order_or_a_year_are_no_money() -> None:
    for words in (
        "for 25 workstations",
        "300 users",
        "order 3319 accepted",
        "in 2026",
        "offer 773 (fixed)",
        "by june 16",
    ):
        assert amounts_in(words) == (), words


def test_each_amount_says_what_it_stands_for() -> None:
    said = amounts_in("fixed price 12,000, hardware 4,000, deposit 2,000, approx. 900 for travel, £40 per desk")
    assert [one.role for one in said] == [
        AmountRole.PRICE,
        AmountRole.SEPARATE,
        AmountRole.PART_PAYMENT,
        AmountRole.SEPARATE,
        AmountRole.PER_UNIT,
    ]
