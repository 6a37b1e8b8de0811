"""What a ticket turned out to be, by what really happened and the chart's own thresholds. No word of its text counts.

Only records speak: time and schedule entries, invoices, products, agreement, purchase order, board. So the judgement does
not lean on the reading of words that it is there to check. What the records do not settle stays `unknown`, and so does what
records that could not be read might change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.audit.actual_work import Work, work_of
from app.audit.as_of import is_on
from app.audit.missing_data import could_be, missing, named
from app.audit.values import hundredths, instant, items, name_of, text
from app.chart import Chart
from app.domain.enums import Criterion
from app.domain.vocabulary import LABOUR, WON

UNKNOWN = "unknown"
_AHEAD = timedelta(hours=12)
"""A visit so long after the ticket came in was planned for a later day, whatever the member's own calendar says."""
_STAGE = re.compile(
    r"\b(?:stage[ds]?|instal?lments?|milestones?|deposits?|tranches?|abschlag\w*|anzahlung\w*|teilzahlung\w*|acomptes?|jalons?|hitos?"
    r"|anticipos?|plazos?)(?![^\W\d_])",
    re.I,
)
_ALERTS = re.compile(r"\b(?:alert|monitor|rmm|noc)", re.I)
_SUPPORT = re.compile(r"incident|alert|problem|break|störung|maintenance", re.I)


@dataclass(frozen=True, slots=True)
class Hindsight:
    """The outcome as the records show it, with the sentence that says why."""

    outcome: str
    because: str


def hindsight(case: Mapping[str, Any], work: Work, chart: Chart) -> Hindsight:
    """The outcome of a ticket whose work is counted. `unknown`: still open, no time booked, or records that do not settle it or
    cannot be read."""
    unread = missing(case)
    if "timeEntries" in unread:
        return Hindsight(UNKNOWN, "The time entries cannot be read.")
    found = _by_records(case, work, chart)
    if unread and found.outcome != UNKNOWN:
        others = (_by_records(one, work_of(one, chart), chart) for one in could_be(case, work, unread))
        if any(one.outcome != found.outcome for one in others):
            return Hindsight(UNKNOWN, f"{_sentence([named(unread)])[:-1]} cannot be read and could change what it was.")
    return found


def _by_records(case: Mapping[str, Any], work: Work, chart: Chart) -> Hindsight:
    """The outcome by the records that are there."""
    rule = chart.combination
    rows = _rows(case, work, chart)
    decisive = [said for criterion, said, settles in rows if settles and criterion in rule.decisive]
    hints = [said for criterion, said, _ in rows if criterion in rule.decisive]
    support = bool(work.covered_hours) and not work.billed_hours
    settled = len(decisive) >= (rule.rows_needed if support else 1)
    if settled or len(hints) >= (rule.rows_needed_against_support if support else rule.rows_needed):
        return Hindsight(rule.project_row_says_project, _sentence(hints))
    placed = _placed(case, chart)
    if placed:
        return Hindsight(rule.only_finance_says_project, placed)
    if not case.get("closedFlag") or not work.entries:
        return Hindsight(UNKNOWN, "No time was booked." if case.get("closedFlag") else "The ticket is still open.")
    return _by_money(case, work, chart)


def _by_money(case: Mapping[str, Any], work: Work, chart: Chart) -> Hindsight:
    """Sold work or support, where nothing says project."""
    sold, said = _sold(case, work)
    if sold >= chart.finance.sold:
        return Hindsight(chart.combination.only_finance_says_project, _sentence(said))
    if sold and _support(case, work) < chart.finance.support:
        return Hindsight(UNKNOWN, _sentence([*said, "too little to call it sold work"]))
    return Hindsight(chart.combination.otherwise, _sentence(_plain(work)))


def _rows(case: Mapping[str, Any], work: Work, chart: Chart) -> list[tuple[Criterion, str, bool]]:
    """What points to a project, and whether it settles its row by itself."""
    found: list[tuple[Criterion, str, bool]] = []
    crosses = work.span > chart.duration.crossing_days
    if len(work.by_period) >= chart.duration.periods and crosses:
        found.append((Criterion.DURATION, f"work in {len(work.by_period)} billing periods", True))
    stages = sum(bool(_STAGE.search(text(line.get("description")))) for line in items(case.get("products")))
    if stages >= 2:
        found.append((Criterion.BILLING, f"{stages} stage payments among the products", True))
    elif len(work.invoices) >= 2 and crosses:
        found.append((Criterion.BILLING, f"{len(work.invoices)} invoices", False))
    several = len(work.members) >= chart.scheduling.members and work.working_days > 1
    if several:
        planned = len(work.planned) >= chart.scheduling.members
        found.append((Criterion.SCHEDULING, f"{len(work.members)} members on {work.working_days} days", planned))
    if len(contacts := items(case.get("contactsCc"))) >= 2:
        found.append((Criterion.CONTACTS, f"{len(contacts)} further contacts", False))
    return found


def _placed(case: Mapping[str, Any], chart: Chart) -> str:
    """Where a person has put the ticket, if that says it is a mini-project."""
    chosen = chart.mini_project
    if chosen.method == "board" and is_on(case, chosen.board):
        return f"It lies on the board {chosen.board}."
    if chosen.method == "type" and name_of(case.get("type")).casefold() == chosen.type.casefold():
        return f"It has the type {chosen.type}."
    return ""


def _sold(case: Mapping[str, Any], work: Work) -> tuple[float, list[str]]:
    """Points for sold work, as the chart's finance row counts them, and what gave them."""
    points: list[tuple[float, str]] = []
    opportunity = case.get("opportunity")
    stage = opportunity.get("stage") if isinstance(opportunity, dict) else None
    if WON.search(name_of(stage) or text(stage)):
        points.append((2.0, "its opportunity is won"))
    labour = [
        one
        for one in items(case.get("products"))
        if hundredths(one.get("price")) > 0 and LABOUR.search(text(one.get("description")))
    ]
    if labour:
        points.append((2.0, "a product line for labour"))
    if work.outside_agreement:
        points.append((2.0, "charged beside an agreement that covers time"))
    if text(case.get("poNumber")).strip():
        points.append((1.0, "a purchase order"))
    if work.budget:
        points.append((1.0, f"{work.hours / 100:g} hours against a budget of {work.budget / 100:g}"))
    if _planned_ahead(case):
        points.append((0.5, "planned for a later day"))
    return sum(point for point, _ in points), [said for _, said in points]


def _support(case: Mapping[str, Any], work: Work) -> float:
    """Points for support, as the chart's finance row counts them."""
    alert = _ALERTS.search(name_of(case.get("board"))) or _ALERTS.search(name_of(case.get("source")))
    kind = _SUPPORT.search(name_of(case.get("type")))
    return (2.0 if work.covered_hours else 0.0) + (1.0 if alert else 0.0) + (0.7 if kind else 0.0)


def _planned_ahead(case: Mapping[str, Any]) -> bool:
    entered = instant(case.get("dateEntered"))
    starts = [instant(entry.get("dateStart")) for entry in items(case.get("scheduleEntries"))]
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
