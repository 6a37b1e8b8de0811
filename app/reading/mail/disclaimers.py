"""Disclaimers and legal lines, in a paragraph of their own or on the same line as text."""

from __future__ import annotations

import re

from app.reading.mail.model import Line, Role
from app.reading.mail.sentences import sentences_of, split_line
from app.reading.mail.vocabulary import vocabulary

_LEAD = " \t*_-–—>|(["
_FAULT_FREE = re.compile(r"\?|(?<!\w)(?:i|i'm|my|ich|mein\w*|je|mon|ma|yo|mi)(?!\w)", re.IGNORECASE)


def mark_disclaimers(lines: list[Line]) -> list[Line]:
    """Marks disclaimers; returns the lines, split where one shares its line with text."""
    result: list[Line] = []
    legal = False
    for line in lines:
        if line.role is not Role.NEW_TEXT or line.blank:
            result.append(line)
            legal = legal and line.blank
            continue
        parts = _split(line, legal=legal)
        legal = parts[-1].role is Role.DISCLAIMER
        result += parts
    return result


def _split(line: Line, *, legal: bool) -> list[Line]:
    """`legal`: a disclaimer stands right above; what goes on with its words belongs to it."""
    if not vocabulary().has("disclaimer_words", line.text) and not vocabulary().has("disclaimer_starts", line.text):
        return [line]
    roles: list[tuple[int, int, Role]] = []
    for start, end in sentences_of(line.text):
        legal = _is_legal(line.text[start:end], after=legal)
        roles.append((start, end, Role.DISCLAIMER if legal else Role.NEW_TEXT))
    return split_line(line, roles)


def _is_legal(sentence: str, *, after: bool) -> bool:
    known = vocabulary()
    text = sentence.strip(_LEAD)[:600]
    if known.words["disclaimer_starts"].match(text):
        return True
    if _FAULT_FREE.search(text):
        return False
    legal = known.count("disclaimer_words", text)
    return legal > 0 and (after or legal > 1 or known.has("disclaimer_subjects", text)) and (
        after or known.has("disclaimer_subjects", text) or legal > 2
    )
