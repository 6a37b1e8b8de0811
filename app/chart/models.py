"""Findings and decisions of the chart.

Source of the rows: the chart "Mini-Projects, do we use a service ticket or create a project?"
(visionary360.com/do-we-ticket-or-project).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.domain.enums import Criterion, Outcome, PointsTo
from app.domain.facts import Fact, JobFacts, Reason


@dataclass(frozen=True, slots=True)
class Finding:
    """One row. `contested`: unknown, with evidence that does not settle it."""

    criterion: Criterion
    points_to: PointsTo
    reasons: tuple[Reason, ...] = ()
    contested: bool = False
    rule: str = ""
    """The rule of the chart that applied, by its id."""

    @property
    def has_evidence(self) -> bool:
        """Whether a reason was read in the ticket; others follow from another row."""
        return any(reason.source for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class ChartStamp:
    """Identity of a chart: its version and the SHA-256 of the file."""

    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelPart:
    """What the model-backed reader contributed to a decision."""

    use: str
    words: Outcome
    """The outcome by words alone."""
    outcome: Outcome | None
    """The outcome by the model's rows; None where its answer could not be used."""
    agrees: bool = False
    """Both readers came to the same outcome, each by itself."""
    disagrees: bool = False
    """Their outcomes exclude each other."""
    rows: tuple[tuple[str, str, str], ...] = ()
    """Row, side and why of each statement with a verified quote."""
    questions: tuple[tuple[str, str], ...] = ()
    work: str = ""
    """The ordered work in the model's words."""
    dropped: int = 0
    """Facts and statements whose quotes do not verify."""
    problem: str = ""
    """Why the words decided alone; empty where the answer was used."""
    key: str = ""
    """Hash of the request, under which the answer is stored."""

    def to_json(self) -> dict[str, Any]:
        """The part as interface JSON."""
        return {
            "use": self.use, "words": self.words.value, "outcome": self.outcome.value if self.outcome else None,
            "agrees": self.agrees, "disagrees": self.disagrees, "dropped": self.dropped, "problem": self.problem, "key": self.key,
            "work": self.work,
            "rows": [{"criterion": row, "says": says, "why": why} for row, says, why in self.rows],
            "questions": [{"criterion": row, "question": question} for row, question in self.questions],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision on one ticket."""

    outcome: Outcome
    findings: tuple[Finding, ...]
    """All six rows, in the chart's order."""
    chart: ChartStamp
    candidates: tuple[Outcome, ...] = ()
    """Only with `REVIEW`: the possible outcomes."""
    question: str | None = None
    """Only with `REVIEW`: the question that would settle it."""
    rule: str = ""
    """The rule of the combination that decided, in words."""
    facts: JobFacts = field(default_factory=JobFacts)
    settled_by: tuple[Criterion, ...] = ()
    """The rows that the outcome follows from; with `REVIEW` the contested ones, first the row of the question."""
    exception: str | None = None
    """The manager's rule that set the outcome."""
    statements: tuple[Fact, ...] = ()
    """The facts that the readers found, with their quotes."""
    trace: tuple[str, ...] = ()
    """The rule of each row and of the outcome, such as `scheduling: record`."""
    model: ModelPart | None = None
    """What the model-backed reader contributed; None where it is off."""

    def to_json(self) -> dict[str, Any]:
        """The decision as interface JSON, without the facts about the job."""
        return {
            "outcome": self.outcome.value,
            "candidates": [candidate.value for candidate in self.candidates],
            "question": self.question,
            "rule": self.rule,
            "settled_by": [criterion.value for criterion in self.settled_by],
            "exception": self.exception,
            "findings": [_finding_json(finding) for finding in self.findings],
            "trace": list(self.trace),
            "facts": [fact.to_json() for fact in self.statements],
            "chart": {"version": self.chart.version, "sha256": self.chart.sha256},
            **({"model": self.model.to_json()} if self.model else {}),
        }


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "criterion": finding.criterion.value,
        "points_to": finding.points_to.value,
        "contested": finding.contested,
        "rule": finding.rule,
        "reasons": [reason.to_json() for reason in finding.reasons],
    }
