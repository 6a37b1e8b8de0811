"""Evidence of a row: signs for each side with their reasons, and the strength that the chart's table gives them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.chart.rows.size_rule import SizeRule
from app.chart.schema.compiled_table import RowWeights, Table
from app.domain.enums import PointsTo
from app.domain.facts import Reason
from app.reading.evidence import Evidence

SMALL_NUMBER = 2
"""Visits or people that do not make a project of a small job by themselves."""
_LONGEST_VALUE = 160
_PROJECT, _SERVICE = PointsTo.PROJECT, PointsTo.SERVICE


@dataclass
class RowScore:
    """Evidence of one row. `project` and `service`: strength for each side."""

    weights: RowWeights
    table: Table
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

    def add_project(self, sign: str, text: str, source: str, value: str = "", threshold: str = "") -> None:
        """Adds a sign of a project; one that the chart does not list is left out."""
        if strength := self.weights.project.get(sign, 0.0):
            self.project = self._added(self.project, strength)
            self.for_project.append(Reason(text, source, value[:_LONGEST_VALUE], threshold, _PROJECT))

    def add_service(self, sign: str, text: str, source: str, value: str = "", threshold: str = "") -> None:
        """Adds a sign of a service ticket; one that the chart does not list is left out."""
        if strength := self.weights.service.get(sign, 0.0):
            self.service = self._added(self.service, strength)
            self.for_service.append(Reason(text, source, value[:_LONGEST_VALUE], threshold, _SERVICE))

    def stay_small(self, sign: str, reason: Reason) -> None:
        """Adds the size of a small job as a sign of a service ticket."""
        if strength := self.weights.service.get(sign, 0.0):
            self.service = self._added(self.service, strength)
            self.for_service.append(replace(reason, speaks_for=_SERVICE))

    def exceed_capacity(self, reason: Reason) -> None:
        """Adds the hours of a job as the first reason for a project."""
        self.for_project.insert(0, reason)
        self.beyond_capacity = True

    def _added(self, known: float, strength: float) -> float:
        if not known or strength >= self.table.record:
            return max(known, strength)
        return max(known, min(self.table.most_by_words, max(known, strength) + self.table.further))


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Thresholds of the chart file by which the rows find their signs."""

    members: int
    periods: int
    crossing_days: int
    tasks_with_budget: int
    check_list_hours: float
    size: SizeRule


def add_mentions(evidence: Evidence, score: RowScore, text: str, meaning: str) -> None:
    """Adds the first two mentions of a meaning, which is the name of the sign, for a project."""
    for mention in evidence.mentions(meaning)[:2]:
        score.add_project(meaning, text, mention.source, mention.words)
