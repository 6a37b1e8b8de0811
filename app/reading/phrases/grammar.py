"""Notation of phrases, parsed into parts and compiled to bounded regular expressions.

`word*` any ending, `*word` any beginning; `(a|b)` either; `(a |b )*` up to three of them; `...` up to four words
between, `..` up to two, `....` up to eight; a lone `*` one word; `#` a number, `#+` a number of two or more, `##` one of
four digits or more, as orders have; `$` an amount of money, `$$` an amount that may lack its currency; `{name}` any word
of that list. Every repetition is bounded, so reading is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from app.reading.language_data import meanings, vocabulary
from app.reading.values.number_patterns import AMOUNT, MANY, MONEY, NUMBER

_TOKEN = re.compile(r"\{\w+\}| ?\.{2,4} ?|##|#\+|#|\$\$|\$|\*|\(|\)|\||\s+|[^\s()|*#${}]")
_SPACE = r"[\W_]{1,3}"
_GAPS = {"..": 2, "...": 4, "....": 8}
_SYMBOLS = {"##": r"\d{4,12}(?:[/.-]\d{1,6})?", "#+": MANY, "#": NUMBER, "$": MONEY, "$$": AMOUNT}


class PhraseError(ValueError):
    """Invalid phrase; the message names the reason."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A literal character."""

    char: str


@dataclass(frozen=True, slots=True)
class Space:
    """Separator between two words."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to `words` words in between."""

    words: int


@dataclass(frozen=True, slots=True)
class Star:
    """Any letters within a word; `alone`: any single word."""

    alone: bool


@dataclass(frozen=True, slots=True)
class Symbol:
    """A number or an amount, by its sign in the notation."""

    sign: str


@dataclass(frozen=True, slots=True)
class WordList:
    """Any word of a shipped list."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several options."""

    options: tuple[Parts, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """Up to three of the options in a row; `spaced`: each followed by a space."""

    choice: Choice
    spaced: bool


Part = Sign | Space | Gap | Star | Symbol | WordList | Choice | Repeated
Parts = tuple[Part, ...]


def parse_phrase(phrase: str) -> Choice:
    """Parses one phrase; PhraseError where it is invalid."""
    text = phrase.strip().removesuffix("...").strip()
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text:
        raise PhraseError(f"“{phrase}”: a curly bracket holds no list's name")
    reader = _Parser(phrase, tokens)
    choice = reader.alternatives()
    if reader.at < len(tokens):
        raise PhraseError(f"“{phrase}”: a closing bracket has no opening one")
    return choice


class _Parser:
    def __init__(self, phrase: str, tokens: list[str]) -> None:
        self.phrase = phrase
        self.tokens = tokens
        self.at = 0

    def alternatives(self) -> Choice:
        """Sequences parted by `|`, up to the closing bracket or the end."""
        options = [self._sequence()]
        while self.at < len(self.tokens) and self.tokens[self.at] == "|":
            self.at += 1
            options.append(self._sequence())
        return Choice(tuple(options))

    def _sequence(self) -> Parts:
        parts: list[Part] = []
        while self.at < len(self.tokens) and self.tokens[self.at] not in ("|", ")"):
            token = self.tokens[self.at]
            self.at += 1
            parts.append(self._part(token, begins=not parts or isinstance(parts[-1], Space | Gap)))
        return tuple(parts)

    def _part(self, token: str, *, begins: bool) -> Part:
        if token.strip() in _GAPS:
            return Gap(_GAPS[token.strip()])
        if token == "(":
            return self._group()
        if token == "*":
            return Star(alone=begins and (self.at >= len(self.tokens) or self.tokens[self.at] in " |)"))
        if token.startswith("{"):
            return self._listed(token[1:-1])
        if token.isspace():
            return Space()
        return Symbol(token) if token in _SYMBOLS else Sign(token)

    def _group(self) -> Part:
        inner = self.alternatives()
        if self.at >= len(self.tokens):
            raise PhraseError(f"“{self.phrase}”: an opening bracket is not closed")
        self.at += 1
        if self.at == len(self.tokens) or self.tokens[self.at] != "*":
            return inner
        self.at += 1
        spaced = self.at < len(self.tokens) and self.tokens[self.at].isspace()
        self.at += spaced
        return Repeated(inner, spaced)

    def _listed(self, name: str) -> WordList:
        if name not in word_lists():
            raise PhraseError(
                f"“{self.phrase}”: there is no list “{name}”; there are {', '.join(sorted(word_lists()))}"
            )
        return WordList(name)


@cache
def word_list(name: str) -> Choice:
    """The words of a shipped list, as parts."""
    return _Parser(name, _TOKEN.findall("|".join(word_lists()[name]))).alternatives()


def compile_phrases(phrases: Iterable[str]) -> re.Pattern[str]:
    """A regular expression that finds any of the phrases as whole words."""
    joined = "|".join(f"(?:{to_regex(parse_phrase(phrase))})" for phrase in phrases)
    return re.compile(rf"(?<![\w'])(?:{joined})(?!'?\w)" if joined else r"(?!)")


def to_regex(part: Part) -> str:
    """The regular expression of a part, without the word boundaries around it."""
    match part:
        case Choice(options):
            found = _either(options)
        case Repeated(choice, spaced):
            inner = to_regex(choice)
            found = f"(?:(?:{inner}){_SPACE}){{0,3}}" if spaced else f"(?:{inner}){{0,3}}"
        case WordList(name):
            found = _list_expression(name)
        case Gap(words):
            found = rf"(?:[\W_]{{1,3}}[\w'.%-]{{1,30}}){{0,{words}}}?{_SPACE}"
        case Space():
            found = _SPACE
        case Star(alone):
            found = r"\w{1,30}" if alone else r"\w{0,20}"
        case Symbol(sign):
            found = _SYMBOLS[sign]
        case Sign(char):
            found = re.escape(char)
    return found


def _either(options: Iterable[Parts]) -> str:
    """Groups options by their first character, so that one comparison rules out all of a group.

    Only options that exclude each other change their order, so the matches stay the same.
    """
    branches: list[str] = []
    by_sign: dict[Sign, list[Parts]] = {}
    for parts in options:
        if parts and isinstance(parts[0], Sign):
            by_sign.setdefault(parts[0], []).append(parts[1:])
        else:
            branches += _by_sign(by_sign)
            by_sign.clear()
            branches.append(_sequence(parts))
    return "|".join([*branches, *_by_sign(by_sign)])


def _by_sign(by_sign: Mapping[Sign, list[Parts]]) -> Iterator[str]:
    for sign, rests in by_sign.items():
        yield to_regex(sign) + (_sequence(rests[0]) if len(rests) == 1 else f"(?:{_either(rests)})")


def _sequence(parts: Parts) -> str:
    return "".join(f"(?:{to_regex(part)})" if isinstance(part, Choice | WordList) else to_regex(part) for part in parts)


@cache
def _list_expression(name: str) -> str:
    return to_regex(word_list(name))


@cache
def shipped_phrases() -> dict[str, dict[str, list[str]]]:
    """The shipped phrases by meaning and language."""
    return {
        meaning: {
            language: phrases[meaning] for language, phrases in vocabulary("phrases", "phrases") if meaning in phrases
        }
        for meaning in meanings()
    }


@cache
def word_lists() -> dict[str, list[str]]:
    """The words that phrases name as `{list}`, of all languages."""
    lists: dict[str, list[str]] = {}
    for _, found in vocabulary("phrases", "lists"):
        for name, words in found.items():
            lists.setdefault(name, []).extend(words)
    return lists
