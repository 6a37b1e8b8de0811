"""The chart file's sections about deciding: thresholds of the rows, how they combine, periods, exceptions, words."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.chart.model import Outcome
from app.chart.targets import Section


class Periods(Section):
    """The billing period of customers without an agreement that tells it."""

    cycle: Literal["Weekly", "BiWeekly", "Monthly", "BiMonthly", "Quarterly", "SemiAnnual", "Yearly"] = "Monthly"
    first_day: int = Field(default=1, ge=1, le=28)
    """Day of the month on which a period begins: 26 means 26th to 25th."""


class DurationRow(Section):
    """When the duration row says project."""

    periods: int = Field(default=2, ge=2, le=24)
    """Work in this many billing periods."""
    crossing_days: int = Field(default=3, ge=0, le=31)
    """Work that crosses a period's end within so many days is still one period's work."""


class SchedulingRow(Section):
    """When the scheduling row says project."""

    members: int = Field(default=2, ge=2, le=50)
    """So many different members with schedule entries."""
    tasks_with_budget: int = Field(default=2, ge=2, le=50)
    """So many tasks with budget hours of their own."""


class Combination(Section):
    """What counts as decisive. Strengths: 3 a field or record, 2 an explicit statement, 1 a phrase that often means it."""

    record: float = Field(default=3.0, ge=0, le=10)
    statement: float = Field(default=2.0, ge=0, le=10)
    hint: float = Field(default=1.5, ge=0, le=10)
    """A row with less is not counted at all."""
    rows_together: int = Field(default=2, ge=1, le=6)
    """So many rows with a hint each make each other decisive."""
    rows_against_support: int = Field(default=3, ge=1, le=6)
    """The same, where the work is break/fix or routine by its words."""
    sold: float = Field(default=2.0, ge=0, le=10)
    """From here on the finance row says project: accepted 2, priced 2, to be charged 1.5, labour line 2, won 2."""
    support: float = Field(default=1.5, ge=0, le=10)
    """From here on the finance row says service: each fault or request 1 to 3, covered 2, type of support 0.7."""
    clear_support: float = Field(default=5.0, ge=0, le=20)
    """Where a lasting improvement is asked for as well, only so much support still says service by itself."""
    strong_fault: float = Field(default=2.0, ge=0, le=10)
    sold_over_fault: float = Field(default=3.5, ge=0, le=10)
    """A strong fault stays service work unless this much speaks for a sale."""


class FixedOutcome(Section):
    """A rule that goes before the rows: for these customers, agreements, boards or types the outcome is fixed."""

    name: str = Field(min_length=1, max_length=80)
    companies: list[str] = []
    agreements: list[str] = []
    boards: list[str] = []
    types: list[str] = []
    outcome: Outcome
