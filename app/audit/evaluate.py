"""Evaluates one ticket: the chart's outcome, the actual outcome, the value of its work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.audit.actual_outcome import UNKNOWN, actual_outcome
from app.audit.actual_work import Work, count_work
from app.audit.as_of import as_of_entry, blocker, ignored, is_on
from app.audit.values import instant
from app.chart import Chart, Decision, decide
from app.domain.eligibility import fold
from app.domain.enums import Criterion, Outcome, PointsTo
from app.domain.reference import name_of
from app.domain.ticket import TicketRecord

LEFT_ALONE = "left-alone"
BROKEN = "not-readable"
PROJECT_WORK = (Outcome.MINI_PROJECT.value, Outcome.PROJECT.value)
Row = dict[str, Any]
"""One ticket of the report; its members are those of the JSON report."""

CHECKED_ONE_IN = 20
"""Of the tickets that their fields settle, one in so many has its texts read as well, to see what they would change."""


def first_look(ticket: TicketRecord, chart: Chart, *, now: datetime) -> Row | tuple[str, str]:
    """The row of a ticket whose texts need not be read; else why they are (`open` or `check`) and the outcome without them.

    Texts are not needed where the chart ignores the ticket, where a rule of the chart settles it, or where two
    different sources say service and nothing says anything else. Of the last, every twentieth by its id is checked.
    """
    if ignored(ticket, chart):
        return evaluate(ticket, chart, now=now, texts=LEFT_ALONE)
    then = as_of_entry(ticket, chart)
    if any(rule.reads_text for rule in chart.rules) or (not chart.rules and _has_project_records(then)):
        return "open", ""
    decision = decide(then, chart)
    fixed = decision.exception is not None and decision.outcome is not Outcome.REVIEW
    if not (fixed or _is_clear(decision)):
        return "open", decision.outcome.value
    if not fixed and (ticket.id or 0) % CHECKED_ONE_IN == 0:
        return "check", decision.outcome.value
    return evaluate(ticket, chart, now=now, texts="clear", decision=decision)


def _has_project_records(ticket: TicketRecord) -> bool:
    """Whether records suggest more than a service ticket, so that its texts are read in any case."""
    return bool(
        ticket.schedule_entries or ticket.products or ticket.opportunity or ticket.po_number or ticket.budget_hours
    )


def _is_clear(decision: Decision) -> bool:
    if decision.outcome is not Outcome.SERVICE_TICKET:
        return False
    money = next(finding for finding in decision.findings if finding.criterion is Criterion.FINANCE)
    others = [finding for finding in decision.findings if finding.criterion is not Criterion.FINANCE]
    facts = decision.facts
    scope = facts.kind or facts.fixed_price or facts.cap or facts.hours or facts.po_number or facts.stages
    quiet = not any(other.contested or other.points_to is PointsTo.PROJECT or other.has_evidence for other in others)
    return (
        money.points_to is PointsTo.SERVICE
        and len({reason.source for reason in money.reasons}) >= 2
        and quiet
        and not scope
    )


def evaluate(
    ticket: TicketRecord, chart: Chart, *, now: datetime, texts: str, without_texts: str | None = None,
    decision: Decision | None = None,
) -> Row:  # fmt: skip
    """The row of a ticket, as seen at `now`.

    `texts`: whether they were read (`open`, `check`) or not (`clear`, `left-alone`), by `first_look`;
    `without_texts`: the outcome without them; `decision`: where it is known already.
    """
    work = count_work(ticket, chart)
    actual = actual_outcome(ticket, work, chart)
    row: Row = {
        "id": ticket.id, "summary": ticket.summary[:100], "entered": ticket.date_entered, "month": ticket.date_entered[:7],
        "board": name_of(ticket.board), "company": name_of(ticket.company), "type": name_of(ticket.type),
        "closed": ticket.closed_flag is True, "texts": texts, "unread": _unread(ticket, texts),
        **_chart_says(ticket, chart, decision), "hindsight": actual.outcome, "because": actual.because,
        "there": is_in_professional_services(ticket, chart), "facts": _facts(ticket, work),
        "money": _money(work, late=_is_late(ticket, work, now)),
    }  # fmt: skip
    row["agrees"] = agrees(row["chart"], row["hindsight"])
    if texts == "check":
        row["fields_said"] = without_texts
    return row


def _unread(ticket: TicketRecord, texts: str) -> list[str]:
    """Records that could not be read; texts that were not needed are not among them."""
    reads_texts = texts in ("open", "check")
    return [name for name in ticket.unread if reads_texts or name not in ("notes", "tasks")]


def broken(ticket_id: int, fault: str) -> Row:
    """The row of a ticket that could not be evaluated; the audit continues."""
    row = dict.fromkeys(("summary", "entered", "month", "board", "company", "type", "because", "why", "settled_by"), "")
    return {
        **row, "id": ticket_id, "closed": False, "texts": "", "unread": [], "chart": BROKEN, "rule": f"It could not be evaluated ({fault}).",
        "candidates": [], "hindsight": UNKNOWN, "there": False, "agrees": None, "facts": _facts(TicketRecord(), None), "money": {}, "rows": {},
    }  # fmt: skip


def agrees(chart: str, actual: str) -> bool | None:
    """Whether chart and records agree; None where one of them says nothing."""
    known = (Outcome.SERVICE_TICKET.value, *PROJECT_WORK)
    return chart == actual if chart in known and actual in known else None


def _chart_says(ticket: TicketRecord, chart: Chart, known: Decision | None) -> Row:
    if reason := ignored(ticket, chart):
        return {
            "chart": LEFT_ALONE,
            "rule": reason,
            "why": "",
            "candidates": [],
            "settled_by": "",
            "rows": {},
        }
    decision = known or decide(as_of_entry(ticket, chart), chart, facts=False)
    rows = {
        finding.criterion.value: "open" if finding.contested else finding.points_to.value
        for finding in decision.findings
    }
    settled = decision.settled_by[0] if decision.settled_by else None
    reasons = next((finding.reasons for finding in decision.findings if finding.criterion is settled), ())
    why = (
        f"{reasons[0].text}: {reasons[0].value}" if reasons and reasons[0].value else reasons[0].text if reasons else ""
    )
    outcome = live_outcome(decision, ticket, chart)
    candidates, rule = [candidate.value for candidate in decision.candidates], decision.question or decision.rule
    if outcome is not decision.outcome:
        candidates, rule = [decision.outcome.value], blocker(ticket, chart) or ""
    return {
        "chart": outcome.value, "rule": rule, "why": why[:200], "candidates": candidates, "settled_by": settled.value if settled else "", "rows": rows,
    }  # fmt: skip


def live_outcome(decision: Decision, ticket: TicketRecord, chart: Chart) -> Outcome:
    """What the live service makes of a decision: `review` where project work needs a person."""
    asks = decision.outcome.value in PROJECT_WORK and blocker(ticket, chart) is not None
    return Outcome.REVIEW if asks else decision.outcome


def is_in_professional_services(ticket: TicketRecord, chart: Chart) -> bool:
    """Whether the ticket's revenue belongs to Professional Services already: by its department, board or type."""
    if chart.revenue.department.casefold() in name_of(ticket.department).casefold():
        return True
    target = chart.mini_project
    by_type = target.method == "type" and fold(name_of(ticket.type)) == fold(target.type)
    return by_type or (target.method == "board" and is_on(ticket, target.board))


def _facts(ticket: TicketRecord, work: Work | None) -> Row:
    if work is None:
        return dict.fromkeys(("members", "periods", "days", "hours", "budget", "invoices", "schedule", "contacts"), 0)
    return {
        "members": len(work.members), "periods": len(work.by_period), "days": work.span, "hours": work.hours, "budget": work.budget,
        "invoices": len(work.invoices), "schedule": work.schedule, "contacts": bool(ticket.contact) + len(ticket.contacts_cc),
    }  # fmt: skip


def _is_late(ticket: TicketRecord, work: Work, now: datetime) -> bool:
    """Whether a whole billing period has passed since the ticket was closed."""
    closed = instant(ticket.closed_date)
    periods = work.periods
    return bool(ticket.closed_flag and closed and periods.index(now.date()) - periods.index(closed.date()) >= 2)


def _money(work: Work, *, late: bool) -> Row:
    """Hundredths of hours and of the currency.

    `staged`: work of all periods but the last, which instalments would have billed; `late`: billable time and products on
    no invoice although a whole period has passed since the ticket was closed, less corrections.
    """
    periods = sorted(work.by_period)
    staged = sum(work.by_period[number] for number in periods[:-1])
    counted = {
        "billed_hours": work.billed_hours, "billed": work.billed, "covered_hours": work.covered_hours, "covered": work.covered,
        "open_hours": work.open_hours, "open": work.open, "products": work.products, "staged": staged,
        "late_hours": max(0, work.open_hours) if late else 0, "late": max(0, work.open) if late else 0,
    }  # fmt: skip
    return {name: value for name, value in counted.items() if value}
