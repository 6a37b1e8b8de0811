"""The finance row: is this project-type work that was sold or ordered, or break/fix and routine support?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from app.chart.models import Finding
from app.chart.schema.decision_settings import FinanceRow
from app.domain.enums import Criterion, PointsTo
from app.domain.facts import Reason
from app.reading.evidence import Evidence, Mention
from app.reading.off_topic import SUPPORT_TYPES
from app.reading.values.dates import SEASON


@dataclass
class FinanceScore:
    """Evidence for sold work and for support, and what is known about the work."""

    sold: float = 0.0
    support: float = 0.0
    fault: float = 0.0
    request: float = 0.0
    kind: str | None = None
    overhaul: bool = False
    """A lasting improvement is requested, not only a repair, and nothing is scheduled."""
    undecided: bool = False
    """The ticket leaves undecided whether the work is covered or charged, or which job is meant."""
    sized: bool = False
    """The size of the job is known: an amount, hours, dates, products, people, one invoice."""
    budget_hours: Decimal = Decimal(0)
    covers: bool = False
    covered: bool = False
    """The ticket says that the work is covered."""
    large: bool = False
    unplaced: bool = False
    """A request for a device without a covering agreement; neither broken, routine nor sold."""
    charged: bool = False
    """The ticket says that it is charged, and not that it is covered."""
    priced: bool = False
    """A price for the work is agreed."""
    for_sold: list[Reason] = field(default_factory=list)
    for_support: list[Reason] = field(default_factory=list)
    for_kind: list[Reason] = field(default_factory=list)


STRONG_FAULT, MOST_BY_TIME = 2.0, 3.0
_KINDS = {"kind_migration": "migration", "kind_install": "installation", "kind_consulting": "consulting"}
_SOLD = {
    "accepted": (2.0, "Accepted or ordered"),
    "fixed_price": (2.0, "A price is agreed"),
    "chargeable": (1.5, "To be charged"),
    "progress_billing": (1.0, "Billed in parts"),
    "single_billing": (1.0, "One invoice when done"),
    "approved": (1.0, "Approved or signed"),
    "referenced": (1.0, "A quote is named"),
    "money": (1.0, "An amount is named"),
}
_PROJECT_TYPES = re.compile(r"\b(?:project|mini-?project)", re.I)
_ALERT_BOARDS = re.compile(r"\b(?:alert|monitor|rmm|noc)", re.I)
_SALES_BOARDS = re.compile(r"\b(?:sales|handover|professional services|projects?|mini-?projects?)", re.I)


def score_finance(evidence: Evidence) -> FinanceScore:
    """Scores the evidence for sold work and for support."""
    budget = evidence.budget_hours or Decimal(0)
    finance = FinanceScore(
        budget_hours=budget, covers=evidence.agreement_covers, large=bool(evidence.mentions("large"))
    )
    _score_support(evidence, finance)
    _score_sale(evidence, finance)
    _score_fields(evidence, finance)
    _set_kind(evidence, finance)
    if finance.fault >= STRONG_FAULT and _is_by_time(evidence):
        finance.sold = min(finance.sold, MOST_BY_TIME)
    at_will = evidence.mentions("free_hand") and evidence.mentions("long_standing") and finance.fault
    finance.overhaul = bool(evidence.mentions("overhaul") or at_will) and not evidence.bookings
    finance.undecided = bool(evidence.mentions("open_finance", "mismatch"))
    charged = bool(evidence.mentions("chargeable"))
    finance.sold += 0.5 if charged and not finance.fault and not SUPPORT_TYPES.search(evidence.type) else 0.0
    finance.charged = charged and not finance.covered
    finance.unplaced = _is_unplaced(evidence, finance)
    for mention in evidence.mentions("hardware")[: finance.unplaced]:
        finance.for_kind.append(
            Reason("Work on a device, and no agreement is known to cover it", mention.source, mention.words)
        )
    finance.sized = _is_sized(evidence)
    return finance


def _set_kind(evidence: Evidence, finance: FinanceScore) -> None:
    for meaning, kind in _KINDS.items():
        for mention in evidence.mentions(meaning)[:1]:
            finance.kind = finance.kind or kind
            finance.for_kind.append(Reason(f"Work of a project's kind: {kind}", mention.source, mention.words))
    if (
        not finance.kind
        and not finance.support
        and (arrived := evidence.mentions("arrived"))
        and evidence.mentions("set_going")
    ):
        finance.kind = "installation"
        finance.for_kind.append(Reason("Work of a project's kind: installation", arrived[0].source, arrived[0].words))


def _is_sized(evidence: Evidence) -> bool:
    firm = evidence.mentions("single_billing", "one_person", "one_visit", "money", "many_people", "progress_billing")
    dated = any(point.days != SEASON for point, _ in evidence.upcoming_dates())
    loose = evidence.mentions("effort", "waves") or dated or evidence.budget_hours
    return bool(
        firm
        or (loose and not evidence.mentions("vague"))
        or evidence.bookings
        or evidence.lines
        or evidence.tasks
        or (evidence.opportunity_amount and not evidence.mentions("vague"))
        or any(char.isdigit() for mention in evidence.mentions("fixed_price") for char in mention.words)
    )


_LICENCES = re.compile(r"licen[cs]e|lizenz|licence|licencia|subscription", re.I)


def _is_unplaced(evidence: Evidence, finance: FinanceScore) -> bool:
    silent = not (finance.support or finance.sold >= 1 or finance.kind or evidence.mentions("quote_request", "wish"))
    covered = finance.covers or _LICENCES.search(evidence.agreement)
    return silent and not covered and bool(evidence.mentions("hardware") and evidence.mentions("asks"))


def _is_by_time(evidence: Evidence) -> bool:
    """Charged or approved, without an order or a price: a repair billed by time is still a repair."""
    return not (_is_ordered(evidence) or evidence.lines)


def _is_ordered(evidence: Evidence) -> bool:
    ordered = evidence.mentions("accepted", "fixed_price", "referenced", "progress_billing")
    return bool(ordered or evidence.opportunity_won)


def _score_support(evidence: Evidence, finance: FinanceScore) -> None:
    for meaning, text in (("fault", "Something does not work"), ("request", "A question or routine request")):
        mentions = evidence.mentions(meaning)
        in_summary = any(mention.source == "summary" for mention in mentions)
        weight = min(3.0, len(mentions) * 1.0 + 1.0 * in_summary) if mentions else 0.0
        if meaning == "fault" and evidence.mentions("solved"):
            weight = min(weight, 0.5)
        finance.support += weight
        finance.fault += weight if meaning == "fault" else 0.0
        finance.request += weight if meaning == "request" else 0.0
        finance.for_support += [Reason(text, mention.source, mention.words) for mention in mentions[:2]]
    for mention in _covered(evidence)[:1]:
        finance.support += 2.0
        finance.covered = True
        finance.for_support.append(Reason("Covered by the agreement", mention.source, mention.words))


def _covered(evidence: Evidence) -> list[Mention]:
    """Mentions of coverage in sentences that do not mention a charge."""
    charged = {mention.sentence for mention in evidence.mentions("chargeable")}
    return [mention for mention in evidence.mentions("covered") if mention.sentence not in charged]


def _score_sale(evidence: Evidence, finance: FinanceScore) -> None:
    for meaning, (weight, text) in _SOLD.items():
        mentions = evidence.mentions(meaning) or (evidence.mentions("parted") if meaning == "progress_billing" else [])
        finance.sold += weight if mentions else 0.0
        finance.for_sold += [Reason(text, mention.source, mention.words) for mention in mentions[:2]]
    labour = [line for line in evidence.lines if line.is_labour and line.amount > 0]
    for line in labour[:2]:
        finance.for_sold.append(Reason("A product line for labour", line.source, line.description))
    finance.sold += 2.0 if labour else 0.0
    finance.priced = bool(evidence.mentions("fixed_price") or evidence.opportunity_won)
    if evidence.opportunity_won:
        finance.sold += 1.0 if finance.fault and not finance.sold else 2.0
        finance.for_sold.append(Reason("The opportunity is won", "opportunity.stage", evidence.opportunity))


def _is_worked_on_at_once(evidence: Evidence) -> bool:
    """Scheduled for today or tomorrow without an order, as faults are."""
    starts = [booking.start for booking in evidence.bookings if booking.start]
    return bool(starts) and min(starts) <= evidence.today + timedelta(days=1) and not _is_ordered(evidence)


def _score_fields(evidence: Evidence, finance: FinanceScore) -> None:
    """Board and type are weak evidence: mail rules and people set them, sometimes wrongly."""
    if SUPPORT_TYPES.search(evidence.type):
        finance.support += 0.7
        finance.for_support.append(Reason("The ticket's type is support work", "type.name", evidence.type))
        if _is_worked_on_at_once(evidence):
            finance.support += 1.0
            finance.fault += 1.0
            finance.for_support.append(Reason("Work began immediately", evidence.bookings[0].source, evidence.type))
    if _ALERT_BOARDS.search(evidence.board):
        finance.support += 1.0
        finance.for_support.append(Reason("The ticket came in on an alert board", "board.name", evidence.board))
    if _SALES_BOARDS.search(evidence.board) or _PROJECT_TYPES.search(evidence.type):
        finance.sold += 0.5
        finance.for_sold.append(
            Reason("Board or type is for project work", "board.name", evidence.board or evidence.type)
        )


def finance_finding(finance: FinanceScore, rule: FinanceRow, *, project: bool) -> Finding:
    """The finance finding. Where other rows point to a project, work of that kind or sold work is project work."""
    sold = finance.sold >= rule.sold
    support = finance.support >= rule.support
    everything = tuple(finance.for_sold + finance.for_kind + finance.for_support)
    if finance.undecided and not project:
        return Finding(Criterion.FINANCE, PointsTo.UNKNOWN, everything, contested=True)
    routine = finance.fault >= rule.strong_fault or (
        finance.request >= rule.strong_fault and not finance.kind and not finance.charged
    )
    order = finance.sold >= rule.sold_over_fault and (
        finance.kind or finance.priced or finance.fault < rule.strong_fault
    )
    if sold and (project or order or not routine):
        return Finding(Criterion.FINANCE, PointsTo.PROJECT, tuple(finance.for_sold + finance.for_kind))
    if project and (finance.sold or finance.kind):
        return Finding(Criterion.FINANCE, PointsTo.PROJECT, tuple(finance.for_kind + finance.for_sold))
    if support and not (finance.overhaul and finance.support < rule.clear_support):
        return Finding(Criterion.FINANCE, PointsTo.SERVICE, tuple(finance.for_support))
    uncovered = not finance.covers or finance.large
    unexplained = _unexplained(finance, rule)
    doubtful = bool(
        finance.overhaul
        or (finance.unplaced and not project)
        or finance.sold >= rule.support
        or (bool(finance.kind) and finance.sold >= 1)
        or (uncovered and bool(finance.kind or finance.sold >= 1))
        or (unexplained and not project)
    )
    return Finding(Criterion.FINANCE, PointsTo.UNKNOWN, everything + unexplained, contested=doubtful)


def _unexplained(finance: FinanceScore, rule: FinanceRow) -> tuple[Reason, ...]:
    """Many budget hours of unexplained work."""
    if finance.budget_hours < rule.review_above_hours or finance.support >= 1:
        return ()
    text = "Many hours, and the kind of work is unknown"
    return (
        Reason(
            text,
            "budgetHours",
            f"{finance.budget_hours:f}",
            f"finance.review_above_hours = {rule.review_above_hours:g}",
        ),
    )
