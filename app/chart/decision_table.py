"""Combines the rows: findings, contested rows, and the outcome for each way they could be settled."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.chart.job_profile import JobProfile, profile_job
from app.chart.models import Finding
from app.chart.questions import next_question, rule_words
from app.chart.rows.finance import FinanceScore, finance_finding
from app.chart.rows.row_score import RowScore
from app.chart.schema.decision_settings import Combination, FinanceRow
from app.domain.enums import Criterion, Outcome, PointsTo
from app.domain.facts import Reason
from app.reading.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Combined:
    """The outcome with its findings."""

    outcome: Outcome
    candidates: tuple[Outcome, ...]
    question: str | None
    rule: str
    findings: tuple[Finding, ...]
    settled_by: tuple[Criterion, ...] = ()
    """The rows that the outcome follows from; with `REVIEW` the contested ones."""


def combine(
    evidence: Evidence, hints: dict[Criterion, RowScore], finance: FinanceScore, rule: Combination, limits: FinanceRow
) -> Combined:
    """Turns scores into findings by the chart's thresholds, then derives the possible outcomes."""
    job = profile_job(evidence, hints, finance, rule, limits)
    findings = {criterion: _row_finding(criterion, hint, job, rule) for criterion, hint in hints.items()}
    findings |= _following(findings, hints, rule)
    decided = any(
        findings[criterion].points_to is PointsTo.PROJECT for criterion in rule.decisive if criterion in hints
    )
    findings[Criterion.FINANCE] = finance_finding(finance, limits, project=decided)
    if decided and _is_unsold_request(findings, hints, finance, rule):
        findings[Criterion.FINANCE] = replace(findings[Criterion.FINANCE], points_to=PointsTo.UNKNOWN, contested=True)
    ordered = tuple(findings[criterion] for criterion in Criterion)
    outcomes = _outcomes(findings, finance, rule)
    if len(outcomes) == 1:
        settled = _settled_by(findings, rule)
        return Combined(outcomes[0], (), None, rule_words(outcomes[0], settled, findings), ordered, settled)
    row, question = next_question(findings, outcomes, rule)
    contested = tuple(criterion for criterion in Criterion if findings[criterion].contested)
    settled = tuple(dict.fromkeys((row, *contested)))
    return Combined(Outcome.REVIEW, tuple(outcomes), question, "The evidence does not settle it.", ordered, settled)


def _is_unsold_request(
    findings: dict[Criterion, Finding], hints: dict[Criterion, RowScore], finance: FinanceScore, rule: Combination
) -> bool:
    """A project by text alone that nothing shows to be sold, and that may be a fault or a request."""
    rows = [criterion for criterion in hints if findings[criterion].points_to is PointsTo.PROJECT]
    by_record = any(hints[criterion].project >= rule.record for criterion in rows)
    sold = finance.sold >= 1 or by_record or Criterion.BILLING in rows
    few = len(rows) < rule.rows_needed_against_support
    return not sold and ((finance.support >= 1 and few) or len(rows) == 1)


def _row_finding(criterion: Criterion, hint: RowScore, job: JobProfile, rule: Combination) -> Finding:
    """Records decide; text decides where it is explicit or other rows agree."""
    both = hint.project_first
    if job.repair and criterion is not Criterion.TEAM and job.strong < rule.rows_needed_against_support + 1:
        return Finding(criterion, PointsTo.SERVICE, hint.service_first)
    if job.mismatch and hint.project >= rule.hint:
        return Finding(criterion, PointsTo.UNKNOWN, job.mismatch + both, contested=True)
    too_long = hint.beyond_capacity and (job.sold or job.project_work) and not (job.support and not job.mixed)
    if hint.project >= rule.record and not too_long:
        return _by_record(criterion, hint, job, rule)
    needed = rule.rows_needed_against_support if job.support and not job.mixed else rule.rows_needed
    single = job.single_job if hint.project < rule.statement else job.single_invoice
    lasts = criterion is Criterion.DURATION and not hint.worked_out
    against = max(hint.service, single if lasts else 0.0) >= rule.statement
    together = (
        hint.project >= rule.hint
        and job.strong >= needed + against * (1 + job.stated_small)
        and (job.project_work or job.scheduled)
    )
    explicit = hint.project >= rule.statement and job.sure and not (job.support or against)
    explicit |= hint.project >= rule.hint and job.sold and not job.single_job
    # Restricted access that is stated twice is meant.
    explicit |= criterion is Criterion.TEAM and hint.project > rule.statement and not (job.support or job.requested)
    if too_long or together or explicit:
        return Finding(criterion, PointsTo.PROJECT, both)
    if not hint.undecided and (hint.service >= rule.hint or job.support):
        return Finding(criterion, PointsTo.SERVICE, hint.service_first)
    alone = not job.support_stated or criterion is Criterion.TEAM
    planned = job.project_work or (hint.project >= rule.statement and alone)
    contested = hint.undecided or (hint.project >= rule.hint and planned and not against)
    contested |= bool(hint.project) and job.sold and not job.single_job and criterion is not Criterion.CONTACTS
    contested |= criterion is Criterion.DURATION and (job.unsized or hint.beyond_capacity)
    return Finding(criterion, PointsTo.UNKNOWN, both, contested=contested)


def _by_record(criterion: Criterion, hint: RowScore, job: JobProfile, rule: Combination) -> Finding:
    """A record points to a project, unless the ticket states one job on one invoice, or nothing is sold.

    Two scheduled members and nothing sold: a colleague took the ticket over.
    """
    if criterion is Criterion.SCHEDULING and job.unsold and not hint.planned:
        side = PointsTo.SERVICE if job.supportable else PointsTo.UNKNOWN
        return Finding(criterion, side, hint.service_first, contested=not job.supportable)
    doubted = criterion is Criterion.SCHEDULING and (
        job.stated_small or (job.several_periods and job.single_invoice >= rule.statement)
    )
    single = job.single_job if doubted or (criterion is Criterion.DURATION and not job.single_member) else 0.0
    against = max(hint.service, single) >= rule.statement
    side = PointsTo.UNKNOWN if against else PointsTo.PROJECT
    return Finding(criterion, side, hint.project_first, contested=against)


_FOLLOWS = (
    (Criterion.DURATION, (Criterion.BILLING,), "Billed in parts: the work runs over several invoices"),
    (
        Criterion.BILLING,
        (Criterion.DURATION, Criterion.CONTACTS),
        "Parts with separate dates and contacts are billed separately",
    ),
    (
        Criterion.SCHEDULING,
        (Criterion.DURATION, Criterion.BILLING, Criterion.CONTACTS),
        "Parts with separate dates, invoices and contacts are scheduled separately",
    ),
)
"""Rows that follow from other rows, unless the ticket states the contrary."""


def _following(
    findings: dict[Criterion, Finding], hints: dict[Criterion, RowScore], rule: Combination
) -> dict[Criterion, Finding]:
    """Rows that follow from rows that point to a project: by weak evidence, or by what those mean."""
    followed: dict[Criterion, Finding] = {}
    saying = {criterion for criterion in hints if findings[criterion].points_to is PointsTo.PROJECT}
    if len(saying) >= rule.rows_needed:
        for criterion, hint in hints.items():
            if hint.project and criterion not in saying and hint.service < rule.statement:
                followed[criterion] = Finding(criterion, PointsTo.PROJECT, hint.project_first)
    saying |= followed.keys()
    for criterion, others, text in _FOLLOWS:
        if criterion not in saying and hints[criterion].service < rule.hint and saying.issuperset(others):
            source = (followed.get(others[0]) or findings[others[0]]).reasons[:1]
            reasons = tuple(Reason(text, reason.source, reason.value) for reason in source)
            followed[criterion] = Finding(criterion, PointsTo.PROJECT, reasons + tuple(hints[criterion].for_service))
            saying.add(criterion)
    return followed


def _outcomes(findings: dict[Criterion, Finding], finance: FinanceScore, rule: Combination) -> list[Outcome]:
    """The outcomes that the contested rows allow, smallest first."""
    money = findings[Criterion.FINANCE]
    if any(findings[criterion].points_to is PointsTo.PROJECT for criterion in rule.decisive):
        open_ones = [rule.otherwise] if money.contested else []
        return [outcome for outcome in Outcome if outcome.value in (*open_ones, rule.project_row_says_project)]
    open_rows = any(findings[criterion].contested for criterion in rule.decisive)
    outcomes: list[str] = []
    if money.points_to is not PointsTo.PROJECT and not (money.contested and finance.large and finance.sold >= 1):
        outcomes.append(rule.otherwise)
    if money.points_to is PointsTo.PROJECT or money.contested:
        outcomes.append(rule.only_finance_says_project)
    if open_rows or (money.contested and finance.large and not finance.undecided):
        outcomes.append(rule.project_row_says_project)
    return [outcome for outcome in Outcome if outcome.value in outcomes]


def _settled_by(findings: dict[Criterion, Finding], rule: Combination) -> tuple[Criterion, ...]:
    """Decisive rows that point to a project; without one, finance or all rows that point to service."""
    money = (Criterion.FINANCE,) if findings[Criterion.FINANCE].points_to is PointsTo.PROJECT else ()
    decisive = tuple(criterion for criterion in rule.decisive if findings[criterion].points_to is PointsTo.PROJECT)
    service = tuple(criterion for criterion in Criterion if findings[criterion].points_to is PointsTo.SERVICE)
    return decisive or money or ((Criterion.FINANCE,) if Criterion.FINANCE in service else service)
