# ruff: noqa: RUF012 - sections are pydantic models: their defaults are copied
"""Sections of the chart file that hold the decision table: facts, terms, rows, follows, outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, StringConstraints, field_validator

from app.chart.schema.decision_settings import Row
from app.chart.schema.shipped_values import shipped, shipped_value
from app.chart.schema.target_settings import Section

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
Sign = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,40}$")]
StrengthName = Literal["record", "statement", "hint", "word"]
Condition = Annotated[
    str | list[Any] | dict[str, Any], Field(description="A name, a comparison, a list, or all, any, not, row.")
]
Total = Literal["sold_points", "support_points", "fault_points", "request_points"]
Ending = Literal["project_row_says_project", "only_finance_says_project", "otherwise"]
Group = Literal["project", "service", "contradiction", "sold", "kind", "support", "hours"]


class Strengths(Section):
    """Strength of each kind of evidence."""

    record: float = shipped("facts", "strengths", "record", ge=0, le=10)
    """A field or a related record."""
    statement: float = shipped("facts", "strengths", "statement", ge=0, le=10)
    """An explicit statement."""
    hint: float = shipped("facts", "strengths", "hint", ge=0, le=10)
    """Words that often mean it."""
    word: float = shipped("facts", "strengths", "word", ge=0, le=10)
    """Words that may mean it."""


class RowPoints(Section):
    """Strength of each fact of a row, by side."""

    project: dict[Sign, StrengthName] = {}
    """For a project."""
    service: dict[Sign, StrengthName] = {}
    """For a service ticket."""


class Listed(Section):
    """An entry of a list that a file replaces by its id."""

    id: Id
    """Name of the entry in the trace of a decision."""
    off: bool = Field(default=False, exclude=True)
    """Takes the shipped entry of this id out."""


class FinancePoints(Listed):
    """What one fact counts for finance."""

    fact: Sign | None = None
    """The fact that counts; without it, `cap` limits a total."""
    to: list[Total] = Field(min_length=1, max_length=4)
    """The totals that it is added to."""
    points: float = Field(default=0, ge=0, le=10)
    """Points."""
    each: bool = False
    """For each mention."""
    in_summary: float = Field(default=0, ge=0, le=10)
    """More where a mention stands in the summary."""
    most: float | None = Field(default=None, ge=0, le=20)
    """No more than this from the entry."""
    cap: float | None = Field(default=None, ge=0, le=50)
    """The totals become at most this."""
    when: Condition | None = None
    """Only then."""


class FactNames(Section):
    """Beginnings of words in names."""

    alert_boards: list[str] = shipped("facts", "names", "alert_boards", max_length=100)
    """Boards for alerts."""
    project_boards: list[str] = shipped("facts", "names", "project_boards", max_length=100)
    """Boards for sold work."""
    project_types: list[str] = shipped("facts", "names", "project_types", max_length=100)
    """Types of project work."""
    licence_agreements: list[str] = shipped("facts", "names", "licence_agreements", max_length=100)
    """Agreements about licences, which cover no installation."""


class Facts(Section):
    """How strong each kind of evidence is. What is not listed does not count for its row."""

    strengths: Strengths = Field(default_factory=Strengths)
    """Strength of a record, a statement, a hint and a word."""
    further: float = shipped("facts", "further", ge=0, le=5)
    """Each further piece of evidence for one side of a row adds this."""
    most_by_words: float = shipped("facts", "most_by_words", ge=0, le=10)
    """Without a record, evidence comes to no more than this."""
    duration: RowPoints = Field(default_factory=lambda: _row_points("duration"))
    """The duration row."""
    billing: RowPoints = Field(default_factory=lambda: _row_points("billing"))
    """The billing row."""
    scheduling: RowPoints = Field(default_factory=lambda: _row_points("scheduling"))
    """The scheduling row."""
    team: RowPoints = Field(default_factory=lambda: _row_points("team"))
    """The team row."""
    contacts: RowPoints = Field(default_factory=lambda: _row_points("contacts"))
    """The contacts row."""
    finance: list[FinancePoints] = Field(
        default_factory=lambda: _shipped_list(FinancePoints, "facts", "finance"), max_length=200
    )
    """Points for finance, added in this order."""
    names: FactNames = Field(default_factory=FactNames)
    """Names by which boards, types and agreements count."""

    @field_validator("duration", "billing", "scheduling", "team", "contacts", mode="after")
    @classmethod
    def _keep_shipped(cls, given: RowPoints, info: Any) -> RowPoints:
        known = _row_points(info.field_name)
        return RowPoints(project={**known.project, **given.project}, service={**known.service, **given.service})

    @field_validator("finance", mode="after")
    @classmethod
    def _keep_shipped_entries(cls, given: list[FinancePoints]) -> list[FinancePoints]:
        return merged_by_id(given, _shipped_list(FinancePoints, "facts", "finance"))


class RowRule(Listed):
    """What a row says under a condition."""

    rows: list[Row] = Field(min_length=1, max_length=6)
    """The rows that it decides."""
    when: Condition | None = None
    """Its condition; without one it always applies."""
    says: Literal["project", "service", "contested", "unknown"]
    """What the row says."""
    because: str = Field(default="", max_length=160)
    """The reason, where the row's own evidence has none for this side."""
    show: list[Group] = Field(default=[], max_length=4)
    """The reasons that are shown, in this order; without it those for the side come first."""


class FollowRule(Listed):
    """A row that says project because other rows do."""

    rows: list[Row] = Field(min_length=1, max_length=5)
    """The rows that follow."""
    after: list[Row] = Field(default=[], max_length=5)
    """The rows that have to say project."""
    when: Condition | None = None
    """A further condition."""
    because: str = Field(default="", max_length=160)
    """The reason."""


class OutcomeRule(Listed):
    """The outcome of a ticket whose rows are decided."""

    when: Condition | None = None
    """Its condition; without one it always applies."""
    outcomes: list[Ending] = Field(min_length=1, max_length=3)
    """Keys of `combination`; with several a person is asked."""


Entry = TypeVar("Entry", bound=Listed)


def merged_by_id(given: Sequence[Entry], known: Iterable[Entry]) -> list[Entry]:
    """Shipped entries with those of a file in their places; new ones go before, and entries that are off fall out."""
    shipped_entries: list[Entry] = list(known)
    own: dict[str, Entry] = {entry.id: entry for entry in given}
    names: set[str] = {entry.id for entry in shipped_entries}
    new: list[Entry] = [entry for entry in given if entry.id not in names]
    return [entry for entry in [*new, *(own.get(entry.id, entry) for entry in shipped_entries)] if not entry.off]


def shipped_rules(kind: type[Entry], name: str) -> list[Entry]:
    """The shipped rules of a section."""
    return _shipped_list(kind, name)


def _shipped_list(kind: type[Entry], *path: str) -> list[Entry]:
    return [kind.model_validate(entry) for entry in shipped_value(*path)]


def _row_points(row: str) -> RowPoints:
    return RowPoints.model_validate(shipped_value("facts", row))
