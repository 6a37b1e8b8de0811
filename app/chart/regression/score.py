"""Scores a chart over labelled cases: how often it decides, how often rightly, and where it goes wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from app.chart.decide import decide
from app.chart.models import Decision
from app.chart.regression.cases import Case
from app.chart.schema.chart_file import Chart
from app.domain.enums import Criterion, Outcome, PointsTo


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """Of 100, with one decimal, rounded down; None of nothing."""
        return 1000 * self.part // self.whole / 10 if self.whole else None


@dataclass(frozen=True, slots=True)
class Scored:
    """One labelled case with its decision."""

    case: Case
    decision: Decision

    @property
    def expected(self) -> Outcome:
        """The label; only labelled cases are scored."""
        return self.case.outcome or Outcome.REVIEW

    @property
    def mistake(self) -> str:
        """What is wrong with the decision, in words; empty where it is right. Asking about a clear case is said too."""
        if self.decision.outcome is self.expected:
            return ""
        if self.decision.outcome is Outcome.REVIEW:
            return "asked, though clear"
        if self.expected is Outcome.REVIEW:
            return "decided, though unclear"
        if self.decision.outcome is Outcome.PROJECT:
            return "false project"
        return "missed project" if self.expected is Outcome.PROJECT else "wrong"


@dataclass(frozen=True, slots=True)
class Score:
    """The figures over some cases."""

    scored: tuple[Scored, ...]

    @property
    def clear(self) -> tuple[Scored, ...]:
        """Cases whose label is an outcome."""
        return tuple(one for one in self.scored if one.expected is not Outcome.REVIEW)

    @property
    def unclear(self) -> tuple[Scored, ...]:
        """Cases whose label is that a person should be asked."""
        return tuple(one for one in self.scored if one.expected is Outcome.REVIEW)

    @property
    def right_where_decided(self) -> Share:
        """Of the clear cases that were decided, those that were decided rightly."""
        decided = [one for one in self.clear if one.decision.outcome is not Outcome.REVIEW]
        return Share(sum(one.decision.outcome is one.expected for one in decided), len(decided))

    @property
    def asked_when_clear(self) -> Share:
        """Of the clear cases, those where a person is asked."""
        return Share(sum(one.decision.outcome is Outcome.REVIEW for one in self.clear), len(self.clear))

    @property
    def asked_when_unclear(self) -> Share:
        """Of the unclear cases, those where a person is asked."""
        return Share(sum(one.decision.outcome is Outcome.REVIEW for one in self.unclear), len(self.unclear))

    @property
    def all_right(self) -> Share:
        """Of all cases, those that came out as labelled."""
        return Share(sum(one.decision.outcome is one.expected for one in self.scored), len(self.scored))

    @property
    def false_projects(self) -> tuple[Scored, ...]:
        """Cases that became a project although the label is another outcome; those of plain tickets cost most."""
        return tuple(
            one for one in self.clear if one.decision.outcome is Outcome.PROJECT and one.expected is not Outcome.PROJECT
        )

    @property
    def confusion(self) -> Counter[tuple[Outcome, Outcome]]:
        """How many cases of which label got which outcome."""
        return Counter((one.expected, one.decision.outcome) for one in self.scored)

    def row(self, criterion: Criterion) -> Share:
        """How often a row agrees with its label, as project against not project."""
        labelled = sum(criterion in one.case.rows for one in self.scored)
        return Share(labelled - len(self.row_mistakes(criterion)), labelled)

    def row_mistakes(self, criterion: Criterion) -> tuple[Scored, ...]:
        """The cases where a row says project and its label does not, or the other way round."""
        return tuple(
            one
            for one in self.scored
            if criterion in one.case.rows
            and (one.case.rows[criterion] is PointsTo.PROJECT) != (_says(one.decision, criterion) is PointsTo.PROJECT)
        )

    @property
    def mistakes(self) -> tuple[Scored, ...]:
        """All cases that did not come out as labelled, the costly ones first."""
        order = ("false project", "wrong", "missed project", "decided, though unclear", "asked, though clear")
        return tuple(sorted((one for one in self.scored if one.mistake), key=lambda one: order.index(one.mistake)))


def score(chart: Chart, cases: Iterable[Case]) -> Score:
    """Decides the labelled cases; those without a label are left out."""
    return Score(tuple(Scored(case, decide(case.ticket, chart)) for case in cases if case.outcome is not None))


def _says(decision: Decision, criterion: Criterion) -> PointsTo:
    return next(finding.points_to for finding in decision.findings if finding.criterion is criterion)
