"""Notation of the lists in `polarity.yaml`: `*` any ending, `..` up to six words between."""

from __future__ import annotations

import re
from collections.abc import Iterable

_MOST_BETWEEN = 6
_SPACE = r",?\s+"


def whole(pattern: str) -> re.Pattern[str]:
    """A pattern that is found as whole words."""
    return re.compile(rf"(?<![\w-])(?:{pattern})(?!\w)")


def any_of(phrases: Iterable[str]) -> str:
    """Alternatives of phrases; an empty list finds nothing."""
    written = sorted(map(_phrase, phrases), key=len, reverse=True)
    return f"(?:{'|'.join(written)})" if written else r"(?!)"


def words_between(most: int) -> str:
    """Up to so many words, as few as possible."""
    return rf"(?:\S+\s+){{0,{most}}}?"


def _phrase(phrase: str) -> str:
    words = [
        words_between(_MOST_BETWEEN) if word == ".." else re.escape(word).replace(r"\*", r"\w*") + _SPACE
        for word in phrase.split()
    ]
    return "".join(words).removesuffix(_SPACE)
