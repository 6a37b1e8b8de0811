"""A sale that an open project bills already is not billed again; a currency that no record names is confirmed by a person."""

from __future__ import annotations

from typing import Any

import pytest

from app.planning.brief.model import FieldState
from tests.support.planning_factories import brief, line, sold, told

CONFLICT, PROPOSED, SETTLED = FieldState.CONFLICT, FieldState.PROPOSED, FieldState.SETTLED
SALE = {"id": 71, "name": "Clinic network refresh"}
EURO, DOLLAR = {"id": 2, "name": "Euro"}, {"id": 1, "name": "US Dollar"}


def running(**members: Any) -> dict[str, Any]:
    ticket = sold(12500)
    ticket["opportunity"] = {**ticket["opportunity"], **SALE}
    return {**ticket, "openProjects": [{"id": 900, "name": "Network refresh", "opportunity": SALE, **members}]}


@pytest.mark.parametrize("choice", [None, "new", {"join": 900}], ids=["open", "new", "join"])
def test_the_forecast_of_an_open_project_is_not_billed_again(choice: Any) -> None:
    made = brief(running(), person={"project": choice} if choice else None)
    assert made.sold_total.state is CONFLICT
    assert "12,500.00" in made.sold_total.message
    assert "Project 900" in made.sold_total.message


def test_a_person_says_what_the_ticket_adds_to_the_project() -> None:
    made = brief(running(), person={"project": {"join": 900}, "sold_total": "2400.00"})
    assert made.fee.value == 2400
    assert made.open_fields == ()


def test_a_closed_project_of_the_sale_asks_nothing_about_the_total() -> None:
    assert brief(running(closedFlag=True)).sold_total.state is SETTLED


def test_a_currency_of_the_text_alone_needs_a_person() -> None:
    made = brief(sold(640, products=[line(1, 640)], initialDescription="Order signed, fixed price 640 EUR."))
    assert (made.currency.value, made.currency.state) == ("EUR", PROPOSED)
    assert "currency" in made.proposals()
    assert made.currency.message == (
        "The text names 640.00 in EUR (initialDescription); no record of the ticket, its company or its opportunity names a currency. "
        "Confirm the currency."
    )


@pytest.mark.parametrize(("currency", "state"), [(EURO, SETTLED), (DOLLAR, CONFLICT)], ids=["same", "other"])
def test_the_currency_of_the_opportunity_counts_where_the_ticket_has_none(currency: Any, state: FieldState) -> None:
    ticket = sold(640, initialDescription="Order signed, fixed price 640 EUR.")
    ticket["opportunity"] = {**ticket["opportunity"], "currency": currency}
    assert brief(ticket).currency.state is state


def test_a_text_without_a_sign_says_nothing_about_the_currency() -> None:
    made = brief(told("Order signed, fixed price 640."))
    assert "currency" not in made.proposals()
