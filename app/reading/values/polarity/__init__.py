"""Polarity: how a sentence holds one of its statements. Beside a span, around it, or for the offer of a whole sentence."""

from __future__ import annotations

from app.domain.enums import Polarity
from app.reading.values.polarity.clause_frames import framed_polarity
from app.reading.values.polarity.negation import is_negated
from app.reading.values.polarity.refusals import (
    is_refused_acceptance,
    may_refuse,
    names_offer,
    refusal_of,
    turns_down_the_one_before,
)

__all__ = [
    "framed_polarity",
    "is_negated",
    "is_refused_acceptance",
    "may_refuse",
    "names_offer",
    "polarity_at",
    "refusal_of",
    "turns_down_the_one_before",
]


def polarity_at(words: str, start: int, end: int) -> Polarity:
    """The polarity of a span of a sentence in small letters, by the negations beside it and the frames around it."""
    return Polarity.NEGATED if is_negated(words, start, end) else framed_polarity(words, start, end)
