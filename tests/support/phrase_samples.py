"""Texts that a phrase of the notation finds, the same ones in every run."""

from __future__ import annotations

import random
import re

from app.reading.phrases.grammar import (
    Choice,
    Part,
    Parts,
    Repeated,
    Sign,
    Star,
    Symbol,
    WordList,
    parse_phrase,
    word_list,
)

_SYMBOLS = {"##": "20417", "#": "17", "#+": "3", "$": "€9,400", "$$": "9,400 eur"}


def samples(phrase: str, most: int) -> list[str]:
    """Up to so many different texts of a phrase."""
    chosen = random.Random(phrase)  # noqa: S311 - chooses samples
    parsed = parse_phrase(phrase)
    return list(dict.fromkeys(re.sub(r"\s+", " ", _text(parsed, chosen)).strip() for _ in range(most)))


def _text(part: Part, chosen: random.Random) -> str:
    if isinstance(part, Choice):
        return _sequence(chosen.choice(part.options), chosen)
    if isinstance(part, Repeated):
        return f"{_text(part.choice, chosen)}{' ' if part.spaced else ''}" if chosen.getrandbits(1) else ""
    if isinstance(part, WordList):
        return _text(word_list(part.name), chosen)
    return _word(part)


def _word(part: Part) -> str:
    if isinstance(part, Symbol):
        return _SYMBOLS[part.sign]
    if isinstance(part, Star):
        return "b" if part.alone else ""
    return part.char if isinstance(part, Sign) else " "


def _sequence(parts: Parts, chosen: random.Random) -> str:
    return "".join(_text(part, chosen) for part in parts)
