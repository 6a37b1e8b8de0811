"""Decides a ticket by what the model says of the rows. The chart combines the rows; the model names no outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.chart.decide import evidence_of
from app.chart.decision_table import combine_findings
from app.chart.models import Decision, Finding
from app.chart.rows.finance import score_finance
from app.chart.schema.chart_file import Chart
from app.chart.schema.decision_settings import Combination
from app.chart.size_thresholds import raise_by_size
from app.domain.enums import Criterion, PointsTo
from app.domain.facts import Reason, RowStatement
from app.domain.ticket import TicketRecord
from app.reading.facts.job_size import JobSize
from app.reading.model.answer import ModelReading

MODEL_REASON = "Stated, as the model reads it"
_LONGEST_QUOTE = 160
_RECORDS = ("scheduleEntries", "tasks", "products", "opportunity")


def decide_by_model(
    ticket: TicketRecord, chart: Chart, reading: ModelReading, *, words: Decision, records_first: bool = False
) -> Decision:
    """The decision by the model's rows. Rows that the answer leaves out are those of the words.

    `words`: the decision by words for the same ticket; its exceptions and its facts of the work hold. `records_first`: a row
    that records settle for the words, and that the model reads otherwise, is contested.
    """
    if words.exception is not None:
        return words
    said = {row.criterion: row for row in reading.answer.rows}
    by_words = {finding.criterion: finding for finding in words.findings}
    findings = {
        criterion: _finding(criterion, said.get(criterion), reading, by_words[criterion]) for criterion in Criterion
    }
    if records_first:
        findings = {criterion: _by_records(findings[criterion], by_words[criterion]) for criterion in Criterion}
    findings = _consistent(findings, chart.combination)
    evidence = evidence_of(ticket, chart)
    combined = raise_by_size(
        combine_findings(findings, chart),
        JobSize(evidence),
        score_finance(evidence, chart.table),
        chart.combination,
    )
    return replace(
        words, outcome=combined.outcome, findings=combined.findings, candidates=combined.candidates,
        question=combined.question, rule=combined.rule, settled_by=combined.settled_by, trace=combined.trace,
    )  # fmt: skip


def reason_of(row: RowStatement) -> Reason:
    """A verified statement of the model as a reason: the quoted words with their place."""
    quote = row.quotes[0]
    return Reason(MODEL_REASON, quote.source, quote.words[:_LONGEST_QUOTE], speaks_for=row.says)


def _finding(criterion: Criterion, row: RowStatement | None, reading: ModelReading, by_words: Finding) -> Finding:
    if row is not None:
        return Finding(criterion, row.says, (reason_of(row),))
    if criterion in reading.doubts:
        return Finding(criterion, PointsTo.UNKNOWN, contested=True)
    if criterion in reading.answered:
        return Finding(criterion, PointsTo.UNKNOWN)
    return by_words


def _by_records(finding: Finding, by_words: Finding) -> Finding:
    """A record before a statement: where they point to different sides, the row settles nothing."""
    by_record = [reason for reason in by_words.reasons if reason.source.startswith(_RECORDS)]
    if by_words.points_to is not PointsTo.PROJECT or not by_record or finding.points_to is PointsTo.PROJECT:
        return finding
    if finding.criterion is Criterion.FINANCE:
        return finding
    return Finding(finding.criterion, PointsTo.UNKNOWN, (*by_record, *finding.reasons), contested=True)


def _consistent(findings: Mapping[Criterion, Finding], rule: Combination) -> dict[Criterion, Finding]:
    """Support work cannot be a project: where finance says service and another row project, finance is contested."""
    money = findings[Criterion.FINANCE]
    rows = [findings[criterion] for criterion in rule.decisive]
    if money.points_to is PointsTo.SERVICE and any(row.points_to is PointsTo.PROJECT for row in rows):
        money = replace(money, points_to=PointsTo.UNKNOWN, contested=True)
    return {**findings, Criterion.FINANCE: money}
