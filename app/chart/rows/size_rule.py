"""The size of a job against the chart: the capacity of one resource, and small jobs."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

from app.chart.schema.decision_settings import DurationRow, SmallJob
from app.domain.billing_periods import Periods
from app.domain.enums import PointsTo
from app.domain.facts import Reason
from app.reading.facts.job_size import JobSize


class SizeRule:
    """What the size of one job says to the rows."""

    def __init__(self, size: JobSize, periods: Periods, duration: DurationRow, small_job: SmallJob) -> None:
        self._size = size
        self._periods = periods
        self._duration = duration
        self._small_job = small_job

    @cached_property
    def beyond_capacity(self) -> Reason | None:
        """More hours than one resource has in one billing period of the customer."""
        hours, per_month = self._size.hours, self._duration.hours_per_resource_and_month
        if hours is None or hours.value <= Decimal(str(per_month)) * self._periods.length_in_months:
            return None
        threshold = f"duration.hours_per_resource_and_month = {per_month:g}"
        text = "More hours than one resource has in one billing period"
        return Reason(text, hours.source, hours.written, threshold, PointsTo.PROJECT)

    @cached_property
    def small(self) -> Reason | None:
        """A small job: its known hours and amount are below the chart's limits."""
        rule, size = self._small_job, self._size
        if size.hours is not None and size.hours.value >= Decimal(str(rule.hours)):
            return None
        if size.amount is not None and size.amount.value >= Decimal(str(rule.amount)):
            return None
        text = "A small job"
        if size.hours is not None:
            return Reason(text, size.hours.source, size.hours.written, f"small_job.hours = {rule.hours:g}")
        if size.amount is not None:
            return Reason(text, size.amount.source, size.amount.written, f"small_job.amount = {rule.amount:g}")
        return None
