"""The texts of a ticket that are read, in reading order, each with its path: `summary`, `notes[0].text`, `customFields[2]`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from app.domain.ticket import CustomField, TicketRecord
from app.reading.mail import MOST_RAW, Role, consents, read_mail, request_text, visible

_MOST_NOTES = 12
_MOST_FIELDS = 30
_LONGEST_SUMMARY = 300
_LONGEST_VISIBLE_SUMMARY = 500
"""Letters may become several when they are unified."""
LONGEST_TEXT = 12_000
"""Characters of one text that are read."""
_LONGEST_FIELD = 300
_ENOUGH_TEXT = 60
"""Length of a description from which the subject of an old thread adds no information."""
_THREAD_SUBJECT = re.compile(
    r"\s*(?:fwd?|wg|tr|rv|re|aw|sv|antw)\s?:.*?(?:fwd?|wg|tr|rv|re|aw|sv|antw)\s?:|\s*(?:fwd?|wg|tr|rv)\s?:"
    r"|\s*(?:out of office|automatic reply|auto-?reply|abwesenheits\w*|automatische antwort|réponse automatique|respuesta automática)\s?:",
    re.I,
)
_REPLY_SUBJECT = re.compile(r"\s*[^\W\d_]{1,4}(?:\[\d{1,3}\])?\s?[:：]\s?[^\W\d]")
"""A short mark and a colon (`Re:`, `Odp:`, `Vá:`, `YNT:`); only where the mail also quotes an older one."""
_FEWEST_WORDS = 5
"""New words over a quoted mail from which they, and not the old subject, are what the ticket is about."""
_TYPES_WITHOUT_WORDS = ("Password", "Hyperlink", "IPAddress", "Button", "Checkbox", "Number", "Percent", "Date")
"""Types of custom fields that hold no words (API schema `CustomFieldValue.type`)."""
_NO = ("no", "none", "n", "nein", "keine", "non", "aucun", "aucune", "ninguno", "ninguna")


def ticket_texts(ticket: TicketRecord) -> list[tuple[str, str]]:
    """The text of each source with its path, without quoted history and signatures."""
    subject = ticket.summary[:_LONGEST_VISIBLE_SUMMARY]
    return [
        (
            visible(text).text[:_LONGEST_VISIBLE_SUMMARY] if source == "summary" else sender_text(text, subject),
            source,
        )
        for text, source in _raw_texts(ticket)
    ]


@lru_cache(maxsize=1024)
def sender_text(text: str, subject: str = "") -> str:
    """New text of the sender, and older mail that the sender adopts. `subject`: the ticket's summary."""
    return request_text(read_mail(text, subject=subject))[:LONGEST_TEXT]


def _raw_texts(ticket: TicketRecord) -> Iterator[tuple[str, str]]:
    described = ticket.initial_description[:MOST_RAW]
    summary = ticket.summary[:_LONGEST_SUMMARY]
    old = _THREAD_SUBJECT.match(summary) and len(described.strip()) >= _ENOUGH_TEXT
    if summary and not (old or _names_the_mail_below(summary, described, ticket.summary)):
        yield summary, "summary"
    if described:
        yield described, "initialDescription"
    for number, note in enumerate(ticket.notes[:_MOST_NOTES]):
        if note.text:
            yield note.text[:MOST_RAW], f"notes[{number}].text"
    for number, custom in enumerate(ticket.custom_fields[:_MOST_FIELDS]):
        if text := _field_text(custom):
            yield text, f"customFields[{number}]"


@lru_cache(maxsize=1024)
def _names_the_mail_below(summary: str, described: str, subject: str) -> bool:
    """The subject of a reply belongs to the quoted mail; it is no statement where the sender writes of something else."""
    if not _REPLY_SUBJECT.match(summary):
        return False
    segments = read_mail(described, subject=subject[:_LONGEST_VISIBLE_SUMMARY])
    history = [segment.counts for segment in segments if segment.role is Role.HISTORY]
    if not history or any(history):
        return False
    words = request_text(segments)
    return len(words.split()) >= _FEWEST_WORDS and not consents(words)


def _field_text(custom: CustomField) -> str:
    """A custom field as a sentence: caption and value; the value «no» negates the caption."""
    if not isinstance(custom.value, str) or custom.type in _TYPES_WITHOUT_WORDS:
        return ""
    value = custom.value[:_LONGEST_FIELD].strip()
    caption = custom.caption[:_LONGEST_FIELD].strip(" ?:\n")
    if not value:
        return ""
    return f"no {caption}" if value.lower() in _NO else f"{caption}: {value}"
