"""What a ticket turned out to be, by its records and the chart's own thresholds. No word of its text counts.

Evidence: time and schedule entries, invoices, products, agreement, purchase order, board. So the result does not depend
on the reading of words that it is there to check. What the records do not settle is `unknown`, and so is what records
that could not be read might change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from app.audit.actual_work import Work, count_work
from app.audit.as_of import is_on
from app.audit.missing_data import could_be, missing, named
from app.audit.values import hundredths, instant
from app.chart import Chart
from app.domain.eligibility import fold
from app.domain.enums import Criterion
from app.domain.reference import name_of
from app.domain.ticket import TicketRecord
from app.domain.vocabulary import is_labour, is_won

UNKNOWN = "unknown"
_AHEAD = timedelta(hours=12)
"""A visit this long after the ticket was entered was planned for a later day, in any time zone."""
_STAGE = re.compile(
    r"\b(?:stage[ds]?|instal?lments?|milestones?|deposits?|tranches?|abschlag\w*|anzahlung\w*|teilzahlung\w*|acomptes?|jalons?|hitos?"
    r"|anticipos?|plazos?)(?![^\W\d_])",
    re.I,
)
_SUPPORT = re.compile(r"incident|alert|problem|break|störung|maintenance", re.I)


@dataclass(frozen=True, slots=True)
class ActualOutcome:
    """The outcome that the records show, with the sentence that says why."""

    outcome: str
    because: str


def actual_outcome(ticket: TicketRecord, work: Work, chart: Chart) -> ActualOutcome:
    """The outcome of a ticket whose work is counted.

    `unknown`: still open, no time booked, or records that do not settle it or cannot be read.
    """
    unread = missing(ticket)
    if "timeEntries" in unread:
        return ActualOutcome(UNKNOWN, "The time entries cannot be read.")
    found = _by_records(ticket, work, chart)
    if unread and found.outcome != UNKNOWN:
        others = (_by_records(other, count_work(other, chart), chart) for other in could_be(ticket, work, unread))
        if any(other.outcome != found.outcome for other in others):
            cause = _sentence([named(unread)])[:-1]
            return ActualOutcome(UNKNOWN, f"{cause} cannot be read and could change what it was.")
    return found


def _by_records(ticket: TicketRecord, work: Work, chart: Chart) -> ActualOutcome:
    rule = chart.combination
    rows = _rows(ticket, work, chart)
    decisive = [reason for criterion, reason, settles in rows if settles and criterion in rule.decisive]
    hints = [reason for criterion, reason, _ in rows if criterion in rule.decisive]
    support = bool(work.covered_hours) and not work.billed_hours
    settled = len(decisive) >= (rule.rows_needed if support else 1)
    if settled or len(hints) >= (rule.rows_needed_against_support if support else rule.rows_needed):
        return ActualOutcome(rule.project_row_says_project, _sentence(hints))
    placed = _placed(ticket, chart)
    if placed:
        return ActualOutcome(rule.only_finance_says_project, placed)
    if not ticket.closed_flag or not work.entries:
        return ActualOutcome(UNKNOWN, "No time was booked." if ticket.closed_flag else "The ticket is still open.")
    return _by_money(ticket, work, chart)


def _by_money(ticket: TicketRecord, work: Work, chart: Chart) -> ActualOutcome:
    """Sold work or support, where nothing says project."""
    sold, reasons = _sold(ticket, work, chart)
    if sold >= chart.finance.sold:
        return ActualOutcome(chart.combination.only_finance_says_project, _sentence(reasons))
    if sold and _support(ticket, work, chart) < chart.finance.support:
        return ActualOutcome(UNKNOWN, _sentence([*reasons, "too little to call it sold work"]))
    return ActualOutcome(chart.combination.otherwise, _sentence(_plain(work)))


def _rows(ticket: TicketRecord, work: Work, chart: Chart) -> list[tuple[Criterion, str, bool]]:
    """Evidence for a project, and whether it alone settles its row."""
    found: list[tuple[Criterion, str, bool]] = []
    crosses = work.span > chart.duration.crossing_days
    if len(work.by_period) >= chart.duration.periods and crosses:
        found.append((Criterion.DURATION, f"work in {len(work.by_period)} billing periods", True))
    stages = sum(bool(_STAGE.search(line.description)) for line in ticket.products)
    if stages >= 2:
        found.append((Criterion.BILLING, f"{stages} stage payments among the products", True))
    elif len(work.invoices) >= 2 and crosses:
        found.append((Criterion.BILLING, f"{len(work.invoices)} invoices", False))
    several = len(work.members) >= chart.scheduling.members and work.working_days > 1
    if several:
        planned = len(work.planned) >= chart.scheduling.members
        found.append((Criterion.SCHEDULING, f"{len(work.members)} members on {work.working_days} days", planned))
    if len(ticket.contacts_cc) >= 2:
        found.append((Criterion.CONTACTS, f"{len(ticket.contacts_cc)} further contacts", False))
    return found


def _placed(ticket: TicketRecord, chart: Chart) -> str:
    """Where a person has put the ticket, if that says it is a mini-project."""
    target = chart.mini_project
    if target.method == "board" and is_on(ticket, target.board):
        return f"The ticket is on the board {target.board}."
    if target.method == "type" and fold(name_of(ticket.type)) == fold(target.type):
        return f"It has the type {target.type}."
    return ""


def _sold(ticket: TicketRecord, work: Work, chart: Chart) -> tuple[float, list[str]]:
    """Points for sold work, as the chart's finance row counts them, and their reasons."""
    points: list[tuple[float, str]] = []
    if is_won(ticket.opportunity):
        points.append((chart.points_for("opportunity_won"), "its opportunity is won"))
    if any(hundredths(line.price) > 0 and is_labour(line) for line in ticket.products):
        points.append((chart.points_for("labour_line"), "a product line for labour"))
    if work.outside_agreement:
        points.append((chart.points_for("accepted"), "charged although an agreement covers time"))
    if ticket.po_number.strip():
        points.append((chart.points_for("referenced"), "a purchase order"))
    if work.budget:
        points.append((1.0, f"{work.hours / 100:g} hours against a budget of {work.budget / 100:g}"))
    if _planned_ahead(ticket):
        points.append((0.5, "planned for a later day"))
    return sum(point for point, _ in points), [reason for _, reason in points]


def _support(ticket: TicketRecord, work: Work, chart: Chart) -> float:
    """Points for support, as the chart's finance row counts them."""
    alerts = chart.table.names["alert_boards"]
    found = {
        "covered": work.covered_hours,
        "alert_board": alerts.search(name_of(ticket.board)) or alerts.search(name_of(ticket.source)),
        "support_type": _SUPPORT.search(name_of(ticket.type)),
    }
    return sum(chart.points_for(fact) for fact, holds in found.items() if holds)


def _planned_ahead(ticket: TicketRecord) -> bool:
    entered = instant(ticket.date_entered)
    starts = [instant(entry.date_start) for entry in ticket.schedule_entries]
    return entered is not None and any(start is not None and start - entered >= _AHEAD for start in starts)


def _plain(work: Work) -> list[str]:
    members = "one member" if len(work.members) <= 1 else f"{len(work.members)} members"
    periods = "one billing period" if len(work.by_period) <= 1 else f"{len(work.by_period)} billing periods"
    settled = (
        "settled by the agreement" if work.covered_hours and not work.billed_hours else f"{len(work.invoices)} invoices"
    )
    return [
        f"{work.hours / 100:g} hours by {members}",
        f"in {periods}",
        "on one invoice" if len(work.invoices) == 1 else settled,
    ]


def _sentence(parts: list[str]) -> str:
    text = ", ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."
