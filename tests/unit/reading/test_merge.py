"""A record before a statement before an inference; what contradicts itself settles nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.enums import FactType, Polarity, Reader
from app.domain.facts import Fact, FactValue
from app.reading.merge import merge

PRICE = FactType.FIXED_PRICE


def fact(
    reader: Reader, *, polarity: Polarity = Polarity.AFFIRMED, amount: int | None = None, confidence: float = 1.0
) -> Fact:
    value = FactValue(amount=Decimal(amount)) if amount is not None else None
    return Fact(PRICE, polarity, value, "as quoted", "summary", reader, confidence)


RECORD = fact(Reader.RECORD, amount=100)
WORDS = fact(Reader.WORDS, amount=200)
GUESS = fact(Reader.MODEL, amount=300, confidence=0.2)


@pytest.mark.parametrize(
    ("facts", "deciding"),
    [((GUESS, WORDS, RECORD), RECORD), ((GUESS, WORDS), WORDS), ((GUESS,), GUESS)],
    ids=["record", "statement", "inference"],
)
def test_the_fact_of_the_highest_standing_decides(facts: tuple[Fact, ...], deciding: Fact) -> None:
    merged = merge(facts)[PRICE]
    assert merged.deciding == (deciding,)
    assert not merged.contested
    assert set(merged.others) == set(facts) - {deciding}


@pytest.mark.parametrize("polarity", [Polarity.NEGATED, Polarity.CONDITIONAL])
def test_opposed_polarities_are_contested(polarity: Polarity) -> None:
    merged = merge([WORDS, fact(Reader.MODEL, polarity=polarity)])[PRICE]
    assert merged.contested
    assert not merged.holds


def test_different_values_are_contested_and_a_missing_value_is_not() -> None:
    assert merge([WORDS, fact(Reader.MODEL, amount=250)])[PRICE].contested
    assert merge([WORDS, fact(Reader.MODEL)])[PRICE].holds


@pytest.mark.parametrize("polarity", [Polarity.PAST, Polarity.OTHER_PARTY])
def test_the_past_and_others_do_not_contradict_what_is_said_of_now(polarity: Polarity) -> None:
    assert merge([WORDS, fact(Reader.WORDS, polarity=polarity)])[PRICE].holds


def test_what_is_only_denied_does_not_hold() -> None:
    assert not merge([fact(Reader.WORDS, polarity=Polarity.NEGATED)])[PRICE].holds
