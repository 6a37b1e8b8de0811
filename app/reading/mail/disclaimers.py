"""Disclaimers and legal lines, in a separate paragraph or on the same line as text."""

from __future__ import annotations

import re

from app.reading.mail.model import Line, Role
from app.reading.mail.sentences import sentences_of, split_line
from app.reading.mail.vocabulary import vocabulary

_LONGEST_LEGAL_LINE = 120
_SUBJECT_WORDS = 4
"""With a single legal word, the mail itself must be what the sentence begins with: «This e-mail is private»."""
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
    """`legal`: a disclaimer stands right above; text that continues it belongs to it."""
    if not vocabulary().has("disclaimer_words", line.text) and not vocabulary().has("disclaimer_starts", line.text):
        return [line]
    roles: list[tuple[int, int, Role]] = []
    for start, end in sentences_of(line.text):
        legal = _is_legal(line.text[start:end], after=legal)
        roles.append((start, end, Role.DISCLAIMER if legal else Role.NEW_TEXT))
    marked = [number for number, role in enumerate(roles) if role[2] is Role.DISCLAIMER]
    if marked:
        last = len(roles) if len(marked) > 1 else marked[-1]
        for number in range(marked[0], last):
            roles[number] = (*roles[number][:2], Role.DISCLAIMER)
    return split_line(line, roles)


def _is_legal(sentence: str, *, after: bool) -> bool:
    known = vocabulary()
    text = sentence.strip(_LEAD)[:600]
    if known.begins("disclaimer_starts", text) or (after and not any(map(str.isalpha, text))):
        return True
    if "|" in text and len(text) <= _LONGEST_LEGAL_LINE and known.has("disclaimer_starts", text):
        return True
    if _FAULT_FREE.search(text):
        return False
    legal = known.count("disclaimer_words", text)
    if after or legal > 2:
        return legal > 0 or known.has("disclaimer_weak", text)
    beginning = text if legal > 1 else " ".join(text.split(maxsplit=_SUBJECT_WORDS)[:_SUBJECT_WORDS])
    return legal > 0 and known.has("disclaimer_subjects", beginning)
