"""Hours and amounts from which work is a mini-project or a project regardless of the other rows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.chart.decision_table import Combined
from app.chart.models import Finding
from app.chart.rows.finance import FinanceScore
from app.chart.schema.decision_settings import Combination
from app.domain.enums import Criterion, Outcome, PointsTo
from app.domain.facts import Reason
from app.reading.facts.job_size import JobSize, Measure


def raise_by_size(combined: Combined, size: JobSize, finance: FinanceScore, rule: Combination) -> Combined:
    """The outcome that a threshold of the chart requires, where the rows lead to a smaller one.

    Break/fix and covered work keep their outcome.
    """
    if not (rule.mini_project_from_hours or rule.project_from_hours or rule.project_from_amount):
        return combined
    money = next(finding for finding in combined.findings if finding.criterion is Criterion.FINANCE)
    if money.points_to is not PointsTo.PROJECT and (finance.fault or finance.covered):
        return combined
    if reason := _reached(
        size.hours, rule.project_from_hours, "project_from_hours", "Hours from which work is a project"
    ):
        return _at_least(Outcome.PROJECT, Criterion.DURATION, reason, combined)
    if finance.sold >= 1 and (
        reason := _reached(
            size.amount, rule.project_from_amount, "project_from_amount", "An amount from which work is a project"
        )
    ):
        return _at_least(Outcome.PROJECT, Criterion.FINANCE, reason, combined)
    if reason := _reached(
        size.hours, rule.mini_project_from_hours, "mini_project_from_hours", "Hours from which work is a mini-project"
    ):
        return _at_least(Outcome.MINI_PROJECT, Criterion.FINANCE, reason, combined)
    return combined


def _reached(measure: Measure | None, limit: float | None, name: str, text: str) -> Reason | None:
    if limit is None or measure is None or measure.value < Decimal(str(limit)):
        return None
    return Reason(text, measure.source, measure.written, f"combination.{name} = {limit:g}", PointsTo.PROJECT)


def _at_least(least: Outcome, row: Criterion, reason: Reason, combined: Combined) -> Combined:
    """The decision with an outcome no smaller than `least`; smaller candidates of a review fall away."""
    order = list(Outcome)
    possible = combined.candidates or (combined.outcome,)
    outcomes = tuple(dict.fromkeys(max(outcome, least, key=order.index) for outcome in possible))
    if outcomes == possible:
        return combined
    findings = tuple(
        _by_reason(finding, reason) if finding.criterion is row else finding for finding in combined.findings
    )
    trace = (*combined.trace, f"size: {reason.threshold}")
    if len(outcomes) > 1:
        return replace(combined, candidates=outcomes, findings=findings, trace=trace)
    return Combined(outcomes[0], (), None, f"The chart's threshold: {reason.threshold}.", findings, (row,), trace)


def _by_reason(finding: Finding, reason: Reason) -> Finding:
    return Finding(finding.criterion, PointsTo.PROJECT, (reason, *finding.reasons), rule="size")
