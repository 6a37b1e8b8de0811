"""Thresholds of size that contradict each other, or that never take effect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from app.chart.schema.chart_file import Chart
from app.chart.schema.remarks import Pen, Remark
from app.domain.billing_periods import periods_of
from app.domain.ticket import TicketRecord

_ANY_DAY = date(2026, 1, 1)


def size_remarks(pen: Pen) -> Iterator[Remark]:
    """The small-job rule, the capacity of a resource and the managers' thresholds, compared with each other."""
    rule, small = pen.chart.combination, pen.chart.small_job
    hours, least, amount = rule.project_from_hours, rule.mini_project_from_hours, rule.project_from_amount
    if hours is not None and least is not None and hours <= least:
        text = f"project_from_hours is {hours:g}, so no work becomes a mini-project by its hours"
        yield pen.error(text, "combination", "mini_project_from_hours")
    if hours is not None and hours < small.hours:
        text = f"{hours:g} hours make a project here, and small_job calls everything below {small.hours:g} hours small"
        yield pen.error(text, "combination", "project_from_hours")
    if amount is not None and amount < small.amount:
        text = (
            f"an amount of {amount:g} makes a project here, and small_job calls everything below {small.amount:g} small"
        )
        yield pen.error(text, "combination", "project_from_amount")
    yield from _against_capacity(pen, capacity_of(pen.chart))


def capacity_of(chart: Chart) -> Decimal:
    """Hours of one resource in a billing period of the chart's own cycle."""
    periods = periods_of(
        TicketRecord(), _ANY_DAY, default_cycle=chart.periods.cycle, default_day=chart.periods.first_day
    )
    return Decimal(str(chart.duration.hours_per_resource_and_month)) * periods.length_in_months


def _against_capacity(pen: Pen, capacity: Decimal) -> Iterator[Remark]:
    rule, small = pen.chart.combination, pen.chart.small_job
    shown = f"one resource has {round(capacity, 2).normalize():f} hours in a {pen.chart.periods.cycle} period"
    if small.hours > capacity:
        yield pen.error(f"{shown}, so a small job would be a project by its hours", "small_job", "hours")
    for name in ("mini_project_from_hours", "project_from_hours"):
        limit = getattr(rule, name)
        if limit is not None and limit > capacity:
            text = f"hardly ever applies: {shown}, and duration says project from there"
            yield pen.warning(text, "combination", name)
