"""Dates, months, weeks and quarters of a sentence, as their most likely days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from app.reading.language_data import alternatives, numbered_words, vocabulary, words_of
from app.reading.segments import word_set
from app.reading.values.durations import count

MONTH_OF = numbered_words("dates", "months")
_AMBIGUOUS = {"may", "march", "mar", "mars", "sep", "ago", "jan", "dec", "abr", "ene", "dic", "dez"}
MONTH_NAMES = alternatives(MONTH_OF)
WEEKDAYS = tuple(words_of("dates", "weekdays"))
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.)?"
_MONTH = re.compile(
    rf"(?<!\w)(?:(?:{_DAY}(?:\s?(?:-|–|to|and|und|et|y|or|/|,|&|\+)\s?\d{{1,2}}(?:st|nd|rd|th|\.)?)?\s?(?:of |de |\.)?\s?)?"
    rf"(?P<month>{MONTH_NAMES})\b\.?(?:\s?(?P<after>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]))?(?:,?\s?(?P<year>20\d\d))?)"
)
_ISO = re.compile(r"(?<!\d)(20\d\d)-(\d\d)-(\d\d)(?!\d)")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(20\d\d|\d\d)?(?!\d)")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(20\d\d)(?!\d)")
_WEEK = re.compile(r"(?<!\w)(?:w(?=\d)|(?:wk|week|weeks|kw|semaine|semana|calendar week)\s?)(\d{1,2})(?!\w|[:.]\d\d)")
_QUARTER = re.compile(
    r"(?<!\w)q([1-4])(?!\w)|(?<!\w)([1-4])(?:\.|er|e|ème|st|nd|rd|th)?\s?(?:quartal|trimestre|quarter)"
    r"|(?<!\w)(?:(first|erste[ns]?|premier|primer)|(second|zweite[ns]?|deuxième|segundo)|(third|dritte[ns]?|troisième|tercer)"
    r"|(fourth|last|vierte[ns]?|quatrième|cuarto|último)) (?:quartals?|trimestre|quarter)(?!\w)"
)
_DAY_AND_MONTH = re.compile(
    r"(?<!\w)(?:from|until|till|by|on|le|du|au|el|del|al|hasta|desde|vom|bis|ab|am|dès|jusqu'au) (\d{1,2})/(\d{1,2})(?![\d/])"
)
_ORDINAL = re.compile(
    r"(?<!\w)(?:the |and |\+ ?|& ?)?(\d{1,2})(?:st|nd|rd|th)(?!\w)(?! (?:of |floor|line|gen|anniversary|stage|phase|time|edition|party))"
)
_MONTH_NEAR = re.compile(rf"(?<!\w)(?:{MONTH_NAMES})(?!\w)")
_PART_OF_MONTH = re.compile(
    r"(?:(?P<early>early|beginning of|start of|begin|anfang|début|principios de|primeros de|first days of|first week of|top of)"
    r"|(?P<mid>mid|middle of|mitte|mi|mediados de)"
    r"|(?P<late>late|end of|end|back end of|tail end of|ende|fin|fin de|finales de|final de|last week of|by the end of"
    r"|letzte woche))[\s-]*(?:the |im |of |de |des |du |del )?$"
)
_SEASONS: dict[str, list[int]] = {
    name: day for _, seasons in vocabulary("dates", "seasons") for name, day in seasons.items()
}
_SEASON = re.compile(rf"(?<!\w)({alternatives(_SEASONS)})(?!\w)")
_BEFORE_MONTH = re.compile(
    r"(?:\d|\b(?:in|by|to|until|till|from|of|end|mid|early|late|and|or|then|since|through|during|after|before|en|im|bis|ab|von"
    r"|de|à|a|fin|mi|début|ende|anfang|mitte|hasta|desde|y|et|und|for|per|on|each|der|next|this|last|beginning|between|entre|zwischen|both|started?))[\s,]*$"
    r"|[-–/,(+&:]\s*$|^\s*(?:\(?(?:\d{1,2}|[a-h])[.)]\s)?$"
)


@dataclass(frozen=True, slots=True)
class TimePoint:
    """One date of a sentence. `days`: its exactness (1: a day, 30: a month)."""

    day: date
    written: str
    days: int
    at: int
    """Position in the sentence."""
    month_open: bool = False
    """Only a day is named, «the 27th»; it belongs to the month named before."""
    estimated: bool = False
    """After another event whose day the words do not name, «a month later»."""


def time_points(words: str, today: date) -> tuple[TimePoint, ...]:
    """The dates of a sentence in small letters, in reading order, each the next one from about `today`."""
    return () if _TIME_WORDS.isdisjoint(word_set(words)) else _time_points(words, today)


@lru_cache(maxsize=8192)
def _time_points(words: str, today: date) -> tuple[TimePoint, ...]:
    if _SIGNED_AT.search(words):
        return ()
    found = [*_months(words, today), *_numeric(words, today), *_weeks(words, today), *_quarters(words, today)]
    found += _relative(words, today)
    found += [
        TimePoint(_coming(today, _SEASONS[match[1]][0], _SEASONS[match[1]][1]), match[0], SEASON, match.start())
        for match in _SEASON.finditer(words)
    ]
    around = [match.span() for match in _FROM_DAY_TO_DAY.finditer(words) if int(match[2]) == int(match[1]) - 1]
    found = [
        point
        for point in found
        if not any(start <= point.at < end for start, end in around) and not _OF_A_PAPER.search(words[: point.at])
    ]
    return tuple(sorted(found, key=lambda point: point.at))


_SIGNED_AT = re.compile(
    r"(?<!\w)(?:signer|signed|sent|viewed|completed|unterzeichn\w*|signé\w*|firmad\w*)\b[^!?]{0,80}\b\d{1,2}:\d{2}\b"
)
"""The time of a signature; no date of the work."""
_OF_A_PAPER = re.compile(
    r"(?<!\w)(?:letter|mail|e-?mail|quote|quotation|offer|proposal|note|message|call|invoice|order|schreiben|angebot|anruf|brief|devis|courrier|offre"
    r"|carta|correo|oferta|presupuesto) (?:of|from|dated|vom|du|del|de) (?:the )?$"
    r"|(?<!\w)(?:bought|purchased|gekauft|achet\w*|comprad\w*) (?:it |them )?(?:in|on|last|im|am|letzten|en|le|el) (?:the )?$"
)
"""The date of a document or a purchase, not of the work: «Your letter of the 15th», «bought in May»."""
SEASON = 60
"""Exactness of a season or a feast, in days."""
_FROM_DAY_TO_DAY = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|\.)?\s?(?:to|until|till|bis|bis zum|au|al|-|–)\s?(?:the |zum |den |el )?(\d{1,2})(?:st|nd|rd|th|\.)?(?![\d%])"
)
"""A billing period, no date of the work: «the 26th to the 25th», where the second day precedes the first."""


def _months(words: str, today: date) -> Iterator[TimePoint]:
    for match in _MONTH.finditer(words):
        name = match["month"]
        day = int(match["day"] or match["after"] or 0)
        if name in _AMBIGUOUS and not day and not match["year"] and not _BEFORE_MONTH.search(words[: match.start()]):
            continue
        if (
            name == "may"
            and not day
            and re.match(r"\s+(?:be|have|not|need|see|only|want|also|well|know|take|work)\b", words[match.end() :])
        ):
            continue
        if not day and _OF_A_BILL.match(words, match.end()):
            continue
        about = day or _about_day(words[max(0, match.start() - 24) : match.start()])
        meant = _coming(today, MONTH_OF[name], about, match["year"])
        if not day and (meant.year, meant.month) == (today.year, today.month):
            meant = max(meant, today)
        yield TimePoint(meant, match[0].strip(), 1 if day else 30, match.start())


_OF_A_BILL = re.compile(r"\s(?:statement|invoice|bill|account|rechnung|abrechnung)(?!\w)")
"""An invoice, not the work: «the November statement»."""


def _about_day(before: str) -> int:
    """The day that «early», «mid» and «end of» a month stand for."""
    match = _PART_OF_MONTH.search(before)
    if not match:
        return 10
    return 3 if match["early"] else 15 if match["mid"] else 28


def _numeric(words: str, today: date) -> Iterator[TimePoint]:
    for match in _ISO.finditer(words):
        yield TimePoint(_safe(int(match[1]), int(match[2]), int(match[3])) or today, match[0], 1, match.start())
    for pattern in (_DOTTED, _SLASHED):
        for match in pattern.finditer(words):
            day, month = int(match[1]), int(match[2])
            day, month = (month, day) if month > 12 and pattern is _SLASHED else (day, month)
            if 1 <= day <= 31 and 1 <= month <= 12:
                yield TimePoint(_coming(today, month, day, match[3]), match[0], 1, match.start())
    for match in _DAY_AND_MONTH.finditer(words):
        day, month = int(match[1]), int(match[2])
        if 1 <= day <= 31 and 1 <= month <= 12:
            yield TimePoint(_coming(today, month, day), match[0], 1, match.start(1))
    for match in _ORDINAL.finditer(words):
        if 1 <= int(match[1]) <= 31 and not _MONTH_NEAR.search(words[max(0, match.start() - 12) : match.end() + 22]):
            this_month = _safe(today.year, today.month, int(match[1])) or today
            following = _safe(today.year + today.month // 12, today.month % 12 + 1, int(match[1])) or today
            meant = this_month if this_month >= today - timedelta(days=3) else following
            yield TimePoint(meant, match[0], 1, match.start(1), month_open=True)


def _weeks(words: str, today: date) -> Iterator[TimePoint]:
    for match in _WEEK.finditer(words):
        number = int(match[1])
        if not 1 <= number <= 52 or (match[0].startswith(("week", "semana", "w ")) and number <= 4):
            continue
        day = date.fromisocalendar(today.year, number, 3)
        if day < today - timedelta(days=45):
            day = date.fromisocalendar(today.year + 1, number, 3)
        yield TimePoint(day, match[0], 7, match.start())


def _quarters(words: str, today: date) -> Iterator[TimePoint]:
    for match in _QUARTER.finditer(words):
        number = (
            next(n for n, group in enumerate(match.groups()[2:], 1) if group)
            if not (match[1] or match[2])
            else int(match[1] or match[2])
        )
        late = _PART_OF_MONTH.search(words[max(0, match.start() - 24) : match.start()])
        month, day = (number * 3, 28) if late and late["late"] else (number * 3 - 1, 15)
        yield TimePoint(_coming(today, month, day), match[0], 90, match.start())


_NEXT_MONTH = re.compile(
    r"(?<!\w)(?:(?:the )?next month|nächsten monat|kommenden monat|le mois prochain|mois prochain|el mes que viene|el próximo mes)(?!\w)"
)
_LATER = re.compile(
    r"(?<!\w)(?:in|dans|en|dentro de) (?P<number>\d{1,2}|two|three|four|five|six|zwei|drei|vier|fünf|sechs|deux|trois|quatre|cinq"
    r"|dos|tres|cuatro|cinco|seis) (?P<unit>weeks?|months?|wochen|monaten?|semaines?|mois|semanas?|meses)(?!\w)"
)
_AFTERWARDS = re.compile(
    r"(?<!\w)(?:a month (?:on|later|after)|the month after|the following month|einen monat später|ein monat später|un mois (?:plus tard|après)"
    r"|le mois suivant|un mes después|al mes siguiente|el mes siguiente)(?!\w)"
)


def _relative(words: str, today: date) -> Iterator[TimePoint]:
    """Next month, in three weeks, a month later."""
    for match in _NEXT_MONTH.finditer(words):
        yield TimePoint((today.replace(day=1) + timedelta(days=42)).replace(day=10), match[0], 30, match.start())
    for match in _LATER.finditer(words):
        days = count(match["number"]) * (7 if match["unit"][0] in "ws" else 30)
        yield TimePoint(today + timedelta(days=days), match[0], 7, match.start())
    for match in _AFTERWARDS.finditer(words):
        yield TimePoint(today + timedelta(days=62), match[0], 30, match.start(), estimated=True)


_OF_TIME = "quarter quartal quartals trimestre month months monat monate monaten mois mes meses week weeks wochen semaine semaines semana semanas"
_SEASON_WORDS = (max(re.findall(r"[^\W\d_]+", name), key=len) for name in _SEASONS)
_TIME_WORDS = frozenset(["#", *MONTH_OF, *_SEASON_WORDS, *_OF_TIME.split()])
"""Every date contains one of these words or a digit."""


def _coming(today: date, month: int, day: int, year: str | None = None) -> date:
    """The date in the given year, else the next one that is not more than six weeks past."""
    if year:
        number = int(year) if len(year) == 4 else 2000 + int(year)
        return _safe(number, month, day) or today
    this_year = _safe(today.year, month, day) or today
    if this_year < today - timedelta(days=45):
        return _safe(today.year + 1, month, day) or today
    return this_year


def _safe(year: int, month: int, day: int) -> date | None:
    for candidate in (day, 28):
        try:
            return date(year, month, candidate)
        except ValueError:
            continue
    return None
