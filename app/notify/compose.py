"""The text of a notification. Ticket text is hostile: nothing in it becomes a link, a mention or markup in a chat or mail."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from app.notify.model import WARNINGS, Kind
from app.storage import MessageRow

_LONGEST = 120
_MOST_ENTRIES = 15
_LOOK_ALIKES = str.maketrans({
    "<": "‹", ">": "›", "[": "(", "]": ")", "`": "'", "@": "＠", "*": "∗", "_": "ˍ", "~": "∼", "|": "¦", "\\": "⧵", "#": "＃",
})  # fmt: skip


class Notification(NamedTuple):
    """What is sent to a target."""

    title: str
    body: str
    is_warning: bool


def plain(text: str, *, longest: int = _LONGEST) -> str:
    """A ticket's text on one line, without control characters; what a chat would turn into markup is replaced."""
    printable = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text)
    line = " ".join(printable.split()).translate(_LOOK_ALIKES).replace("://", ":/ /").replace("www.", "www .")
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def compose(rows: Sequence[MessageRow], *, overview: str) -> Notification:
    """One notification of all messages. `overview`: address of the list of everything that waits; empty: none."""
    is_warning = any(Kind(row.kind) in WARNINGS for row in rows)
    if len(rows) == 1:
        content = rows[0].content
        return Notification(content["title"], _joined(content["text"], content["link"]) or content["title"], is_warning)
    shown = [_joined(row.content["title"], row.content["text"], row.content["link"]) for row in rows[:_MOST_ENTRIES]]
    if len(rows) > _MOST_ENTRIES:
        shown.append(_joined(f"and {len(rows) - _MOST_ENTRIES} more", overview))
    return Notification(_title(rows), "\n\n".join(shown), is_warning)


def _title(rows: Sequence[MessageRow]) -> str:
    """What the messages are about, counted."""
    words = {Kind.REVIEW: ("needs review", "need review"), Kind.FAILED: ("failed", "failed")}
    parts = []
    for kind, (singular, plural) in words.items():
        number = sum(row.kind == kind for row in rows)
        parts += [f"{number} {singular if number == 1 else plural}"] if number else []
    others = sum(Kind(row.kind) not in words for row in rows)
    parts += [f"{others} about the service"] if others else []
    return f"Mini-Projects: {', '.join(parts)}"


def _joined(*lines: str) -> str:
    return "\n".join(filter(None, lines))
