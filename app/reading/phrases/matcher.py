"""Finds phrases in sentences. One reader per chart serves every ticket."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import itemgetter

from app.domain.enums import Polarity
from app.reading.phrases.index import IndexedPhrase, PhraseIndex
from app.reading.phrases.sentence_intents import Match, SentenceReading, interpret
from app.reading.values.polarity import is_negated, polarity_at

_ORDERS = frozenset(["accepted", "approved", "fixed_price", "referenced"])
"""Meanings that hold only where nobody denies them, makes them depend on a decision, or tells of others or of the past."""


class PhraseReader:
    """The phrases of a chart, compiled when first needed."""

    def __init__(self, words: Mapping[str, Mapping[str, list[str]]]) -> None:
        listed = (
            (meaning, language, phrase)
            for meaning, languages in words.items()
            for language, phrases in languages.items()
            for phrase in phrases
        )
        self._index = PhraseIndex(IndexedPhrase(number, *phrase) for number, phrase in enumerate(listed))
        self.interpret = lru_cache(maxsize=8192)(self._interpret)
        """Cached interpretation of a sentence."""

    def forget(self) -> None:
        """Clears the cache of sentences; the expressions stay compiled."""
        self.interpret.cache_clear()

    def _interpret(self, words: str, without: frozenset[str] = frozenset()) -> SentenceReading:
        return interpret(words, self.read(words, without))

    def read(self, words: str, without: frozenset[str] = frozenset()) -> tuple[Match, ...]:
        """The matches of a sentence in small letters: the first of each meaning, or the first that is not negated.

        `without`: languages that the ticket is not written in.
        """
        found: dict[str, Match] = {}
        settled = set()
        for at, word, phrases in self._index.places(words):
            wanted = [item for item in phrases if item.meaning not in settled and item.language not in without]
            for meaning, match in _standing(words, at, word, wanted):
                if meaning not in settled:
                    polarity = _polarity(meaning, words, match)
                    if meaning not in found or polarity is Polarity.AFFIRMED:
                        found[meaning] = Match(meaning, match[0], at, polarity)
                    if polarity is Polarity.AFFIRMED:
                        settled.add(meaning)
        return tuple(found.values())


def _polarity(meaning: str, words: str, match: re.Match[str]) -> Polarity:
    if meaning in _ORDERS:
        return polarity_at(words, *match.span())
    return Polarity.NEGATED if is_negated(words, *match.span()) else Polarity.AFFIRMED


def _standing(words: str, at: int, word: str, phrases: Iterable[IndexedPhrase]) -> list[tuple[str, re.Match[str]]]:
    """The phrases that match at a position, by meaning; more specific ones first."""
    found = [
        (-rank, phrase.number, phrase.meaning, match)
        for phrase in phrases
        if (match := phrase.phrase_pattern.pattern.match(words, at))
        and (rank := phrase.phrase_pattern.rank(word)) is not None
    ]
    if len(found) > 1:
        found.sort(key=itemgetter(0, 1))
    return [(meaning, match) for *_, meaning, match in found]
