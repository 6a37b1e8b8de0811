"""What was really done on a ticket: who booked how much time when, what was billed, in how many billing periods.

Hours are hundredths of an hour and amounts are cents, whole numbers both, so that sums agree in whatever order they are
made. Amounts are in the currency of the ticket's company, as ConnectWise keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.audit.values import hundredths, instant, items, product
from app.chart import Chart
from app.chart.periods import Periods, periods_of


@dataclass(slots=True)
class Work:
    """The work on one ticket, counted."""

    periods: Periods
    members: set[str] = field(default_factory=set)
    """Who booked time."""
    planned: set[str] = field(default_factory=set)
    """Who had schedule entries."""
    days: set[date] = field(default_factory=set)
    """Days on which time was booked."""
    by_period: dict[int, int] = field(default_factory=dict)
    """Value of the work in cents by billing period."""
    invoices: set[int] = field(default_factory=set)
    hours: int = 0
    budget: int = 0
    billed_hours: int = 0
    billed: int = 0
    """Cents that stand on invoices, by each entry's billed hours and rate."""
    covered_hours: int = 0
    covered: int = 0
    """Cents that the hours settled by an agreement would have come to at their entries' rates."""
    open_hours: int = 0
    open: int = 0
    """Cents of billable time that stands on no invoice and is settled by no agreement."""
    products: int = 0
    """Cents of products on invoices."""
    schedule: int = 0
    entries: int = 0
    outside_agreement: bool = False
    """Time was invoiced although the ticket's agreement covers time."""

    @property
    def span(self) -> int:
        """Days between the first and the last day of work."""
        return (max(self.days) - min(self.days)).days if self.days else 0


def work_of(case: Mapping[str, Any], chart: Chart) -> Work:
    """Counts the work of a case. `entries` is 0 where no time was booked, or none could be read."""
    entered = instant(case.get("dateEntered"))
    today = entered.date() if entered else date(2000, 1, 1)
    periods = periods_of(case, today, default_cycle=chart.periods.cycle, default_day=chart.periods.first_day)
    work = Work(periods, budget=hundredths(case.get("budgetHours")))
    agreement = case.get("agreement")
    covers = isinstance(agreement, dict) and agreement.get("coverAgreementTime") is True
    for entry in items(case.get("timeEntries")):
        _count_time(work, entry, covers=covers)
    for entry in items(case.get("scheduleEntries")):
        work.schedule += 1
        if isinstance(member := entry.get("member"), str) and member:
            work.planned.add(member)
    work.products = sum(_price(line) for line in items(case.get("products")) if line.get("invoiced") is True)
    return work


def _count_time(work: Work, entry: Mapping[str, Any], *, covers: bool) -> None:
    hours = hundredths(entry.get("hours"))
    if hours <= 0:
        return
    work.entries += 1
    work.hours += hours
    if isinstance(member := entry.get("member"), str) and member:
        work.members.add(member)
    invoice = entry.get("invoice")
    rate = entry.get("hourlyRate")
    if isinstance(invoice, int):
        work.invoices.add(invoice)
        counted = hundredths(entry.get("hoursBilled")) or hundredths(entry.get("invoiceHours")) or hours
        value = product(counted, hundredths(rate))
        work.billed_hours += counted
        work.billed += value
        work.outside_agreement |= covers and entry.get("agreement") is None
    elif entry.get("agreement") is not None or entry.get("status") == "BilledAgreement":
        value = hundredths(entry.get("agreementAmount")) or product(hours, hundredths(rate))
        work.covered_hours += hours
        work.covered += value
    else:
        billable = entry.get("billableOption") == "Billable" and entry.get("invoiced") is not True
        value = product(hours, hundredths(rate)) if billable else 0
        work.open_hours += hours if billable else 0
        work.open += value
    if (start := instant(entry.get("timeStart"))) is not None:
        work.days.add(start.date())
        number = work.periods.index(start.date())
        work.by_period[number] = work.by_period.get(number, 0) + value


def _price(line: Mapping[str, Any]) -> int:
    quantity = line.get("quantity")
    count = 100 if quantity is None else hundredths(quantity)
    return product(count, hundredths(line.get("price")))
