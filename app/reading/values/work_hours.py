"""Hours of work that a text states; no deadlines, opening hours, response times or hours of things."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from app.reading.segments import Sentence, word_set
from app.reading.values.shares import hours_by_part

HOURS = re.compile(
    r"(?<![\d.,:–-])(?P<hours>\d{1,4}(?:[.,]\d{1,2})?) ?(?:man-?|work(?:ing)? ?|arbeits)?(?:h|hrs?|hours?|std\.?|stunden?"
    r"|heures?|horas?)(?!\w)(?! (?:notice|a day|per day|later|ago|before|response|am tag|pro tag|par jour|al día"
    r"|vorher|später|avant|antes|after|of downtime|of (?:video|footage|recordings?|audio|music|battery)|old|away|drive))"
)
_NO_BUDGET = re.compile(
    r"(?<!\w)(?:within|in under|less than|in less than|after|every|next|last|past|each|first|response\w*|answer\w*"
    r"|reply|sla|support hours|opening|open|24|innerhalb|binnen|nach|alle|letzten|reaktionszeit|antwort\w*|sous"
    r"|dans les|toutes les|délai|réponse|en menos de|dentro de|cada|respuesta|plazo|at|um|à|lasted|took"
    r"|down|outage|waited|dauert\w*|ausfall|panne|duró|depuis|seit|since)(?!\w)[^.;,]{0,30}$"
    r"|\d{1,2} (?:to|bis|à|a|and|und|et|y)\s$"
)
_HOUR_WORDS = frozenset(
    ["h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden", "heure", "heures", "hora", "horas"]
)
_NEAR = 60


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
    return single_hours(read)


def single_hours(sentences: Iterable[Sentence]) -> StatedHours | None:
    """The one number of hours of a text; None where numbers differ."""
    found: dict[Decimal, StatedHours] = {}
    for sentence in sentences:
        for hours, written in _hours_in(sentence.words):
            found.setdefault(hours, StatedHours(hours, written, sentence))
    return next(iter(found.values())) if len(found) == 1 else None


@lru_cache(maxsize=8192)
def _hours_in(words: str) -> tuple[tuple[Decimal, str], ...]:
    present = word_set(words)
    if "#" not in present or (_HOUR_WORDS.isdisjoint(present) and not _GLUED.search(words)):
        return ()
    return tuple(
        (hours, match[0])
        for match in HOURS.finditer(words)
        if (hours := Decimal(match["hours"].replace(",", "."))) > 0
        and not _NO_BUDGET.search(words[max(0, match.start() - _NEAR) : match.start()])
    )


_GLUED = re.compile(r"(?:man|work|arbeits)-?(?:h|hours?|stunden?)(?!\w)")
