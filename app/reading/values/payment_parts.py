"""One payment, a payment plan, and what their readers share: shares, the rest, labels and due dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from app.reading.segments import Sentence
from app.reading.values.dates import time_points
from app.reading.values.payment_words import (
    FRACTION_OF,
    NO_SHARE_AFTER,
    NO_SHARE_BEFORE,
    PERCENT,
    REST,
    SHARE_OF_OTHERS,
    TRIM,
)


@dataclass(frozen=True, slots=True)
class StatedPayment:
    """One payment: an amount or a share of the price; neither where it takes the rest."""

    label: str
    amount: Decimal | None = None
    share: Fraction | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class StatedPlan:
    """The payments of a text. `used`: sentence and place of each amount that is a payment and no price."""

    payments: tuple[StatedPayment, ...]
    quote: str
    source: str
    used: frozenset[tuple[int, int]] = frozenset()


class Token(NamedTuple):
    start: int
    end: int
    amount: Decimal | None
    share: Fraction | None
    """Neither: the rest."""


MOST_PAYMENTS = 60
_LONGEST_LABEL = 80


def plan_of(
    payments: Sequence[StatedPayment], sentence: Sentence, used: frozenset[tuple[int, int]] = frozenset()
) -> StatedPlan:
    return StatedPlan(tuple(payments[:MOST_PAYMENTS]), sentence.written[:200], sentence.source, used)


def share_tokens(text: str) -> list[Token]:
    found = []
    for match in PERCENT.finditer(text):
        other = NO_SHARE_AFTER.match(text, match.end()) or SHARE_OF_OTHERS.match(text, match.end())
        other = other or NO_SHARE_BEFORE.search(text[: match.start()][-25:])
        share = Fraction(match["share"].replace(",", ".")) / 100
        if not other and 0 < share < 1:
            found.append(Token(match.start(), match.end(), None, share))
    return found


def with_rest(tokens: list[Token], text: str) -> list[Token]:
    """The tokens with "the rest" behind the last of them, where the text says so."""
    rest = REST.search(text, tokens[-1].end) if tokens else None
    known = sum((one.share for one in tokens if one.share), Fraction(0))
    if rest is None or known >= 1:
        return tokens
    return [*tokens, Token(rest.start(), rest.end(), None, 1 - known if known else None)]


def is_whole(tokens: Sequence[Token]) -> bool:
    """Whether shares make a whole; thirds in rounded percent do."""
    total = sum((one.share for one in tokens if one.share), Fraction(0))
    return abs(total - 1) <= Fraction(len(tokens), 200) if len({one.share for one in tokens}) == 1 else total == 1


def size_of(written: str) -> int:
    return int(written[2]) if written.startswith("1/") else FRACTION_OF[written]


def labelled(tokens: Sequence[Token], written: str, today: date) -> list[StatedPayment]:
    """Each payment with the words up to the next one as its label and due date."""
    ends = [*(token.start for token in tokens[1:]), len(written)]
    made = []
    for number, (token, end) in enumerate(zip(tokens, ends, strict=True), 1):
        words = written[token.end : end]
        label = label_of(words) or f"Payment {number}"
        made.append(StatedPayment(label, token.amount, token.share, due_of(words.lower(), today)))
    equal = {one.share for one in made if one.share}
    if len(equal) == 1 and made[0].share and len(made) > 1 and all(one.share for one in made):
        return [replace(one, share=Fraction(1, len(made))) for one in made]
    return made


def label_of(words: str) -> str:
    text = TRIM.sub("", " ".join(words.split()))
    return (text[:1].upper() + text[1:])[:_LONGEST_LABEL] if len(text) > 1 else ""


def due_of(words: str, today: date) -> date | None:
    """The day, or the first day of the month, that words name."""
    point = next(iter(time_points(words.lower().strip(" .,;:"), today)), None)
    if point is None or point.days > 31:
        return None
    return point.day.replace(day=1) if point.days >= 28 else point.day
