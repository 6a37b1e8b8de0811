"""Web forms and call notes: `Label: value` lines that say who asks and how to call back, and those that say what is asked."""

from __future__ import annotations

from collections.abc import Sequence

from app.reading.mail.model import Line, Role
from app.reading.mail.values import ADDRESS, DATE, PHONE, label_of
from app.reading.mail.vocabulary import vocabulary

_FEWEST = 2
"""Lines of a form in a row; a single `Label: value` line is a sentence of the sender's."""
_MOST_EMPTY = 1


def mark_fields(lines: Sequence[Line]) -> None:
    """Marks the fields that name the caller: name, company, telephone, mail. Fields that ask for work stay text."""
    _mark_top_headers(lines)
    block: list[tuple[Line, str, str]] = []
    empty = 0
    for line in lines:
        labelled = label_of(line.text) if line.role is Role.NEW_TEXT and not line.blank else None
        if labelled is not None:
            block.append((line, *labelled))
            empty = 0
        elif line.blank and block and empty < _MOST_EMPTY:
            empty += 1
        else:
            _mark(block)
            block, empty = [], 0
    _mark(block)


def _mark_top_headers(lines: Sequence[Line]) -> None:
    """Header lines at the very top (`From: Ann`, `To: helpdesk`) say who wrote the mail, nothing of the work."""
    block: list[Line] = []
    for line in lines:
        if line.blank and not block:
            continue
        labelled = label_of(line.text) if line.role is Role.NEW_TEXT else None
        if labelled is None or labelled[0] not in vocabulary().labels or any(char.isdigit() for char in labelled[1]):
            break
        block.append(line)
    if len(block) >= _FEWEST and "from" in vocabulary().labels[(label_of(block[0].text) or ("", ""))[0]]:
        for line in block:
            line.role = Role.FORM_FIELD


def _mark(block: Sequence[tuple[Line, str, str]]) -> None:
    if len(block) < _FEWEST:
        return
    for line, label, value in block:
        if _names_the_caller(label, value):
            line.role = Role.FORM_FIELD


def _names_the_caller(label: str, value: str) -> bool:
    """Known labels in known languages; in any language a value that is only a number to call or an address."""
    label = label.rstrip(" *?").removeprefix("your ")
    if label in vocabulary().contact_fields:
        return len(value) <= 120
    return bool(value) and (_is_number_to_call(value) or _is_address(value))


def _is_number_to_call(value: str) -> bool:
    return PHONE.fullmatch(value) is not None and DATE.fullmatch(value) is None


def _is_address(value: str) -> bool:
    match = ADDRESS.search(value)
    return match is not None and len(value) - (match.end() - match.start()) <= 2
