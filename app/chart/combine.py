"""How the rows combine: decisive rows, contested rows, and the outcome that follows each way they could fall."""

from __future__ import annotations

from dataclasses import dataclass

from app.chart.evidence import Evidence
from app.chart.finance import Finance
from app.chart.model import Criterion, Finding, Outcome, PointsTo
from app.chart.rows import RECORD, Hint
from app.chart.rules import Combination, FinanceRow


@dataclass(frozen=True, slots=True)
class Combined:
    """The outcome with the findings it follows from."""

    outcome: Outcome
    candidates: tuple[Outcome, ...]
    question: str | None
    rule: str
    findings: tuple[Finding, ...]
    settled_by: tuple[Criterion, ...] = ()
    """The rows that the outcome follows from; with `REVIEW` the contested ones."""


def combine(
    evidence: Evidence, hints: dict[Criterion, Hint], finance: Finance, rule: Combination, limits: FinanceRow
) -> Combined:
    """Turns hints into findings by the chart's thresholds, then takes the decision for each way contested rows fall."""
    money = _finance_finding(finance, limits)
    support = money.points_to is PointsTo.SERVICE
    one_job = max(hints[Criterion.BILLING].service, hints[Criterion.SCHEDULING].service if not _booked(hints) else 0.0)
    findings = {Criterion.FINANCE: money}
    strong = [hint for hint in hints.values() if hint.project >= rule.hint]
    for criterion, hint in hints.items():
        findings[criterion] = _row_finding(
            criterion, hint, finance, rule, limits, support=support, corroborated=len(strong), one_job=one_job
        )
    ordered = tuple(findings[criterion] for criterion in Criterion)
    outcomes = _outcomes(findings, finance, rule)
    if len(outcomes) == 1:
        settled = _settled_by(findings, rule)
        return Combined(outcomes[0], (), None, _rule_words(outcomes[0], settled, findings), ordered, settled)
    row, question = _question(findings, outcomes, rule)
    contested = tuple(criterion for criterion in Criterion if findings[criterion].contested)
    settled = tuple(dict.fromkeys((row, *contested)))
    return Combined(Outcome.REVIEW, tuple(outcomes), question, "The evidence does not settle it.", ordered, settled)


def _booked(hints: dict[Criterion, Hint]) -> bool:
    return hints[Criterion.SCHEDULING].service >= RECORD


def _finance_finding(finance: Finance, rule: FinanceRow) -> Finding:
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
    limits: FinanceRow,
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
    if (by_record and not (support and finance.fault >= limits.strong_fault)) or together or (explicit and not support):
        return Finding(criterion, PointsTo.PROJECT, tuple(hint.for_project + hint.for_service))
    if hint.service >= rule.hint or support:
        return Finding(criterion, PointsTo.SERVICE, tuple(hint.for_service + hint.for_project))
    contested = hint.project >= rule.hint and not single_job
    contested |= criterion is Criterion.DURATION and finance.sold >= limits.sold and not finance.sized and finance.large
    return Finding(criterion, PointsTo.UNKNOWN, tuple(hint.for_project + hint.for_service), contested=contested)


def _outcomes(findings: dict[Criterion, Finding], finance: Finance, rule: Combination) -> list[Outcome]:
    """Every outcome that the contested rows leave open, smallest first."""
    if any(findings[criterion].points_to is PointsTo.PROJECT for criterion in rule.decisive):
        return [Outcome(rule.project_row_says_project)]
    money = findings[Criterion.FINANCE]
    open_rows = any(findings[criterion].contested for criterion in rule.decisive)
    outcomes: list[str] = []
    if money.points_to is not PointsTo.PROJECT and not (money.contested and finance.large and finance.sold):
        outcomes.append(rule.otherwise)
    if money.points_to is PointsTo.PROJECT or money.contested:
        outcomes.append(rule.only_finance_says_project)
    if open_rows or (money.contested and finance.large):
        outcomes.append(rule.project_row_says_project)
    return [outcome for outcome in Outcome if outcome.value in outcomes]


def _settled_by(findings: dict[Criterion, Finding], rule: Combination) -> tuple[Criterion, ...]:
    """The rows that say project and count; without one, the rows that say service."""
    money = (Criterion.FINANCE,) if findings[Criterion.FINANCE].points_to is PointsTo.PROJECT else ()
    decisive = tuple(criterion for criterion in rule.decisive if findings[criterion].points_to is PointsTo.PROJECT)
    service = tuple(criterion for criterion in Criterion if findings[criterion].points_to is PointsTo.SERVICE)
    return decisive or money or service


def _rule_words(outcome: Outcome, settled: tuple[Criterion, ...], findings: dict[Criterion, Finding]) -> str:
    """The combination's rule that led to the outcome."""
    rows = ", ".join(settled)
    if not settled:
        return f"No row has a hint: {outcome.value}."
    if findings[settled[0]].points_to is PointsTo.SERVICE:
        return f"No row says project on decisive evidence: {outcome.value}."
    if settled == (Criterion.FINANCE,):
        return f"Only finance says project: {outcome.value}."
    return f"{rows} {'says' if len(settled) == 1 else 'say'} project on decisive evidence: {outcome.value}."


_QUESTIONS = {
    Criterion.FINANCE: "Is this work sold or charged as project work, or covered by support?",
    Criterion.DURATION: "Will the work be done within one billing period?",
    Criterion.BILLING: "Is it billed with one invoice when done, or in parts?",
    Criterion.SCHEDULING: "Does one person do it, or are several scheduled?",
    Criterion.TEAM: "Does it need its own team or restricted access?",
    Criterion.CONTACTS: "Is there one contact, or several by stage?",
}


def _question(findings: dict[Criterion, Finding], outcomes: list[Outcome], rule: Combination) -> tuple[Criterion, str]:
    """The one question whose answer settles most, and its row: rows that could make it a project come first."""
    if Outcome(rule.project_row_says_project) in outcomes:
        for criterion in rule.decisive:
            if findings[criterion].contested:
                return criterion, _QUESTIONS[criterion]
        if Outcome(rule.otherwise) not in outcomes:
            return Criterion.DURATION, "How long will it take, how many people are needed, and how is it billed?"
    return Criterion.FINANCE, _QUESTIONS[Criterion.FINANCE]
