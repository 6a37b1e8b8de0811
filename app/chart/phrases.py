"""The small language of phrases in the chart's word lists, made into bounded regular expressions.

`word*` any ending, `*word` any beginning; `(a|b)` either; `(a |b )*` up to three of them; `...` up to four words
between, `..` up to two, `....` up to eight; a lone `*` one word; `#` a number, `#+` a number of two or more, `$` an amount of money, `$$`
an amount that may lack its currency; `{name}` any word of that list. Every repetition is bounded, so reading is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

import yaml

_TOKEN = re.compile(r"\{\w+\}| ?\.{2,4} ?|#\+|#|\$\$|\$|\*|\(|\)|\||\s+|[^\s()|*#${}]")
_SPACE = r"[\W_]{1,3}"
_GAPS = {"..": 2, "...": 4, "....": 8}
_WORDS_FOR_MANY = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|zwei|drei|vier|fünf|sechs"
    "|sieben|acht|neun|zehn|elf|zwölf|zwanzig|deux|trois|quatre|cinq|sept|huit|neuf|dix|douze|quinze|vingt|dos|tres|cuatro"
    "|cinco|seis|siete|ocho|nueve|diez|doce|quince|veinte|both|beide|a couple of|a pair of|several|mehrere|plusieurs|varios|varias"
)
_MANY = rf"(?:[2-9]|[1-9]\d{{1,3}}|{_WORDS_FOR_MANY})"
_NUMBER = rf"(?:\d[\d.,/-]{{0,9}}|one|ein|eine|einen|einem|un|une|uno|una|half|{_WORDS_FOR_MANY})"
_CURRENCY = r"(?:[€£$]|eur\b|euros?\b|gbp\b|usd\b|chf\b|aud\b|pounds?\b|dollars?\b|franken\b|francs?\b|quid\b|nok\b|sek\b|dkk\b)"
MONEY = rf"(?:(?:[€£$]|\b(?:eur|gbp|usd|chf|aud))\s?\d[\d.,' ]{{0,9}}(?:\d|k\b)?k?|\d[\d.,']{{0,9}}\s?k?\s?{_CURRENCY}|\d{{1,3}}(?:[.,]\d)?k\b"
MONEY += rf"|\w{{2,9}} (?:hundred|thousand)(?: and \w{{2,12}}| \w{{2,12}})? {_CURRENCY})"
AMOUNT = rf"(?:{MONEY}|(?<![-/\d])(?:\d{{1,3}}[.,' ]\d{{3}}|\d{{2,6}})(?:[.,]\d\d)?(?!\d|[:/-]\d|\s?%))"
_NUMBER_STARTS = "0123456789"


class PhraseError(ValueError):
    """A phrase that cannot be read; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase as an expression, with the letters it can begin with; none: it may begin with anything."""

    expression: str
    starts: frozenset[str]


@cache
def parsed(phrase: str) -> Phrase:
    """The expression of one phrase, without the word boundaries around it. PhraseError where it cannot be read."""
    text = phrase.strip().removesuffix("...").strip()
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text:
        raise PhraseError(f"“{phrase}”: a curly bracket holds no list's name")
    reader = _Parser(phrase, tokens)
    expression, starts = reader.alternatives()
    if reader.at < len(tokens):
        raise PhraseError(f"“{phrase}”: a closing bracket has no opening one")
    letters = {_first_letters(start if _is_full(start) or not start else start + _WORD_END) for start in starts}
    return Phrase(expression, frozenset() if "" in letters else frozenset(letters))


_ANYTHING = "\0"
"""Ends the first letters of an expression where what follows may be anything."""
_Starts = set[str]


class _Parser:
    def __init__(self, phrase: str, tokens: list[str]) -> None:
        self.phrase = phrase
        self.tokens = tokens
        self.at = 0

    def alternatives(self) -> tuple[str, _Starts]:
        """Sequences parted by `|`, up to the closing bracket or the end."""
        pieces: list[str] = []
        starts: _Starts = set()
        while True:
            piece, first = self._sequence()
            pieces.append(piece)
            starts |= first
            if self.at >= len(self.tokens) or self.tokens[self.at] != "|":
                return "|".join(pieces), starts
            self.at += 1

    def _sequence(self) -> tuple[str, _Starts]:
        pieces: list[str] = []
        starts: _Starts = {""}
        while self.at < len(self.tokens) and self.tokens[self.at] not in ("|", ")"):
            token = self.tokens[self.at]
            self.at += 1
            piece, following = self._piece(token, begins=not pieces or pieces[-1].endswith(_SPACE))
            starts = {one if _is_full(one) else one + more for one in starts for more in following}
            pieces.append(piece)
        return "".join(pieces), starts

    def _piece(self, token: str, *, begins: bool) -> tuple[str, _Starts]:
        bare = token.strip()
        if bare in _GAPS:
            return _gap(_GAPS[bare]), {_WORD_END + _ANYTHING}
        if token == "(":
            return self._group()
        if token == "*":
            alone = begins and (self.at >= len(self.tokens) or self.tokens[self.at] in " |)")
            return r"\w{1,30}" if alone else r"\w{0,20}", {_ANYTHING}
        if token.startswith("{"):
            return _listed(token[1:-1], self.phrase)
        if token.isspace():
            return _SPACE, {_WORD_END + _ANYTHING}
        return _SYMBOLS.get(token) or (re.escape(token), {token})

    def _group(self) -> tuple[str, _Starts]:
        inner, starts = self.alternatives()
        if self.at >= len(self.tokens):
            raise PhraseError(f"“{self.phrase}”: an opening bracket is not closed")
        self.at += 1
        if self.at < len(self.tokens) and self.tokens[self.at] == "*":
            self.at += 1
            if self.at < len(self.tokens) and self.tokens[self.at].isspace():
                self.at += 1
                inner = f"(?:{inner}){_SPACE}"
                starts = {start if _is_full(start) else start + _WORD_END for start in starts}
            return f"(?:{inner}){{0,3}}", {start if _is_full(start) else start + _ANYTHING for start in starts} | {""}
        return f"(?:{inner})", starts


MOST_LETTERS = 5
"""How many first letters tell phrases apart."""
_WORD_END = " "


def first_letters(words: str, at: int) -> str:
    """The letters that begin at a place, up to the end of the word; the end is written as a space."""
    return _first_letters(f"{words[at : at + MOST_LETTERS]} ")


@cache
def _first_letters(start: str) -> str:
    letters = start.rstrip(_ANYTHING)[:MOST_LETTERS]
    end = next((number for number, char in enumerate(letters) if not char.isalnum()), None)
    return letters if end is None or end == 0 else letters[:end] + _WORD_END


def _is_full(start: str) -> bool:
    return len(start) >= MOST_LETTERS or start.endswith(_ANYTHING)


def _gap(words: int) -> str:
    return rf"(?:[\W_]{{1,3}}[\w'.%-]{{1,30}}){{0,{words}}}?{_SPACE}"


def _listed(name: str, phrase: str) -> tuple[str, _Starts]:
    words = shipped_lists().get(name)
    if words is None:
        raise PhraseError(f"“{phrase}”: there is no list “{name}”; there are {', '.join(sorted(shipped_lists()))}")
    return _Parser(phrase, _TOKEN.findall(f"({'|'.join(words)})")).alternatives()


_MANY_STARTS = {*_NUMBER_STARTS, *(word[:2] for word in _WORDS_FOR_MANY.split("|"))}
_MONEY_STARTS = {
    *_NUMBER_STARTS,
    "on",
    "tw",
    "th",
    "fo",
    "fi",
    "si",
    "se",
    "ei",
    "ni",
    "€",
    "£",
    "$",
    "eu",
    "gb",
    "us",
    "ch",
    "au",
}
_SYMBOLS: dict[str, tuple[str, _Starts]] = {
    symbol: (expression, {start + _ANYTHING for start in starts})
    for symbol, expression, starts in (
        ("#+", _MANY, _MANY_STARTS),
        ("#", _NUMBER, _MANY_STARTS | {"on", "ei", "un", "ha"}),
        ("$", MONEY, _MONEY_STARTS),
        ("$$", AMOUNT, _MONEY_STARTS),
    )
}


def compiled(phrases: Iterable[str]) -> re.Pattern[str]:
    """One expression that finds any of the phrases as whole words."""
    joined = "|".join(f"(?:{parsed(phrase).expression})" for phrase in phrases)
    return re.compile(rf"(?<![\w'])(?:{joined})(?!'?\w)" if joined else r"(?!)")


@cache
def shipped_words() -> dict[str, dict[str, list[str]]]:
    """The word lists that ship, by meaning and language."""
    return cast("dict[str, dict[str, list[str]]]", _data("words.yaml"))


@cache
def shipped_lists() -> dict[str, list[str]]:
    """The words that phrases name as `{list}`, all languages together."""
    lists = cast("dict[str, dict[str, str]]", _data("lists.yaml"))
    return {
        name: [word.strip() for words in languages.values() for word in words.split(",") if word.strip()]
        for name, languages in lists.items()
    }


def _data(name: str) -> object:
    return yaml.safe_load((files("app.chart") / "data" / name).read_text(encoding="utf-8"))
