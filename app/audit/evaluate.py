"""One ticket judged: what the chart would have said, what it turned out to be, what its work came to. A row of the audit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.audit.actual_outcome import UNKNOWN, hindsight
from app.audit.actual_work import Work, work_of
from app.audit.as_of import as_it_was, by_hand, is_on, left_alone
from app.audit.values import instant, name_of, text
from app.chart import Chart, Decision, decide
from app.domain.enums import Criterion, Outcome, PointsTo

LEFT_ALONE = "left-alone"
BROKEN = "not-readable"
PROJECT_WORK = (Outcome.MINI_PROJECT.value, Outcome.PROJECT.value)
Row = dict[str, Any]

CHECKED_ONE_IN = 20
"""Of the tickets that their fields settle, every so many-th has its texts read all the same, to see what they would change."""


def first_look(case: Mapping[str, Any], chart: Chart, *, now: datetime) -> Row | tuple[str, str]:
    """The row of a case whose texts need not be read; else why they are (`open` or `check`) and the outcome without them.

    Not needed are the texts of a ticket that the chart leaves alone, that an exception of the chart settles, or of which two
    different things say service and nothing says anything else. Of the last every twentieth (by its id) is checked.
    """
    if left_alone(case, chart):
        return judge(case, chart, now=now, texts=LEFT_ALONE)
    then = as_it_was(case, chart)
    if not chart.exceptions and _says_more(then):
        return "open", ""
    decision = decide(then, chart)
    fixed = decision.exception is not None and decision.outcome is not Outcome.REVIEW
    if not (fixed or _is_clear(decision)):
        return "open", decision.outcome.value
    if not fixed and int(case["id"]) % CHECKED_ONE_IN == 0:
        return "check", decision.outcome.value
    return judge(case, chart, now=now, texts="clear", decision=decision)


def _says_more(case: Mapping[str, Any]) -> bool:
    """Whether records lie beside a ticket that say more than that it is a service ticket: no need to look at its words for that."""
    named = ("scheduleEntries", "products", "opportunity", "poNumber", "budgetHours")
    return any(case.get(name) for name in named)


def _is_clear(decision: Decision) -> bool:
    if decision.outcome is not Outcome.SERVICE_TICKET:
        return False
    money = next(one for one in decision.findings if one.criterion is Criterion.FINANCE)
    others = [one for one in decision.findings if one.criterion is not Criterion.FINANCE]
    facts = decision.facts
    said = facts.kind or facts.fixed_price or facts.cap or facts.hours or facts.po_number or facts.stages
    quiet = not any(one.contested or one.points_to is PointsTo.PROJECT or one.reasons for one in others)
    return (
        money.points_to is PointsTo.SERVICE
        and len({reason.source for reason in money.reasons}) >= 2
        and quiet
        and not said
    )


def judge(
    case: Mapping[str, Any], chart: Chart, *, now: datetime, texts: str, fields_said: str | None = None,
    decision: Decision | None = None,
) -> Row:  # fmt: skip
    """The row of a case, as seen at `now`. `texts`: whether they were read (`open`, `check`) or not (`clear`, `left-alone`), as
    `first_look` said; `fields_said`: the outcome without them; `decision`: where it is known already."""
    work = work_of(case, chart)
    was = hindsight(case, work, chart)
    entered = text(case.get("dateEntered"))
    row: Row = {
        "id": int(case["id"]), "summary": text(case.get("summary"))[:100], "entered": entered, "month": entered[:7],
        "board": name_of(case.get("board")), "company": name_of(case.get("company")), "type": name_of(case.get("type")),
        "closed": case.get("closedFlag") is True, "texts": texts, "unread": _unread(case, texts),
        **_chart_says(case, chart, decision), "hindsight": was.outcome, "because": was.because,
        "there": is_there(case, chart), "facts": _facts(case, work), "money": _money(work, _is_late(case, work, now)),
    }  # fmt: skip
    row["agrees"] = agrees(row["chart"], row["hindsight"])
    if texts == "check":
        row["fields_said"] = fields_said
    return row


def _unread(case: Mapping[str, Any], texts: str) -> list[str]:
    """What could not be read; texts that were not asked for are none of it."""
    wanted = texts in ("open", "check")
    return [name for name in case.get("unread") or () if wanted or name not in ("notes", "tasks")]


def broken(case: Mapping[str, Any], fault: str) -> Row:
    """The row of a ticket that could not be judged; the rest of the audit goes on."""
    row = dict.fromkeys(("summary", "entered", "month", "board", "company", "type", "because", "why", "settled_by"), "")
    return {
        **row, "id": int(case["id"]), "closed": False, "texts": "", "unread": [], "chart": BROKEN, "rule": f"It could not be judged ({fault}).",
        "candidates": [], "hindsight": UNKNOWN, "there": False, "agrees": None, "facts": _facts({}, None), "money": {}, "rows": {},
    }  # fmt: skip


def agrees(chart: str, was: str) -> bool | None:
    """Whether chart and hindsight agree; None where one of them says nothing."""
    known = (Outcome.SERVICE_TICKET.value, *PROJECT_WORK)
    return chart == was if chart in known and was in known else None


def _chart_says(case: Mapping[str, Any], chart: Chart, known: Decision | None) -> Row:
    if alone := left_alone(case, chart):
        return {
            "chart": LEFT_ALONE,
            "rule": alone,
            "why": "",
            "candidates": [],
            "settled_by": "",
            "rows": {},
        }
    decision = known or decide(as_it_was(case, chart), chart, facts=False)
    rows = {one.criterion.value: "open" if one.contested else one.points_to.value for one in decision.findings}
    settled = decision.settled_by[0] if decision.settled_by else None
    reasons = next((one.reasons for one in decision.findings if one.criterion is settled), ())
    why = (
        f"{reasons[0].text}: {reasons[0].value}" if reasons and reasons[0].value else reasons[0].text if reasons else ""
    )
    outcome = said_of(decision, case, chart)
    candidates, rule = [one.value for one in decision.candidates], decision.question or decision.rule
    if outcome is not decision.outcome:
        candidates, rule = [decision.outcome.value], by_hand(case, chart) or ""
    return {
        "chart": outcome.value, "rule": rule, "why": why[:200], "candidates": candidates, "settled_by": settled.value if settled else "", "rows": rows,
    }  # fmt: skip


def said_of(decision: Decision, case: Mapping[str, Any], chart: Chart) -> Outcome:
    """What the live service makes of a decision: `review` where the chart says project work of a ticket with relatives."""
    asks = decision.outcome.value in PROJECT_WORK and by_hand(case, chart) is not None
    return Outcome.REVIEW if asks else decision.outcome


def is_there(case: Mapping[str, Any], chart: Chart) -> bool:
    """Whether the ticket's revenue belongs to Professional Services as it stands: by its department, board or type."""
    wanted = chart.revenue.department.casefold()
    if wanted in name_of(case.get("department")).casefold():
        return True
    chosen = chart.mini_project
    by_type = chosen.method == "type" and name_of(case.get("type")).casefold() == chosen.type.casefold()
    return by_type or (chosen.method == "board" and is_on(case, chosen.board))


def _facts(case: Mapping[str, Any], work: Work | None) -> Row:
    if work is None:
        return dict.fromkeys(("members", "periods", "days", "hours", "budget", "invoices", "schedule", "contacts"), 0)
    contacts = case.get("contactsCc")
    return {
        "members": len(work.members), "periods": len(work.by_period), "days": work.span, "hours": work.hours, "budget": work.budget,
        "invoices": len(work.invoices), "schedule": work.schedule,
        "contacts": bool(case.get("contact")) + (len(contacts) if isinstance(contacts, list) else 0),
    }  # fmt: skip


def _is_late(case: Mapping[str, Any], work: Work, now: datetime) -> bool:
    """Whether a whole billing period has passed since the ticket was closed."""
    closed = instant(case.get("closedDate"))
    return bool(
        case.get("closedFlag") and closed and work.periods.index(now.date()) - work.periods.index(closed.date()) >= 2
    )


def _money(work: Work, late: bool) -> Row:
    """Hundredths of hours and of the currency. `staged`: work of all periods but the last, which instalments would have billed;
    `late`: billable time and products that no invoice holds although a whole period has passed since the ticket was closed;
    what corrections have taken back is not late."""
    periods = sorted(work.by_period)
    staged = sum(work.by_period[number] for number in periods[:-1])
    counted = {
        "billed_hours": work.billed_hours, "billed": work.billed, "covered_hours": work.covered_hours, "covered": work.covered,
        "open_hours": work.open_hours, "open": work.open, "products": work.products, "staged": staged,
        "late_hours": max(0, work.open_hours) if late else 0, "late": max(0, work.open) if late else 0,
    }  # fmt: skip
    return {name: value for name, value in counted.items() if value}
