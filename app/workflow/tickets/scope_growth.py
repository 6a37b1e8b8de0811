"""Has a ticket outgrown its kind? What would make it so, read from a fresh look, and what of it is new. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app.chart import Chart, Decision
from app.chart.models import Finding
from app.domain.billing_periods import Periods, day_of, periods_of
from app.domain.enums import Outcome, PointsTo
from app.domain.facts import Reason

RANKS = {Outcome.SERVICE_TICKET.value: 0, Outcome.MINI_PROJECT.value: 1, Outcome.PROJECT.value: 2}
_RECORDS = ("scheduleEntries", "products", "tasks", "opportunity")
"""Where records beside the ticket are read; words alone raise no question twice."""


def observed_state_of(case: Mapping[str, Any], decision: Decision, chart: Chart, now: datetime) -> dict[str, Any]:
    """What was seen of the ticket: rows that speak for a project, hours over budget, work in the next billing period."""
    return {
        "rows": [finding.criterion.value for finding in decision.findings if _speaks_for_project(finding)],
        "over_budget": _over_budget(case),
        "next_period": _worked_on(case) and now >= _period_over(case, chart, now),
        "updated": last_updated(case),
    }


def next_recheck(case: Mapping[str, Any], chart: Chart, now: datetime) -> datetime | None:
    """When the ticket's billing period is over; None when it is over already or the ticket is closed."""
    over = _period_over(case, chart, now)
    return over if over > now and case.get("closedFlag") is not True else None


def growth(
    before: Mapping[str, Any], after: Mapping[str, Any], decision: Decision, case: Mapping[str, Any]
) -> list[str]:
    """One sentence for each sign that was not there before."""
    sentences = []
    for finding in decision.findings:
        if finding.criterion.value in set(after["rows"]) - set(before.get("rows") or ()):
            reason = next((one for one in finding.reasons if _is_record(one)), finding.reasons[0])
            value = f" ({reason.value})" if reason.value else ""
            sentences.append(f"The {finding.criterion.value} row now speaks for a project: {reason.text}{value}.")
    if after["over_budget"] and not before.get("over_budget"):
        sentences.append(f"{case['actualHours']:g} hours are booked of {case['budgetHours']:g} budgeted.")
    if after["next_period"] and not before.get("next_period"):
        sentences.append("The work has reached the ticket's next billing period.")
    return sentences


def larger_than(outcome: str) -> str | None:
    """The next larger kind."""
    return next((name for name, rank in RANKS.items() if rank == RANKS.get(outcome, 2) + 1), None)


def last_updated(ticket: Mapping[str, Any]) -> str | None:
    """When ConnectWise says that the ticket was changed last, as it writes it."""
    info = ticket.get("_info")
    return info.get("lastUpdated") if isinstance(info, Mapping) else None


def entered(ticket: Mapping[str, Any]) -> datetime | None:
    """When the ticket was entered; None where an answer does not show it."""
    info = ticket.get("_info")
    return moment_in(ticket.get("dateEntered") or (info.get("dateEntered") if isinstance(info, Mapping) else None))


def moment_in(value: Any) -> datetime | None:
    """An instant as ConnectWise writes it; None for anything else."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _speaks_for_project(finding: Finding) -> bool:
    """Whether a row says project, or has a record that does while words say otherwise."""
    contested = finding.contested and any(_is_record(reason) for reason in finding.reasons)
    return bool(finding.reasons) and (finding.points_to is PointsTo.PROJECT or contested)


def _is_record(reason: Reason) -> bool:
    return reason.source.startswith(_RECORDS)


def _over_budget(case: Mapping[str, Any]) -> bool:
    budget, actual = _hours(case.get("budgetHours")), _hours(case.get("actualHours"))
    return 0 < budget < actual


def _worked_on(case: Mapping[str, Any]) -> bool:
    return bool(case.get("scheduleEntries")) or _hours(case.get("actualHours")) > 0


def _hours(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _period_over(case: Mapping[str, Any], chart: Chart, now: datetime) -> datetime:
    """The end of the period in which the ticket was entered, with the days by which work may cross it."""
    entered = day_of(case.get("dateEntered")) or now.date()
    last = _periods(case, entered, chart).bounds(entered)[1]
    return datetime.combine(last + timedelta(days=1 + chart.duration.crossing_days), time(), UTC)


def _periods(case: Mapping[str, Any], entered: date, chart: Chart) -> Periods:
    return periods_of(case, entered, default_cycle=chart.periods.cycle, default_day=chart.periods.first_day)
