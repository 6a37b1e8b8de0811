"""Tries a chart on its own cases: what comes out otherwise than expected, and what no case would notice.

A part of the chart counts as covered only when some case would be decided otherwise, or on other rows, without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.chart.decide import decide, evidence_of
from app.chart.models import Decision
from app.chart.regression.cases import Case
from app.chart.schema.chart_file import Chart
from app.domain.enums import Criterion, Outcome, PointsTo
from app.reading.phrases.grammar import compiled, shipped_phrases


@dataclass(frozen=True, slots=True)
class Tried:
    """One case with what the chart made of it. `wrong`: sentences, empty where all is as expected."""

    case: Case
    decision: Decision
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which parts of one kind some case depends on."""

    kind: str
    covered: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def percent(self) -> int:
        """Covered parts of 100, rounded down; 100 where there is nothing to cover."""
        total = len(self.covered) + len(self.missing)
        return 100 * len(self.covered) // total if total else 100


@dataclass(frozen=True, slots=True)
class Trial:
    """The result over all cases."""

    tried: tuple[Tried, ...]
    coverage: tuple[Coverage, ...]

    @property
    def failures(self) -> tuple[Tried, ...]:
        """The cases that came out otherwise than expected."""
        return tuple(one for one in self.tried if one.wrong)


def try_chart(chart: Chart, cases: Sequence[Case]) -> Trial:
    """Decides each case and holds it against what is expected."""
    tried = tuple(_try(chart, case) for case in cases)
    decisions = [one.decision for one in tried]
    coverage = (_outcomes(decisions), _rows(decisions), _settings(chart, cases, decisions), _exceptions(chart, decisions),
                _meanings(chart, cases), _own_phrases(chart, cases))  # fmt: skip
    return Trial(tried, tuple(one for one in coverage if one.covered or one.missing))


def _try(chart: Chart, case: Case) -> Tried:
    decision = decide(case.ticket, chart)
    wrong = []
    if case.outcome is not None and decision.outcome is not case.outcome:
        wrong.append(f"expected {case.outcome.value}, came out as {decision.outcome.value}")
    elif case.candidates and set(case.candidates) != set(decision.candidates):
        wrong.append(f"expected a question between {_words(case.candidates)}, not {_words(decision.candidates)}")
    for finding in decision.findings:
        expected = case.rows.get(finding.criterion)
        if expected is not None and finding.points_to is not expected:
            wrong.append(f"{finding.criterion.value}: expected {expected.value}, says {finding.points_to.value}")
    return Tried(case, decision, tuple(wrong))


def _words(outcomes: Sequence[Outcome]) -> str:
    return " and ".join(sorted(outcome.value for outcome in outcomes)) or "nothing"


def _outcomes(decisions: Sequence[Decision]) -> Coverage:
    return _coverage("outcomes", [outcome.value for outcome in Outcome], {one.outcome.value for one in decisions})


def _rows(decisions: Sequence[Decision]) -> Coverage:
    """Each row with each side it can say."""
    said = {
        f"{finding.criterion.value} says {finding.points_to.value}"
        for decision in decisions
        for finding in decision.findings
        if finding.reasons
    }
    sides = (PointsTo.SERVICE, PointsTo.PROJECT)
    possible = [f"{criterion.value} says {side.value}" for criterion in Criterion for side in sides]
    return _coverage("rows", possible, said)


def _settings(chart: Chart, cases: Sequence[Case], decisions: Sequence[Decision]) -> Coverage:
    """Thresholds and rules that some case would notice if they were set to their least, their most or another word."""
    names: list[str] = []
    noticed: set[str] = set()
    results = [_result(decision) for decision in decisions]
    for name, other in _variations(chart):
        if name not in names:
            names.append(name)
        if name not in noticed and any(
            _result(decide(case.ticket, other)) != result for case, result in zip(cases, results, strict=True)
        ):
            noticed.add(name)
    return _coverage("thresholds and rules", names, noticed)


def _result(decision: Decision) -> tuple[object, ...]:
    return decision.outcome, decision.candidates, tuple((one.points_to, one.contested) for one in decision.findings)


def _variations(chart: Chart) -> Iterator[tuple[str, Chart]]:
    schema = type(chart).model_json_schema()["$defs"]
    for section in ("periods", "duration", "scheduling", "finance", "combination"):
        part = getattr(chart, section)
        for name, described in schema[type(part).__name__]["properties"].items():
            for value in _other_values(described, getattr(part, name)):
                changed = part.model_copy(update={name: value})
                yield f"{section}.{name}", chart.model_copy(update={section: changed})


def _other_values(described: dict[str, Any], now: object) -> list[object]:
    if isinstance(now, list):
        return [[one for one in now if one != left_out] for left_out in now]
    values = described.get("enum") or [described.get("minimum"), described.get("maximum")]
    return [value for value in values if value not in (now, None)]


def _exceptions(chart: Chart, decisions: Sequence[Decision]) -> Coverage:
    used = {decision.exception for decision in decisions if decision.exception}
    return _coverage("exceptions", [one.name for one in chart.exceptions], used)


def _meanings(chart: Chart, cases: Sequence[Case]) -> Coverage:
    """Meanings that the words of some case have, also those that are read only to be left out."""
    found = {match.meaning for words in _sentences(chart, cases) for match in chart.reader.read(words)}
    return _coverage("meanings of words", list(shipped_phrases()), found)


def _sentences(chart: Chart, cases: Sequence[Case]) -> list[str]:
    return [sentence.words for case in cases for sentence in evidence_of(case.ticket, chart).sentences]


def _own_phrases(chart: Chart, cases: Sequence[Case]) -> Coverage:
    sentences = _sentences(chart, cases) if chart.words else []
    own = {
        f"words.{meaning}.{language}: {phrase}": compiled([phrase])
        for meaning, languages in chart.words.items()
        for language, phrases in languages.items()
        for phrase in phrases
    }
    found = {name for name, pattern in own.items() if any(map(pattern.search, sentences))}
    return _coverage("own phrases", list(own), found)


def _coverage(kind: str, possible: list[str], found: set[str]) -> Coverage:
    return Coverage(
        kind, tuple(one for one in possible if one in found), tuple(one for one in possible if one not in found)
    )
