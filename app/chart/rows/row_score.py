"""Score of a row: strength of the evidence for each side, with reasons.

Strengths: 3 a field or record says so; 2 an explicit statement; 1 a phrase that often means it. Different kinds of
evidence for one side add up, half a point each. What a score becomes, a finding for a side or a contested row, is
decided in `app.chart.decision_table` by the chart's thresholds.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.chart.rows.size_rule import SizeRule
from app.domain.enums import PointsTo
from app.domain.facts import Reason
from app.reading.evidence import Evidence

RECORD, STATEMENT, LIKELY, PHRASE = 3.0, 2.0, 1.5, 1.0
SMALL_NUMBER = 2
"""Visits or people that do not make a project of a small job by themselves."""
_MORE = 0.5
"""Strength that each further kind of evidence adds."""
_MOST_BY_WORDS = 2.5


@dataclass
class RowScore:
    """Evidence of one row. `project` and `service`: strength for each side."""

    project: float = 0.0
    service: float = 0.0
    for_project: list[Reason] = field(default_factory=list)
    for_service: list[Reason] = field(default_factory=list)
    undecided: bool = False
    """The ticket calls this undecided."""
    worked_out: bool = False
    """The length follows from a number and a pace; a single invoice at the end does not contradict it."""
    planned: bool = False
    """The work is planned in parts with separate hours."""
    beyond_capacity: bool = False
    """More hours than one resource has in one billing period; dates within one period do not contradict it."""

    @property
    def project_first(self) -> tuple[Reason, ...]:
        """All reasons, those for a project first."""
        return (*self.for_project, *self.for_service)

    @property
    def service_first(self) -> tuple[Reason, ...]:
        """All reasons, those for a service ticket first."""
        return (*self.for_service, *self.for_project)

    def add_project(self, strength: float, text: str, source: str, value: str = "", threshold: str = "") -> None:
        """Adds evidence for a project."""
        self.project = _added(self.project, strength)
        self.for_project.append(Reason(text, source, value[:160], threshold, PointsTo.PROJECT))

    def exceed_capacity(self, reason: Reason) -> None:
        """Adds the hours of a job as the first reason for a project."""
        self.for_project.insert(0, reason)
        self.beyond_capacity = True

    def stay_small(self, strength: float, reason: Reason) -> None:
        """Adds the size of a small job as evidence for a service ticket."""
        self.service = _added(self.service, strength)
        self.for_service.append(replace(reason, speaks_for=PointsTo.SERVICE))

    def add_service(self, strength: float, text: str, source: str, value: str = "", threshold: str = "") -> None:
        """Adds evidence for a service ticket."""
        self.service = _added(self.service, strength)
        self.for_service.append(Reason(text, source, value[:160], threshold, PointsTo.SERVICE))


def _added(known: float, strength: float) -> float:
    if not known or strength >= RECORD:
        return max(known, strength)
    return max(known, min(_MOST_BY_WORDS, max(known, strength) + _MORE))


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Thresholds of the chart file."""

    members: int
    periods: int
    crossing_days: int
    tasks_with_budget: int
    check_list_hours: float
    size: SizeRule


def add_mentions(evidence: Evidence, score: RowScore, strength: float, text: str, meaning: str) -> None:
    """Adds a meaning once, and half a point for a second sentence."""
    for mention in evidence.mentions(meaning)[:2]:
        score.add_project(strength, text, mention.source, mention.words)
