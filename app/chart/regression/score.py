"""Scores a chart on labelled cases: accuracy, reviews, and wrong decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.chart.decide import decide
from app.chart.models import Decision
from app.chart.regression.cases import Case
from app.chart.schema.chart_file import Chart
from app.domain.enums import Criterion, Outcome, PointsTo
from app.domain.ticket import TicketRecord

Decide = Callable[[TicketRecord, Chart], Decision]


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """Percent with one decimal, rounded down; None of nothing."""
        return 1000 * self.part // self.whole / 10 if self.whole else None


@dataclass(frozen=True, slots=True)
class Scored:
    """One labelled case with its decision."""

    case: Case
    decision: Decision

    @property
    def expected(self) -> Outcome:
        """The labelled outcome."""
        return self.case.outcome or Outcome.REVIEW

    @property
    def mistake(self) -> str:
        """The kind of mistake in words, including a review of a clear case; empty where the decision is right."""
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
    """The figures of scored cases."""

    scored: tuple[Scored, ...]

    @property
    def clear(self) -> tuple[Scored, ...]:
        """Cases whose label is an outcome."""
        return tuple(scored for scored in self.scored if scored.expected is not Outcome.REVIEW)

    @property
    def unclear(self) -> tuple[Scored, ...]:
        """Cases whose label is that a person should be asked."""
        return tuple(scored for scored in self.scored if scored.expected is Outcome.REVIEW)

    @property
    def right_where_decided(self) -> Share:
        """Right decisions of the clear cases that were decided."""
        decided = [scored for scored in self.clear if scored.decision.outcome is not Outcome.REVIEW]
        return Share(sum(scored.decision.outcome is scored.expected for scored in decided), len(decided))

    @property
    def asked_when_clear(self) -> Share:
        """Reviews of the clear cases."""
        return Share(sum(scored.decision.outcome is Outcome.REVIEW for scored in self.clear), len(self.clear))

    @property
    def asked_when_unclear(self) -> Share:
        """Reviews of the unclear cases."""
        return Share(sum(scored.decision.outcome is Outcome.REVIEW for scored in self.unclear), len(self.unclear))

    @property
    def all_right(self) -> Share:
        """Cases decided as labelled."""
        return Share(sum(scored.decision.outcome is scored.expected for scored in self.scored), len(self.scored))

    @property
    def false_projects(self) -> tuple[Scored, ...]:
        """Cases decided as a project with another label."""
        return tuple(
            scored
            for scored in self.clear
            if scored.decision.outcome is Outcome.PROJECT and scored.expected is not Outcome.PROJECT
        )

    @property
    def confusion(self) -> Counter[tuple[Outcome, Outcome]]:
        """Number of cases by label and outcome."""
        return Counter((scored.expected, scored.decision.outcome) for scored in self.scored)

    def row(self, criterion: Criterion) -> Share:
        """Agreement of a row with its label, as project or not."""
        labelled = sum(criterion in scored.case.rows for scored in self.scored)
        return Share(labelled - len(self.row_mistakes(criterion)), labelled)

    def row_mistakes(self, criterion: Criterion) -> tuple[Scored, ...]:
        """Cases in which a row and its label disagree about project."""
        return tuple(
            scored
            for scored in self.scored
            if criterion in scored.case.rows
            and (scored.case.rows[criterion] is PointsTo.PROJECT)
            != (_says(scored.decision, criterion) is PointsTo.PROJECT)
        )

    @property
    def mistakes(self) -> tuple[Scored, ...]:
        """Cases not decided as labelled, the costly ones first."""
        order = ("false project", "wrong", "missed project", "decided, though unclear", "asked, though clear")
        return tuple(
            sorted((scored for scored in self.scored if scored.mistake), key=lambda scored: order.index(scored.mistake))
        )


def score(chart: Chart, cases: Iterable[Case], decided: Decide | None = None) -> Score:
    """Scores the labelled cases; unlabelled ones are skipped. `decided`: decides a ticket; without it, the words alone."""
    decided = decided or decide
    return Score(tuple(Scored(case, decided(case.ticket, chart)) for case in cases if case.outcome is not None))


def _says(decision: Decision, criterion: Criterion) -> PointsTo:
    return next(finding.points_to for finding in decision.findings if finding.criterion is criterion)
