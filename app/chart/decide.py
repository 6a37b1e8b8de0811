"""Decides one ticket by one chart. Pure: the same ticket, chart and `now` give the same decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.chart.decision_table import Combined, combine
from app.chart.manager_rules import rule_for
from app.chart.models import Decision
from app.chart.rows.finance import score_finance
from app.chart.rows.registry import score_rows
from app.chart.rows.row_score import Thresholds
from app.chart.rows.size_rule import SizeRule
from app.chart.rows.statements import finance_signs, weigh_statements
from app.chart.schema.chart_file import Chart
from app.chart.schema.manager_rules import ManagerRule
from app.chart.size_thresholds import raise_by_size
from app.domain.billing_periods import Periods
from app.domain.enums import Outcome
from app.domain.facts import JobFacts, ReaderAnswer
from app.domain.ticket import TicketRecord
from app.reading.evidence import Evidence
from app.reading.evidence_reader import read_evidence
from app.reading.facts.further_reader import add_answer
from app.reading.facts.job_facts import job_facts
from app.reading.facts.job_size import JobSize
from app.reading.facts.statements import facts_of
from app.reading.verify import citable_texts, verify_answer


def decide(
    ticket: TicketRecord, chart: Chart, *, now: datetime | None = None, facts: bool = True,
    extra: ReaderAnswer | None = None,
) -> Decision:  # fmt: skip
    """Decides a ticket as of `now`; without it, as of the day of entry.

    `facts`: whether to collect the facts that plans need; the outcome does not depend on them. `extra`: what a further
    reader found; only what its quotes prove counts.
    """
    evidence = evidence_of(ticket, chart, now=now)
    answer = _verified(extra, ticket, evidence)
    statements = add_answer(evidence, answer) if answer else facts_of(evidence) if facts else ()
    size = JobSize(evidence)
    limits = limits_of(chart, size, evidence.periods)
    stated = answer.rows if answer else ()
    finance = score_finance(evidence, chart.table, finance_signs(stated))
    scores = score_rows(evidence, limits, chart.table)
    weigh_statements(stated, scores)
    combined = combine(evidence, scores, finance, chart)
    combined = raise_by_size(combined, size, finance, chart.combination)
    known = job_facts(evidence, kind=finance.kind) if facts else JobFacts()
    rule = rule_for(evidence, size, chart)
    if rule is not None:
        return replace(_by_rule(rule, combined, chart, known), statements=statements)
    return Decision(
        combined.outcome, combined.findings, chart.stamp, combined.candidates, combined.question, combined.rule, known,
        settled_by=combined.settled_by, statements=statements, trace=combined.trace,
    )  # fmt: skip


def _verified(extra: ReaderAnswer | None, ticket: TicketRecord, evidence: Evidence) -> ReaderAnswer | None:
    return verify_answer(extra, citable_texts(ticket), today=evidence.today).answer if extra else None


def evidence_of(ticket: TicketRecord, chart: Chart, *, now: datetime | None = None) -> Evidence:
    """Reads the evidence of a ticket with the chart's phrases and billing periods."""
    periods = chart.periods
    return read_evidence(ticket, chart.reader, now=now, cycle=periods.cycle, first_day=periods.first_day)


def _by_rule(rule: ManagerRule, combined: Combined, chart: Chart, facts: JobFacts) -> Decision:
    """The outcome of a rule; with a review, what the rows point to."""
    asks = rule.outcome is Outcome.REVIEW
    candidates = combined.candidates or (combined.outcome,)
    return Decision(
        rule.outcome, combined.findings, chart.stamp,
        candidates=candidates if asks else (),
        question=combined.question or "A rule of the chart requires a review: where does this ticket belong?"
        if asks else None,
        rule=f"Rule “{rule.name}” of the chart: {rule.outcome.value}.",
        facts=facts, exception=rule.name, trace=(*combined.trace, f"rule: {rule.name}"),
    )  # fmt: skip


def limits_of(chart: Chart, size: JobSize, periods: Periods) -> Thresholds:
    """The thresholds of the rows, with the size of the job against the customer's billing periods."""
    return Thresholds(
        members=chart.scheduling.members,
        periods=chart.duration.periods,
        crossing_days=chart.duration.crossing_days,
        tasks_with_budget=chart.scheduling.tasks_with_budget,
        check_list_hours=chart.scheduling.check_list_hours,
        size=SizeRule(size, periods, chart.duration, chart.small_job),
    )
