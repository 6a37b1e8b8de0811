"""Segments of a ticket text: what each part of a mail is, and whether the chart reads it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Role(Enum):
    """What a part of a mail is. Values are stable: explanations and model requests show them."""

    NEW_TEXT = "new_text"
    HISTORY = "history"
    BANNER = "banner"
    DISCLAIMER = "disclaimer"
    SIGNATURE = "signature"
    FORM_FIELD = "form_field"
    NOISE = "noise"
    UNREAD = "unread"
    """Text past the limit that is read of one ticket."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a mail.

    `text` is ready for reading: quote marks removed, wrapped lines joined. `start` and `end` are the place in the
    visible text; the segments of a mail cover it without gaps. Invisible markup has no place (`start == end`).
    """

    role: Role
    text: str
    start: int
    end: int
    counts: bool = False
    """The chart reads it as the sender's words: new text, a request in a form, history that the sender adopts."""


@dataclass(slots=True)
class Line:
    """A line of visible text, or a part of one, while its role is being found. Mutable: each step may set the role."""

    text: str
    start: int
    end: int
    role: Role = Role.NEW_TEXT
    depth: int = 0
    """How many mails back: 0 the sender's own, 1 the mail that is answered or forwarded, 2 the one before it."""
    heading: bool = False
    """Header or attribution line of an older mail; never read, even where the mail itself is adopted."""
    quoted: bool = False
    """Begins with quote marks (`>`), which are not part of what was written."""
    shift: int = 0
    """Characters between `start` and the text: quote marks that were removed."""

    @property
    def blank(self) -> bool:
        return not self.text or self.text.isspace()

    @property
    def bare(self) -> str:
        """The text without quote marks and outer space."""
        return self.text.lstrip(" \t>|").rstrip() if self.quoted else self.text.strip()
