"""The phrases of a chart for people: each with its meaning, in plain words, and whether it is switched off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.chart.schema.chart_file import Chart
from app.chart.schema.errors import near
from app.reading.language_data import meanings
from app.reading.phrases.explanation import example_of, explain_phrase
from app.reading.phrases.grammar import shipped_phrases


@dataclass(frozen=True, slots=True)
class ListedPhrase:
    """One phrase."""

    meaning: str
    states: str
    """What the meaning states."""
    language: str
    phrase: str
    """As it is written in the word lists and in the chart file."""
    explanation: str
    example: str
    own: bool = False
    """Added by the chart file."""
    off: bool = False
    """Switched off by the chart file."""


def listed_phrases(chart: Chart, *, meaning: str | None = None, language: str | None = None) -> list[ListedPhrase]:
    """The phrases of all meanings, or of one; LookupError where there is none of that name."""
    every = list(_phrases(chart))
    for wanted, known in ((meaning, list(meanings())), (language, sorted({phrase.language for phrase in every}))):
        if wanted is not None and wanted not in known:
            raise LookupError(f"There is no “{wanted}” among {', '.join(known)}{near(wanted, known).rstrip(';')}")
    return [phrase for phrase in every if meaning in (None, phrase.meaning) and language in (None, phrase.language)]


def _phrases(chart: Chart) -> Iterator[ListedPhrase]:
    for meaning, states in meanings().items():
        own = chart.words.get(meaning, {})
        shipped = shipped_phrases()[meaning]
        for language in dict.fromkeys([*shipped, *own]):
            off = set(chart.words_off.get(meaning, {}).get(language, ()))
            for phrase in shipped.get(language, ()):
                yield _listed(meaning, states, language, phrase, off=phrase in off)
            for phrase in own.get(language, ()):
                yield _listed(meaning, states, language, phrase, own=True)


def _listed(
    meaning: str, states: str, language: str, phrase: str, *, own: bool = False, off: bool = False
) -> ListedPhrase:
    return ListedPhrase(meaning, states, language, phrase, explain_phrase(phrase), example_of(phrase), own, off)
