"""Planned lengths of time, and small numbers in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from app.reading.language_data import alternatives, numbered_words, words_of
from app.reading.segments import word_set

_EXACT = numbered_words("numbers", "counts")
_COUNT_OF = _EXACT | numbered_words("numbers", "vague_counts")
NUMBER_WORDS = alternatives(_COUNT_OF)
SEVERAL_WORDS = alternatives(_EXACT.keys() & set(words_of("numbers", "several")))
"""Numbers of two or more; not «once», which is eleven in Spanish."""


def count(written: str) -> int:
    """A number in digits or words; 0 for anything else."""
    return int(written) if written.isdigit() else _COUNT_OF.get(written, 0)


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time that a sentence names, in days."""

    days: int
    written: str
    at: int


_UNITS = (
    (7, "week woche semaine semana"),
    (30, "month monat mois mes"),
    (91, "quarter quartal trimestre"),
    (365, "year jahr an año"),
)
_UNIT_NAMES = (
    "weeks week wochen woche semaines semaine semanas semana months month monaten monate monat mois meses quarters quarter quartalen"
    " quartale quartal trimestres trimestre years year jahren jahre jahr"
)
_UNIT_WORDS = _UNIT_NAMES.split()
_UNIT = "|".join(_UNIT_WORDS)
_SPAN = re.compile(
    rf"(?<![\w.,])(?P<first>\d{{1,2}}|{NUMBER_WORDS})"
    rf"(?:\s?(?:-|–|to|or|bis|à|a|oder|ou|o)\s?(?P<last>\d{{1,2}}|{NUMBER_WORDS}))?"
    rf"(?:\s+(?:or so|full|solid|volle|ganze|of|good|gute|bonnes?|buenas?|calendar|working))?[\s-]+(?P<unit>{_UNIT})(?!\w)"
)
_NOT_A_SPAN_BEFORE = re.compile(
    r"\b(?:in|within|last|past|since|ago|every|each|per|vor|seit|hace|il y a|depuis|dans|innerhalb von|innerhalb|jede|alle|toutes les|tous les"
    r"|cada|under|after|notice of|warranty of|older than|first|previous|letzten|vergangenen|derniers|dernières|últimos|últimas|minimum|dentro de"
    r"|desde hace|binnen|another|noch|before|nach|après|tras|the next|going on|for nearly|for over|for about|now|approx)"
    r"\s*(?:the |the last |about |around |approx\.? |etwa |ca\.? |environ |unos |unas )?$"
)
_NOT_A_SPAN_AFTER = re.compile(
    r"^[\s'’,-]*(?:on\b|ago|now|old|notice|warranty|guarantee|trial|lead|later|earlier|contract|term|free|already|running|in a row|ahead|beforehand"
    r"|garantie|garantía|gewährleistung|alt|her|später|lang schon|jetzt|vorher|schon|de garantie|de garantía|plus tard|déjà|après|antes|después"
    r"|delivery|wait|lieferzeit|de délai|de plazo|back|on from|holiday|leave|away|urlaub|congé|vacaciones|support|subscription|retention|of backups"
    r"|(?:worth )?of\b[^.,;]{0,25}\b(?:mails?|e-?mails?|mailbox|data|records?|histor|logs?|invoices?|archives?|files|figures|accounts))"
)


def spans(words: str) -> tuple[Span, ...]:
    """Planned lengths of time: «over 14 weeks», «trois mois»; no ages and no notice periods."""
    return () if word_set(words).isdisjoint(_UNIT_WORDS) else _spans(words)


_SPANISH = ("seman", "mes", "trimestre", "año")
"""Spanish «once» is eleven."""
_FOR_A = re.compile(
    r"\b(?:for|over|takes?|took|taking|about|of|half|than|nearly|almost|lasts?|be|is|during|at least)\s*$"
)
"""Words before «a year» as a length of time; elsewhere it is a frequency."""


@lru_cache(maxsize=8192)
def _spans(words: str) -> tuple[Span, ...]:
    found = []
    for match in _SPAN.finditer(words):
        before, after = words[max(0, match.start() - 40) : match.start()], words[match.end() :][:40]
        if match["first"] == "once" and not match["unit"].startswith(_SPANISH):
            continue
        each = match["first"] in ("a", "an") and not match["last"] and not _FOR_A.search(before)
        if each or _NOT_A_SPAN_BEFORE.search(before) or _NOT_A_SPAN_AFTER.match(after):
            continue
        unit = next(days for days, names in _UNITS if match["unit"].startswith(tuple(names.split())))
        found.append(Span(count(match["last"] or match["first"]) * unit, match[0], match.start()))
    return tuple(found)
