"""Web forms and call notes: `Label: value` lines that say who asks and how to call back, and those that say what is asked.

A field names a person of the work only where its label is a part of the work: «Phase 2: Ann Poe», not «Contact: Ann Poe».
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.reading.mail.model import Line, Role
from app.reading.mail.sentences import split_line
from app.reading.mail.values import ADDRESS, DATE, PHONE, label_of
from app.reading.mail.vocabulary import vocabulary

Field = tuple[Line, str, str]
_FEWEST = 2
"""Lines of a form in a row; a single `Label: value` line is a sentence of the sender's."""
_MOST_EMPTY = 1
_LONGEST_CALLER = 120
_WORD = re.compile(r"[^\W\d_]+")
_PERSON = re.compile(
    r"(?:(?:Dr|Mr|Mrs|Ms|Herr|Frau|Hr|Fr|Mme|M|Sr|Sra)\.? )?[^\W\d_a-z][\w.'-]*(?: (?:[^\W\d_a-z][\w.'-]*|van|von|de|der|du|da|di|la)){1,3}"
)


def mark_fields(lines: list[Line]) -> list[Line]:
    """Marks the fields that name the caller, and the labels of those that ask for work; returns the lines, split there."""
    _mark_top_headers(lines)
    block: list[Field] = []
    requests: dict[int, Line] = {}
    empty = 0
    for line in lines:
        labelled = label_of(line.text) if line.role is Role.NEW_TEXT and not line.blank else None
        if labelled is not None:
            block.append((line, *labelled))
            empty = 0
        elif line.blank and block and empty < _MOST_EMPTY:
            empty += 1
        else:
            requests |= _mark(block)
            block, empty = [], 0
    requests |= _mark(block)
    return [part for line in lines for part in (_without_label(line) if id(line) in requests else [line])]


def _mark_top_headers(lines: Sequence[Line]) -> None:
    """Header lines at the very top (`From: Ann`, `To: helpdesk`) say who wrote the mail, nothing of the work."""
    block: list[tuple[Line, str]] = []
    for line in lines:
        if line.blank and not block:
            continue
        labelled = label_of(line.text) if line.role is Role.NEW_TEXT else None
        if labelled is None or labelled[0] not in vocabulary().labels or any(char.isdigit() for char in labelled[1]):
            break
        block.append((line, labelled[0]))
    if len(block) >= _FEWEST and "from" in vocabulary().labels[block[0][1]]:
        for line, _ in block:
            line.role = Role.FORM_FIELD


def _mark(block: Sequence[Field]) -> dict[int, Line]:
    """Marks the fields of one form; returns the lines that ask for work, by identity."""
    if len(block) < _FEWEST:
        return {}
    callers = [field for field in block if _names_the_caller(field[1], field[2])]
    for line, _, _ in callers:
        line.role = Role.FORM_FIELD
    if not callers:
        return {}
    for line, label, value in block:
        if line.role is Role.NEW_TEXT and _PERSON.fullmatch(value) and _is_of_no_part(label):
            line.role = Role.FORM_FIELD
    return {
        id(line): line
        for line, label, _ in block
        if line.role is Role.NEW_TEXT and label.rstrip(" *?") in vocabulary().request_fields
    }


def _is_of_no_part(label: str) -> bool:
    """A label that asks for a person and names no part of the work."""
    words = set(_WORD.findall(label))
    return not words.isdisjoint(vocabulary().people_labels) and words.isdisjoint(vocabulary().parts)


def _without_label(line: Line) -> list[Line]:
    """The label of a request as a field of the form, its value as text."""
    end = line.text.index(":") + 1
    end += len(line.text[end:]) - len(line.text[end:].lstrip(" \t*_|"))
    return split_line(
        line, [(0, end, Role.FORM_FIELD), *([(end, len(line.text), Role.NEW_TEXT)] if end < len(line.text) else [])]
    )


def _names_the_caller(label: str, value: str) -> bool:
    """Known labels in known languages; in any language a value that is only a number to call or an address."""
    label = label.rstrip(" *?").removeprefix("your ")
    if label in vocabulary().contact_fields:
        return len(value) <= _LONGEST_CALLER
    return bool(value) and (_is_number_to_call(value) or _is_address(value))


def _is_number_to_call(value: str) -> bool:
    return PHONE.fullmatch(value) is not None and DATE.fullmatch(value) is None


def _is_address(value: str) -> bool:
    match = ADDRESS.search(value)
    return match is not None and len(value) - (match.end() - match.start()) <= 2
