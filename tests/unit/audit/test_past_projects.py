"""What the real projects of a range tell."""

from __future__ import annotations

from typing import Any

import pytest

from app.audit.past_projects import LACKS, project_row, sentences, summary
from app.chart import parse_chart, shipped_chart
from app.domain.project_records import PastProject

REAL: dict[str, Any] = {
    "id": 900, "name": "Clinic network refresh", "description": "Switches in three stages over three months, as quoted and accepted for 18,000 GBP.",
    "dateEntered": "2026-02-02T08:00:00Z", "billingMethod": "FixedFee", "billingAmount": 18000.0, "budgetHours": 120.0, "actualHours": 140.0,
    "closedFlag": True, "phases": 3, "tickets": 4, "opportunity": {"id": 7, "name": "Refresh", "won": True},
}  # fmt: skip


def told(*, own: bool = False, chart: str = "", **changes: Any) -> dict[str, Any]:
    """The row of a project."""
    return project_row(PastProject.from_json(REAL | changes), parse_chart(chart) if chart else shipped_chart(), own=own)


def test_a_real_project_is_judged_and_its_overrun_is_told() -> None:
    row = told()
    assert (row["chart"], row["small"], row["over_budget_hours"]) == ("project", False, 20.0)
    assert not any(row[name] for name in LACKS)


@pytest.mark.parametrize(
    ("changes", "small"),
    [
        ({"actualHours": 1.5, "billingAmount": 0.0}, True),
        ({"actualHours": 1.5, "billingAmount": 1000.0}, False),
        ({"actualHours": 8.0, "billingAmount": 0.0}, False),
        ({"actualHours": 1.5, "billingAmount": 0.0, "closedFlag": False}, False),
        ({"actualHours": 0.0, "billingAmount": 0.0}, False),
    ],
    ids=["both below", "the amount", "the hours", "not finished", "no work yet"],
)
def test_a_finished_project_below_both_limits_of_the_chart_was_too_small(
    changes: dict[str, Any], *, small: bool
) -> None:
    assert told(**changes)["small"] is small


def test_what_is_not_readable_is_not_called_missing() -> None:
    assert not told(phases=None)["without_phases"]
    row = told(phases=0, budgetHours=None, billingMethod=None)
    assert (row["without_phases"], row["without_budget"], row["without_method"]) == (True, True, True)


def test_own_and_small_projects_do_not_confirm_the_chart() -> None:
    found = summary([told(), told(own=True), told(actualHours=1.0, billingAmount=0.0)])
    assert (found["projects"], found["own"], found["small"], found["judged"]) == (3, 1, 1, 1)
    assert "this service made 1 of them" in " ".join(sentences(found))
    assert sentences(summary([])) == ["No project was entered in this range."]
