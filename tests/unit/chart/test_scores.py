"""How often the chart is right on labelled tickets: floors, not aims.

The sets up to `fresh` helped to write the chart; `more` was written for it. Every later set was measured before any of
its tickets was looked at, and only then worked on. Right at that first look, of 100 clear tickets that were decided:

    trades 91, queue 95, portals 89, records 92, mixed 93, parish 94, offices 94, callers 95, callnotes 90,
    shutdowns 94, everyday 98 (fewer traps), harbours 92, sequel 92, wharf 95, orchard 96, meadow 94, heath 98,
    tarn 93, fjord 88 (nearly all traps), skerry 97, gannet 97

and of 100 decisions on `late`, which is full of traps, 82. `orchard`, `meadow` and `heath` together had 149 of 155;
nothing was changed for `heath` since, nor for `gannet`. One plain ticket each of `wharf`, `tarn` and `skerry` became a project, none of `fjord`.
"""

from __future__ import annotations

from collections import Counter

import pytest

from app.chart import decide, shipped_chart
from app.domain.enums import Criterion, Outcome, PointsTo
from tests.support.tickets import OUTCOMES, labelled, side

FLOORS = [
    pytest.param("dev", 0.99, 0.9, 0.03, 0.9, id="dev"),
    pytest.param("en", 0.99, 0.9, 0.03, 0.9, id="en"),
    pytest.param("en2", 0.99, 0.9, 0.03, 0.9, id="en2"),
    pytest.param("multi", 0.99, 0.9, 0.03, 0.9, id="multi"),
    pytest.param("multi2", 0.99, 0.9, 0.03, 0.9, id="multi2"),
    pytest.param("more", 0.99, 0.9, 0.03, 0.9, id="more"),
    pytest.param("fresh", 0.99, 0.9, 0.03, 0.9, id="fresh"),
    pytest.param("late", 0.95, 0.7, 0.04, 0.9, id="late"),
    pytest.param("trades", 0.94, 0.85, 0.03, 0.88, id="trades"),
    pytest.param("queue", 0.95, 0.6, 0.03, 0.88, id="queue"),
    pytest.param("portals", 0.97, 0.9, 0.03, 0.88, id="portals"),
    pytest.param("records", 0.96, 0.75, 0.03, 0.88, id="records"),
    pytest.param("mixed", 0.95, 0.75, 0.03, 0.85, id="mixed"),
    pytest.param("offices", 0.95, 0.85, 0.03, 0.85, id="offices"),
    pytest.param("callnotes", 0.94, 0.8, 0.04, 0.85, id="callnotes"),
    pytest.param("shutdowns", 0.96, 0.8, 0.03, 0.88, id="shutdowns"),
    pytest.param("everyday", 0.98, 0.9, 0.03, 0.9, id="everyday"),
    pytest.param("harbours", 0.95, 0.6, 0.1, 0.85, id="harbours"),
    pytest.param("callers", 0.97, 0.85, 0.03, 0.88, id="callers"),
    pytest.param("sequel", 0.95, 0.5, 0.03, 0.85, id="sequel"),
    pytest.param("wharf", 0.96, 0.85, 0.03, 0.85, id="wharf"),
    pytest.param("orchard", 0.96, 0.8, 0.04, 0.85, id="orchard"),
    pytest.param("meadow", 0.94, 0.6, 0.03, 0.85, id="meadow"),
    pytest.param("heath", 0.97, 0.9, 0.04, 0.85, id="heath"),
    pytest.param("tarn", 0.95, 0.6, 0.03, 0.85, id="tarn"),
    pytest.param("fjord", 0.97, 0.9, 0.03, 0.95, id="fjord"),
    pytest.param("skerry", 0.97, 0.8, 0.03, 0.88, id="skerry"),
    pytest.param("gannet", 0.94, 0.7, 0.03, 0.85, id="gannet"),
    pytest.param("parish", 0.94, 0.5, 0.03, 0.88, id="parish"),
]


@pytest.mark.parametrize(("name", "floor", "asked_floor", "asked_in_vain", "row_floor"), FLOORS)
def test_the_chart_is_right_where_it_decides_and_asks_where_it_cannot_know(
    name: str, floor: float, asked_floor: float, asked_in_vain: float, row_floor: float
) -> None:
    chart = shipped_chart()
    seen: Counter[tuple[Outcome, Outcome]] = Counter()
    rows: Counter[Criterion] = Counter()
    cases = labelled(name)
    for case, label in cases:
        decision = decide(case, chart)
        seen[OUTCOMES[label["outcome"]], decision.outcome] += 1
        for criterion in Criterion:
            said = side(decision, criterion) is PointsTo.PROJECT
            rows[criterion] += said == (label["criteria"][criterion.value] == "project")

    right = sum(count for (expected, outcome), count in seen.items() if expected is outcome is not Outcome.REVIEW)
    decided = sum(count for (_, outcome), count in seen.items() if outcome is not Outcome.REVIEW)
    asked = sum(count for (expected, outcome), count in seen.items() if expected is not outcome is Outcome.REVIEW)
    unclear = sum(count for (expected, _), count in seen.items() if expected is Outcome.REVIEW)
    assert right / decided >= floor
    assert asked / (len(cases) - unclear) <= asked_in_vain
    assert seen[Outcome.REVIEW, Outcome.REVIEW] / unclear >= asked_floor
    assert seen[Outcome.SERVICE_TICKET, Outcome.PROJECT] == 0
    assert min(rows.values()) / len(cases) >= row_floor


def test_plain_tickets_full_of_words_of_projects_stay_where_they_are() -> None:
    """The set `plains` holds support work only; at first sight one of its 90 became a project, one a mini-project."""
    chart = shipped_chart()
    outcomes = Counter(decide(case, chart).outcome for case, _ in labelled("plains"))
    assert set(outcomes) <= {Outcome.SERVICE_TICKET, Outcome.REVIEW}
    assert outcomes[Outcome.REVIEW] <= 5
