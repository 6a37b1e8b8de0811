"""What was really done on a ticket: who booked how much time when, what was billed, in how many billing periods.

Hours are hundredths of an hour and amounts are cents, whole numbers both, so that sums agree in whatever order they are
made. Amounts are in the currency of the ticket's company, as ConnectWise keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from app.audit.values import hundredths, instant, items, product
from app.chart import Chart
from app.domain.billing_periods import Periods, periods_of

ANOTHER_DAY = timedelta(hours=16)
"""Work that starts so long after the first start of a day is of another day; the member's own calendar is not known."""
_FREE = ("NoCharge", "DoNotBill")


@dataclass(slots=True)
class Work:
    """The work on one ticket, counted."""

    periods: Periods
    members: set[str] = field(default_factory=set)
    """Who booked time."""
    planned: set[str] = field(default_factory=set)
    """Who had schedule entries."""
    days: set[date] = field(default_factory=set)
    """Days by UTC on which time was booked."""
    starts: list[datetime] = field(default_factory=list)
    """When each piece of work began."""
    by_period: dict[int, int] = field(default_factory=dict)
    """Value of the work in cents by billing period."""
    invoices: set[int] = field(default_factory=set)
    """Ids of the invoices on which its time or products stand."""
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
    """Cents of billable time that stands on no invoice and is settled by no agreement, and, once the ticket is closed, of
    billable products on no invoice."""
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

    @property
    def working_days(self) -> int:
        """On how many days the work was, told by elapsed time, so that an evening in America is one day."""
        count, first = 0, None
        for start in sorted(self.starts):
            if first is None or start - first >= ANOTHER_DAY:
                count, first = count + 1, start
        return count


def work_of(case: Mapping[str, Any], chart: Chart) -> Work:
    """Counts the work of a case. `entries` is 0 where no time was booked, or none could be read."""
    entered = instant(case.get("dateEntered"))
    today = entered.date() if entered else date(2000, 1, 1)
    periods = periods_of(case, today, default_cycle=chart.periods.cycle, default_day=chart.periods.first_day)
    work = Work(periods, budget=hundredths(case.get("budgetHours")))
    for entry in sorted(items(case.get("timeEntries")), key=_is_correction):
        _count_time(work, entry, case)
    for entry in items(case.get("scheduleEntries")):
        work.schedule += 1
        if isinstance(member := entry.get("member"), str) and member:
            work.planned.add(member)
    for line in items(case.get("products")):
        _count_product(work, line, closed=case.get("closedFlag") is True)
    return work


def _is_correction(entry: Mapping[str, Any]) -> bool:
    """Whether an entry takes hours back; it is counted after the work that it corrects."""
    return hundredths(entry.get("hours")) < 0


def _count_time(work: Work, entry: Mapping[str, Any], case: Mapping[str, Any]) -> None:
    hours = hundredths(entry.get("hours"))
    if not hours:
        return
    work.hours += hours
    value = 0 if entry.get("billableOption") in _FREE else _count_value(work, entry, hours, case)
    if isinstance(invoice := entry.get("invoice"), int):
        work.invoices.add(invoice)
    start = instant(entry.get("timeStart"))
    if hours < 0:
        _take_back(work, value, start)
        return
    work.entries += 1
    if isinstance(member := entry.get("member"), str) and member:
        work.members.add(member)
    if start is not None:
        work.starts.append(start)
        work.days.add(start.date())
        number = work.periods.index(start.date())
        work.by_period[number] = work.by_period.get(number, 0) + value


def _take_back(work: Work, value: int, start: datetime | None) -> None:
    """Puts the value of a correction into the last period of work up to it; a correction is no work of its own period."""
    if start is not None and work.by_period:
        number = work.periods.index(start.date())
        place = max((one for one in work.by_period if one <= number), default=min(work.by_period))
        work.by_period[place] += value


def _count_value(work: Work, entry: Mapping[str, Any], hours: int, case: Mapping[str, Any]) -> int:
    """Counts an entry that is not free by who pays: its agreement first, the rest an invoice or nobody yet. What it is worth."""
    rate, own = hundredths(entry.get("hourlyRate")), case.get("agreement")
    settled = _settled(entry, hours, own)
    value = (hundredths(entry.get("agreementAmount")) or product(settled, rate)) if settled else 0
    work.covered_hours += settled
    work.covered += value
    rest = hours - settled
    if _is_billed(entry) and rest:
        counted = _hours_billed(entry, rest, settled=bool(settled))
        work.billed_hours += counted
        work.billed += product(counted, rate)
        covers = isinstance(own, dict) and own.get("coverAgreementTime") is True
        work.outside_agreement |= covers and entry.get("agreement") is None and counted > 0
        return value + product(counted, rate)
    if entry.get("billableOption") != "Billable":
        return value
    work.open_hours += rest
    work.open += product(rest, rate)
    return value + product(rest, rate)


def _is_billed(entry: Mapping[str, Any]) -> bool:
    """Whether an entry stands on an invoice; its status says so, too, where the invoice itself is not shown."""
    return isinstance(entry.get("invoice"), int) or entry.get("status") == "Billed"


def _hours_billed(entry: Mapping[str, Any], rest: int, *, settled: bool) -> int:
    """The hours on the invoice, of those that no agreement has settled. None of them is not the same as not told."""
    told = (entry.get("hoursBilled"), entry.get("invoiceHours"))
    counted = next((hundredths(one) for one in told if one is not None), rest)
    return _within(counted, rest) if settled else counted


def _settled(entry: Mapping[str, Any], hours: int, own: Any) -> int:
    """The hours that an agreement settles: those that the entry names; else all by its status, or by an agreement that covers time.
    `own` is the ticket's own agreement, the only one of which it is known whether it does."""
    agreement, named = entry.get("agreement"), entry.get("agreementHours")
    by_status = entry.get("status") == "BilledAgreement"
    if agreement is None and not by_status:
        return 0
    if part := hundredths(named):
        return _within(part, hours)
    if by_status:
        return hours
    uncovered = isinstance(own, dict) and own.get("id") == agreement and own.get("coverAgreementTime") is False
    return 0 if named is not None or uncovered or _is_billed(entry) else hours


def _within(part: int, hours: int) -> int:
    """A part of hours: of their sign, and not more than they are."""
    return max(0, min(part, hours)) if hours > 0 else min(0, max(part, hours))


def _count_product(work: Work, line: Mapping[str, Any], *, closed: bool) -> None:
    if isinstance(invoice := line.get("invoice"), int):
        work.invoices.add(invoice)
    if line.get("invoiced") is True:
        work.products += _price(line)
    elif closed and line.get("billableOption") == "Billable":
        work.open += _price(line)


def _price(line: Mapping[str, Any]) -> int:
    quantity = line.get("quantity")
    count = 100 if quantity is None else hundredths(quantity)
    return product(count, hundredths(line.get("price")))
