"""Typed evidence of one ticket: phrases, dates, people, money and records, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from app.domain.billing_periods import Periods
from app.domain.enums import Polarity, Reader
from app.domain.ticket import TicketRecord
from app.reading.segments import Sentence
from app.reading.values.dates import TimePoint
from app.reading.values.durations import Span

_STILL_CURRENT = timedelta(days=3)
"""A date that is past by so much still counts as upcoming."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase of one meaning in one sentence."""

    meaning: str
    words: str
    sentence: Sentence
    reader: Reader = Reader.WORDS

    @property
    def source(self) -> str:
        return self.sentence.source


@dataclass(frozen=True, slots=True)
class Booking:
    """One schedule entry."""

    member: str
    start: date | None
    end: date | None
    hours: Decimal
    source: str
    start_time: str = ""
    """The start as written; members with the same start are on the same visit."""


@dataclass(frozen=True, slots=True)
class ProductLine:
    """One product line."""

    description: str
    amount: Decimal
    source: str
    is_labour: bool = False


@dataclass(frozen=True, slots=True)
class TaskBudget:
    """One task with its budget hours."""

    summary: str
    hours: Decimal
    source: str


@dataclass
class Evidence:
    """Everything that the rows of the chart read."""

    ticket: TicketRecord
    today: date
    periods: Periods
    mentions_by_meaning: dict[str, list[Mention]] = field(default_factory=dict)
    """Only meanings that are mentioned."""
    denied: dict[str, list[tuple[Mention, Polarity]]] = field(default_factory=dict)
    """Phrases of a meaning that their sentences deny, make conditional, or tell of the past or of others."""
    dates: list[tuple[TimePoint, Sentence]] = field(default_factory=list)
    undecided_dates: list[tuple[TimePoint, Sentence]] = field(default_factory=list)
    """Dates that the ticket itself calls undecided."""
    spans: list[tuple[Span, Sentence]] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    lines: list[ProductLine] = field(default_factory=list)
    one_visit_line: ProductLine | None = None
    """The only product line, where it is sold as one visit."""
    tasks: list[TaskBudget] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    contacts: list[str] = field(default_factory=list)
    board: str = ""
    type: str = ""
    agreement: str = ""
    agreement_covers: bool = False
    """The agreement covers time by its kind or its setting."""
    opportunity: str = ""
    opportunity_won: bool = False
    opportunity_amount: Decimal | None = None
    budget_hours: Decimal | None = None
    sentences: list[Sentence] = field(default_factory=list)
    planned: list[Sentence] = field(default_factory=list)
    """Sentences about the requested work: no history, no wishes, no work of others."""

    def mentions(self, *meanings: str) -> list[Mention]:
        """Mentions of these meanings, in reading order."""
        if len(meanings) == 1:
            return self.mentions_by_meaning.get(meanings[0], [])
        known = self.mentions_by_meaning
        return [mention for meaning in meanings if meaning in known for mention in known[meaning]]

    def upcoming_dates(self) -> list[tuple[TimePoint, Sentence]]:
        """Dates of the text that are not past."""
        return [(point, sentence) for point, sentence in self.dates if point.day >= self.today - _STILL_CURRENT]
