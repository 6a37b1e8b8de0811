"""Dates, months, weeks and quarters named in a sentence, as the days they most likely mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = {
    1: "january jan januar jänner janvier janv enero ene",
    2: "february feb februar février fevrier févr febrero",
    3: "march mar märz maerz mars marzo",
    4: "april apr avril avr abril abr",
    5: "may mai mayo",
    6: "june jun juni juin junio",
    7: "july jul juli juillet juil julio",
    8: "august aug août aout agosto ago",
    9: "september sept sep septembre septiembre setiembre",
    10: "october oct oktober okt octobre octubre",
    11: "november nov novembre noviembre",
    12: "december dec dezember dez décembre decembre diciembre dic",
}
_MONTH_OF = {name: number for number, names in _MONTHS.items() for name in names.split()}
_AMBIGUOUS = {"may", "march", "mar", "mars", "sep", "ago", "jan", "dec", "abr", "ene", "dic", "dez"}
_NAMES = "|".join(sorted(_MONTH_OF, key=len, reverse=True))
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.)?"
_MONTH = re.compile(
    rf"(?<!\w)(?:(?:{_DAY}(?:\s?(?:-|–|to|and|und|et|y|or|/|,|&|\+)\s?\d{{1,2}}(?:st|nd|rd|th|\.)?)?\s?(?:of |de |\.)?\s?)?"
    rf"(?P<month>{_NAMES})\b\.?(?:\s?(?P<after>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]))?(?:,?\s?(?P<year>20\d\d))?)"
)
_ISO = re.compile(r"(?<!\d)(20\d\d)-(\d\d)-(\d\d)(?!\d)")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(20\d\d|\d\d)?(?!\d)")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(20\d\d)(?!\d)")
_WEEK = re.compile(r"(?<!\w)(?:w/?k?|week|weeks|kw|semaine|semana|calendar week)\s?(\d{1,2})(?!\w)")
_QUARTER = re.compile(r"(?<!\w)q([1-4])(?!\w)|(?<!\w)([1-4])\.?\s?(?:quartal|trimestre)")
_SEASONS = {
    "christmas": (12, 20), "weihnachten": (12, 20), "noël": (12, 20), "navidad": (12, 20), "year end": (12, 28),
    "end of the year": (12, 28), "end of year": (12, 28), "jahresende": (12, 28), "fin de año": (12, 28),
    "fin d'année": (12, 28), "easter": (4, 5), "ostern": (4, 5), "pâques": (4, 5), "semana santa": (4, 5),
    "summer": (7, 1), "sommer": (7, 1), "l'été": (7, 1), "verano": (7, 1), "autumn": (10, 1), "herbst": (10, 1),
    "l'automne": (10, 1), "otoño": (10, 1), "spring": (4, 1), "frühjahr": (4, 1), "printemps": (4, 1), "primavera": (4, 1),
    "half-term": (10, 25), "half term": (10, 25),
}  # fmt: skip
_SEASON = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, _SEASONS))})(?!\w)")
_BEFORE_MONTH = re.compile(
    r"(?:\d|\b(?:in|by|to|until|till|from|of|end|mid|early|late|and|or|then|since|through|during|after|before|en|im|bis|ab|von"
    r"|de|à|a|fin|mi|début|ende|anfang|mitte|hasta|desde|y|et|und|for|per|on|each|der|next|this|last|beginning))[\s,]*$|[-–/,(+&:]\s*$|^\s*$"
)


@dataclass(frozen=True, slots=True)
class TimePoint:
    """One day, month or week that a sentence names. `days`: how exact it is."""

    day: date
    written: str
    days: int
    at: int
    """Place in the sentence."""


def time_points(words: str, today: date) -> list[TimePoint]:
    """Every point in time in a sentence of small letters, in its order; the next such day after about `today`."""
    found = [*_months(words, today), *_numeric(words, today), *_weeks(words, today), *_quarters(words, today)]
    found += [
        TimePoint(_coming(today, *_SEASONS[match[1]]), match[0], 60, match.start()) for match in _SEASON.finditer(words)
    ]
    return sorted(found, key=lambda point: point.at)


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
        yield TimePoint(
            _coming(today, _MONTH_OF[name], day or 10, match["year"]), match[0].strip(), 1 if day else 30, match.start()
        )


def _numeric(words: str, today: date) -> Iterator[TimePoint]:
    for match in _ISO.finditer(words):
        yield TimePoint(_safe(int(match[1]), int(match[2]), int(match[3])) or today, match[0], 1, match.start())
    for pattern in (_DOTTED, _SLASHED):
        for match in pattern.finditer(words):
            day, month = int(match[1]), int(match[2])
            if 1 <= day <= 31 and 1 <= month <= 12:
                yield TimePoint(_coming(today, month, day, match[3]), match[0], 1, match.start())


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
        number = int(match[1] or match[2])
        yield TimePoint(_coming(today, number * 3 - 1, 15), match[0], 90, match.start())


def _coming(today: date, month: int, day: int, year: str | None = None) -> date:
    """That day in the year given, else the nearest one that is not more than six weeks past."""
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
