"""The customer's billing periods: which one a day falls into.

Source: a ticket's agreement (API schema `Agreement`: billingCycle, billStartDate) and ConnectWise's billing cycles
(`BillingCycle.billingOptions`); without an agreement, the chart file's default.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from app.domain.ticket import TicketRecord

MONTHS_OF_CYCLE = {
    "monthly": 1,
    "bimonthly": 2,
    "quarterly": 3,
    "semiannual": 6,
    "yearly": 12,
    "annual": 12,
    "annually": 12,
}
_DAYS_OF_CYCLE = {"weekly": 7, "biweekly": 14}
_ONCE = "notrecurring"
"""A cycle without periods."""
_LONGEST_CYCLE = 100


@dataclass(frozen=True, slots=True)
class Periods:
    """Billing periods that follow one another from `start`, each `months` months or, where that is 0, `days` days."""

    start: date
    months: int
    days: int
    source: str
    """Where this was read: `billingPeriod`, `agreement` or the chart's default."""
    cycle: str

    def index(self, day: date) -> int:
        """The number of the period that holds `day`, counted from the one that begins at `start`."""
        if self.months == 0:
            return (day - self.start).days // self.days
        passed = (day.year - self.start.year) * 12 + day.month - self.start.month
        return (passed - (day < self._in_month(day.year, day.month))) // self.months

    @property
    def length_in_months(self) -> Decimal:
        """The length of one period in months of a twelfth of a year."""
        return Decimal(self.months) if self.months else Decimal(12 * self.days) / 365

    def bounds(self, day: date) -> tuple[date, date]:
        """First and last day of the period that holds `day`."""
        number = self.index(day)
        return self._begin(number), self._begin(number + 1) - timedelta(days=1)

    def _begin(self, number: int) -> date:
        if self.months == 0:
            return self.start + timedelta(days=self.days * number)
        month = self.start.month - 1 + number * self.months
        return self._in_month(self.start.year + month // 12, month % 12 + 1)

    def _in_month(self, year: int, month: int) -> date:
        """The day of a month on which a period may begin: its last one where it has none of that number."""
        day = self.start.day
        return date(year, month, day if day <= 28 else min(day, monthrange(year, month)[1]))


def periods_of(ticket: TicketRecord, today: date, *, default_cycle: str, default_day: int) -> Periods:
    """The periods that hold for a ticket: its own `billingPeriod`, else its agreement's, else the chart's default."""
    given, agreement = ticket.billing_period, ticket.agreement
    if given and (start := day_of(given.start)):
        return _by_cycle(given.cycle[:_LONGEST_CYCLE], start, "billingPeriod", default_cycle)
    if agreement:
        start = day_of(agreement.bill_start_date) or day_of(agreement.next_invoice_date)
        cycle = agreement.billing_cycle[:_LONGEST_CYCLE]
        if start and cycle and cycle.casefold() != _ONCE:
            return _by_cycle(cycle, start, "agreement", default_cycle)
    start = date(today.year, 1, min(default_day, 28))
    return _by_cycle(default_cycle, start, "chart", default_cycle)


@lru_cache(maxsize=1024)
def _by_cycle(cycle: str, start: date, source: str, default: str) -> Periods:
    name = "".join(char for char in cycle.lower() if char.isalpha())
    if name in _DAYS_OF_CYCLE:
        return Periods(start, 0, _DAYS_OF_CYCLE[name], source, cycle)
    months = MONTHS_OF_CYCLE.get(name) or MONTHS_OF_CYCLE["".join(filter(str.isalpha, default.lower()))]
    return Periods(start, months, 0, source, cycle or default)


def day_of(value: Any) -> date | None:
    """The day of an ISO date or instant; None for anything else."""
    return _day_of(value[:40]) if isinstance(value, str) else None


@lru_cache(maxsize=8192)
def _day_of(text: str) -> date | None:
    try:
        day = datetime.fromisoformat(text.strip()).date()
    except ValueError:
        return None
    return day if 1980 <= day.year <= 2200 else None
