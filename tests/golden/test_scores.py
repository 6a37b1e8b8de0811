"""How often the chart is right on labelled tickets: floors, not aims. tests/cases/README.md describes the sets.

The scores are counted from the golden files: `test_decisions.py` shows that these are what the chart decides.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.domain.enums import Criterion, Outcome
from tests.support.tickets import OUTCOMES, labelled

_GOLDEN = Path(__file__).with_name("decisions")

FLOORS = [
    pytest.param("general-1", 0.99, 0.9, 0.03, 0.9, id="general-1"),
    pytest.param("english-1", 0.99, 0.9, 0.03, 0.9, id="english-1"),
    pytest.param("english-2", 0.99, 0.9, 0.03, 0.9, id="english-2"),
    pytest.param("languages-1", 0.99, 0.9, 0.03, 0.9, id="languages-1"),
    pytest.param("languages-2", 0.99, 0.9, 0.03, 0.9, id="languages-2"),
    pytest.param("general-2", 0.99, 0.9, 0.03, 0.9, id="general-2"),
    pytest.param("general-3", 0.99, 0.9, 0.03, 0.9, id="general-3"),
    pytest.param("general-4", 0.95, 0.7, 0.04, 0.9, id="general-4"),
    pytest.param("trades-1", 0.94, 0.85, 0.03, 0.88, id="trades-1"),
    pytest.param("general-5", 0.95, 0.6, 0.03, 0.88, id="general-5"),
    pytest.param("portals-1", 0.97, 0.9, 0.03, 0.88, id="portals-1"),
    pytest.param("records-1", 0.96, 0.75, 0.03, 0.88, id="records-1"),
    pytest.param("general-6", 0.95, 0.75, 0.03, 0.85, id="general-6"),
    pytest.param("general-8", 0.95, 0.85, 0.03, 0.85, id="general-8"),
    pytest.param("calls-2", 0.94, 0.8, 0.04, 0.85, id="calls-2"),
    pytest.param("general-9", 0.96, 0.8, 0.03, 0.88, id="general-9"),
    pytest.param("general-10", 0.98, 0.9, 0.03, 0.9, id="general-10"),
    pytest.param("general-11", 0.95, 0.6, 0.1, 0.85, id="general-11"),
    pytest.param("calls-1", 0.97, 0.85, 0.03, 0.88, id="calls-1"),
    pytest.param("general-12", 0.95, 0.5, 0.03, 0.85, id="general-12"),
    pytest.param("general-13", 0.96, 0.85, 0.03, 0.85, id="general-13"),
    pytest.param("general-14", 0.96, 0.8, 0.04, 0.85, id="general-14"),
    pytest.param("general-15", 0.94, 0.6, 0.03, 0.85, id="general-15"),
    pytest.param("general-18", 0.97, 0.9, 0.04, 0.85, id="general-18"),
    pytest.param("languages-3", 0.95, 0.6, 0.03, 0.85, id="languages-3"),
    pytest.param("general-16", 0.97, 0.9, 0.03, 0.95, id="general-16"),
    pytest.param("general-17", 0.97, 0.8, 0.03, 0.88, id="general-17"),
    pytest.param("general-21", 0.95, 0.8, 0.04, 0.93, id="general-21"),
    pytest.param("italian-1", 0.97, 0.8, 0.03, 0.93, id="italian-1"),
    pytest.param("general-19", 0.94, 0.7, 0.03, 0.85, id="general-19"),
    pytest.param("general-7", 0.94, 0.5, 0.03, 0.88, id="general-7"),
]


@dataclass(frozen=True)
class Decided:
    """A line of a golden file."""

    outcome: Outcome
    project_rows: frozenset[str]


def decided(name: str) -> list[Decided]:
    """The decisions of a set, in the order of its cases."""
    head, *lines = (_GOLDEN / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    rows = head.partition(";")[0].split()[3:]
    found = []
    for line in lines:
        _, outcome, *signs = line.split()
        points = {row for row, sign in zip(rows, signs, strict=True) if sign == "+"}
        found.append(Decided(Outcome(outcome.partition("(")[0]), frozenset(points)))
    return found


@pytest.mark.parametrize(("name", "floor", "asked_floor", "asked_in_vain", "row_floor"), FLOORS)
def test_the_chart_is_right_where_it_decides_and_asks_where_it_cannot_know(
    name: str, floor: float, asked_floor: float, asked_in_vain: float, row_floor: float
) -> None:
    seen: Counter[tuple[Outcome, Outcome]] = Counter()
    rows: Counter[Criterion] = Counter()
    cases = labelled(name)
    for (_, label), decision in zip(cases, decided(name), strict=True):
        seen[OUTCOMES[label["outcome"]], decision.outcome] += 1
        for criterion in Criterion:
            is_project = criterion.value in decision.project_rows
            rows[criterion] += is_project == (label["criteria"][criterion.value] == "project")

    right = sum(count for (expected, outcome), count in seen.items() if expected is outcome is not Outcome.REVIEW)
    certain = sum(count for (_, outcome), count in seen.items() if outcome is not Outcome.REVIEW)
    asked = sum(count for (expected, outcome), count in seen.items() if expected is not outcome is Outcome.REVIEW)
    unclear = sum(count for (expected, _), count in seen.items() if expected is Outcome.REVIEW)
    assert right / certain >= floor
    assert asked / (len(cases) - unclear) <= asked_in_vain
    assert seen[Outcome.REVIEW, Outcome.REVIEW] / unclear >= asked_floor
    assert seen[Outcome.SERVICE_TICKET, Outcome.PROJECT] == 0
    assert min(rows.values()) / len(cases) >= row_floor


def test_plain_tickets_full_of_words_of_projects_stay_where_they_are() -> None:
    """The set `plain-1` holds support work only."""
    outcomes = Counter(decision.outcome for decision in decided("plain-1"))
    assert set(outcomes) <= {Outcome.SERVICE_TICKET, Outcome.REVIEW}
    assert outcomes[Outcome.REVIEW] <= 5
