"""Facts read from a ticket: reasons with their place, and what is known of the work itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.domain.enums import PointsTo


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
