"""Tables in a text: each row becomes one list item, so that a name stays with its hours and its price."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CELLS = re.compile(r"\s*\|\s*|\s*\t\s*")
_RULE = re.compile(r"[\s|+:=_–—-]*[-=_–—]{2}[\s|+:=_–—-]*")
_DIGIT = re.compile(r"\d")
_MOST_CELLS = 12


def rows_as_items(text: str) -> str:
    """The text with the rows of its tables as items `- name, cell, cell`. A heading row stays a plain line.

    A table is two rows or more, with as many cells each, one below the other.
    """
    if "|" not in text and "\t" not in text:
        return text
    return "\n".join(_lines(text.split("\n")))


def _lines(lines: list[str]) -> Iterator[str]:
    run: list[tuple[str, list[str]]] = []
    for line in lines:
        cells = _cells(line)
        if run and (not line.strip() or _RULE.fullmatch(line)):
            run.append((line, []))
        elif cells and (not run or len(cells) == len(run[0][1])):
            run.append((line, cells))
        else:
            yield from _rows(run)
            run = [(line, cells)] if cells else []
            if not cells:
                yield line
    yield from _rows(run)


def _cells(line: str) -> list[str]:
    cells = [cell for cell in _CELLS.split(line.strip().strip("|").strip()) if cell]
    return cells if 2 <= len(cells) <= _MOST_CELLS and not _RULE.fullmatch(line) else []


def _rows(run: list[tuple[str, list[str]]]) -> Iterator[str]:
    rows = [cells for _, cells in run if cells]
    if len(rows) < 2:
        yield from (line for line, _ in run)
        return
    numbered = any(_DIGIT.search(" ".join(cells)) for cells in rows[1:])
    for number, cells in enumerate(rows):
        is_heading = not number and numbered and not _DIGIT.search(" ".join(cells))
        yield ", ".join(cells) if is_heading else f"- {', '.join(cells)}"
    if not run[-1][1]:
        yield ""
