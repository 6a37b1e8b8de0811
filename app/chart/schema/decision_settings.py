"""Sections of the chart file that decide: periods, thresholds, combination, guidance."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import Field

from app.chart.schema.shipped_values import shipped
from app.chart.schema.target_settings import Section
from app.domain.enums import Criterion

Ending = Literal["service-ticket", "mini-project", "project"]
Row = Literal["duration", "finance", "billing", "scheduling", "team", "contacts"]


class Periods(Section):
    """Billing period of customers whose agreement has none."""

    cycle: Literal["Weekly", "BiWeekly", "Monthly", "BiMonthly", "Quarterly", "SemiAnnual", "Yearly"] = "Monthly"
    """How often customers are billed."""
    first_day: int = Field(default=1, ge=1, le=28, strict=True)
    """Day of the month on which a period begins: 1 is the calendar month, 26 means 26th to 25th."""


class DurationRow(Section):
    """When the duration row says project."""

    periods: int = Field(default=2, ge=2, le=24, strict=True)
    """Work in this many billing periods."""
    crossing_days: int = Field(default=3, ge=0, le=31, strict=True)
    """Work that ends within this many days after a period's end still counts as one period."""
    hours_per_resource_and_month: float = Field(default=120.0, gt=0, le=744, strict=True)
    """Hours that one resource has in a month; the customer's billing cycle scales them. Work with more hours than one resource
    has in one billing period says project."""


class SmallJob(Section):
    """Two visits or two people do not make a project of a job below both limits."""

    hours: float = Field(default=8.0, ge=0, le=1000, strict=True)
    """Hours of the job, where they are known."""
    amount: float = Field(default=1000.0, ge=0, le=1_000_000, strict=True)
    """What the job costs, where that is known, in the currency of the ticket and without tax."""


class SchedulingRow(Section):
    """When the scheduling row says project."""

    members: int = Field(default=2, ge=2, le=50, strict=True)
    """This many different members with schedule entries."""
    tasks_with_budget: int = Field(default=2, ge=2, le=50, strict=True)
    """This many tasks with budget hours."""
    check_list_hours: float = Field(default=8.0, ge=0, le=1000, strict=True)
    """Tasks with no more hours in total are a check list, not phases."""


class FinanceRow(Section):
    """Points that the finance row needs. What each fact counts stands under `facts.finance`."""

    sold: float = Field(default=2.0, ge=0, le=10, strict=True)
    """Points for a sale from which finance says project."""
    support: float = Field(default=1.5, ge=0, le=10, strict=True)
    """Points for support from which finance says service."""
    clear_support: float = Field(default=5.0, ge=0, le=20, strict=True)
    """The same, where a lasting improvement is requested as well."""
    strong_fault: float = Field(default=2.0, ge=0, le=3, strict=True)
    """Points for a fault from which it stays service work…"""
    sold_over_fault: float = Field(default=3.5, ge=0, le=10, strict=True)
    """…unless there are this many points for a sale."""
    review_above_hours: float = Field(default=16.0, ge=0, le=10_000, strict=True)
    """Budget hours from which a ticket needs review, where the work is neither broken, routine, covered nor sold."""


@cache
def _in_order(rows: frozenset[str]) -> tuple[Criterion, ...]:
    return tuple(criterion for criterion in Criterion if criterion in rows)


class Combination(Section):
    """How the six rows lead to an outcome."""

    project_rows: list[Row] = ["duration", "billing", "scheduling", "team", "contacts"]
    """Rows of which one is enough for a project. Other rows are shown, but never decide."""
    project_row_says_project: Ending = "project"
    """The outcome when one of them says project."""
    only_finance_says_project: Ending = "mini-project"
    """The outcome when only finance says project."""
    otherwise: Ending = "service-ticket"
    """The outcome when no row says project."""
    min_evidence: Literal["record", "statement", "hint"] = "statement"
    """The weakest evidence that settles a row alone: `record` (a field or a related record), `statement` (the text states it)
    or `hint` (words that often mean it)."""
    rows_needed: int = Field(default=2, ge=1, le=6, strict=True)
    """This many rows with evidence for a project settle each other."""
    rows_needed_against_support: int = Field(default=3, ge=1, le=6, strict=True)
    """The same, where finance says break/fix or routine."""
    mini_project_from_hours: float | None = Field(default=None, gt=0, le=10_000, strict=True)
    """Work with at least this many hours is at least a mini-project, unless it is break/fix or covered. `null`: no such limit."""
    project_from_hours: float | None = Field(default=None, gt=0, le=10_000, strict=True)
    """Work with at least this many hours is a project, unless it is break/fix or covered. `null`: no such limit."""
    project_from_amount: float | None = Field(default=None, gt=0, le=100_000_000, strict=True)
    """Work that was sold for at least this amount is a project. `null`: no such limit."""

    @property
    def decisive(self) -> tuple[Criterion, ...]:
        """The project rows, in the chart's order."""
        return _in_order(frozenset(self.project_rows))


_PARAGRAPH = 2000


class Guidance(Section):
    """What each row asks, in plain words: for people, and for the model-backed reader."""

    duration: str = shipped("guidance", "duration", max_length=_PARAGRAPH)
    """The duration row."""
    finance: str = shipped("guidance", "finance", max_length=_PARAGRAPH)
    """The finance row."""
    billing: str = shipped("guidance", "billing", max_length=_PARAGRAPH)
    """The billing row."""
    scheduling: str = shipped("guidance", "scheduling", max_length=_PARAGRAPH)
    """The scheduling row."""
    team: str = shipped("guidance", "team", max_length=_PARAGRAPH)
    """The team row."""
    contacts: str = shipped("guidance", "contacts", max_length=_PARAGRAPH)
    """The contacts row."""
    general: str = shipped("guidance", "general", max_length=_PARAGRAPH)
    """What holds for all rows."""
