"""Rough sentences of a line with their places, for roles that change within a line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.reading.mail.model import Line, Role

_END = re.compile(r"(?<=[.!?>])[ \t]+(?=\S)|(?<=[.!?][\"')\]])[ \t]+(?=\S)")
_MOST = 200


def sentences_of(text: str) -> list[tuple[int, int]]:
    """Places of the sentences of one line, without gaps; the last one takes the rest of an overlong line."""
    places: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if len(places) >= _MOST:
            break
        places.append((start, match.end()))
        start = match.end()
    places.append((start, len(text)))
    return places


def split_line(line: Line, roles: Sequence[tuple[int, int, Role]]) -> list[Line]:
    """The parts of a line, each with its role; neighbours of the same role stay together."""
    parts: list[Line] = []
    origin = line.start + line.shift
    for start, end, role in roles:
        if parts and parts[-1].role is role:
            last = parts[-1]
            last.text = f"{last.text}{line.text[start:end]}"
        else:
            part = Line(line.text[start:end], origin + start if start else line.start, 0, role, line.depth)
            part.quoted, part.shift = (line.quoted, line.shift) if not start else (False, 0)
            parts.append(part)
        parts[-1].end = origin + end
    parts[-1].end = line.end
    return parts
