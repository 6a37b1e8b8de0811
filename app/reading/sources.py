"""The texts of a ticket that are read, in reading order, each with its path: `summary`, `notes[0].text`, `customFields[2]`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.domain.ticket import CustomField, TicketRecord
from app.reading.message_text import LONGEST_TEXT, plain, sender_text

_MOST_NOTES = 12
_MOST_FIELDS = 30
_LONGEST_SUMMARY = 300
_LONGEST_VISIBLE_SUMMARY = 500
"""Letters may become several when they are unified."""
_LONGEST_NOTE = 4000
_LONGEST_FIELD = 300
_ENOUGH_TEXT = 60
"""Characters of a description beside which the subject of an old thread carries no information."""
_THREAD_SUBJECT = re.compile(
    r"\s*(?:fwd?|wg|tr|rv|re|aw|sv|antw)\s?:.*?(?:fwd?|wg|tr|rv|re|aw|sv|antw)\s?:|\s*(?:fwd?|wg|tr|rv)\s?:"
    r"|\s*(?:out of office|automatic reply|auto-?reply|abwesenheits\w*|automatische antwort|réponse automatique|respuesta automática)\s?:",
    re.I,
)
_TYPES_WITHOUT_WORDS = ("Password", "Hyperlink", "IPAddress", "Button", "Checkbox", "Number", "Percent", "Date")
"""Types of custom fields that hold no words (API schema `CustomFieldValue.type`)."""
_NO = ("no", "none", "n", "nein", "keine", "non", "aucun", "aucune", "ninguno", "ninguna")


def ticket_texts(ticket: TicketRecord) -> list[tuple[str, str]]:
    """The text of each source with its path, without quoted history and signatures."""
    return [
        (plain(text)[:_LONGEST_VISIBLE_SUMMARY] if source == "summary" else sender_text(text), source)
        for text, source in _raw_texts(ticket)
    ]


def _raw_texts(ticket: TicketRecord) -> Iterator[tuple[str, str]]:
    described = ticket.initial_description[:LONGEST_TEXT]
    summary = ticket.summary[:_LONGEST_SUMMARY]
    if summary and not (_THREAD_SUBJECT.match(summary) and len(described.strip()) >= _ENOUGH_TEXT):
        yield summary, "summary"
    if described:
        yield described, "initialDescription"
    for number, note in enumerate(ticket.notes[:_MOST_NOTES]):
        if note.text:
            yield note.text[:_LONGEST_NOTE], f"notes[{number}].text"
    for number, custom in enumerate(ticket.custom_fields[:_MOST_FIELDS]):
        if text := _field_text(custom):
            yield text, f"customFields[{number}]"


def _field_text(custom: CustomField) -> str:
    """A custom field as a sentence: caption and value; the value «no» negates the caption."""
    if not isinstance(custom.value, str) or custom.type in _TYPES_WITHOUT_WORDS:
        return ""
    value = custom.value[:_LONGEST_FIELD].strip()
    caption = custom.caption[:_LONGEST_FIELD].strip(" ?:\n")
    if not value:
        return ""
    return f"no {caption}" if value.lower() in _NO else f"{caption}: {value}"
