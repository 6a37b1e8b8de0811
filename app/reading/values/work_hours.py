"""Hours of work that a text states; no deadlines, opening hours, response times or hours of things."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from app.reading.segments import Sentence, word_set
from app.reading.values.hour_words import HOUR_WORDS, HOURS, is_no_work
from app.reading.values.shares import hours_by_part


@dataclass(frozen=True, slots=True)
class StatedHours:
    """Hours of a job with the sentence that states them."""

    hours: Decimal
    written: str
    sentence: Sentence


def stated_hours(sentences: Iterable[Sentence]) -> StatedHours | None:
    """The hours of a job: the sum of its parts, or the one number of hours of a text; None where numbers differ."""
    read = tuple(sentences)
    for sentence in read:
        total, words = hours_by_part(sentence.words)
        if total:
            return StatedHours(Decimal(total), words, sentence)
    return _single_hours(read)


def _single_hours(sentences: Iterable[Sentence]) -> StatedHours | None:
    found: dict[Decimal, StatedHours] = {}
    for sentence in sentences:
        for hours, written in _hours_in(sentence.words):
            found.setdefault(hours, StatedHours(hours, written, sentence))
    return next(iter(found.values())) if len(found) == 1 else None


@lru_cache(maxsize=8192)
def _hours_in(words: str) -> tuple[tuple[Decimal, str], ...]:
    present = word_set(words)
    if "#" not in present or (HOUR_WORDS.isdisjoint(present) and not _GLUED.search(words)):
        return ()
    return tuple(
        (hours, match[0])
        for match in HOURS.finditer(words)
        if (hours := Decimal(match["hours"].replace(",", "."))) > 0 and not is_no_work(words, *match.span())
    )


_GLUED = re.compile(r"(?:man|work|arbeits)-?(?:h|hours?|stunden?)(?!\w)")
