"""Verifies what a reader quotes: a quote occurs in its source, or its fact is dropped and counted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from msgspec import structs

from app.domain.facts import Fact, Quote, ReaderAnswer, RowStatement
from app.domain.ticket import TicketRecord
from app.reading.records import record_texts
from app.reading.sources import ticket_texts
from app.reading.values.fact_values import value_of

_FEWEST_SIGNS = 3
"""Letters and digits of a quote; fewer would occur by chance."""
_LONGEST_QUOTE = 600
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Verified:
    """The part of an answer whose quotes verify. `dropped`: facts and quotes that do not verify, and row statements without a quote."""

    answer: ReaderAnswer
    dropped: int = 0


def citable_texts(ticket: TicketRecord) -> dict[str, str]:
    """Each source that a reader may quote, with its text: texts that count as the sender's own, and records."""
    return {**dict(record_texts(ticket)), **{source: text for text, source in ticket_texts(ticket)}}


def verify_answer(answer: ReaderAnswer, texts: Mapping[str, str], *, today: date) -> Verified:
    """Keeps the facts and row statements with a verified quote; values are parsed from the quotes."""
    book = _Book(texts)
    facts = tuple(_with_value(fact, today) for fact in answer.facts if book.holds(Quote(fact.quote, fact.source)))
    rows = tuple(_with_quotes(row, book) for row in answer.rows)
    kept = tuple(row for row in rows if row.quotes)
    quotes = sum(len(row.quotes) for row in answer.rows) - sum(len(row.quotes) for row in kept)
    silent = sum(not row.quotes for row in answer.rows)
    dropped = len(answer.facts) - len(facts) + quotes + silent
    return Verified(replace(answer, facts=facts, rows=kept), dropped)


def occurs_in(quote: str, text: str) -> bool:
    """Whether the words of a quote stand in a text as whole words, regardless of capitals and white space."""
    return _is_in(_folded(quote), _folded(text))


class _Book:
    """The folded texts of a ticket."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = {source: _folded(text) for source, text in texts.items()}

    def holds(self, quote: Quote) -> bool:
        return len(quote.words) <= _LONGEST_QUOTE and _is_in(_folded(quote.words), self._texts.get(quote.source, ""))


def _is_in(quote: str, text: str) -> bool:
    if sum(map(str.isalnum, quote)) < _FEWEST_SIGNS:
        return False
    return any(_is_whole(quote, text, at) for at in _places(quote, text))


def _places(quote: str, text: str) -> Iterable[int]:
    at = text.find(quote)
    while at >= 0:
        yield at
        at = text.find(quote, at + 1)


def _is_whole(quote: str, text: str, at: int) -> bool:
    """Whether no word is cut: «accept» is no quote of «unacceptable»."""
    end = at + len(quote)
    opens = at == 0 or not (text[at - 1].isalnum() and quote[0].isalnum())
    return opens and (end == len(text) or not (text[end].isalnum() and quote[-1].isalnum()))


def _folded(text: str) -> str:
    return _SPACES.sub(" ", text).strip().casefold()


def _with_value(fact: Fact, today: date) -> Fact:
    return structs.replace(fact, value=value_of(fact.type, fact.quote, today))


def _with_quotes(row: RowStatement, book: _Book) -> RowStatement:
    return replace(row, quotes=tuple(quote for quote in row.quotes if book.holds(quote)))
