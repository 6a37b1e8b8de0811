"""Explains a phrase in plain words, and gives an example of what it finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.reading.phrases.grammar import (
    Choice,
    Gap,
    Part,
    Parts,
    Repeated,
    Sign,
    Space,
    Star,
    Symbol,
    WordList,
    parse_phrase,
    word_lists,
)

_MOST_OPTIONS = 4
_SYMBOLS = {
    "#": "[number]",
    "#+": "[number from two]",
    "##": "[number of four digits or more]",
    "$": "[amount]",
    "$$": "[amount]",
}
_EXAMPLES = {"#": "3", "#+": "2", "##": "4711", "$": "£500", "$$": "500"}


def explain_phrase(phrase: str) -> str:
    """The phrase in words: `[amount]`, `[any word]`, `/` between alternatives; of many alternatives the first ones."""
    return _tidy(_explained(parse_phrase(phrase)))


def example_of(phrase: str) -> str:
    """The shortest kind of text that a phrase finds: the first of its alternatives."""
    return _tidy(_example(parse_phrase(phrase)))


def _explained(part: Part) -> str:
    match part:
        case Choice(options):
            shown = _listed([_joined(map(_explained, parts)) for parts in options])
            found = shown if len(options) == 1 else f"({shown})"
        case Repeated(choice, _):
            found = f"[up to three of {_explained(choice)}] "
        case WordList(name):
            found = f"({_listed(word_lists()[name])})"
        case Gap(words):
            found = f" [up to {words} words] "
        case Star(alone):
            found = "[any word]" if alone else "…"
        case Symbol(sign):
            found = _SYMBOLS[sign]
        case Space():
            found = " "
        case Sign(char):
            found = char
    return found


def _listed(words: Sequence[str]) -> str:
    more = [f"{len(words) - _MOST_OPTIONS} more"] if len(words) > _MOST_OPTIONS else []
    return " / ".join([*words[:_MOST_OPTIONS], *more])


def _example(part: Part) -> str:
    match part:
        case Choice(options):
            found = _joined(map(_example, _first_with_words(options)))
        case WordList(name):
            found = word_lists()[name][0].replace("*", "")
        case Gap() | Space():
            found = " "
        case Star(alone):
            found = "something" if alone else ""
        case Symbol(sign):
            found = _EXAMPLES[sign]
        case Sign(char):
            found = char
        case Repeated():
            found = ""
    return found


def _first_with_words(options: tuple[Parts, ...]) -> Parts:
    return next((parts for parts in options if parts), ())


def _joined(texts: Iterable[str]) -> str:
    return "".join(texts)


def _tidy(text: str) -> str:
    return " ".join(text.split())
