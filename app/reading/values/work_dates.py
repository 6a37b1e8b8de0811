"""Days that a text names for the work: starts, ends, work days and stretches, in the date order of the site.

"By", "until", "must be finished", "deadline" are ends; "from", "start", "kick-off" are starts. A numeric date that may be read
in two ways is marked.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from app.reading.segments import Sentence
from app.reading.values.dates import MONTH_NAMES, MONTH_OF, time_points

DateOrder = Literal["DMY", "MDY"]


class DayKind(StrEnum):
    """What a named day is for the work."""

    START = "start"
    END = "end"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day, or the first and last day of a month, with its place in the words."""

    first: date
    last: date
    at: int
    end: int
    ambiguous: bool = False
    exact: bool = True


@dataclass(frozen=True, slots=True)
class WorkDay:
    """A named day with its kind and place in the ticket."""

    day: NamedDay
    kind: DayKind
    quote: str
    source: str


_NUMERIC = re.compile(r"(?<![\d/.-])(?P<a>\d{1,2})(?P<sep>[/.-])(?P<b>\d{1,2})(?P=sep)(?P<year>20\d\d|\d\d)(?![\d/-])")
_ISO = re.compile(r"(?<!\d)(20\d\d)-(\d\d)-(\d\d)(?!\d)")
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|\.)?"
_LIST = re.compile(
    rf"(?<![\d/])(?P<days>(?:{_DAY}\s?(?:,|/|&|\+|-|–|and|und|et|y|sowie|to|bis|au|al|a)\s?(?:the |der |den |le "
    rf"|el )?)*{_DAY})\s?(?:of |de |du |del )?(?P<month>{MONTH_NAMES})\b\.?(?:,? ?(?:de )?(?P<year>20\d\d))?"
)
_MONTH_FIRST = re.compile(
    rf"(?<!\w)(?P<month>{MONTH_NAMES}) (?P<days>\d{{1,2}}(?:st|nd|rd|th)?(?:\s?(?:,|and|&|-|–|to)\s?\d{{1,2}}(?:st"
    rf"|nd|rd|th)?)*)(?![\d:])(?:,? ?(?P<year>20\d\d))?"
)
_FILL = (
    r"(?:\s(?:the|end|beginning|of|early|mid|late|ende|anfang|mitte|fin|finales|mediados|de|la|le|el|den|dem|zum"
    r"|am|is|ist|est|es|on|at|spätestens|latest)){0,4}[\s:]*$"
)
_ENDS = re.compile(
    rf"(?<!\w)(?:by|until|till|before|no later than|at the latest|up to|through|due|bis|d'ici|avant|jusqu'\w+|au plus tard"
    rf"|antes del?|hasta|a más tardar|spätestens){_FILL}"
    r"|(?<!\w)(?:deadline|(?:must|has to|should|to) be (?:finished|done|completed?|live|ready|over)|finish(?:ed)?"
    r"|complete[ds]?|completion|end(?:s|ing)?|ready|fertig\w*|abschluss|abgeschlossen|endtermin"
    r"|frist|terminé\w*|fin(?:ir)?|échéance|terminad\w+|plazo|entrega)(?!\w)[^.;,]{0,25}$"
)
_STARTS = re.compile(
    rf"(?<!\w)(?:from|earliest|not before|ab|frühestens|à partir d\w+|dès|desde|a partir de\w*){_FILL}"
    r"|(?<!\w)(?:start(?:s|ing|ed)?|begin(?:s|ning)?|kick-?off|commenc\w+|go(?:es)? ahead|beginn\w*|start\w*|auftakt"
    r"|début\w*|démarr\w*|lancement|inicio|comien\w+|empez\w+|arranque)(?!\w)[^.;,]{0,25}$"
)
_BEGINS = r"(?:start|begin|commence|go ahead|come|work|attend|get (?:in|on)|access|beginnen|anfangen|commencer|démarrer|empezar|comenzar)"
_NOT_BEFORE = re.compile(
    rf"(?<!\w)(?:not|cannot|never|\w+n['’]t|nicht|pas|no)(?:(?: [\w'-]+){{0,2}} {_BEGINS}(?: [\w'-]+){{0,2}})?"
    rf" (?:before|until|till|vor|avant|antes del?|hasta){_FILL}"
)
"""The earliest day of the work, although "before" alone is an end."""
_NO_WORK = re.compile(
    r"(?<!\w)(?:invoice\w*|bill(?:ed|ing)?|pay\w*|paid|instal\w+|quot\w+|offer\w*|valid|expire\w*|order(?:ed)? (?:on"
    r"|of|dated)|dated|signed on|went out|entered|warranty|licen[cs]es?|subscription|contract term|since|last|rechnung\w*"
    r"|zahl\w*|rate[n]?|angebot\w*|abgelaufen|betrieb ab|lizenz\w*"
    r"|garantie\w*|seit|factur\w*|payé\w*|paiement\w*|devis|expiré\w*|depuis|mensualit\w*|pag\w+|cuota\w*|presupuesto|caducad\w*|renov\w*|installed|posées?|%|[€£$])(?!\w)"
)


def days_named(text: str, today: date, order: DateOrder = "DMY") -> list[NamedDay]:
    """Every day or month of a text in its order."""
    words = text.lower()
    found = [*_numeric(words, order)]
    found += [one for one in _lists(words, today) if not _overlaps(one.at, one.end, found)]
    exact = list(found)
    for point in time_points(words, today):
        end = point.at + len(point.written)
        if point.days > 31 or point.estimated or _overlaps(point.at, end, exact):
            continue
        found.append(
            _of_month(point.day, point.at, end)
            if point.days >= 28
            else NamedDay(point.day, point.day, point.at, end, exact=point.days == 1)
        )
    return sorted(found, key=lambda one: one.at)


def _overlaps(start: int, end: int, days: Sequence[NamedDay]) -> bool:
    return any(start < one.end and one.at < end for one in days)


def _of_month(day: date, at: int, end: int) -> NamedDay:
    return NamedDay(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]), at, end, exact=False)


def _numeric(words: str, order: DateOrder) -> Iterator[NamedDay]:
    for match in _ISO.finditer(words):
        if (day := _date(int(match[1]), int(match[2]), int(match[3]))) is not None:
            yield NamedDay(day, day, *match.span())
    for match in _NUMERIC.finditer(words):
        first, second, year = int(match["a"]), int(match["b"]), int(match["year"])
        dotted = match["sep"] == "."
        month_first = order == "MDY" and not dotted
        ambiguous = not dotted and first <= 12 and second <= 12 and first != second
        number, month = (second, first) if month_first else (first, second)
        if month > 12 and number <= 12:
            number, month = month, number
        if (day := _date(year if year > 99 else 2000 + year, month, number)) is not None:
            yield NamedDay(day, day, *match.span(), ambiguous=ambiguous)


def _lists(words: str, today: date) -> Iterator[NamedDay]:
    """ "14., 15. und 21. Januar 2027": each of the days; a year behind a later month of the sentence holds for all."""
    matches = [*_LIST.finditer(words), *_MONTH_FIRST.finditer(words)]
    years = [int(match["year"]) for match in matches if match["year"]]
    for match in matches:
        month = MONTH_OF[match["month"]]
        year = int(match["year"]) if match["year"] else years[0] if len(set(years)) == 1 else None
        for number in map(int, re.findall(r"\d{1,2}", match["days"])):
            if (day := _coming(today, year, month, number)) is not None:
                yield NamedDay(day, day, *match.span())


def _coming(today: date, year: int | None, month: int, number: int) -> date | None:
    if year is not None:
        return _date(year, month, number)
    day = _date(today.year, month, number)
    return _date(today.year + 1, month, number) if day is not None and day < today - timedelta(days=45) else day


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _kind(before: str) -> DayKind:
    """What the words before a day make of it."""
    if _NOT_BEFORE.search(before):
        return DayKind.START
    return DayKind.END if _ENDS.search(before) else DayKind.START if _STARTS.search(before) else DayKind.WORK


def work_days(sentences: Sequence[Sentence], today: date, order: DateOrder = "DMY") -> list[WorkDay]:
    """The days named for the work; days of bills, offers and the past are left out."""
    found: list[WorkDay] = []
    for sentence in sentences:
        words = sentence.written.lower()
        days = days_named(words, today, order)
        for number, day in enumerate(days):
            begin = max(days[number - 1].end if number else 0, day.at - 60)
            before = words[begin : day.at]
            clause = re.split(r"[,;:]\s", words[max(0, day.at - 80) : day.at])[-1]
            kind = _kind(before)
            if day.last < today or _NO_WORK.search(clause) or (kind is DayKind.WORK and _NO_WORK.search(before)):
                continue
            found.append(WorkDay(day, kind, sentence.written[:160], sentence.source))
    return found
