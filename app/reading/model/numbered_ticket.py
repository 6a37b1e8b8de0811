"""A ticket as numbered lines, each with its place and role, as the model reads and quotes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.domain.billing_periods import Periods, day_of
from app.domain.ticket import TicketRecord
from app.reading.mail import Role, read_mail
from app.reading.model.record_lines import field_lines, record_lines
from app.reading.segments import sentences

_MOST_CHARACTERS = 14_000
"""Of texts; records are short and bounded in number."""
_MOST_HISTORY = 4_000
_MOST_NOTES = 12
_LONGEST_SUMMARY = 300
_LONGEST_TEXT = 100_000
_ROLES = {Role.NEW_TEXT: "new text", Role.HISTORY: "history", Role.FORM_FIELD: "field"}
"""Roles that are sent; banners, disclaimers, signatures and noise are not."""


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One sentence or record. `counts`: it is the sender's own or a record; older mail that nobody adopts does not count."""

    number: int
    source: str
    role: str
    text: str
    counts: bool = True

    @property
    def shown(self) -> str:
        """The line as it is sent."""
        return f"[{self.number}] {self.source} ({self.role}) {self.text}"


Part = tuple[str, str, str, bool]
"""Source, role, text, whether it counts."""


def ticket_lines(ticket: TicketRecord, periods: Periods, today: date) -> tuple[TicketLine, ...]:
    """The lines of a ticket: subject, description, notes, fields, records."""
    parts = [*_texts(ticket), *field_lines(ticket), *record_lines(ticket, periods, today)]
    return tuple(
        TicketLine(number, source, role, text, counts)
        for number, (source, role, text, counts) in enumerate(_without_repetitions(parts), 1)
    )


def entry_day(ticket: TicketRecord) -> date:
    """The day of entry; a fixed day where the ticket has none, so that requests stay the same."""
    return day_of(ticket.date_entered) or date(2000, 1, 1)


def _without_repetitions(parts: list[Part]) -> Iterator[Part]:
    known: set[tuple[str, str]] = set()
    for part in parts:
        key = (part[1], part[2])
        if part[2] and (part[1] == "record" or key not in known):
            known.add(key)
            yield part


def _texts(ticket: TicketRecord) -> Iterator[Part]:
    summary = " ".join(ticket.summary[:_LONGEST_SUMMARY].split())
    yield "summary", "subject", summary, True
    left = [_MOST_CHARACTERS, _MOST_HISTORY]
    yield from _mail(ticket.initial_description, "initialDescription", summary, left)
    for number, note in enumerate(ticket.notes[:_MOST_NOTES]):
        for source, role, text, counts in _mail(note.text, f"notes[{number}].text", summary, left):
            yield source, "note" if role == "new text" else role, text, counts


def _mail(text: str, source: str, subject: str, left: list[int]) -> Iterator[Part]:
    """The sentences of a text; `left`: characters of all texts and of history that may still be sent."""
    for segment in read_mail(text[:_LONGEST_TEXT], subject=subject):
        role = _ROLES.get(segment.role)
        if role is None:
            continue
        for sentence in sentences(segment.text, source):
            size = len(sentence.written)
            if size > left[0] or (role == "history" and size > left[1]):
                return
            left[0] -= size
            left[1] -= size if role == "history" else 0
            yield source, role, " ".join(sentence.written.split()), segment.counts
