"""Phrases that led the words to another outcome than people stated. Shown for a person to judge; nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from app.chart.decide import decide
from app.chart.models import Decision
from app.chart.regression.cases import Case
from app.chart.schema.chart_file import Chart
from app.domain.enums import Outcome, PointsTo

_FEWEST_USES = 3
_RECORDS = ("scheduleEntries", "tasks", "products", "opportunity", "budgetHours", "agreement", "board", "type")


@dataclass(frozen=True, slots=True)
class Proposal:
    """Words that settled decisions, and how often the outcome was not the person's."""

    words: str
    states: str
    """What the chart takes them for."""
    wrong: int
    uses: int

    @property
    def sentence(self) -> str:
        """The proposal in words."""
        return (
            f"“{self.words}” ({self.states}) decided wrongly {self.wrong} of {self.uses} times. "
            "Look it up with `miniprojects chart words` and consider switching it off (words_off)."
        )


def proposals(chart: Chart, cases: Iterable[Case]) -> list[Proposal]:
    """Phrases that settled at least three labelled cases and were wrong in most of them, the worst first."""
    uses: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    for case in cases:
        if case.outcome in (None, Outcome.REVIEW):
            continue
        decision = decide(case.ticket, chart, facts=False)
        if decision.outcome is Outcome.REVIEW:
            continue
        for phrase in _settling(decision):
            uses[phrase] += 1
            wrong[phrase] += decision.outcome is not case.outcome
    found = [
        Proposal(words, states, wrong[words, states], count)
        for (words, states), count in uses.items()
        if count >= _FEWEST_USES and 2 * wrong[words, states] > count
    ]
    return sorted(found, key=lambda each: (-each.wrong / each.uses, -each.uses, each.words))


def _settling(decision: Decision) -> set[tuple[str, str]]:
    """The words of the text that speak for the side of the rows that settled a decision."""
    return {
        (reason.value.casefold(), reason.text)
        for finding in decision.findings
        if finding.criterion in decision.settled_by
        for reason in finding.reasons
        if reason.value
        and reason.speaks_for in (finding.points_to, PointsTo.UNKNOWN)
        and not reason.source.startswith(_RECORDS)
    }
