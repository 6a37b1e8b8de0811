"""Numbers in words that name amounts: «twenty five thousand», «fünfundzwanzigtausend», «veinticinco mil»."""

from __future__ import annotations

import re
from functools import lru_cache

from text_to_num import text2num

from app.reading.language_data import alternatives, vocabulary

_AMOUNTS = dict(vocabulary("numbers", "amounts"))


def _words(member: str) -> str:
    return alternatives({word for amounts in _AMOUNTS.values() for word in amounts[member]})


_PART, _MAGNITUDE_WORD = _words("parts"), _words("magnitudes")
_JOIN = r"[ -](?:(?:and|und|et|y) )?"
IN_WORDS = (
    rf"(?:(?:{_PART})+{_JOIN}){{0,4}}(?:{_PART}){{0,6}}(?:{_MAGNITUDE_WORD})(?:{_PART}|{_MAGNITUDE_WORD}){{0,8}}"
    rf"(?:{_JOIN}(?:{_PART}|{_MAGNITUDE_WORD}){{1,8}}(?![^\W\d_])){{0,5}}"
)
"""A number in words that holds hundreds, thousands or millions."""
_NUMBER = re.compile(rf"(?<![^\W_]){IN_WORDS}(?![^\W_])", re.I)
_BARE_MAGNITUDE = re.compile(rf"(?:{_MAGNITUDE_WORD})(?![^\W_])", re.I)
_VAGUE = re.compile(rf"(?<!\w)(?:{_words('vague')}) $", re.I)
_MAGNITUDES = {word for amounts in _AMOUNTS.values() for word in amounts["magnitudes"]}
_TOKENS = frozenset(written for word in _MAGNITUDES for written in (word, word.capitalize(), word.upper()))
_IN_COMPOUNDS = ("hundert", "tausend", "Hundert", "Tausend", "HUNDERT", "TAUSEND")
FIRST_LETTERS = frozenset(
    word[:2] for amounts in _AMOUNTS.values() for word in (*amounts["parts"], *amounts["magnitudes"])
)
"""The first two letters of every number in words."""


def holds_magnitude(text: str, words: frozenset[str]) -> bool:
    """Whether a text of these words can hold a number in words that names an amount."""
    return not _TOKENS.isdisjoint(words) or any(part in text for part in _IN_COMPOUNDS)


def is_vague(before: str, number: str) -> bool:
    """«Several thousand», «ein paar hundert»: a magnitude without a number before it."""
    return bool(_BARE_MAGNITUDE.match(number) and _VAGUE.search(before))


def number_in_words(text: str) -> int | None:
    """The first number in words of a text that holds a magnitude; None without one."""
    match = _NUMBER.search(text)
    return _value(" ".join(match[0].lower().split())) if match else None


@lru_cache(maxsize=1024)
def _value(words: str) -> int | None:
    for language in _AMOUNTS:
        try:
            return int(text2num(words, language))
        except ValueError:
            continue
    return None
