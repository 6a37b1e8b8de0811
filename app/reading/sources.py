"""The texts of a case that a dispatcher reads, each with where it stands: `summary`, `notes[0].text`, `customFields[2]`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from app.reading.json_members import items, text_of
from app.reading.mail import MOST_RAW, read_mail, request_text, visible
from app.reading.segments import LONGEST_TEXT

_MOST_NOTES = 12
_LONGEST_SUMMARY = 500
_LONGEST_NOTE = 4000
_ENOUGH = 60
"""Characters of a description from which on the subject of an old thread says nothing."""
_THREAD_SUBJECT = re.compile(
    r"\s*(?:fwd?|wg|tr|rv|re|aw|sv|antw)\s?:.*?(?:fwd?|wg|tr|rv|re|aw|sv|antw)\s?:|\s*(?:fwd?|wg|tr|rv)\s?:"
    r"|\s*(?:out of office|automatic reply|auto-?reply|abwesenheits\w*|automatische antwort|réponse automatique|respuesta automática)\s?:",
    re.I,
)


def told(case: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the people of a case say in their own words, and where."""
    subject = text_of(case.get("summary"), _LONGEST_SUMMARY)
    return [
        (words_of_sender(text, subject) if source != "summary" else visible(text).text[:_LONGEST_SUMMARY], source)
        for text, source in _texts(case)
    ]


@lru_cache(maxsize=1024)
def words_of_sender(text: str, subject: str = "") -> str:
    """What the sender writes now, and older mail that the sender adopts. `subject` is the ticket's summary."""
    return request_text(read_mail(text, subject=subject))[:LONGEST_TEXT]


def _texts(case: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    described = text_of(case.get("initialDescription"), MOST_RAW)
    summary = text_of(case.get("summary"))
    if summary and not (_THREAD_SUBJECT.match(summary) and len(described.strip()) >= _ENOUGH):
        yield summary, "summary"
    if described:
        yield described, "initialDescription"
    for number, note in enumerate(items(case, "notes")[:_MOST_NOTES]):
        if value := text_of(note.get("text"), MOST_RAW):
            yield value, f"notes[{number}].text"
    for number, custom in enumerate(items(case, "customFields")[:_MOST_FIELDS]):
        if value := _custom(custom):
            yield value, f"customFields[{number}]"


_MOST_FIELDS = 30
_SAYS_NOTHING = ("Password", "Hyperlink", "IPAddress", "Button", "Checkbox", "Number", "Percent", "Date")
"""Types of custom fields that hold no words (API schema `CustomFieldValue.type`); of passwords nothing is read at all."""


def _custom(custom: Mapping[str, Any]) -> str:
    """A custom field as a sentence: what it is called, and what somebody filled in; «no» denies what it is called."""
    value = text_of(custom.get("value")).strip()
    caption = text_of(custom.get("caption")).strip(" ?:\n")
    if not value or custom.get("type") in _SAYS_NOTHING:
        return ""
    return f"no {caption}" if value.lower() in _NO else f"{caption}: {value}"


_NO = ("no", "none", "n", "nein", "keine", "non", "aucun", "aucune", "ninguno", "ninguna")
