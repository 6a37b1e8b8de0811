"""Joins lines that a mail program wrapped at a fixed width."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

_NARROWEST, _WIDEST = 58, 80
_ITEM = re.compile(r"\s*(?:[-*•–+>|#]|\d{1,2}[.)]|\(?[a-z]\)|[^\W\d_][\w /-]{0,24}:)(?:\s|$)", re.IGNORECASE)
_ENDED = (".", ",", ":", ";", "!", "?")


def joined(lines: Sequence[str]) -> list[str]:
    """The lines with wrapped ones joined.

    A line is wrapped where the first word of the next one would not have fitted into the width of the text. A
    paragraph is wrapped where that holds for all of its lines but the last, and at least one continues in lower case.
    """
    width = max((size for line in lines if (size := len(line.rstrip())) <= _WIDEST), default=0)
    if width < _NARROWEST or sum(len(line) > _WIDEST for line in lines) * 10 > len(lines):
        return list(lines)
    result: list[str] = []
    for paragraph in _paragraphs(lines):
        result += _joined(paragraph, width)
    return result


def _paragraphs(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    """Runs of lines with text; an empty line is a separate run, a list item begins a new one."""
    run: list[str] = []
    for line in lines:
        if run and (not line.strip() or not run[-1].strip() or _ITEM.match(line)):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _joined(lines: Sequence[str], width: int) -> list[str]:
    full = [_is_full(line, following, width) for line, following in pairwise(lines)]
    unlike = any(not is_full and not line.rstrip().endswith(_ENDED) for is_full, line in zip(full, lines, strict=False))
    goes_on = any(
        is_full and following.lstrip()[:1].islower() for is_full, following in zip(full, lines[1:], strict=True)
    )
    if unlike or not goes_on:
        return list(lines)
    result = [lines[0]]
    for is_full, following in zip(full, lines[1:], strict=True):
        if is_full:
            result[-1] = f"{result[-1].rstrip()} {following.strip()}"
        else:
            result.append(following)
    return result


def _is_full(line: str, following: str, width: int) -> bool:
    size = len(line.rstrip())
    return (
        size >= _NARROWEST - 12
        and size + 1 + len(following.split(maxsplit=1)[0]) > width
        and not line.rstrip().endswith(":")
    )
