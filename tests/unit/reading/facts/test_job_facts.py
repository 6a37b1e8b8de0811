"""What the plan builds a project from: price, cap, rate, hours, dates, stages, people, purchase order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.facts import JobFacts
from app.reading.values.numbers import number_of
from tests.support.tickets import booked, decided


def facts(text: str, **changes: Any) -> JobFacts:
    return decided(text, "Job", **changes).facts


@pytest.mark.parametrize(
    ("written", "amount"),
    [("1,140", "1140"), ("1.320 €", "1320"), ("6.2k", "6200"), ("£4.50", "4.50"), ("CHF 12'000", "12000"), ("28 000 €", "28000"),
     ("two hundred and eighty pounds", "280"), ("abc", None)],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(written: str, amount: str | None) -> None:
    assert number_of(written) == (Decimal(amount) if amount else None)


@pytest.mark.parametrize(
    ("text", "member", "value"),
    [
        ("Quote accepted, 12,000 EUR fixed.", "fixed_price", Decimal(12000)),
        ("Angebot angenommen, pauschal 1.480 €.", "fixed_price", Decimal(1480)),
        ("Order 12: not to exceed $5,000.", "cap", Decimal(5000)),
        ("Auftrag erteilt, maximal 5.000 € nach Aufwand.", "cap", Decimal(5000)),
        ("Approved at £95 per hour.", "hourly_rate", Decimal(95)),
        ("Approved, about 12 hours.", "hours", Decimal(12)),
        ("PO 55-301 for the cabling.", "po_number", "55-301"),
        ("Bestellnummer 4500123 für die Montage.", "po_number", "4500123"),
        ("Order 12. Only Mr. Hart may see the ticket.", "restricted", True),
        ("Order 12. Please give us a dedicated team.", "restricted", False),
        ("Order 12, billed monthly as we go.", "progress_billing", True),
    ],
)
def test_each_fact_is_read_from_words(text: str, member: str, value: object) -> None:
    assert getattr(facts(text), member) == value


def test_a_capped_job_has_no_fixed_price() -> None:
    assert facts("Order 12: fixed rate, not to exceed $5,000.").fixed_price is None


SHARES = [
    ("30% on order, 40% on delivery, 30% at acceptance.", ["On order", "On delivery", "At acceptance"], ["0.3", "0.4", "0.3"]),
    ("40% with the order and the rest when the work is done.", ["With the order", "When the work is done"], ["0.4", "0.6"]),
    ("we pay 40/40/20", ["Instalment 1", "Instalment 2", "Instalment 3"], ["0.4", "0.4", "0.2"]),
    ("three equal payments", ["Instalment 1", "Instalment 2", "Instalment 3"], ["0.3333", "0.3333", "0.3334"]),
    ("Un tiers maintenant, un tiers en avril, le solde après la recette", ["Maintenant", "En avril", "Après la recette"],
     ["0.3333", "0.3333", "0.3334"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "names", "shares"), SHARES)
def test_instalments_have_names_and_shares_that_make_a_whole(text: str, names: list[str], shares: list[str]) -> None:
    stages = facts(f"Order 12, 9,000 EUR fixed. {text}").stages

    assert [stage.name for stage in stages] == names
    assert [stage.share for stage in stages] == [Decimal(share) for share in shares]


def test_shares_that_do_not_make_a_whole_are_no_stages() -> None:
    assert facts("Order 12. Battery is at 30%, disk at 45%.").stages == ()


def test_waves_have_their_months_and_contacts() -> None:
    text = "Order 12: Leeds in February, Hull in March, Derby in May. Contacts: Paul for Leeds, Ravi for Hull, Mrs Stone for Derby."

    stages = facts(text).stages

    assert [(stage.name, stage.start, stage.end, stage.contact) for stage in stages] == [
        ("Leeds", date(2026, 2, 1), date(2026, 2, 28), "Paul"),
        ("Hull", date(2026, 3, 1), date(2026, 3, 31), "Ravi"),
        ("Derby", date(2026, 5, 1), date(2026, 5, 31), "Mrs Stone"),
    ]


def test_a_price_for_each_site_counts_only_where_the_sites_are_counted() -> None:
    sites = "Leeds in February, Hull in March, Derby in May. £2,000 per site, invoice per site."

    assert facts(f"Order 12 for three sites. {sites}").fixed_price == Decimal(6000)
    assert facts(f"Order 12 for four sites. {sites}").fixed_price != Decimal(6000)


def test_records_name_stages_before_words_do() -> None:
    lines = [{"description": f"Stage payment {one}", "quantity": 1, "price": 500} for one in (1, 2)]
    tasks = [{"summary": "Design", "budgetHours": 4}, {"summary": "Build", "budgetHours": 8}]

    paid = facts("Order 12. 40/40/20", products=lines)
    planned = facts("Order 12.", tasks=tasks)

    assert [(stage.name, stage.amount) for stage in paid.stages] == [
        ("Stage payment 1", Decimal(500)),
        ("Stage payment 2", Decimal(500)),
    ]
    assert paid.fixed_price == Decimal(1000)
    assert [(stage.name, stage.hours) for stage in planned.stages] == [("Design", Decimal(4)), ("Build", Decimal(8))]
    assert planned.hours == Decimal(12)


def test_dates_come_from_the_schedule_then_the_fields_then_the_words() -> None:
    text = "Order 12: first site in February, second site on 20 May."

    assert (facts(text).start, facts(text).end) == (date(2026, 2, 1), date(2026, 5, 20))
    given = facts(text, estimatedStartDate="2026-02-09", requiredDate="2026-06-30")
    assert (given.start, given.end) == (date(2026, 2, 9), date(2026, 6, 30))
    planned = facts(text, scheduleEntries=[booked("kim", "2026-03-02"), booked("lou", "2026-03-09", "2026-03-10")])
    assert (planned.start, planned.end) == (date(2026, 3, 2), date(2026, 3, 10))
    assert planned.members == ("kim", "lou")


def test_every_fact_says_where_it_was_read() -> None:
    sources = facts("PO 55-301, 900 EUR fixed, 12 hours.").sources

    assert {source.source for source in sources} == {"initialDescription"}
    assert {source.text for source in sources} == {"Agreed price", "Hours", "Purchase order"}
