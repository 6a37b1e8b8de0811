"""Texts of past tickets: patterns filled with words of their language, greetings, signatures, now and then HTML or a thread."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

_MONEY = {"en": "{} GBP", "de": "{} EUR", "fr": "{} € HT", "es": "{} €"}


@dataclass(frozen=True, slots=True)
class Text:
    """Text of a ticket. `price` is the amount it mentions, 0 for none; `hours` likewise."""

    summary: str
    body: str
    price: float
    hours: float


class _Words(dict[str, str]):
    """Chooses a word for each gap of a pattern, afresh each time."""

    def __init__(self, dice: random.Random, language: str, price: float, hours: float) -> None:
        super().__init__()
        self._dice = dice
        self._language = language
        self._fixed = {"money": _MONEY[language].format(f"{price:.0f}"), "hours": f"{hours:g}"}

    def __getitem__(self, gap: str) -> str:
        if gap in self._fixed:
            return self._fixed[gap]
        if gap == "n":
            return str(self._dice.randint(10, 99))
        if gap == "q":
            return self._fixed.setdefault("q", str(self._dice.randint(1000, 9999)))
        word: str = self._dice.choice(_data()["words"][self._language][gap])
        return word.format_map(self) if "{" in word else word


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((files("app.sandbox.seed") / "history.json").read_text(encoding="utf-8"))
    return data


@cache
def _patterns() -> dict[tuple[str, str], list[tuple[str, str]]]:
    found: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for each in _data()["texts"]:
        found[each["kind"], each["language"]].append((each["summary"], each["text"]))
    return dict(found)


def text(dice: random.Random, kind: str, language: str) -> Text:
    """A ticket's text of a kind; `kind` is an outcome or `alert`."""
    language = language if (kind, language) in _patterns() else "en"
    price, hours = float(dice.randrange(180, 1400, 20)), dice.choice((2.0, 3.0, 4.0, 5.0, 6.0))
    words = _Words(dice, language, price, hours)
    summary, body = dice.choice(_patterns()[kind, language])
    filled = body.format_map(words)
    filled = filled[:1].upper() + filled[1:]
    if kind != "alert":
        filled = words["hi"] + filled + words["bye"]
        filled = _dressed(dice, filled)
    named = summary.format_map(words)[:100]
    return Text(named[:1].upper() + named[1:], filled, price if "{money}" in body else 0.0, hours)


def work_note(dice: random.Random, language: str) -> str:
    """Closing note of an engineer."""
    found: str = dice.choice(_data()["work"][language])
    return found


def _dressed(dice: random.Random, body: str) -> str:
    """As mail programs leave it: a few as HTML, a few above a forwarded thread."""
    turn = dice.random()
    if turn < 0.03:
        return f"<div><p>{escape(body)}</p><br></div>".replace("\n", "<br>")
    if turn < 0.06:
        return f"{body}\n\n-----Original Message-----\nFrom: info@supplier.example\nSubject: Offer\n\nYour project manager will call you."
    return body
