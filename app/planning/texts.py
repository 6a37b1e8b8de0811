"""Texts as ConnectWise takes them: names within their length, notes as plain text, our mark."""

from __future__ import annotations

import re
import unicodedata

_DIRECTIONS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF])
_MARKUP = re.compile(r"[<>\[\]{}`*_|\\]")
_JOINS = ("\u200d", "\ufe0f")
_SKIN_TONES = range(0x1F3FB, 0x1F400)


_MARK = "Mini-Projects decision "
_MARKED = re.compile(rf"^{_MARK}(\S+)$", re.MULTILINE)


def mark(decision_id: str) -> str:
    """The mark by which our records are found again."""
    return f"{_MARK}{decision_id}"


def decisions_in(text: str) -> frozenset[str]:
    """The ids of the decisions whose mark is a line of the text."""
    return frozenset(_MARKED.findall(text))


def cut(text: str, most: int) -> str:
    """The text on one line, at most `most` UTF-16 units as ConnectWise counts them; no character is cut in two."""
    line = " ".join(_visible(text).split())
    if _units(line) <= most:
        return line
    kept = line
    while _units(kept) > most - 1:
        kept = kept[:-1]
    while kept and _goes_on(kept, line[len(kept)]):
        kept = kept[:-1]
    return kept.rstrip() + "…"


def plain(text: str) -> str:
    """Words of a ticket for a note: on one line, without anything that could act as markup."""
    return " ".join(_MARKUP.sub(" ", _visible(text)).split())


def without_controls(text: str) -> str:
    """A note of our own with its line breaks, without control characters, which ConnectWise does not take."""
    return "\n".join(_visible(line) for line in text.split("\n"))


def _visible(text: str) -> str:
    """Without control characters, halves of characters, and marks that turn the direction of reading."""
    return "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text.translate(_DIRECTIONS))


def _units(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)


def _goes_on(kept: str, following: str) -> bool:
    """Whether `following` belongs to the last character of `kept`: an accent, a joined sign, a skin tone."""
    return (
        kept[-1] == "\u200d"
        or following in _JOINS
        or unicodedata.combining(following) > 0
        or ord(following) in _SKIN_TONES
    )
