"""Combines the decision by words with the model's reading, as READER_USE says."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from app.chart.decide import decide
from app.chart.model_decision import decide_by_model, reason_of
from app.chart.models import Decision, Finding, ModelPart
from app.chart.questions import next_question
from app.chart.schema.chart_file import Chart
from app.domain.enums import Criterion, Outcome
from app.domain.facts import RowStatement
from app.domain.ticket import TicketRecord
from app.reading.model.answer import ModelReading

DISAGREEMENT = "Words and model disagree"


class ReaderUse(StrEnum):
    """What the model's reading is used for."""

    SHADOW = "shadow"
    SECOND = "second"
    FIRST = "first"


def decide_with_model(
    ticket: TicketRecord, chart: Chart, reading: ModelReading, use: ReaderUse, *, words: Decision | None = None
) -> Decision:
    """The decision by both readers. An unusable reading leaves the words alone, and the decision says so."""
    words = words or decide(ticket, chart)
    words = replace(words, statements=(*words.statements, *reading.answer.facts))
    if not reading.usable:
        problem = reading.problem or "The model said nothing of the rows that its quotes prove."
        return replace(words, model=ModelPart(use.value, words.outcome, None, dropped=reading.dropped, problem=problem))
    model = decide_by_model(ticket, chart, reading, words=words, records_first=use is ReaderUse.FIRST)
    part = _part(use, words, model, reading)
    if use is ReaderUse.SHADOW or words.exception is not None:
        return replace(words, model=part)
    if use is ReaderUse.FIRST:
        return replace(model, model=part)
    return replace(_second(words, model, reading, chart), model=part)


def _part(use: ReaderUse, words: Decision, model: Decision, reading: ModelReading) -> ModelPart:
    rows = tuple((row.criterion.value, row.says.value, row.why) for row in reading.answer.rows)
    return ModelPart(
        use.value, words.outcome, model.outcome,
        agrees=words.outcome is model.outcome and words.outcome is not Outcome.REVIEW,
        disagrees=_disagree(words, model), rows=rows, work=reading.work, dropped=reading.dropped,
        questions=tuple((row.value, question) for row, question in reading.doubts.items()),
    )  # fmt: skip


def _disagree(words: Decision, model: Decision) -> bool:
    """Whether the outcomes exclude each other; a question excludes none of its candidates."""
    return not set(_possible(words)) & set(_possible(model))


def _possible(decision: Decision) -> tuple[Outcome, ...]:
    return decision.candidates or (decision.outcome,)


def _second(words: Decision, model: Decision, reading: ModelReading, chart: Chart) -> Decision:
    """Agreement decides; the model may answer the question of the words; everything else is a person's to decide."""
    if words.outcome is model.outcome is not Outcome.REVIEW:
        return replace(words, findings=_with_quotes(words.findings, reading))
    if words.outcome is Outcome.REVIEW and model.outcome in words.candidates:
        return model
    if model.outcome is Outcome.REVIEW and words.outcome in (*model.candidates, Outcome.REVIEW):
        return model
    return _asked(words, model, reading, chart)


def _asked(words: Decision, model: Decision, reading: ModelReading, chart: Chart) -> Decision:
    """A review between what the words and what the model lead to."""
    possible = {*_possible(words), *_possible(model)}
    outcomes = [outcome for outcome in Outcome if outcome in possible]
    findings = tuple(map(_contested, words.findings, model.findings))
    by_row = {finding.criterion: finding for finding in findings}
    row, question = next_question(by_row, outcomes, chart.combination)
    contested = tuple(finding.criterion for finding in findings if finding.contested)
    return replace(
        words, outcome=Outcome.REVIEW, findings=_with_quotes(findings, reading), candidates=tuple(outcomes),
        question=f"{DISAGREEMENT}: {question}", settled_by=tuple(dict.fromkeys((row, *contested))),
        rule=f"The words lead to {_shown(words)}, the model to {_shown(model)}: a person decides.",
    )  # fmt: skip


def _contested(words: Finding, model: Finding) -> Finding:
    """A row of which the two say different sides is contested, with the reasons of both."""
    if words.points_to is model.points_to:
        return words
    known = {(reason.source, reason.value) for reason in words.reasons}
    added = tuple(reason for reason in model.reasons if (reason.source, reason.value) not in known)
    return Finding(words.criterion, words.points_to, words.reasons + added, contested=True)


def _with_quotes(findings: tuple[Finding, ...], reading: ModelReading) -> tuple[Finding, ...]:
    """The findings with the model's quotes of the same side as further reasons."""
    said = {row.criterion: row for row in reading.answer.rows}
    return tuple(_with_quote(finding, said) for finding in findings)


def _with_quote(finding: Finding, said: dict[Criterion, RowStatement]) -> Finding:
    row = said.get(finding.criterion)
    if row is None or row.says is not finding.points_to:
        return finding
    reason = reason_of(row)
    if any((known.source, known.value) == (reason.source, reason.value) for known in finding.reasons):
        return finding
    return replace(finding, reasons=(*finding.reasons, reason))


def _shown(decision: Decision) -> str:
    names = " or ".join(outcome.value for outcome in decision.candidates)
    return f"a question ({names})" if decision.outcome is Outcome.REVIEW else decision.outcome.value
