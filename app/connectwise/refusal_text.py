"""ConnectWise's own reason for a refusal, without the values in it: they may be a ticket's text or a person's name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app import json_codec

_LONGEST = 300
_SHORTEST_VALUE = 3
_BLANK = "…"
_QUOTED = re.compile(
    r"\"[^\"]*(?:\"|\Z)|“[^”]*(?:”|\Z)|„[^“”]*(?:[“”]|\Z)|«[^»]*(?:»|\Z)|`[^`]*(?:`|\Z)|(?<!\w)['‘][^'’]*(?:['’](?!\w)|\Z)"
)
_TOKEN = re.compile(r"\S+")
_PLAIN = re.compile(r"[(\[]?(?:[a-z]+(?:[A-Z][a-z]*)*(?:[-'/][a-z]+)*|\d{1,3})[.,;:!?)\]]*\Z|…[.,;:!?)\]]*\Z", re.ASCII)
"""Words in lower case, member names and short numbers; a name or a value begins with a capital or holds other characters."""
_VENDOR_WORDS = """
a accept access agreement an api board cannot check closed closing company configuration connectwise contact could date department does
duplicate endpoint failed field for http https id if in internal invalid is item it json location manage member missing must no not note
object only path phase please position priority product project record required resource security server service site ssl status subtype
team that the there this ticket time to type unable unauthorized unknown unsupported update url user value version when you your
"""
"""Words that may begin with a capital: ConnectWise's own, and those that begin its sentences."""
_VENDOR = frozenset(_VENDOR_WORDS.split())


def reason(text: Any, sent: Any = None) -> str:
    """A message of ConnectWise for people and logs; quoted values, names and what was `sent` are blanked."""
    if not isinstance(text, str):
        return ""
    shown = _QUOTED.sub(_BLANK, json_codec.NO_TEXT.sub("", text[: 4 * _LONGEST]))
    for value in sorted(set(_texts(sent)), key=len, reverse=True):
        shown = re.sub(re.escape(value), _BLANK, shown, flags=re.I)
    words = [word if _may_show(word) else _BLANK for word in _TOKEN.findall(shown)]
    kept = [word for number, word in enumerate(words) if word != _BLANK or number == 0 or words[number - 1] != _BLANK]
    blanked = " ".join(kept)[:_LONGEST]
    return blanked if any(character.isalpha() for character in blanked) else ""


def _may_show(word: str) -> bool:
    return bool(_PLAIN.match(word)) or word.strip("()[].,;:!?'").casefold() in _VENDOR


def _texts(value: Any) -> Iterator[str]:
    """The texts in a body that was sent, whole and line by line; member names and operations are none."""
    if isinstance(value, str):
        yield from (part.strip() for part in (value, *value.splitlines()) if len(part.strip()) >= _SHORTEST_VALUE)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in ("op", "path"):
                yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
