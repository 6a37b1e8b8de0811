"""Joins lines that a mail program wrapped at a fixed width."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NARROWEST, _WIDEST = 58, 80
_ITEM = re.compile(r"\s*(?:[-*•–+>|#]|\d{1,2}[.)]|\(?[a-z]\)|[^\W\d_][\w /-]{0,24}:)(?:\s|$)", re.IGNORECASE)


def joined(lines: Sequence[str]) -> list[str]:
    """The lines with wrapped ones joined.

    A line is wrapped where the first word of the next one would not have fitted into the width of the text. A next
    line that begins with a capital or a number goes on only in texts in which others go on in small letters.
    """
    widths = [len(line.rstrip()) for line in lines]
    width = max((size for size in widths if size <= _WIDEST), default=0)
    if width < _NARROWEST or sum(size > _WIDEST for size in widths) * 10 > len(lines):
        return list(lines)
    wrapped = [_is_wrapped(line, following, width) for line, following in zip(lines, lines[1:], strict=False)]
    flowing = sum(
        fits and following.lstrip()[:1].islower() for fits, following in zip(wrapped, lines[1:], strict=True)
    )
    result: list[str] = []
    go_on = False
    for number, line in enumerate(lines):
        if go_on:
            result[-1] = f"{result[-1].rstrip()} {line.strip()}"
        else:
            result.append(line)
        following = lines[number + 1].lstrip() if number + 1 < len(lines) else ""
        go_on = number < len(wrapped) and wrapped[number] and (following[:1].islower() or flowing >= 2)
    return result


def _is_wrapped(line: str, following: str, width: int) -> bool:
    size = len(line.rstrip())
    if size < _NARROWEST - 12 or not following.strip() or _ITEM.match(following) or line.rstrip().endswith(":"):
        return False
    return size + 1 + len(following.split(maxsplit=1)[0]) > width
