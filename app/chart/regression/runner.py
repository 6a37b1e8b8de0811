"""Runs a chart over its cases: differences from what is expected, and which parts of the chart no case uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.chart.decide import decide, evidence_of
from app.chart.models import Decision
from app.chart.regression.cases import Case
from app.chart.schema.chart_file import Chart
from app.domain.enums import Criterion, Outcome, PointsTo
from app.reading.phrases.grammar import compile_phrases, shipped_phrases


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case with its decision. `differences` from what is expected: sentences, empty without one."""

    case: Case
    decision: Decision
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which parts of one kind are used by a case."""

    kind: str
    covered: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def percent(self) -> int:
        """Covered parts in percent, rounded down; 100 where there is nothing to cover."""
        total = len(self.covered) + len(self.missing)
        return 100 * len(self.covered) // total if total else 100


@dataclass(frozen=True, slots=True)
class RegressionReport:
    """The results of all cases."""

    results: tuple[CaseResult, ...]
    coverage: tuple[Coverage, ...]

    @property
    def failures(self) -> tuple[CaseResult, ...]:
        """Cases that were decided otherwise than expected."""
        return tuple(result for result in self.results if result.differences)


def run_cases(chart: Chart, cases: Sequence[Case]) -> RegressionReport:
    """Decides each case and compares it with what is expected."""
    results = tuple(_run(chart, case) for case in cases)
    decisions = [result.decision for result in results]
    coverage = (
        _outcomes(decisions),
        _rows(decisions),
        _rules(chart, decisions),
        _meanings(chart, cases),
        _phrases_of_chart(chart, cases),
    )
    return RegressionReport(results, tuple(result for result in coverage if result.covered or result.missing))


def _run(chart: Chart, case: Case) -> CaseResult:
    decision = decide(case.ticket, chart)
    differences = []
    if case.outcome is not None and decision.outcome is not case.outcome:
        differences.append(f"expected {case.outcome.value}, came out as {decision.outcome.value}")
    elif case.candidates and set(case.candidates) != set(decision.candidates):
        differences.append(f"expected a question between {_words(case.candidates)}, not {_words(decision.candidates)}")
    for finding in decision.findings:
        expected = case.rows.get(finding.criterion)
        if expected is not None and finding.points_to is not expected:
            differences.append(f"{finding.criterion.value}: expected {expected.value}, says {finding.points_to.value}")
    return CaseResult(case, decision, tuple(differences))


def _words(outcomes: Sequence[Outcome]) -> str:
    return " and ".join(sorted(outcome.value for outcome in outcomes)) or "nothing"


def _outcomes(decisions: Sequence[Decision]) -> Coverage:
    return _coverage("outcomes", [outcome.value for outcome in Outcome], {result.outcome.value for result in decisions})


def _rows(decisions: Sequence[Decision]) -> Coverage:
    """Each row with each side that it can point to."""
    shown = {
        f"{finding.criterion.value} says {finding.points_to.value}"
        for decision in decisions
        for finding in decision.findings
        if finding.has_evidence
    }
    sides = (PointsTo.SERVICE, PointsTo.PROJECT)
    possible = [f"{criterion.value} says {side.value}" for criterion in Criterion for side in sides]
    return _coverage("rows", possible, shown)


def _rules(chart: Chart, decisions: Sequence[Decision]) -> Coverage:
    used = {decision.exception for decision in decisions if decision.exception}
    return _coverage("rules", [rule.name for rule in chart.rules], used)


def _meanings(chart: Chart, cases: Sequence[Case]) -> Coverage:
    """Meanings that a case mentions, including those that are read only to be left out."""
    found = {match.meaning for words in _sentences(chart, cases) for match in chart.reader.read(words)}
    return _coverage("meanings of words", list(shipped_phrases()), found)


def _sentences(chart: Chart, cases: Sequence[Case]) -> list[str]:
    return [sentence.words for case in cases for sentence in evidence_of(case.ticket, chart).sentences]


def _phrases_of_chart(chart: Chart, cases: Sequence[Case]) -> Coverage:
    sentences = _sentences(chart, cases) if chart.words else []
    patterns = {
        f"words.{meaning}.{language}: {phrase}": compile_phrases([phrase])
        for meaning, languages in chart.words.items()
        for language, phrases in languages.items()
        for phrase in phrases
    }
    found = {name for name, pattern in patterns.items() if any(map(pattern.search, sentences))}
    return _coverage("own phrases", list(patterns), found)


def _coverage(kind: str, possible: list[str], found: set[str]) -> Coverage:
    return Coverage(
        kind,
        tuple(result for result in possible if result in found),
        tuple(result for result in possible if result not in found),
    )
