"""The small language of phrases in the chart's word lists, made into bounded regular expressions.

`word*` any ending; `(a|b)` either; `(a |b )*` up to three of them; `...` up to four words between; a lone `*` one word;
`#` a number, `#+` a number of two or more, `$` an amount of money. Every repetition is bounded, so reading is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import cast

import yaml

_TOKEN = re.compile(r" \.\.\. ?|\.\.\.|#\+|#|\$|\*|\(|\)|\||\s+|[^\s()|*#$]")
_GAP = r"(?:[\W_]{1,3}[\w'.%-]{1,30}){0,4}?[\W_]{1,3}"
_SPACE = r"[\W_]{1,3}"
_WORDS_FOR_MANY = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn"
    "|zwölf|deux|trois|quatre|cinq|sept|huit|neuf|dix|douze|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce|both|beide"
)
_MANY = rf"(?:[2-9]|[1-9]\d{{1,3}}|{_WORDS_FOR_MANY})"
_NUMBER = rf"(?:\d[\d.,/-]{{0,9}}|one|ein|eine|un|une|uno|una|half|{_WORDS_FOR_MANY})"
MONEY = (
    r"(?:(?:[€£$]|eur|gbp|usd|chf)\s?\d[\d.,']{0,9}k?"
    r"|\d[\d.,']{0,9}\s?(?:k\b|[€£$]|eur\b|euros?\b|gbp\b|usd\b|chf\b|pounds?\b|dollars?\b|francs?\b|net\b|flat\b|fixed\b)"
    r"|\d{3,6}(?:[.,]\d{3})?(?![\d:/]))"
)


class PhraseError(ValueError):
    """A phrase that cannot be read; the sentence says why."""


def regex_of(phrase: str) -> str:
    """The regular expression of one phrase, without the word boundaries around it."""
    pieces: list[str] = []
    depth = 0
    previous = ""
    for token in _TOKEN.findall(phrase.strip().removesuffix("...").strip()):
        pieces.append(_piece(token, previous))
        depth += (token == "(") - (token == ")")
        if depth < 0:
            raise PhraseError(f"“{phrase}”: a closing bracket has no opening one")
        previous = token
    if depth:
        raise PhraseError(f"“{phrase}”: an opening bracket is not closed")
    return "".join(pieces)


def _piece(token: str, previous: str) -> str:
    if token.strip() == "...":
        return _GAP
    if token == "*":
        if previous == ")":
            return "{0,3}"
        return r"\w{1,30}" if previous in ("", "(", "|") or previous.isspace() else r"\w{0,20}"
    fixed = {"#+": _MANY, "#": _NUMBER, "$": MONEY, "(": "(?:", ")": ")", "|": "|"}
    if token in fixed:
        return fixed[token]
    return _SPACE if token.isspace() else re.escape(token)


def compiled(phrases: Iterable[str]) -> re.Pattern[str]:
    """One expression that finds any of the phrases as whole words."""
    joined = "|".join(f"(?:{regex_of(phrase)})" for phrase in phrases)
    return re.compile(rf"(?<![\w'])(?:{joined})(?!'?\w)" if joined else r"(?!)")


@cache
def shipped_words() -> dict[str, dict[str, list[str]]]:
    """The word lists that ship, by meaning and language."""
    from importlib.resources import files  # noqa: PLC0415 - only here

    text = (files("app.chart") / "data" / "words.yaml").read_text(encoding="utf-8")
    return cast("dict[str, dict[str, list[str]]]", yaml.safe_load(text))
