"""What the chart says: outcomes, the six rows, findings with reasons, the decision.

Source of the rows: the chart "Mini-Projects, do we use a service ticket or create a project?"
(visionary360.com/do-we-ticket-or-project).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """Where a ticket belongs; `REVIEW` asks a person."""

    SERVICE_TICKET = "service-ticket"
    MINI_PROJECT = "mini-project"
    PROJECT = "project"
    REVIEW = "review"


class Criterion(StrEnum):
    """The six rows of the chart, in its order."""

    DURATION = "duration"
    FINANCE = "finance"
    BILLING = "billing"
    SCHEDULING = "scheduling"
    TEAM = "team"
    CONTACTS = "contacts"


class PointsTo(StrEnum):
    """What one row says. `UNKNOWN`: no hint, or hints that do not settle it."""

    SERVICE = "service"
    PROJECT = "project"
    UNKNOWN = "unknown"


class BillingMethod(StrEnum):
    """ConnectWise's names of the ways a project or phase is billed (API schema `Project.billingMethod`)."""

    ACTUAL_RATES = "ActualRates"
    FIXED_FEE = "FixedFee"
    NOT_TO_EXCEED = "NotToExceed"
    OVERRIDE_RATE = "OverrideRate"


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact that speaks for a side: the sentence, where it was read, what was read, what it was held against."""

    text: str
    source: str
    """Path into the evidence, such as `scheduleEntries[91]`, `summary` or `notes[0].text`."""
    value: str = ""
    """The quoted words or the field's value."""
    threshold: str = ""
    """What the value was held against, named by its place in the chart file where it has one."""
    speaks_for: PointsTo = PointsTo.UNKNOWN
    """The side of its row that the fact speaks for; `UNKNOWN` where it only describes the job."""

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
class Finding:
    """One filled-in row. `contested` marks an unknown row that has hints which do not settle it."""

    criterion: Criterion
    points_to: PointsTo
    reasons: tuple[Reason, ...] = ()
    contested: bool = False


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
    """What the evidence says of the job itself; the plan builds the project from it. None: not said."""

    kind: str | None = None
    """Kind of work by the chart file's names, such as `migration`."""
    fixed_price: Decimal | None = None
    """Quoted, accepted whole price in the ticket's currency."""
    other_prices: tuple[Decimal, ...] = ()
    """Other amounts that the ticket names as the whole price; a person has to choose."""
    price_open: bool = False
    """A fixed price is agreed, and its amount does not stand in the ticket."""
    cap: Decimal | None = None
    """Not-to-exceed amount."""
    hourly_rate: Decimal | None = None
    """Rate agreed for this job, which overrides the usual ones."""
    left_out: tuple[str, ...] = ()
    """Words with money that stands beside what is agreed: for extra work, for each of several, estimated."""
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


@dataclass(frozen=True, slots=True)
class ChartStamp:
    """Which chart decided: its own version word and the SHA-256 of the file's bytes."""

    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The filled-in chart of one ticket."""

    outcome: Outcome
    findings: tuple[Finding, ...]
    """All six rows, in the chart's order."""
    chart: ChartStamp
    candidates: tuple[Outcome, ...] = ()
    """Only with `REVIEW`: what it lies between."""
    question: str | None = None
    """Only with `REVIEW`: the one question whose answer would settle it."""
    rule: str = ""
    """Which rule of the chart's combination decided, in the chart file's words."""
    facts: JobFacts = field(default_factory=JobFacts)
    settled_by: tuple[Criterion, ...] = ()
    """The rows that the outcome follows from; with `REVIEW` the contested ones, first the one that is asked about."""
    exception: str | None = None
    """The chart's exception that fixed the outcome, whatever the rows say."""

    def to_json(self) -> dict[str, Any]:
        """The decision's members as interface JSON, without the facts."""
        return {
            "outcome": self.outcome.value,
            "candidates": [candidate.value for candidate in self.candidates],
            "question": self.question,
            "rule": self.rule,
            "settled_by": [criterion.value for criterion in self.settled_by],
            "exception": self.exception,
            "findings": [_finding_json(finding) for finding in self.findings],
            "chart": {"version": self.chart.version, "sha256": self.chart.sha256},
        }


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "criterion": finding.criterion.value,
        "points_to": finding.points_to.value,
        "contested": finding.contested,
        "reasons": [reason.to_json() for reason in finding.reasons],
    }
