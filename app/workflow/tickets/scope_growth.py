"""Whether a ticket has outgrown its outcome: signs of a larger scope, and which of them are new. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app.chart import Chart, Decision
from app.chart.models import Finding
from app.domain.billing_periods import Periods, day_of, periods_of
from app.domain.enums import Outcome, PointsTo
from app.domain.facts import Reason
from app.domain.ticket import TicketRecord

RANKS = {Outcome.SERVICE_TICKET: 0, Outcome.MINI_PROJECT: 1, Outcome.PROJECT: 2}
_RECORDS = ("scheduleEntries", "products", "tasks", "opportunity")
"""Sources of findings that are related records; texts alone raise no question twice."""


def observed_state_of(ticket: TicketRecord, decision: Decision, chart: Chart, now: datetime) -> dict[str, Any]:
    """Signs of a larger scope: rows that point to a project, hours over budget, work in the next billing period."""
    return {
        "rows": [finding.criterion.value for finding in decision.findings if _points_to_project(finding)],
        "over_budget": _over_budget(ticket),
        "next_period": _worked_on(ticket) and now >= _period_end(ticket, chart, now),
        "updated": ticket.last_updated or None,
    }


def next_recheck(ticket: TicketRecord, chart: Chart, now: datetime) -> datetime | None:
    """The end of the ticket's billing period; None when it is over already or the ticket is closed."""
    end = _period_end(ticket, chart, now)
    return end if end > now and ticket.closed_flag is not True else None


def growth(before: Mapping[str, Any], after: Mapping[str, Any], decision: Decision, ticket: TicketRecord) -> list[str]:
    """One sentence for each new sign."""
    sentences = []
    for finding in decision.findings:
        if finding.criterion.value in set(after["rows"]) - set(before.get("rows") or ()):
            reason = next((reason for reason in finding.reasons if _is_record(reason)), finding.reasons[0])
            value = f" ({reason.value})" if reason.value else ""
            sentences.append(f"The {finding.criterion.value} row now points to a project: {reason.text}{value}.")
    if after["over_budget"] and not before.get("over_budget"):
        sentences.append(f"{ticket.actual_hours:g} hours are booked of {ticket.budget_hours:g} budgeted.")
    if after["next_period"] and not before.get("next_period"):
        sentences.append("The work has reached the ticket's next billing period.")
    return sentences


def next_larger(outcome: Outcome) -> Outcome | None:
    """The next larger outcome; None for a project or a question."""
    return next((other for other, rank in RANKS.items() if rank == RANKS.get(outcome, 2) + 1), None)


def _points_to_project(finding: Finding) -> bool:
    """Whether a row points to a project, or has a record that does while texts say otherwise."""
    contested = finding.contested and any(_is_record(reason) for reason in finding.reasons)
    return bool(finding.reasons) and (finding.points_to is PointsTo.PROJECT or contested)


def _is_record(reason: Reason) -> bool:
    return reason.source.startswith(_RECORDS)


def _over_budget(ticket: TicketRecord) -> bool:
    return 0 < (ticket.budget_hours or 0) < (ticket.actual_hours or 0)


def _worked_on(ticket: TicketRecord) -> bool:
    return bool(ticket.schedule_entries) or (ticket.actual_hours or 0) > 0


def _period_end(ticket: TicketRecord, chart: Chart, now: datetime) -> datetime:
    """The end of the period in which the ticket was entered, with the days by which work may cross it."""
    entered = day_of(ticket.date_entered) or now.date()
    last = _periods(ticket, entered, chart).bounds(entered)[1]
    return datetime.combine(last + timedelta(days=1 + chart.duration.crossing_days), time(), UTC)


def _periods(ticket: TicketRecord, entered: date, chart: Chart) -> Periods:
    return periods_of(ticket, entered, default_cycle=chart.periods.cycle, default_day=chart.periods.first_day)
