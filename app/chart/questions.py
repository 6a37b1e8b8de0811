"""Sentences of a decision: the rule that led to it, and the question that would settle a review."""

from __future__ import annotations

from collections.abc import Mapping

from app.chart.models import Finding
from app.chart.schema.decision_settings import Combination
from app.domain.enums import Criterion, Outcome, PointsTo

_QUESTIONS = {
    Criterion.FINANCE: "Is this work sold or charged as project work, or covered by support?",
    Criterion.DURATION: "Will the work be done within one billing period?",
    Criterion.BILLING: "Is it billed with one invoice when done, or in parts?",
    Criterion.SCHEDULING: "Does one person do it, or are several scheduled?",
    Criterion.TEAM: "Does it need a separate team or restricted access?",
    Criterion.CONTACTS: "Is there one contact, or several by stage?",
}


def next_question(
    findings: Mapping[Criterion, Finding], outcomes: list[Outcome], rule: Combination
) -> tuple[Criterion, str]:
    """The question whose answer settles most, and its row; rows that could make it a project come first."""
    if Outcome(rule.project_row_says_project) in outcomes:
        for criterion in rule.decisive:
            if findings[criterion].contested:
                return criterion, _QUESTIONS[criterion]
        if Outcome(rule.otherwise) not in outcomes:
            return Criterion.DURATION, "How long will it take, how many people are needed, and how is it billed?"
    return Criterion.FINANCE, _QUESTIONS[Criterion.FINANCE]


def rule_words(outcome: Outcome, settled: tuple[Criterion, ...], findings: Mapping[Criterion, Finding]) -> str:
    """The rule of the combination that led to the outcome."""
    rows = ", ".join(settled)
    if not settled:
        return f"No row has a hint: {outcome.value}."
    if findings[settled[0]].points_to is PointsTo.SERVICE:
        return f"No row says project on decisive evidence: {outcome.value}."
    if settled == (Criterion.FINANCE,):
        return f"Only finance says project: {outcome.value}."
    return f"{rows} {'says' if len(settled) == 1 else 'say'} project on decisive evidence: {outcome.value}."
