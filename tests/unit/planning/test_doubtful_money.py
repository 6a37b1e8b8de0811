"""Money that is not sure is not written: a problem or a thing for a person says so."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.chart import decide, shipped_chart
from app.domain.facts import JobFacts, Stage
from tests.support.planning_factories import codes, make_ticket, mini, project, step, steps_of


def test_two_prices_of_one_job_go_to_review() -> None:
    made = project(JobFacts(fixed_price=Decimal(12000), other_prices=(Decimal(15000), Decimal(9000))))
    assert codes(made) == ["prices-differ"]
    assert "12,000.00, and also 15,000.00, 9,000.00" in made.problems[0].text


def test_a_mini_project_with_two_prices_names_both_and_sets_none() -> None:
    made = mini(JobFacts(fixed_price=Decimal(640), other_prices=(Decimal(720),)))
    assert made.todos[0].startswith("The ticket names more than one price: “640.00”, “720.00”")
    assert not any("Agreed price" in one for one in made.todos)


def test_a_fixed_price_without_its_amount_is_left_to_a_person() -> None:
    facts = JobFacts(price_open=True)
    for made in (project(facts), mini(facts)):
        assert any(one.startswith("A fixed price is agreed, but the ticket does not say") for one in made.todos)
    assert "billingAmount" not in step(project(facts), "project").body


def test_money_that_is_left_out_is_told_by_its_words() -> None:
    facts = JobFacts(fixed_price=Decimal(900), left_out=("more work at <b>$150/hour</b>",))
    for made in (project(facts), mini(facts)):
        assert any("was not taken for the agreed price" in one and "$150/hour" in one for one in made.todos)
        assert not any("<b>" in one for one in made.todos)


def test_left_out_money_does_not_hide_how_the_price_is_billed() -> None:
    facts = JobFacts(fixed_price=Decimal(900), stages=(), progress_billing=False, left_out=("£40 per desk",))
    assert step(project(facts), "project").body["billingAmount"] == 900.0


@pytest.mark.parametrize("parts", [3, 6, 7, 12, 24])
def test_rounded_equal_shares_are_equal_amounts(parts: int) -> None:
    share = (Decimal(1) / parts).quantize(Decimal("0.0001"))
    named = [Stage(f"S{n}", share=share) for n in range(parts - 1)]
    last = Stage("last", share=1 - share * (parts - 1))
    made = project(JobFacts(fixed_price=Decimal(84000), stages=(*named, last)))
    amounts = [one.body["billingAmount"] for one in steps_of(made, "phase-")]
    assert amounts == [84000 / parts] * parts


@pytest.mark.parametrize(
    ("text", "method", "amount", "problems"),
    [
        ("Fixed price $12,000, order signed. Additional work outside the scope is billed at $150/hour.", "FixedFee", 12000, []),
        ("Fixed price as quoted in Q-2291, signed.", "ActualRates", None, []),
        ("Order signed, not to exceed 9,500.", "NotToExceed", 9500, []),
        ("Fixed price 12,000 +$3,000, total now $15,000.", "FixedFee", 12000, ["prices-differ"]),
    ],
)  # fmt: skip
def test_what_is_written_from_a_ticket(text: str, method: str, amount: int | None, problems: list[str]) -> None:
    ticket = make_ticket(initialDescription=text)
    made = project(decide(ticket, shipped_chart()).facts, ticket=ticket)
    body = step(made, "project").body
    assert (body["billingMethod"], body.get("billingAmount"), codes(made)) == (method, amount, problems)


def test_a_price_in_three_parts_is_three_equal_phases() -> None:
    ticket = make_ticket(initialDescription="Order 12, fixed price 12,000 EUR, three equal payments.")
    made = project(decide(ticket, shipped_chart()).facts, ticket=ticket)
    assert [one.body["billingAmount"] for one in steps_of(made, "phase-")] == [4000.0] * 3
