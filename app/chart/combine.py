"""How the rows combine: decisive rows, contested rows, and the outcome that follows each way they could fall."""

from __future__ import annotations

from dataclasses import dataclass

from app.chart.evidence import Evidence
from app.chart.finance import Finance
from app.chart.model import Criterion, Finding, Outcome, PointsTo
from app.chart.rows import RECORD, Hint
from app.chart.rules import Combination

_ROWS_TO_PROJECT = (Criterion.DURATION, Criterion.BILLING, Criterion.SCHEDULING, Criterion.TEAM, Criterion.CONTACTS)


@dataclass(frozen=True, slots=True)
class Combined:
    """The outcome with the findings it follows from."""

    outcome: Outcome
    candidates: tuple[Outcome, ...]
    question: str | None
    rule: str
    findings: tuple[Finding, ...]


def combine(evidence: Evidence, hints: dict[Criterion, Hint], finance: Finance, rule: Combination) -> Combined:
    """Turns hints into findings by the chart's thresholds, then takes the decision for each way contested rows fall."""
    money = _finance_finding(finance, rule)
    support = money.points_to is PointsTo.SERVICE
    one_job = max(hints[Criterion.BILLING].service, hints[Criterion.SCHEDULING].service if not _booked(hints) else 0.0)
    findings = {Criterion.FINANCE: money}
    strong = [hint for hint in hints.values() if hint.project >= rule.hint]
    for criterion, hint in hints.items():
        findings[criterion] = _row_finding(
            criterion, hint, finance, rule, support=support, corroborated=len(strong), one_job=one_job
        )
    ordered = tuple(findings[criterion] for criterion in Criterion)
    outcomes = _outcomes(findings, finance)
    if len(outcomes) == 1:
        return Combined(outcomes[0], (), None, _rule_words(outcomes[0], findings), ordered)
    question = _question(findings, outcomes)
    return Combined(Outcome.REVIEW, tuple(outcomes), question, "The evidence does not settle it.", ordered)


def _booked(hints: dict[Criterion, Hint]) -> bool:
    return hints[Criterion.SCHEDULING].service >= RECORD


def _finance_finding(finance: Finance, rule: Combination) -> Finding:
    sold = finance.sold >= rule.sold
    support = finance.support >= rule.support
    if sold and not (finance.fault >= rule.strong_fault and finance.sold < rule.sold_over_fault):
        return Finding(Criterion.FINANCE, PointsTo.PROJECT, tuple(finance.for_sold + finance.for_kind))
    if support and not (finance.overhaul and finance.support < rule.clear_support):
        return Finding(Criterion.FINANCE, PointsTo.SERVICE, tuple(finance.for_support))
    if finance.kind or finance.vague or finance.overhaul or finance.sold:
        reasons = tuple(finance.for_kind + finance.for_sold + finance.for_support)
        return Finding(
            Criterion.FINANCE,
            PointsTo.UNKNOWN,
            reasons,
            contested=bool(finance.kind or finance.vague or finance.overhaul),
        )
    return Finding(Criterion.FINANCE, PointsTo.UNKNOWN, tuple(finance.for_support))


def _row_finding(
    criterion: Criterion,
    hint: Hint,
    finance: Finance,
    rule: Combination,
    *,
    support: bool,
    corroborated: int,
    one_job: float,
) -> Finding:
    """Field evidence decides; words decide when they are explicit or when other rows say the same."""
    needed = rule.rows_against_support if support else rule.rows_together
    single_job = hint.service >= rule.statement and not hint.project > rule.record - 1
    explicit = hint.project >= rule.statement and not single_job
    together = hint.project >= rule.hint and corroborated >= needed and (not single_job or corroborated > needed)
    by_record = hint.project >= rule.record
    if by_record and max(hint.service, one_job) >= rule.statement:
        return Finding(criterion, PointsTo.UNKNOWN, tuple(hint.for_project + hint.for_service), contested=True)
    if (by_record and not (support and finance.fault >= rule.strong_fault)) or together or (explicit and not support):
        return Finding(criterion, PointsTo.PROJECT, tuple(hint.for_project + hint.for_service))
    if hint.service >= rule.hint or support:
        return Finding(criterion, PointsTo.SERVICE, tuple(hint.for_service + hint.for_project))
    contested = hint.project >= rule.hint and not single_job
    contested |= criterion is Criterion.DURATION and finance.sold >= rule.sold and not finance.sized and finance.large
    return Finding(criterion, PointsTo.UNKNOWN, tuple(hint.for_project + hint.for_service), contested=contested)


def _outcomes(findings: dict[Criterion, Finding], finance: Finance) -> list[Outcome]:
    """Every outcome that the contested rows leave open, smallest first."""
    if any(findings[criterion].points_to is PointsTo.PROJECT for criterion in _ROWS_TO_PROJECT):
        return [Outcome.PROJECT]
    money = findings[Criterion.FINANCE]
    open_rows = any(findings[criterion].contested for criterion in _ROWS_TO_PROJECT)
    outcomes = []
    if money.points_to is not PointsTo.PROJECT and not (money.contested and finance.large and finance.sold):
        outcomes.append(Outcome.SERVICE_TICKET)
    if money.points_to is PointsTo.PROJECT or money.contested:
        outcomes.append(Outcome.MINI_PROJECT)
    if open_rows or (money.contested and finance.large):
        outcomes.append(Outcome.PROJECT)
    return outcomes


def _rule_words(outcome: Outcome, findings: dict[Criterion, Finding]) -> str:
    if outcome is Outcome.PROJECT:
        rows = [criterion.value for criterion in _ROWS_TO_PROJECT if findings[criterion].points_to is PointsTo.PROJECT]
        return f"{', '.join(rows)} says project on decisive evidence: project."
    if outcome is Outcome.MINI_PROJECT:
        return "Only finance says project: mini-project, so that the revenue reaches Professional Services."
    return "No row says project on decisive evidence: service ticket, left alone."


_QUESTIONS = {
    Criterion.FINANCE: "Is this work sold or charged as project work, or covered by support?",
    Criterion.DURATION: "Will the work be done within one billing period?",
    Criterion.BILLING: "Is it billed with one invoice when done, or in parts?",
    Criterion.SCHEDULING: "Does one person do it, or are several scheduled?",
    Criterion.TEAM: "Does it need its own team or restricted access?",
    Criterion.CONTACTS: "Is there one contact, or several by stage?",
}


def _question(findings: dict[Criterion, Finding], outcomes: list[Outcome]) -> str:
    """The one question whose answer settles most: the rows that could make it a project come first."""
    if Outcome.PROJECT in outcomes:
        for criterion in _ROWS_TO_PROJECT:
            if findings[criterion].contested:
                return _QUESTIONS[criterion]
        if Outcome.SERVICE_TICKET not in outcomes:
            return "How long will it take, how many people are needed, and how is it billed?"
    return _QUESTIONS[Criterion.FINANCE]
