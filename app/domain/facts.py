"""Facts read from a ticket: typed statements with their quotes, reasons with their place, and the work itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from msgspec import Struct

from app.domain.enums import Criterion, FactType, PointsTo, Polarity, Reader


class FactValue(Struct, frozen=True):
    """The value of a fact, parsed from its quote or taken from a record. Members that it has no part in stay None."""

    amount: Decimal | None = None
    """In the ticket's currency, without tax where the quote tells."""
    hours: Decimal | None = None
    count: int | None = None
    """Visits, people, parts or billing periods."""
    first_day: date | None = None
    last_day: date | None = None
    name: str = ""
    """Kind of work, number of an order, or members by name."""

    def to_json(self) -> dict[str, str | int]:
        """The members that have a value, as interface JSON."""
        found: dict[str, str | int] = {}
        for member in ("amount", "hours", "first_day", "last_day", "name"):
            if value := getattr(self, member):
                found[member] = f"{value:f}" if isinstance(value, Decimal) else str(value)
        return found if self.count is None else {**found, "count": self.count}


class Fact(Struct, frozen=True):
    """One statement of a ticket. No quote, no fact: the quote occurs in its source."""

    type: FactType
    polarity: Polarity
    value: FactValue | None
    quote: str
    """Words as they stand in the source, or the content of a record's field."""
    source: str
    """Path into the evidence, such as `summary`, `notes[0].text` or `products[2]`."""
    reader: Reader
    confidence: float = 1.0
    """0 to 1. Below `INFERRED_BELOW` the fact is an inference, which yields to every statement."""

    def to_json(self) -> dict[str, object]:
        """The fact's members as interface JSON."""
        return {
            "type": self.type.value,
            "polarity": self.polarity.value,
            "value": self.value.to_json() if self.value else None,
            "quote": self.quote,
            "source": self.source,
            "reader": self.reader.value,
            "confidence": self.confidence,
        }


INFERRED_BELOW = 0.5


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a ticket with the place where they stand."""

    words: str
    source: str


@dataclass(frozen=True, slots=True)
class RowStatement:
    """What a reader says of one row of the chart. Weighed like a statement, and only with a quote that verifies."""

    criterion: Criterion
    says: PointsTo
    quotes: tuple[Quote, ...]
    why: str
    reader: Reader


@dataclass(frozen=True, slots=True)
class ReaderAnswer:
    """What a further reader, such as the model, found in one ticket. It names no outcome: the chart combines."""

    facts: tuple[Fact, ...] = ()
    """Their values are parsed from the quotes again; given ones are not used."""
    rows: tuple[RowStatement, ...] = ()
    leads: bool = False
    """Its statements go before those of the words, which only fill gaps. Records stay before both."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact that supports a side: the sentence, where it was read, what was read, what it was compared with."""

    text: str
    source: str
    """Path into the evidence, such as `scheduleEntries[91]`, `summary` or `notes[0].text`."""
    value: str = ""
    """The quoted words or the field's value."""
    threshold: str = ""
    """The threshold, named by its place in the chart file where it has one."""
    speaks_for: PointsTo = PointsTo.UNKNOWN
    """The side of its row that the fact supports; `UNKNOWN` where it only describes the job."""

    def to_json(self) -> dict[str, str]:
        """The reason's members as interface JSON."""
        return {
            "text": self.text,
            "source": self.source,
            "value": self.value,
            "threshold": self.threshold,
            "speaks_for": self.speaks_for.value,
        }


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage, wave, site or instalment that the evidence names. Unnamed amounts and dates stay None."""

    name: str
    amount: Decimal | None = None
    share: Decimal | None = None
    """Part of the whole price, 0 to 1."""
    start: date | None = None
    end: date | None = None
    hours: Decimal | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class JobFacts:
    """Facts about the job itself, from which the plan builds the project. None: not stated."""

    kind: str | None = None
    """Kind of work by the chart file's names, such as `migration`."""
    fixed_price: Decimal | None = None
    """Quoted, accepted whole price in the ticket's currency."""
    other_prices: tuple[Decimal, ...] = ()
    """Other amounts that the ticket names as the whole price; a person has to choose."""
    price_open: bool = False
    """A fixed price is agreed, and the ticket does not state its amount."""
    cap: Decimal | None = None
    """Not-to-exceed amount."""
    hourly_rate: Decimal | None = None
    """Rate agreed for this job, which overrides the usual ones."""
    left_out: tuple[str, ...] = ()
    """Quotes of amounts in addition to the agreed ones: for extra work, per unit, estimated."""
    hours: Decimal | None = None
    start: date | None = None
    end: date | None = None
    stages: tuple[Stage, ...] = ()
    members: tuple[str, ...] = ()
    """Identifiers of scheduled members, first scheduled first."""
    contacts: tuple[str, ...] = ()
    po_number: str | None = None
    restricted: bool = False
    """Only named people may see or work on it."""
    progress_billing: bool = False
    sources: tuple[Reason, ...] = ()
    """Where each of the facts above was read."""
