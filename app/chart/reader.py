"""Finds the meanings of the word lists in sentences. One reader is made for a chart and used for every ticket."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.chart.phrases import first_letters, parsed

_WORD_START = re.compile(r"(?:(?<![\w'])|(?<=\b[cdjlmnst]'))[\w€£$]")
_NEGATIONS = (
    r"(?:not|no|never|without|neither|nor|none|isn't|aren't|wasn't|weren't|don't|doesn't|didn't|won't|haven't|hasn't|nobody|nothing"
    r"|kein\w{0,2}|nicht|ohne|weder|nie|pas|sans|aucune?|ni|jamais|sin|ning[uú]n\w?|nunca|tampoco)"
)
_NEGATED_BEFORE = re.compile(
    rf"(?<![\w'])(?:{_NEGATIONS}(?! (?:only|just|later|problem|nur|sólo|solo|seulement))(?:[ ][\w'-]{{1,20}}){{0,2}}[ ])$"
)
_NEGATED_AFTER = re.compile(
    rf"^[\w*]{{0,20}}(?:[ ](?:is|are|was|has|have|been|ist|sind|wurde|wird|est|a|été|n'est|está|ha))?"
    rf"(?:[ ][\w'-]{{1,20}})?[ ](?:yet[ ])?{_NEGATIONS}(?![\w'])"
)


@dataclass(frozen=True, slots=True)
class Match:
    """One phrase of a meaning in a sentence; `negated`: the words around it say the opposite."""

    meaning: str
    words: str
    at: int
    negated: bool


class Reader:
    """The phrases of a chart, looked up by the letters that a word begins with and compiled when first needed."""

    def __init__(self, words: Mapping[str, Mapping[str, list[str]]]) -> None:
        self._by_start: dict[str, list[tuple[int, str, str, str]]] = {}
        number = 0
        for meaning, languages in words.items():
            for language, phrases in languages.items():
                for phrase in map(parsed, phrases):
                    number += 1
                    for start in phrase.starts or {""}:
                        self._by_start.setdefault(start, []).append((number, meaning, language, phrase.expression))
        self._compiled: dict[tuple[str, frozenset[str]], list[tuple[str, re.Pattern[str]]]] = {}
        self.read = lru_cache(maxsize=8192)(self._read)

    def forget(self) -> None:
        """Forgets the sentences read so far; the expressions stay compiled."""
        self.read.cache_clear()

    def _read(self, words: str, without: frozenset[str] = frozenset()) -> tuple[Match, ...]:
        """The meanings in one sentence of small letters: each meaning's first match, unless a later one is not negated.

        `without`: languages that the ticket is not written in.
        """
        found: dict[str, Match] = {}
        for start in _WORD_START.finditer(words):
            at = start.start()
            for meaning, pattern in self._patterns(first_letters(words, at), without):
                known = found.get(meaning)
                if known is not None and not known.negated:
                    continue
                if match := pattern.match(words, at):
                    negated = _is_negated(words, match)
                    if known is None or not negated:
                        found[meaning] = Match(meaning, match[0], at, negated)
        return tuple(found.values())

    def _patterns(self, letters: str, without: frozenset[str]) -> list[tuple[str, re.Pattern[str]]]:
        """The phrases that a word can begin, by the longest of its beginnings that any phrase has."""
        key = next((letters[:size] for size in range(len(letters), 0, -1) if letters[:size] in self._by_start), "")
        patterns = self._compiled.get((key, without))
        if patterns is None:
            listed: dict[int, tuple[int, str, str]] = {}
            for size in range(len(key), -1, -1):
                for number, meaning, language, expression in self._by_start.get(key[:size], ()):
                    if language not in without:
                        listed.setdefault(number, (min(size, 2), meaning, expression))
            in_order = sorted(listed.items(), key=lambda item: (-item[1][0], item[0]))
            patterns = [(meaning, _compiled(expression)) for _, (_, meaning, expression) in in_order]
            self._compiled[key, without] = patterns
        return patterns


@lru_cache(maxsize=4096)
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{expression})(?!'?\w)")


def _is_negated(words: str, match: re.Match[str]) -> bool:
    start, end = match.span()
    if _NEGATED_BEFORE.search(words[max(0, start - 60) : start]):
        return True
    return bool(_NEGATED_AFTER.match(words[end : end + 40]))
