"""The texts of a ticket for people: the sender's words, the rest by its role, and each quote of a reason where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from app.domain.ticket import TicketRecord
from app.reading.mail import Role, Segment, read_mail, visible

_MOST_NOTES = 12
_LONGEST_PART = 12_000
"""Characters of one part that are shown."""
_BETWEEN = r"[\s>|]+"
"""What may stand between two words of a quote: line breaks and quote marks."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters. `rows`: the rows of the chart that quote it; `anchor`: its id where it begins a quote."""

    text: str
    rows: tuple[str, ...] = ()
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a text with one role. `is_read`: the chart reads it as the sender's words."""

    role: Role
    is_read: bool
    pieces: tuple[Piece, ...]

    @property
    def is_quoted(self) -> bool:
        return any(piece.rows for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class TicketText:
    """One text of the ticket. `path`: its place in the evidence, such as `notes[0].text`."""

    path: str
    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Quote:
    row: str
    anchor: str
    words: str


def ticket_texts(ticket: TicketRecord, findings: Sequence[Mapping[str, Any]]) -> list[TicketText]:
    """Summary, description and notes with the quotes of the findings."""
    texts = [("summary", "Summary", ticket.summary), ("initialDescription", "Description", ticket.initial_description)]
    for number, note in enumerate(ticket.notes[:_MOST_NOTES]):
        by = ", ".join(filter(None, ["internal" if note.internal else "", note.member, note.date_created[:10]]))
        texts.append((f"notes[{number}].text", f"Note {number + 1}{f' ({by})' if by else ''}", note.text))
    shown = [
        TicketText(path, title, _parts(path, text, ticket.summary, findings)) for path, title, text in texts if text
    ]
    return [text for text in shown if text.parts]


def quote_anchor(criterion: str, number: int) -> str:
    """The id of the place of a reason's quote. `number`: the reason's position in its row."""
    return f"quote-{criterion}-{number}"


def _parts(path: str, raw: str, subject: str, findings: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    whole = visible(raw).text
    segments = [Segment(Role.NEW_TEXT, whole, 0, len(whole), counts=True)]
    if path != "summary":
        segments = [each for each in read_mail(raw, subject=subject) if each.end > each.start]
    marks = _marks(whole, segments, list(_quotes(path, findings)))
    parts = []
    for segment in segments:
        end = min(segment.end, segment.start + _LONGEST_PART)
        pieces = tuple(_pieces(whole, segment.start, end, marks))
        if any(piece.text.strip() for piece in pieces):
            parts.append(Part(segment.role, segment.counts, pieces))
    return tuple(parts)


def _quotes(path: str, findings: Sequence[Mapping[str, Any]]) -> Iterator[_Quote]:
    for finding in findings:
        for number, reason in enumerate(finding.get("reasons") or []):
            if reason.get("source") == path and reason.get("value"):
                row = str(finding["criterion"])
                yield _Quote(row, quote_anchor(row, number), str(reason["value"]))


def _marks(whole: str, segments: Sequence[Segment], quotes: Iterable[_Quote]) -> list[tuple[int, int, _Quote]]:
    """The place of each quote: within the sender's words where it stands there, else its first place."""
    found = []
    for quote in quotes:
        places = list(_places(whole, quote.words))
        read = [
            place for place in places if any(each.counts and each.start <= place[0] < each.end for each in segments)
        ]
        found += [(*place, quote) for place in (read or places)[:1]]
    return found


def _places(whole: str, words: str) -> Iterator[tuple[int, int]]:
    pattern = _BETWEEN.join(map(re.escape, words.rstrip("…").split()))
    if pattern:
        yield from (match.span() for match in re.finditer(pattern, whole, re.IGNORECASE))


def _pieces(whole: str, start: int, end: int, marks: Sequence[tuple[int, int, _Quote]]) -> Iterator[Piece]:
    """The characters from `start` to `end`, split where a quote begins or ends."""
    inside = [mark for mark in marks if mark[0] < end and mark[1] > start]
    borders = sorted({start, end, *(min(max(place, start), end) for mark in inside for place in mark[:2])})
    for left, right in pairwise(borders):
        over = [mark for mark in inside if mark[0] < right and mark[1] > left]
        anchor = next((mark[2].anchor for mark in over if mark[0] == left), "")
        yield Piece(whole[left:right], tuple(dict.fromkeys(mark[2].row for mark in over)), anchor)
