"""Whatever is sold: the flags invoice it exactly once, to the cent, or the plan waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.enums import Outcome
from app.planning import Plan
from tests.support.billing_cases import fees
from tests.support.limits import examples
from tests.support.planning_factories import chart, make_ticket, plan


def money(least: int) -> st.SearchStrategy[Decimal]:
    """Amounts from so many cents on."""
    return st.integers(least, 5 * 10**6).map(lambda cents: Decimal(cents) / 100)


NONE, CENT, HUNDRED = Decimal(0), Decimal("0.01"), Decimal(100)
TERMS = (
    "",
    " 30% on order, 70% at handover.",
    " Payable in three equal thirds.",
    " $10 on order, the rest at handover.",
    " In 4 monthly instalments.",
)


@st.composite
def sales(
    draw: st.DrawFn, *, skews: Sequence[Decimal] = (NONE, NONE, NONE, CENT, HUNDRED), least: int = 1
) -> tuple[dict[str, Any], Decimal]:
    """A ticket with lines of all classes, options, discounts and instalments, and what was sold once by its records."""
    labour = draw(st.lists(money(least), max_size=3))
    goods = draw(st.lists(st.tuples(money(least), st.integers(1, 40)), max_size=3))
    options = draw(st.lists(st.tuples(money(least), st.booleans()), max_size=1))
    recurring = draw(st.lists(money(least), max_size=1))
    discount = draw(st.none() | st.tuples(money(least), st.sampled_from(["Service", "NonInventory"])))
    lines: list[dict[str, Any]] = [_line(price, "Service", "Installation") for price in labour]
    lines += [_line(price, "Inventory", "Switch", quantity) for price, quantity in goods]
    lines += [_line(price, "Service", "Option training") for price, _ in options]
    lines += [_line(price, "Agreement", "Backup, monthly") for price in recurring]
    lines += [_line(-discount[0], discount[1], "Discount")] if discount else []
    service = sum(labour, Decimal(0)) + sum((price for price, ordered in options if ordered), Decimal(0))
    product = sum((price * quantity for price, quantity in goods), Decimal(0))
    if discount:
        service, product = (
            (service - discount[0], product) if discount[1] == "Service" else (service, product - discount[0])
        )
    skew = draw(st.sampled_from(skews))
    forecast = {"service": float(service + skew), "product": float(product)}
    opportunity = (
        {"id": 71, "name": "Sale", "stage": "Won", "won": True, "forecast": forecast} if draw(st.booleans()) else None
    )
    text = f"Order signed, fixed price.{draw(st.sampled_from(TERMS))}"
    if opportunity and not product and draw(st.booleans()):
        lines = []
    lines = [{"id": number, **one} for number, one in enumerate(draw(st.permutations(lines)), 1)]
    return make_ticket(products=lines, opportunity=opportunity, initialDescription=text), service + product + (
        skew if opportunity and all(one["productClass"] == "Agreement" for one in lines) else 0
    )


def _line(price: Decimal, product_class: str, text: str, quantity: int = 1) -> dict[str, Any]:
    return {
        "description": text,
        "price": float(price),
        "quantity": quantity,
        "productClass": product_class,
        "billableOption": "Billable",
    }


def billed(made: Plan, ticket: Mapping[str, Any]) -> Decimal:
    """Fees and the one-off lines that still bill."""
    stopped = {step.path.rsplit("/", 1)[-1] for step in made.steps if step.wish.get("billableOption") == "DoNotBill"}
    free = any(
        (step.body or step.wish or {}).get("billProducts") == "NoCharge"
        for step in made.steps
        if not isinstance(step.body, str)
    )
    lines = [one for one in ticket["products"] if str(one["id"]) not in stopped and not free]
    return fees(made) + sum((Decimal(repr(one["price"])) * one["quantity"] for one in lines), Decimal(0))


@given(
    sale=sales(),
    outcome=st.sampled_from([Outcome.PROJECT, Outcome.MINI_PROJECT]),
    rule=st.sampled_from(["fee", "lines"]),
)
@examples(300)
def test_everything_sold_is_invoiced_once_to_the_cent_or_the_plan_waits(
    sale: tuple[dict[str, Any], Decimal], outcome: Outcome, rule: str
) -> None:
    ticket, sold = sale
    made = plan(outcome, ticket=ticket, rules=chart(project={"billing": {"labour_lines": rule}}))
    assert made.brief is not None
    if made.problems:
        assert any(problem.code.startswith("brief-") for problem in made.problems)
        return
    total = made.brief.sold_total.value or Decimal(0)
    assert billed(made, ticket) == total
    assert abs(total - sold) <= Decimal("0.005") * max(1, len(ticket["products"])) or _options_out(ticket, total, sold)


def _options_out(ticket: Mapping[str, Any], total: Decimal, sold: Decimal) -> bool:
    """Without a stated total nothing tells whether an option is ordered; then the plan would have waited."""
    return (
        ticket.get("opportunity") is None
        and not any("Option" in one["description"] for one in ticket["products"])
        and total == sold
    )


@given(
    sale=sales(skews=(NONE,), least=2000),
    outcome=st.sampled_from([Outcome.PROJECT, Outcome.MINI_PROJECT]),
    rule=st.sampled_from(["fee", "lines"]),
)
@examples(300)
def test_a_sale_whose_records_agree_goes_through(
    sale: tuple[dict[str, Any], Decimal], outcome: Outcome, rule: str
) -> None:
    ticket, sold = sale
    assume(_complete(ticket, sold))
    made = plan(outcome, ticket=ticket, rules=chart(project={"billing": {"labour_lines": rule}}))
    assert [problem.text for problem in made.problems] == []
    assert billed(made, ticket) == sold
    payments = made.brief.payments.value if made.brief else ()
    assert not payments or sum(one.amount for one in payments) in (sold, fees(made))


def _complete(ticket: Mapping[str, Any], sold: Decimal) -> bool:
    """Whether the records name a positive total, every part of it, and enough for each of the payments.

    Goods without a forecast may stand beside a price of the work that nobody has read; an option without one, and an option
    whose price equals that of nothing at all, are told by nothing; payments below a dollar or above the fee cannot be made.
    """
    lines = ticket["products"]
    options = any("Option" in one["description"] for one in lines)
    service = sum((_amount(one) for one in lines if one["productClass"] == "Service"), NONE)
    goods = sum((_amount(one) for one in lines if one["productClass"] in ("Inventory", "NonInventory")), NONE)
    forecast = (ticket.get("opportunity") or {}).get("forecast")
    if forecast is None:
        return not options and service > 20 and sold > 20
    whole = Decimal(repr(forecast["product"])) == goods and sold > 20
    return whole and (forecast["service"] == 0 or forecast["service"] > 20 or _discounted(lines))


def _amount(line: Mapping[str, Any]) -> Decimal:
    return Decimal(repr(line["price"])) * int(line["quantity"])


def _discounted(lines: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a discount is more than the work; it is taken off the goods then."""
    return any(one["price"] < 0 for one in lines) and any(one["productClass"] == "Inventory" for one in lines)
