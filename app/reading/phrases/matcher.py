"""Finds phrases in sentences. One reader per chart serves every ticket."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import itemgetter

from app.domain.enums import Polarity
from app.reading.language_data import alternatives, words_of
from app.reading.phrases.index import IndexedPhrase, PhraseIndex
from app.reading.phrases.sentence_intents import Match, SentenceReading, interpret
from app.reading.values.polarity import polarity_at

_NEGATIONS = f"(?:{alternatives(words_of('negation', 'words'))})"
_NOT_BEFORE = alternatives(words_of("negation", "not_before"))
_NEGATED_BEFORE = re.compile(
    rf"(?<![\w'])(?:{_NEGATIONS}(?! (?:{_NOT_BEFORE}))(?:[ ][\w'-]{{1,20}}){{0,2}}[ ](?:[dl]')?)$"
)
_NEGATED_AFTER = re.compile(
    rf"^[\w*]{{0,20}}(?:[ ](?:is|are|was|has|have|been|ist|sind|wurde|wird|est|a|été|n'est|está|ha))?"
    rf"(?:[ ][\w'-]{{1,20}})?[ ](?:yet[ ])?(?!no\b[ .]{{0,2}}[\w/-]{{0,8}}\d){_NEGATIONS}(?![\w'])"
)

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
                    negated = _is_negated(words, match) or (
                        meaning in _ORDERS and polarity_at(words, *match.span()) is not Polarity.AFFIRMED
                    )
                    if meaning not in found or not negated:
                        found[meaning] = Match(meaning, match[0], at, negated)
                    if not negated:
                        settled.add(meaning)
        return tuple(found.values())


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


def _is_negated(words: str, match: re.Match[str]) -> bool:
    start, end = match.span()
    if _NEGATED_BEFORE.search(words[max(0, start - 60) : start]):
        return True
    return bool(_NEGATED_AFTER.match(words[end : end + 40]))
