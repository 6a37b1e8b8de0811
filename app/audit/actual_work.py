"""The work that was done on a ticket: who booked how much time when, and who paid for it.

Hours are hundredths of an hour and amounts are cents, both whole numbers, so that sums agree in any order. Amounts are in
the currency of the ticket, as ConnectWise keeps them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.audit.revenue_path import RevenuePath
from app.audit.values import hundredths, instant, product
from app.chart import Chart
from app.domain.billing_periods import Periods, periods_of
from app.domain.customer_records import Agreement
from app.domain.sale_records import Product
from app.domain.ticket import TicketRecord
from app.domain.vocabulary import is_labour
from app.domain.work_records import TimeEntry

ANOTHER_DAY = timedelta(hours=16)
"""Work that starts this long after the first start of a day counts as another day; the member's time zone is not known."""
_FREE = ("NoCharge", "DoNotBill")
_WRITTEN_OFF = "WrittenOff"


@dataclass(frozen=True, slots=True)
class Invoiced:
    """A part that is on an invoice: its day where it is known, hours, cents and the GL account."""

    day: date | None
    hours: int
    amount: int
    account: str


@dataclass(slots=True)
class Work:
    """The counted work on one ticket."""

    periods: Periods
    members: set[str] = field(default_factory=set)
    """Who booked time."""
    days: set[date] = field(default_factory=set)
    """Days by UTC on which time was booked."""
    starts: list[datetime] = field(default_factory=list)
    """Start of each time entry."""
    by_period: dict[int, int] = field(default_factory=dict)
    """Charged value of the work in cents by billing period, without what an agreement settles."""
    invoices: set[int] = field(default_factory=set)
    """Ids of the invoices that hold its time or products."""
    invoiced: list[Invoiced] = field(default_factory=list)
    """Services on invoices: time, or the fee in its place, and lines of labour."""
    goods: list[Invoiced] = field(default_factory=list)
    """Other product lines on invoices."""
    hours: int = 0
    budget: int = 0
    billed_hours: int = 0
    billed: int = 0
    """Cents of time on invoices; of a fixed fee its amount, of a capped price the cap at most."""
    worth: int = 0
    """Cents of all hours that no agreement settles, at their rates, whether charged or not."""
    covered_hours: int = 0
    covered: int = 0
    """Cents that hours settled by an agreement are worth at their entries' rates."""
    free_hours: int = 0
    free: int = 0
    """Cents of hours that were not charged (NoCharge, DoNotBill, written off), at their rates."""
    free_lines: int = 0
    """Cents of lines of labour that were not charged."""
    open_hours: int = 0
    open: int = 0
    """Cents of billable time or of a fee on no invoice that no agreement settles, and, once the ticket is closed, of billable
    products on no invoice."""
    price: int = 0
    """Cents for which the work was sold, where a fee, a cap or lines of labour say so."""
    lines: int = 0
    """Cents of charged lines of labour."""
    schedule: int = 0
    entries: int = 0

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

    @property
    def revenue(self) -> int:
        """Cents of services on invoices."""
        return sum(part.amount for part in self.invoiced)

    def revenue_by_account(self) -> Counter[str]:
        """Cents of services on invoices by GL account; the account that is not known is empty."""
        found: Counter[str] = Counter()
        for part in self.invoiced:
            found[part.account] += part.amount
        return found


def count_work(ticket: TicketRecord, chart: Chart, path: RevenuePath | None = None) -> Work:
    """Counts the work on a ticket. `entries` is 0 where no time was booked or none could be read."""
    entered = instant(ticket.date_entered)
    today = entered.date() if entered else date(2000, 1, 1)
    periods = periods_of(ticket, today, default_cycle=chart.periods.cycle, default_day=chart.periods.first_day)
    work = Work(periods, budget=hundredths(ticket.budget_hours))
    path = path or RevenuePath(ticket)
    for entry in sorted(ticket.time_entries, key=_is_correction):
        _count_time(work, entry, ticket.agreement, path)
    work.schedule = len(ticket.schedule_entries)
    _apply_terms(work, ticket, path)
    for line in ticket.products:
        if not line.cancelled:
            _count_product(work, line, path, closed=ticket.closed_flag is True)
    return work


def _is_correction(entry: TimeEntry) -> bool:
    """Whether an entry takes hours back; it is counted after the work that it corrects."""
    return hundredths(entry.hours) < 0


def _count_time(work: Work, entry: TimeEntry, agreement: Agreement | None, path: RevenuePath) -> None:
    hours = hundredths(entry.hours)
    if not hours:
        return
    work.hours += hours
    if entry.invoice is not None:
        work.invoices.add(entry.invoice)
    if entry.billable_option in _FREE or entry.status == _WRITTEN_OFF:
        value = 0
        free = product(hours, hundredths(entry.hourly_rate))
        work.free_hours, work.free, work.worth = work.free_hours + hours, work.free + free, work.worth + free
    else:
        value = _count_value(work, entry, hours, agreement=agreement, path=path)
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


def _count_value(work: Work, entry: TimeEntry, hours: int, *, agreement: Agreement | None, path: RevenuePath) -> int:
    """Counts a chargeable entry by who pays: its agreement first, then an invoice; the rest is open.

    Returns the value that is charged, or is to be.
    """
    rate = hundredths(entry.hourly_rate)
    settled = _settled(entry, hours, agreement)
    work.covered_hours += settled
    work.covered += (hundredths(entry.agreement_amount) or product(settled, rate)) if settled else 0
    rest = hours - settled
    work.worth += product(rest, rate)
    if _is_on_invoice(entry) and rest:
        counted = _hours_billed(entry, rest, settled=bool(settled))
        value = (
            product(counted, rate)
            if entry.extended_invoice_amount is None
            else hundredths(entry.extended_invoice_amount)
        )
        work.billed_hours += counted
        work.billed += value
        work.invoiced.append(Invoiced(_day(entry.invoice_date), counted, value, path.of_time(entry)))
        return value
    if entry.billable_option != "Billable":
        return 0
    work.open_hours += rest
    work.open += product(rest, rate)
    return product(rest, rate)


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


def _apply_terms(work: Work, ticket: TicketRecord, path: RevenuePath) -> None:
    """Puts a fixed fee in the place of its hours, and ends a capped price at the cap.

    A fee that is on no invoice, and all of whose hours an agreement settled, was swallowed by it.
    """
    amount = hundredths(ticket.billing_amount)
    if amount <= 0 or ticket.billing_method not in ("FixedFee", "NotToExceed"):
        return
    work.price = amount
    if ticket.billing_method == "NotToExceed":
        _end_at(work, amount)
        return
    charged = bool(work.invoiced)
    days = [part.day for part in work.invoiced if part.day]
    hours = sum(part.hours for part in work.invoiced)
    total = sum(work.by_period.values())
    work.by_period = {number: amount * value // total if total else 0 for number, value in work.by_period.items()}
    work.invoiced = [Invoiced(min(days) if days else None, hours, amount, path.of_ticket())] if charged else []
    swallowed = bool(work.covered_hours and not work.open_hours and not charged)
    work.covered = amount if swallowed else work.covered
    work.billed, work.open_hours = amount if charged else 0, 0
    work.open = 0 if charged or swallowed or not work.entries else amount


def _end_at(work: Work, cap: int) -> None:
    left, parts = cap, []
    for part in work.invoiced:
        amount = min(part.amount, left)
        left -= amount
        parts.append(Invoiced(part.day, part.hours, amount, part.account))
    work.invoiced, work.billed = parts, sum(part.amount for part in parts)
    work.open = min(work.open, max(0, left))


def _count_product(work: Work, line: Product, path: RevenuePath, *, closed: bool) -> None:
    price, labour = _price(line), is_labour(line)
    if line.invoice is not None:
        work.invoices.add(line.invoice)
    if line.invoiced:
        part = Invoiced(_day(line.invoice_date), 0, price, path.of_ticket(line.invoice))
        (work.invoiced if labour else work.goods).append(part)
    elif line.billable_option in _FREE:
        work.free_lines += price if labour else 0
        return
    elif closed and line.billable_option == "Billable":
        work.open += price
    if labour and price > 0:
        work.lines += price


def _price(line: Product) -> int:
    count = 100 if line.quantity is None else hundredths(line.quantity)
    return product(count, hundredths(line.price))


def _day(written: str) -> date | None:
    moment = instant(written)
    return moment.date() if moment else None
