"""Size of a job: its hours and its amount, each with its source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from app.domain.facts import Reason
from app.domain.numbers import decimal_of
from app.reading.evidence import Evidence
from app.reading.facts.agreed_price import agreed_money
from app.reading.facts.stages import stages_of
from app.reading.values.work_hours import stated_hours


@dataclass(frozen=True, slots=True)
class Measure:
    """Hours or an amount, with the place where it was read."""

    value: Decimal
    source: str
    written: str
    by_record: bool = True
    """From a field or a related record, not from a text."""


class JobSize:
    """Hours and amount of a job, each read when it is first needed."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence

    @cached_property
    def hours(self) -> Measure | None:
        """The most hours that budget field, tasks, schedule or text name. They count alike."""
        return max(_all_hours(self._evidence), key=lambda measure: measure.value, default=None)

    @cached_property
    def amount(self) -> Measure | None:
        """The highest amount that the won opportunity, the product lines or an agreed price name, without tax."""
        return max(_all_amounts(self._evidence), key=lambda measure: measure.value, default=None)


def _all_hours(evidence: Evidence) -> Iterator[Measure]:
    tasks = sum((task.hours for task in evidence.tasks), Decimal(0))
    booked = sum((booking.hours for booking in evidence.bookings), Decimal(0))
    for source, hours in (
        ("budgetHours", evidence.budget_hours or Decimal(0)),
        ("tasks", tasks),
        ("scheduleEntries", booked),
    ):
        if hours > 0:
            yield Measure(hours, source, f"{hours.normalize():f} h")
    if stated := stated_hours(evidence.planned):
        yield Measure(stated.hours, stated.sentence.source, stated.written, by_record=False)


def _all_amounts(evidence: Evidence) -> Iterator[Measure]:
    if evidence.opportunity_won and (sold := _sold(evidence)):
        yield Measure(sold, "opportunity", f"{sold:f}")
    lines = sum((line.amount for line in evidence.lines), Decimal(0))
    if lines > 0:
        yield Measure(lines, evidence.lines[0].source, f"{lines:f}")
    reasons: list[Reason] = []
    price = agreed_money(evidence, stages_of(evidence, []), reasons).price
    if price is not None:
        agreed = next((reason for reason in reasons if reason.source), None)
        yield Measure(price, agreed.source if agreed else "initialDescription", f"{price:f}", by_record=False)


def _sold(evidence: Evidence) -> Decimal | None:
    """One-off revenue of the opportunity; recurring revenue is no part of the job."""
    opportunity = evidence.ticket.opportunity
    forecast = opportunity.forecast if opportunity else None
    if forecast is None:
        return evidence.opportunity_amount
    parts = (forecast.service, forecast.product, forecast.other)
    return sum((decimal_of(part) or Decimal(0) for part in parts), Decimal(0)) or evidence.opportunity_amount
