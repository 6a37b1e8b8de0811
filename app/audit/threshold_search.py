"""Searches thresholds that fit this owner's tickets better than the chart's. Suggested, never applied.

Each threshold is moved one step up and one step down and compared with the actual outcomes. First with the tickets that the
chart gets wrong or asks about: a step that corrects none of them is dropped. The others are tried on a sample of the remaining
tickets, weighted by the number of tickets that each stands for, to count harm as well. The best few are then tried on every
ticket, including those without a known outcome, so that a suggestion equals the result of `audit --chart` with that change.
The actual outcome is computed with the present chart and does not move with a step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.audit.actual_outcome import PROJECT_WORK
from app.audit.as_of import as_of_entry
from app.audit.batch import chart_of, evaluate_again, unpack
from app.audit.evaluate import LEFT_ALONE, Row, agrees, live_outcome
from app.audit.kept_ticket import KeptTicket
from app.audit.totals import HINDSIGHT_SAYS, would_move
from app.chart import Chart, decide
from app.domain.enums import Outcome

_STEPS: tuple[tuple[str, str, float], ...] = (
    ("finance", "sold", 0.5), ("finance", "support", 0.5), ("finance", "clear_support", 1.0), ("finance", "strong_fault", 1.0),
    ("finance", "sold_over_fault", 1.0), ("combination", "rows_needed", 1), ("combination", "rows_needed_against_support", 1),
    ("scheduling", "members", 1), ("scheduling", "tasks_with_budget", 1), ("duration", "periods", 1), ("duration", "crossing_days", 4),
)  # fmt: skip
_ALONE = ("record", "statement", "hint")
MOST_PROBLEMS, MOST_OTHERS = 200, 400
_MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One threshold with another value."""

    section: str
    name: str
    now: float | str
    then: float | str

    @property
    def place(self) -> str:
        """Its place in the chart file."""
        return f"{self.section}.{self.name}"


@dataclass(frozen=True, slots=True)
class Sampled:
    """A case to try: its actual outcome, the chart's outcome, and how many tickets it stands for."""

    ticket: KeptTicket
    actual: str
    decided: str
    weight: int


def steps(chart: Chart) -> list[Step]:
    """Each threshold a step up and a step down, where the chart file allows it."""
    found = []
    for section, name, step in _STEPS:
        now = getattr(getattr(chart, section), name)
        found += [
            Step(section, name, now, then) for then in (now - step, now + step) if _changed(chart, section, name, then)
        ]
    alone = chart.combination.min_evidence
    return [*found, *(Step("combination", "min_evidence", alone, then) for then in _ALONE if then != alone)]


class Picker:
    """Chooses tickets to try, evenly over rows in the order of their ids. `problems`, `others`: how many of each there are."""

    def __init__(self, problems: int, others: int) -> None:
        self._every = {True: -(-problems // MOST_PROBLEMS) or 1, False: -(-others // MOST_OTHERS) or 1}
        self._counts: Counter[bool] = Counter()

    def weight(self, row: Row) -> int:
        """How many tickets this one is to stand for; 0: it is not chosen."""
        if not can_tell(row):
            return 0
        kind = is_problem(row)
        number, self._counts[kind] = self._counts[kind], self._counts[kind] + 1
        return 0 if number % self._every[kind] else self._every[kind]


def can_tell(row: Row) -> bool:
    """Whether a ticket can be used to compare thresholds: its actual outcome is known, and the chart decided it."""
    return row["hindsight"] in HINDSIGHT_SAYS[:3] and row["chart"] not in (LEFT_ALONE, "not-readable")


def is_problem(row: Row) -> bool:
    """Whether the chart is wrong about a ticket, or asks."""
    return bool(row["chart"] != row["hindsight"])


def tried(chart_text: str, step: Step, cases: Sequence[Sampled]) -> Counter[str]:
    """What a step changes over some cases, in tickets: right, wrong, asks and moves, as differences."""
    other = _changed(chart_of(chart_text), step.section, step.name, step.then)
    change: Counter[str] = Counter()
    for case in cases:
        outcome = (
            live_outcome(decide(as_of_entry(case.ticket, other), other, facts=False), case.ticket, other).value
            if other
            else case.decided
        )
        if outcome != case.decided:
            for decided, sign in ((case.decided, -case.weight), (outcome, case.weight)):
                change["right"] += sign * (decided == case.actual)
                change["asks"] += sign * (decided == Outcome.REVIEW.value)
                change["wrong"] += sign * (decided not in (case.actual, Outcome.REVIEW.value))
                change["moves"] += sign * (decided in PROJECT_WORK)
            change["tickets"] += case.weight
    return change


def is_better(change: Mapping[str, int]) -> bool:
    """Whether a step does more good than harm: one more right answer is worth one wrong one less, and more questions need more of
    either than there are questions."""
    return change.get("right", 0) - change.get("wrong", 0) > max(0, change.get("asks", 0))


def best(found: Sequence[tuple[Step, Counter[str]]]) -> list[tuple[Step, Counter[str]]]:
    """The best steps, best first; each threshold once."""
    places: set[str] = set()
    chosen: list[tuple[Step, Counter[str]]] = []
    for step, change in sorted(found, key=lambda one: one[1]["wrong"] - one[1]["right"]):
        if is_better(change) and step.place not in places and len(chosen) < _MOST_SHOWN:
            places.add(step.place)
            chosen.append((step, change))
    return chosen


def outcomes_of_steps(chart_text: str, chosen: Sequence[Step], now: datetime, evidence: bytes) -> list[dict[str, Any]]:
    """The outcomes of the chart with each of some steps over a packed page: for each ticket its `id` and `outcomes`."""
    charts = [_changed(chart_of(chart_text), one.section, one.name, one.then) for one in chosen]
    return [
        {"id": ticket.id, "outcomes": [evaluate_again(ticket, chart, now)["chart"] for chart in charts if chart]}
        for ticket in unpack(evidence)
    ]


def count(change: Counter[str], row: Row, decided: str) -> None:
    """Counts what a step changes for one ticket. Right and wrong are known only where records show the outcome."""
    if decided == row["chart"]:
        return
    change["tickets"] += 1
    for one, sign in ((row, -1), (row | {"chart": decided, "agrees": agrees(decided, row["hindsight"])}, 1)):
        change["right"] += sign * (one["agrees"] is True)
        change["wrong"] += sign * (one["agrees"] is False)
        change["asks"] += sign * (one["chart"] == Outcome.REVIEW.value)
        change["moves"] += sign * would_move(one)


def suggestions(found: Sequence[tuple[Step, Counter[str]]]) -> list[dict[str, Any]]:
    """The best steps with what they would change, best first, as the report shows them; each threshold once."""
    names = ("tickets", "right", "wrong", "asks", "moves")
    return [
        {"place": step.place, "now": step.now, "then": step.then, "change": {name: change[name] for name in names}}
        for step, change in best(found)
    ]


def _changed(chart: Chart, section: str, name: str, value: float | str) -> Chart | None:
    """The chart with one other value; None where the chart file would not allow it."""
    part = getattr(chart, section)
    try:
        checked = type(part).model_validate({**part.model_dump(mode="json"), name: value})
    except ValueError:
        return None
    return chart.model_copy(update={section: checked})
