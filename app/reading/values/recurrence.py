"""Length of work that takes a counted number of places at a stated pace: «six branches, one every other Tuesday».

Only what is handed out one after the other has a length: so many places, and one or some of them each week or month. How
often something happens, breaks or is billed has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.reading.language_data import alternatives, numbered_words
from app.reading.segments import Sentence, word_set
from app.reading.values.dates import MONTH_NAMES, WEEKDAYS
from app.reading.values.durations import SEVERAL_WORDS, count

_MOST = 60
_LONGEST = 1100
_SHORTEST = 7
"""Shortest interval in days that is calculated."""
_WEEKDAYS = alternatives(WEEKDAYS)
_DAYS_OF = numbered_words("dates", "units") | dict.fromkeys(WEEKDAYS, 7)
_UNIT = alternatives(_DAYS_OF)
_NUMBER = rf"\d{{1,2}}|{SEVERAL_WORDS}"
_SKIPPED = {"other": 2, "second": 2, "third": 3, "zweite": 2, "dritte": 3}
_EVERY = (
    r"(?:an?(?= (?:\w+ )?(?:week|fort|month|quart))|per|every|each|jede[nrs]?|alle|pro|je|par|chaque|tous les|toutes les|por|cada|a la|al)"
    rf" (?:(?P<step>other|second|third|zweite|dritte|{_NUMBER})[nrs]? )?(?P<unit>{_UNIT})(?!\w)"
)
_FEW = (
    r"(?P<each>one|two|three|four|another|eine?[nrs]?|zwei|drei|vier|une?|deux|trois|quatre|una|uno|dos|tres|cuatro|an?|\d"
    r"|(?:the|de[rn]|die|das) (?:next|following|nächste[n]?)|(?:la|le|el) (?:suivante?|prochaine?|siguiente|próxim[oa])|a (?:different|new|further))"
)
_OF_THEM = r"(?: (?:of (?:them|these|those)|davon|von (?:ihnen|denen)|d'entre (?:elles|eux)|de (?:ell[oa]s)))?"
_PACE = re.compile(
    rf"(?<![\w'-]){_FEW}{_OF_THEM}(?: (?!of |day|hour|tag|jour|día)(?P<what>[^\W\d_]{{3,20}}))?,? {_EVERY}"
)
_PACE_FIRST = re.compile(
    rf"(?<![\w'-]){_EVERY},?(?: [^\W\d_]{{2,12}}){{0,3}}? {_FEW}(?![\w'-]){_OF_THEM}(?: (?P<what>[^\W\d_]{{3,20}}))?"
)
_VISIT_NAMES = (
    "visits|sessions|evenings|mornings|afternoons|workshops|lessons|termine|besuche|abende|einsätze|schulungen"
    "|visites|séances|interventions|ateliers|visitas|sesiones|talleres|jornadas"
)
_VISITS = re.compile(
    rf"(?<![\w.,-])(?P<many>{_NUMBER}) (?:{_VISIT_NAMES})"
    rf"(?:\s?[,:(–-]+ ?(?:one )?| on | an )(?:every|each|alle|jede[nrs]?|chaque|tous les|toutes les|cada)"
    rf" (?:(?P<step>other|second|third|zweite|dritte|{_NUMBER})[nrs]? )?(?P<unit>{_UNIT})(?!\w)"
)
_IN_A_ROW = re.compile(
    rf"(?<!last )(?<!past )(?<!letzten )(?<!derniers )(?<!últimos )(?<![\w.,-])(?P<many>{_NUMBER})"
    rf" (?:consecutive |successive |aufeinanderfolgende[n]? )?(?P<unit>{_WEEKDAYS})(?:s|e|en)(?! (?:ago|running now))(?!\w)"
)
_COUNTED = re.compile(rf"(?<![\w.,:/-])(?P<many>{_NUMBER})(?P<what>(?: [^\W\d_][\w'-]{{2,20}}){{1,2}})")
_NOT_PLACES = re.compile(
    rf"(?:{_UNIT}|of|or|and|to|by|from|hours?|hrs|minutes?|min|years?|times?|per|people|persons?|users?|staff|men|engineers?|technicians?|colleagues|lads"
    r"|o'clock|pm|am|euros?|eur|pounds?|gbp|dollars?|usd|chf|percent|stunden?|minuten|jahre?n?|mal|leute|personen|mitarbeiter\w*|kollegen|techniker|uhr"
    r"|heures?|minutes|ans|années|fois|personnes|techniciens?|collègues|utilisateurs|horas?|minutos|años|veces|personas|técnicos|usuarios|compañeros"
    rf"|{MONTH_NAMES}|am|im|oder|und|von|bis|et|ou|y|o|de|weeks?)(?!\w)"
)
_STEM = 4
"""Letters by which singular and plural are compared."""
_SEVERAL_DAYS = frozenset(f"{day}{end}" for day in WEEKDAYS for end in ("s", "e", "en"))
_UNIT_WORDS = frozenset(name for name in _DAYS_OF if name.isalpha()) | _SEVERAL_DAYS
_EVERY_NAMES = "per every each jede jeden jedes jeder jedem alle pro je par chaque tous toutes por cada al la"
_EVERY_WORDS = frozenset(_EVERY_NAMES.split())
_VISIT_WORDS = frozenset(_VISIT_NAMES.split("|")) | _SEVERAL_DAYS
_A = frozenset(("a", "an"))
_PERIODS = frozenset(("week", "weekend", "fortnight", "month", "quarter"))


@dataclass(frozen=True, slots=True)
class Course:
    """Work that takes `days` from its first day to its last."""

    days: int
    written: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class _Pace:
    each: int
    days: int
    """Days from one turn to the next."""
    what: str
    """The place of each turn, where it is named."""
    bare: bool
    """Only «a branch»; no information unless branches are counted."""
    written: str


def courses(sentences: Sequence[Sentence]) -> Iterator[Course]:
    """Work in turns; the number of places is stated in the same or a nearby sentence."""
    for number, sentence in enumerate(sentences):
        visits, paces = _turns(sentence.words)
        yield from (Course(days, written, sentence) for days, written in visits)
        for pace in paces:
            near = [*reversed(sentences[: number + 1]), *sentences[number + 1 : number + 2]]
            counted = (item for other in near for item in reversed(_counted(other.words)))
            if fit := next((item for item in counted if _fits(pace, item[1])), None):
                days = (-(-fit[0] // pace.each) - 1) * pace.days
                if 0 < days <= _LONGEST:
                    yield Course(days, f"{fit[2]}: {pace.written}", sentence)


def _fits(pace: _Pace, what: str) -> bool:
    """Whether a turn is about the counted places: by name, or because it names none."""
    if not pace.what:
        return not pace.bare
    return any(word[:_STEM] == pace.what[:_STEM] for word in what.split())


@lru_cache(maxsize=8192)
def _turns(words: str) -> tuple[tuple[tuple[int, str], ...], tuple[_Pace, ...]]:
    """Turns of a sentence in small letters: series of visits with their days, and paces."""
    present = word_set(words)
    if _UNIT_WORDS.isdisjoint(present):
        return (), ()
    many = not _VISIT_WORDS.isdisjoint(present)
    visits = tuple((days, written) for days, written in _rows_of_visits(words) if 0 < days <= _LONGEST) if many else ()
    often = not _EVERY_WORDS.isdisjoint(present) or not (_A.isdisjoint(present) or _PERIODS.isdisjoint(present))
    return visits, tuple(_paces(words)) if often else ()


def _paces(words: str) -> Iterator[_Pace]:
    for pattern in (_PACE, _PACE_FIRST):
        for match in pattern.finditer(words):
            few = match["each"]
            if (days := _interval(match)) >= _SHORTEST:
                yield _Pace(count(few) or 1, days, match["what"] or "", few in ("a", "an"), match[0].strip(" ,"))


def _rows_of_visits(words: str) -> Iterator[tuple[int, str]]:
    """Days from first to last: «six evenings, every other Tuesday», «four Saturdays»."""
    for match in _VISITS.finditer(words):
        yield (count(match["many"]) - 1) * _interval(match), match[0]
    for match in _IN_A_ROW.finditer(words):
        if count(match["many"]) > 2:
            yield (count(match["many"]) - 1) * 7, match[0]


def _interval(match: re.Match[str]) -> int:
    step = match["step"] or ""
    return _DAYS_OF[match["unit"]] * (_SKIPPED.get(step) or count(step) or 1)


@lru_cache(maxsize=8192)
def _counted(words: str) -> tuple[tuple[int, str, str], ...]:
    """Counted places or items: number, name, and as written."""
    found = []
    for match in _COUNTED.finditer(words):
        number = count(match["many"])
        if 1 < number <= _MOST and not _NOT_PLACES.match(match["what"].strip()):
            found.append((number, match["what"].strip(), match[0]))
    return tuple(found)
