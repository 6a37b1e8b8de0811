"""Figures over labelled cases."""

from __future__ import annotations

from typing import Any

import pytest

from app.chart import ChartStamp, Decision, Finding, shipped_chart
from app.chart.regression.cases import Case, shipped_cases
from app.chart.regression.score import Score, Scored, Share, score
from app.domain.enums import Criterion, Outcome, PointsTo
from app.domain.ticket import TicketRecord

S, M, P, R = Outcome.SERVICE_TICKET, Outcome.MINI_PROJECT, Outcome.PROJECT, Outcome.REVIEW


def scored(expected: Outcome, got: Outcome, *, rows: dict[Criterion, PointsTo] | None = None, **said: Any) -> Scored:
    findings = tuple(Finding(row, said.get(row.value, PointsTo.UNKNOWN)) for row in Criterion)
    case = Case(f"{expected.value} as {got.value}", 1, TicketRecord(), expected, rows=rows or {})
    return Scored(case, Decision(got, findings, ChartStamp("1", "0")))


FIGURES = Score(
    (
        scored(S, S), scored(S, S), scored(S, P), scored(S, R),
        scored(M, M), scored(M, P), scored(P, P), scored(P, M),
        scored(R, R), scored(R, S), scored(R, R),
    )
)  # fmt: skip


def test_accuracy_is_of_the_clear_cases_that_were_decided() -> None:
    assert FIGURES.right_where_decided == Share(4, 7)
    assert FIGURES.all_right == Share(6, 11)


def test_review_is_counted_on_clear_and_on_unclear_cases() -> None:
    assert FIGURES.asked_when_clear == Share(1, 8)
    assert FIGURES.asked_when_unclear == Share(2, 3)


def test_false_projects_are_projects_that_should_be_something_else() -> None:
    assert [one.expected for one in FIGURES.false_projects] == [S, M]


def test_the_confusion_table_counts_label_against_outcome() -> None:
    assert FIGURES.confusion == {
        (S, S): 2,
        (S, P): 1,
        (S, R): 1,
        (M, M): 1,
        (M, P): 1,
        (P, P): 1,
        (P, M): 1,
        (R, R): 2,
        (R, S): 1,
    }


def test_errors_are_named_and_the_costly_ones_come_first() -> None:
    assert [one.mistake for one in FIGURES.mistakes] == [
        "false project", "false project", "missed project", "decided, though unclear", "asked, though clear",
    ]  # fmt: skip


def test_rows_agree_as_project_against_not_project() -> None:
    service, project, unknown = PointsTo.SERVICE, PointsTo.PROJECT, PointsTo.UNKNOWN
    figures = Score(
        (
            scored(S, S, rows={Criterion.TEAM: service}, team=unknown),
            scored(P, P, rows={Criterion.TEAM: project}, team=project),
            scored(P, P, rows={Criterion.TEAM: project}, team=unknown),
            scored(P, P),
        )
    )

    assert figures.row(Criterion.TEAM) == Share(2, 3)
    assert figures.row(Criterion.BILLING) == Share(0, 0)
    assert [one.case.name for one in figures.row_mistakes(Criterion.TEAM)] == ["project as project"]


@pytest.mark.parametrize(
    ("share", "percent"),
    [(Share(2, 3), 66.6), (Share(999, 1000), 99.9), (Share(9999, 10_000), 99.9), (Share(0, 0), None)],
    ids=["two thirds", "999", "almost all", "nothing"],
)
def test_shares_are_rounded_down(share: Share, percent: float | None) -> None:
    assert share.percent == percent


def test_cases_without_a_label_are_left_out() -> None:
    cases = [*shipped_cases()[:3], Case("unlabelled", 9, TicketRecord(summary="x"))]

    assert len(score(shipped_chart(), cases).scored) == 3
