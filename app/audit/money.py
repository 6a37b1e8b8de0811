"""Money of one ticket by kind. The kinds are never added: each answers another question.

reclassified: revenue of sold work in another account than Professional Services; no cost. given_away: sold work that was not
charged. swallowed: sold work that an agreement settled. unbilled: billable and on no invoice a whole billing period after
closing. billed_late: invoiced that late. over_budget, below_price: hours beyond the budget or beyond the price, at their rates.
"""

from __future__ import annotations

from datetime import datetime

from app.audit.actual_outcome import PROJECT_WORK
from app.audit.actual_work import Work
from app.audit.values import instant, product
from app.domain.ticket import TicketRecord

KINDS = ("reclassified", "given_away", "swallowed", "unbilled", "billed_late", "over_budget", "below_price", "staged")
"""`staged`: work of all periods but the last, of a project on one invoice at most, which instalments would have billed."""
WITHOUT_HOURS = ("reclassified", "staged")
"""Kinds that are amounts alone."""
_LATE_PERIODS = 2
"""Number of period boundaries after which a whole billing period has passed."""

Amounts = dict[str, int]
"""Cents, and hundredths of hours under names that end in `_hours`."""


def money_of(ticket: TicketRecord, work: Work, outcome: str, *, there: bool, elsewhere: int, now: datetime) -> Amounts:
    """What the ticket brought in, and each kind of money. `elsewhere`: revenue in another account; `there`: none is."""
    found: Amounts = {
        "revenue": work.revenue, "goods": sum(part.amount for part in work.goods), "covered": work.covered, "covered_hours": work.covered_hours,
        "open": work.open, "open_hours": work.open_hours,
    }  # fmt: skip
    if outcome in PROJECT_WORK:
        found |= _of_sold_work(ticket, work)
        found["reclassified"] = 0 if there else elsewhere
    if outcome == PROJECT_WORK[1] and len(work.invoices) <= 1 and "products" not in ticket.unread:
        found["staged"] = sum(work.by_period[number] for number in sorted(work.by_period)[:-1])
    found |= _late(ticket, work, now)
    return {name: value for name, value in found.items() if value}


def _of_sold_work(ticket: TicketRecord, work: Work) -> Amounts:
    fee = ticket.billing_method == "FixedFee" and work.price > 0
    in_price = fee or work.lines > 0
    paid = work.lines > 0 or (fee and bool(work.invoiced or work.open))
    price, worked = (work.lines, work.free) if work.lines and not work.price else (work.price, work.worth)
    loss = max(0, worked - price) if price else 0
    over = max(0, work.hours - work.budget) if work.budget else 0
    return {
        "given_away": (0 if in_price else work.free) + (0 if fee else work.free_lines),
        "given_away_hours": 0 if in_price else work.free_hours,
        "swallowed": 0 if paid else work.covered, "swallowed_hours": 0 if paid else work.covered_hours,
        "below_price": loss, "below_price_hours": work.hours if loss else 0,
        "over_budget": product(over, 100 * work.worth // work.hours) if over and work.hours else 0, "over_budget_hours": over,
    }  # fmt: skip


def _late(ticket: TicketRecord, work: Work, now: datetime) -> Amounts:
    """What was not billed a whole billing period after the ticket was closed, and what was billed later than that."""
    closed, index = instant(ticket.closed_date), work.periods.index
    if not ticket.closed_flag or closed is None:
        return {}
    last = index(closed.date())
    late = [part for part in (*work.invoiced, *work.goods) if part.day and index(part.day) - last >= _LATE_PERIODS]
    found = {"billed_late": sum(part.amount for part in late), "billed_late_hours": sum(part.hours for part in late)}
    if index(now.date()) - last >= _LATE_PERIODS:
        found |= {"unbilled": max(0, work.open), "unbilled_hours": max(0, work.open_hours)}
    return found
