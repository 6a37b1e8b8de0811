"""A quote occurs in its source, or its fact is dropped and counted; values come from the quote alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.domain.enums import Criterion, FactType, PointsTo, Polarity, Reader
from app.domain.facts import Fact, FactValue, Quote, ReaderAnswer, RowStatement
from app.domain.ticket import TicketRecord
from app.reading.verify import citable_texts, occurs_in, verify_answer

TODAY = date(2026, 5, 4)
TEXTS = {
    "summary": "Move of 40 PCs",
    "initialDescription": "We accept  the quote\nof £4,800. Two people, 12 May to 13 May.",
}


def fact(quote: str, *, source: str = "initialDescription", kind: FactType = FactType.QUOTE_ACCEPTED) -> Fact:
    return Fact(kind, Polarity.AFFIRMED, FactValue(amount=Decimal(1)), quote, source, Reader.MODEL)


@pytest.mark.parametrize(
    "quote", ["we accept the quote", "WE ACCEPT THE QUOTE OF", " accept \n the quote ", "£4,800", "two people"]
)
def test_a_quote_is_found_regardless_of_capitals_and_spaces(quote: str) -> None:
    assert verify_answer(ReaderAnswer((fact(quote),)), TEXTS, today=TODAY).dropped == 0


@pytest.mark.parametrize(
    "quote", ["we accepted the quote", "ccept the quote", "wo people", "", " ", "£4", "we", "of 40 PCs"]
)
def test_an_invented_cut_or_tiny_quote_is_dropped_and_counted(quote: str) -> None:
    verified = verify_answer(ReaderAnswer((fact(quote),)), TEXTS, today=TODAY)
    assert (verified.answer.facts, verified.dropped) == ((), 1)


def test_a_quote_from_another_source_is_dropped() -> None:
    assert verify_answer(ReaderAnswer((fact("40 PCs", source="notes[0].text"),)), TEXTS, today=TODAY).dropped == 1


@pytest.mark.parametrize(
    ("kind", "quote", "value"),
    [
        (FactType.QUOTE_ACCEPTED, "accept the quote of £4,800", FactValue(amount=Decimal(4800))),
        (FactType.SEVERAL_PEOPLE, "Two people", FactValue(count=2)),
        (FactType.WORK_PERIOD, "12 May to 13 May", FactValue(first_day=date(2026, 5, 12), last_day=date(2026, 5, 13))),
        (FactType.FAULT, "we accept", None),
    ],
)
def test_the_value_is_parsed_from_the_quote_and_never_taken_over(
    kind: FactType, quote: str, value: FactValue | None
) -> None:
    (kept,) = verify_answer(ReaderAnswer((fact(quote, kind=kind),)), TEXTS, today=TODAY).answer.facts
    assert kept.value == value


def test_a_row_statement_keeps_its_verified_quotes_and_falls_without_any() -> None:
    def row(*words: str) -> RowStatement:
        quotes = tuple(Quote(text, "initialDescription") for text in words)
        return RowStatement(Criterion.SCHEDULING, PointsTo.PROJECT, quotes, "two people", Reader.MODEL)

    verified = verify_answer(
        ReaderAnswer(rows=(row("two people", "ten people"), row("ten people"), row())), TEXTS, today=TODAY
    )
    assert [row.quotes for row in verified.answer.rows] == [(Quote("two people", "initialDescription"),)]
    assert verified.dropped == 3


def test_words_are_not_cut_in_a_quote() -> None:
    assert not occurs_in("accept", "unacceptable")
    assert occurs_in("accept", "unacceptable; we accept")


def test_records_and_texts_that_count_may_be_quoted_and_history_may_not() -> None:
    ticket = TicketRecord.from_json(
        {
            "summary": "Printer jam",
            "initialDescription": "It jams.\n\nOn 4 May 2026 Ann Poe <a@x.example> wrote:\n> We accept the quote.",
            "agreement": {"name": "All-in", "type": "Managed"},
            "products": [{"description": "Labour", "quantity": 2, "price": 50}],
        }
    )
    texts = citable_texts(ticket)
    assert texts["agreement"] == "All-in"
    assert texts["products[0]"] == "Labour, 100"
    assert not any(occurs_in("we accept the quote", text) for text in texts.values())
