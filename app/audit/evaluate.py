"""Evaluates one ticket: the chart's outcome, the actual outcome, the value of its work."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app.audit.actual_outcome import PROJECT_WORK, UNKNOWN, actual_outcome
from app.audit.actual_work import Work, count_work
from app.audit.as_of import as_of_entry, blocker, ignored, is_on
from app.audit.kept_ticket import SiteFacts, is_own_move
from app.audit.money import money_of
from app.audit.revenue_path import RevenuePath
from app.chart import Chart, Decision, decide
from app.domain.eligibility import fold
from app.domain.enums import Criterion, Outcome, PointsTo
from app.domain.reference import name_of
from app.domain.ticket import TicketRecord

LEFT_ALONE = "left-alone"
BROKEN = "not-readable"
Row = dict[str, Any]
"""One ticket of the report; its members are those of the JSON report."""

CHECKED_ONE_IN = 20
"""Of the tickets that their fields settle, one in so many has its texts read as well, to see what they would change."""


NOWHERE = SiteFacts()


def first_look(
    ticket: TicketRecord, chart: Chart, *, now: datetime, site: SiteFacts = NOWHERE
) -> Row | tuple[str, str]:
    """The row of a ticket whose texts need not be read; else why they are (`open` or `check`) and the outcome without them.

    Texts are not needed where the chart ignores the ticket, where a rule of the chart settles it, or where two
    different sources say service and nothing says anything else. Of the last, every twentieth by its id is checked.
    """
    if ignored(ticket, chart):
        return evaluate(ticket, chart, now=now, texts=LEFT_ALONE, site=site)
    then = as_of_entry(ticket, chart)
    if any(rule.reads_text for rule in chart.rules) or (not chart.rules and _has_project_records(then)):
        return "open", ""
    decision = decide(then, chart)
    fixed = decision.exception is not None and decision.outcome is not Outcome.REVIEW
    if not (fixed or _is_clear(decision)):
        return "open", decision.outcome.value
    if not fixed and (ticket.id or 0) % CHECKED_ONE_IN == 0:
        return "check", decision.outcome.value
    return evaluate(ticket, chart, now=now, texts="clear", decision=decision, site=site)


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
    decision: Decision | None = None, site: SiteFacts = NOWHERE,
) -> Row:  # fmt: skip
    """The row of a ticket, as seen at `now`.

    `texts`: whether they were read (`open`, `check`) or not (`clear`, `left-alone`), by `first_look`;
    `without_texts`: the outcome without them; `decision`: where it is known already; `site`: what holds for every ticket.
    """
    path = RevenuePath(ticket, site.gl)
    work = count_work(ticket, chart, path)
    actual = actual_outcome(ticket, work, chart)
    accounts = work.revenue_by_account() or {path.of_ticket(): 0}
    local = site.local(ticket.date_entered)
    row: Row = {
        "id": ticket.id, "summary": ticket.summary[:100], "entered": local, "month": local[:7], "year": local[:4],
        "board": name_of(ticket.board), "company": name_of(ticket.company), "type": name_of(ticket.type), "currency": _currency(ticket),
        "closed": ticket.closed_flag is True, "texts": texts, "unread": _unread(ticket, texts), "own_move": is_own_move(ticket),
        **_chart_says(ticket, chart, decision), "hindsight": actual.outcome, "because": actual.because,
        "account": _accounts(accounts), "there": is_in_professional_services(ticket, chart, accounts), "facts": _facts(ticket, work),
    }  # fmt: skip
    elsewhere = sum(amount for account, amount in accounts.items() if not _reaches(account, ticket, chart))
    row["money"] = money_of(ticket, work, actual.outcome, there=row["there"], elsewhere=elsewhere, now=now)
    row["agrees"] = None if row["own_move"] else agrees(row["chart"], row["hindsight"])
    if texts == "check":
        row["fields_said"] = without_texts
    return row


def _accounts(accounts: Iterable[str]) -> str:
    """The accounts of a ticket's revenue; empty where none is known."""
    return " + ".join(sorted(account or "not known" for account in accounts)) if any(accounts) else ""


def _currency(ticket: TicketRecord) -> str:
    """The code of the ticket's currency, else its name; empty where ConnectWise shows none."""
    known = ticket.currency or (ticket.company_billing.currency if ticket.company_billing else None)
    return (known.identifier or known.name) if known else ""


def _unread(ticket: TicketRecord, texts: str) -> list[str]:
    """Records that could not be read; texts that were not needed are not among them."""
    reads_texts = texts in ("open", "check")
    return [name for name in ticket.unread if reads_texts or name not in ("notes", "tasks")]


def broken(ticket_id: int, fault: str) -> Row:
    """The row of a ticket that could not be evaluated; the audit continues."""
    names = (
        "summary",
        "entered",
        "month",
        "year",
        "board",
        "company",
        "type",
        "currency",
        "account",
        "because",
        "why",
        "settled_by",
    )
    row = dict.fromkeys(names, "")
    return {
        **row, "id": ticket_id, "closed": False, "texts": "", "unread": [], "chart": BROKEN, "rule": f"It could not be evaluated ({fault}).",
        "candidates": [], "hindsight": UNKNOWN, "there": False, "own_move": False, "agrees": None,
        "facts": _facts(TicketRecord(), None), "money": {}, "rows": {},
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


def is_in_professional_services(ticket: TicketRecord, chart: Chart, accounts: Iterable[str] = ("",)) -> bool:
    """Whether all revenue of the ticket belongs to Professional Services already: by its GL accounts, where they are known."""
    return all(_reaches(account, ticket, chart) for account in accounts)


def _reaches(account: str, ticket: TicketRecord, chart: Chart) -> bool:
    """Whether an account is that of Professional Services. One that is not known: by the department, board or type."""
    if account:
        return fold(chart.revenue.account) in fold(account)
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
