"""The work that was done on a ticket: who booked how much time when, what was billed, in how many billing periods.

Hours are hundredths of an hour and amounts are cents, both whole numbers, so that sums agree in any order. Amounts are in
the currency of the ticket's company, as ConnectWise keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.audit.values import hundredths, instant, product
from app.chart import Chart
from app.domain.billing_periods import Periods, periods_of
from app.domain.customer_records import Agreement
from app.domain.sale_records import Product
from app.domain.ticket import TicketRecord
from app.domain.work_records import TimeEntry

ANOTHER_DAY = timedelta(hours=16)
"""Work that starts this long after the first start of a day counts as another day; the member's time zone is not known."""
_FREE = ("NoCharge", "DoNotBill")


@dataclass(slots=True)
class Work:
    """The counted work on one ticket."""

    periods: Periods
    members: set[str] = field(default_factory=set)
    """Who booked time."""
    planned: set[str] = field(default_factory=set)
    """Who had schedule entries."""
    days: set[date] = field(default_factory=set)
    """Days by UTC on which time was booked."""
    starts: list[datetime] = field(default_factory=list)
    """Start of each time entry."""
    by_period: dict[int, int] = field(default_factory=dict)
    """Value of the work in cents by billing period."""
    invoices: set[int] = field(default_factory=set)
    """Ids of the invoices that hold its time or products."""
    hours: int = 0
    budget: int = 0
    billed_hours: int = 0
    billed: int = 0
    """Cents on invoices, by each entry's billed hours and rate."""
    covered_hours: int = 0
    covered: int = 0
    """Cents that hours settled by an agreement are worth at their entries' rates."""
    open_hours: int = 0
    open: int = 0
    """Cents of billable time on no invoice that no agreement settles, and, once the ticket is closed, of billable products
    on no invoice."""
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
        """Number of days with work, by elapsed time, so that an evening in America is one day."""
        count, first = 0, None
        for start in sorted(self.starts):
            if first is None or start - first >= ANOTHER_DAY:
                count, first = count + 1, start
        return count


def count_work(ticket: TicketRecord, chart: Chart) -> Work:
    """Counts the work on a ticket. `entries` is 0 where no time was booked or none could be read."""
    entered = instant(ticket.date_entered)
    today = entered.date() if entered else date(2000, 1, 1)
    periods = periods_of(ticket, today, default_cycle=chart.periods.cycle, default_day=chart.periods.first_day)
    work = Work(periods, budget=hundredths(ticket.budget_hours))
    for entry in sorted(ticket.time_entries, key=_is_correction):
        _count_time(work, entry, ticket.agreement)
    work.schedule = len(ticket.schedule_entries)
    work.planned = {entry.member for entry in ticket.schedule_entries if entry.member}
    for line in ticket.products:
        _count_product(work, line, closed=ticket.closed_flag is True)
    return work


def _is_correction(entry: TimeEntry) -> bool:
    """Whether an entry takes hours back; it is counted after the work that it corrects."""
    return hundredths(entry.hours) < 0


def _count_time(work: Work, entry: TimeEntry, agreement: Agreement | None) -> None:
    hours = hundredths(entry.hours)
    if not hours:
        return
    work.hours += hours
    value = 0 if entry.billable_option in _FREE else _count_value(work, entry, hours, agreement)
    if entry.invoice is not None:
        work.invoices.add(entry.invoice)
    start = instant(entry.time_start)
    if hours < 0:
        _take_back(work, value, start)
        return
    work.entries += 1
    if entry.member:
        work.members.add(entry.member)
    if start is not None:
        work.starts.append(start)
        work.days.add(start.date())
        number = work.periods.index(start.date())
        work.by_period[number] = work.by_period.get(number, 0) + value


def _take_back(work: Work, value: int, start: datetime | None) -> None:
    """Subtracts a correction from the last period of work up to it; a correction is not work of the period it was entered in."""
    if start is not None and work.by_period:
        number = work.periods.index(start.date())
        place = max((period for period in work.by_period if period <= number), default=min(work.by_period))
        work.by_period[place] += value


def _count_value(work: Work, entry: TimeEntry, hours: int, agreement: Agreement | None) -> int:
    """Counts a chargeable entry by who pays and returns its value: its agreement first, then an invoice; the rest is open."""
    rate = hundredths(entry.hourly_rate)
    settled = _settled(entry, hours, agreement)
    value = (hundredths(entry.agreement_amount) or product(settled, rate)) if settled else 0
    work.covered_hours += settled
    work.covered += value
    rest = hours - settled
    if _is_on_invoice(entry) and rest:
        counted = _hours_billed(entry, rest, settled=bool(settled))
        work.billed_hours += counted
        work.billed += product(counted, rate)
        covers = agreement is not None and agreement.cover_agreement_time is True
        work.outside_agreement |= covers and entry.agreement is None and counted > 0
        return value + product(counted, rate)
    if entry.billable_option != "Billable":
        return value
    work.open_hours += rest
    work.open += product(rest, rate)
    return value + product(rest, rate)


def _is_on_invoice(entry: TimeEntry) -> bool:
    """Whether an entry is on an invoice; its status says so where the invoice itself is not shown."""
    return entry.invoice is not None or entry.status == "Billed"


def _hours_billed(entry: TimeEntry, rest: int, *, settled: bool) -> int:
    """The hours on the invoice, of those that no agreement settles. Zero hours differ from an absent value."""
    given = (entry.hours_billed, entry.invoice_hours)
    counted = next((hundredths(hours) for hours in given if hours is not None), rest)
    return _within(counted, rest) if settled else counted


def _settled(entry: TimeEntry, hours: int, agreement: Agreement | None) -> int:
    """The hours that an agreement settles: those that the entry names, else all of them by its status or by an agreement
    that covers time. `agreement`: the ticket's own, the only one whose coverage is known."""
    by_status = entry.status == "BilledAgreement"
    if entry.agreement is None and not by_status:
        return 0
    if part := hundredths(entry.agreement_hours):
        return _within(part, hours)
    if by_status:
        return hours
    known = agreement if agreement is not None and agreement.id == entry.agreement else None
    uncovered = known is not None and known.cover_agreement_time is False
    return 0 if entry.agreement_hours is not None or uncovered or _is_on_invoice(entry) else hours


def _within(part: int, hours: int) -> int:
    """A part of hours: of their sign, and not more than they are."""
    return max(0, min(part, hours)) if hours > 0 else min(0, max(part, hours))


def _count_product(work: Work, line: Product, *, closed: bool) -> None:
    if line.invoice is not None:
        work.invoices.add(line.invoice)
    if line.invoiced:
        work.products += _price(line)
    elif closed and line.billable_option == "Billable":
        work.open += _price(line)


def _price(line: Product) -> int:
    count = 100 if line.quantity is None else hundredths(line.quantity)
    return product(count, hundredths(line.price))
