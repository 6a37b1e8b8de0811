"""Finds the meanings of the word lists in sentences. One reader is made for a chart and used for every ticket."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from app.chart.phrases import compiled


class Reader:
    """The compiled word lists of a chart, all languages of a meaning in one expression."""

    def __init__(self, words: Mapping[str, Mapping[str, list[str]]]) -> None:
        self._patterns: dict[str, re.Pattern[str]] = {
            meaning: compiled(phrase for phrases in languages.values() for phrase in phrases)
            for meaning, languages in words.items()
        }
        self.read = lru_cache(maxsize=4096)(self._read)

    def _read(self, words: str) -> dict[str, str]:
        """Meaning to the words that carry it, for one sentence of small letters."""
        return {meaning: match[0] for meaning, pattern in self._patterns.items() if (match := pattern.search(words))}
