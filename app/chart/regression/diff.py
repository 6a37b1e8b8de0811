"""Compares two charts on the same tickets: changed outcomes and the rows that changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from app.chart.decide import decide
from app.chart.models import Decision, Finding
from app.chart.regression.cases import Case
from app.chart.schema.chart_file import Chart
from app.domain.enums import Criterion, Outcome


@dataclass(frozen=True, slots=True)
class Change:
    """One ticket with different outcomes."""

    case: Case
    old: Decision
    new: Decision
    rows: tuple[Criterion, ...]
    """The rows that differ; empty where the combination or a rule made the difference."""

    @property
    def cause(self) -> str:
        """The cause of the difference in words."""
        if self.old.exception != self.new.exception:
            added = self.new.exception is not None
            return f"rule “{self.new.exception}”" if added else f"no rule “{self.old.exception}” any more"
        if self.rows:
            return "; ".join(
                f"{row.value} {_says(_finding(self.old, row))} → {_says(_finding(self.new, row))}" for row in self.rows
            )
        return f"the rule for the rows: {self.new.rule}"

    @property
    def verdict(self) -> str:
        """`better` or `worse` where one of the two outcomes is the expected one, else empty."""
        expected = self.case.outcome
        if expected is None or expected not in (self.old.outcome, self.new.outcome):
            return ""
        return "better" if self.new.outcome is expected else "worse"


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes, and the number of tickets. `moves` counts changes by old and new outcome."""

    tickets: int
    changes: tuple[Change, ...]

    @property
    def moves(self) -> Counter[tuple[Outcome, Outcome]]:
        """Number of tickets by old and new outcome."""
        return Counter((change.old.outcome, change.new.outcome) for change in self.changes)


def compare(old: Chart, new: Chart, cases: Iterable[Case]) -> Comparison:
    """Decides each case by both charts."""
    tickets = 0
    changes = []
    for case in cases:
        tickets += 1
        before, after = decide(case.ticket, old), decide(case.ticket, new)
        if before.outcome is not after.outcome:
            rows = tuple(row for row in Criterion if _says(_finding(before, row)) != _says(_finding(after, row)))
            changes.append(Change(case, before, after, rows))
    return Comparison(tickets, tuple(changes))


def _finding(decision: Decision, row: Criterion) -> Finding:
    return next(finding for finding in decision.findings if finding.criterion is row)


def _says(finding: Finding) -> str:
    return "contested" if finding.contested else finding.points_to.value
