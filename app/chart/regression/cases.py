# ruff: noqa: RUF012 - entries are pydantic models: their defaults are copied
"""Cases: tickets with the outcome that is expected of them, from a manager's `cases.yaml` or from lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError

from app.chart.schema.chart_file import load_text
from app.chart.schema.decision_settings import Ending
from app.chart.schema.errors import ChartError, ChartProblem, of_values, of_yaml
from app.chart.schema.target_settings import Name, Section
from app.chart.schema.yaml_source import read_yaml
from app.domain.enums import Criterion, Outcome, PointsTo
from app.domain.ticket import TicketRecord

Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z?)?$")]
_LONGEST_LINE = 4_000_000
_OUTCOMES = {"AMBIGUOUS": Outcome.REVIEW} | {outcome.name: outcome for outcome in Outcome}


@dataclass(frozen=True, slots=True)
class Case:
    """One ticket with its related records and the expected outcome."""

    name: str
    line: int
    ticket: TicketRecord
    outcome: Outcome | None = None
    """The expected outcome; None where the case has no label."""
    candidates: tuple[Outcome, ...] = ()
    """With `REVIEW`: the possible outcomes."""
    rows: Mapping[Criterion, PointsTo] = field(default_factory=dict)
    why: str = ""


class AgreementEntry(Section):
    """The ticket's agreement."""

    name: Name
    """The agreement's name."""
    type: Name | None = None
    """Its type."""
    cycle: Name | None = None
    """Its billing cycle, such as Monthly."""


class PeriodEntry(Section):
    """The customer's billing period at the time."""

    cycle: Name = "Monthly"
    """How often the customer is billed."""
    start: Day
    """First day of the period."""
    end: Day | None = None
    """Last day of the period."""


class OpportunityEntry(Section):
    """The opportunity behind the ticket."""

    name: Name
    """What was offered."""
    stage: Name
    """Its stage, such as Won."""
    revenue: Decimal | None = None
    """Expected revenue."""


class ScheduleEntry(Section):
    """One schedule entry."""

    member: Name
    """The member's identifier."""
    start: Day
    """The first day."""
    end: Day | None = None
    """The last day; empty: the first."""
    hours: Decimal = Decimal(0)
    """Hours in all."""


class TaskEntry(Section):
    """One task."""

    summary: str
    """What is to be done."""
    hours: Decimal | None = None
    """Budget hours."""


class ProductEntry(Section):
    """One product line."""

    description: str
    """The line's text."""
    quantity: Decimal = Decimal(1)
    """How many."""
    price: Decimal = Decimal(0)
    """Price of one."""


class TicketEntry(Section):
    """A ticket in short form. Only the summary is required."""

    summary: str
    """The ticket's summary."""
    text: str = ""
    """The initial description, as the customer wrote it."""
    entered: Day = "2026-03-03"
    """Day of entry; the ticket is decided as of that day."""
    board: Name = "Service Desk"
    """The service board."""
    type: Name | None = None
    """The service type."""
    company: Name = "Example Company"
    """The customer."""
    contact: Name | None = None
    """Who wrote."""
    agreement: AgreementEntry | None = None
    """The ticket's agreement."""
    period: PeriodEntry | None = None
    """The customer's billing period; empty: by the agreement, else by the chart."""
    opportunity: OpportunityEntry | None = None
    """The opportunity behind the ticket."""
    budget_hours: Decimal | None = None
    """Budget hours of the ticket."""
    resources: str | None = None
    """Members, separated by commas."""
    schedule: list[ScheduleEntry] = []
    """Schedule entries."""
    tasks: list[TaskEntry] = []
    """Tasks of the ticket."""
    products: list[ProductEntry] = []
    """Product lines on the ticket."""
    notes: list[str] = []
    """Texts of its notes."""
    in_copy: list[Name] = []
    """Names of the contacts in copy."""

    def to_record(self) -> TicketRecord:
        """The ticket as the chart reads it."""
        found = self.agreement
        agreement = {"name": found.name, "type": found.type, "billingCycle": found.cycle} if found else None
        return TicketRecord.from_json({
            "summary": self.summary, "initialDescription": self.text, "dateEntered": self.entered,
            "board": {"name": self.board}, "type": _named(self.type), "company": {"name": self.company},
            "contact": _named(self.contact), "agreement": agreement,
            "billingPeriod": self.period.model_dump(exclude_none=True) if self.period else None,
            "opportunity": self._opportunity(), "budgetHours": _number(self.budget_hours), "resources": self.resources,
            "scheduleEntries": [
                {"member": item.member, "dateStart": item.start, "dateEnd": item.end or item.start, "hours": _number(item.hours)}
                for item in self.schedule
            ],
            "tasks": [{"summary": item.summary, "budgetHours": _number(item.hours)} for item in self.tasks],
            "products": [
                {"description": item.description, "quantity": _number(item.quantity), "price": _number(item.price)}
                for item in self.products
            ],
            "notes": [{"text": text} for text in self.notes],
            "contactsCc": [{"name": name} for name in self.in_copy],
        })  # fmt: skip

    def _opportunity(self) -> dict[str, Any] | None:
        found = self.opportunity
        if found is None:
            return None
        return {"name": found.name, "stage": {"name": found.stage}, "expectedRevenue": _number(found.revenue)}


class CaseEntry(Section):
    """One case of the file."""

    name: str = Field(min_length=1, max_length=100)
    """Name of the case."""
    outcome: Outcome
    """Expected outcome; `review`: a person should decide."""
    between: list[Ending] = []
    """With `review`: the possible outcomes."""
    why: str
    """Why, in one sentence."""
    rows: dict[Criterion, PointsTo] = {}
    """Expected sides of single rows."""
    ticket: TicketEntry
    """The ticket itself."""


class CaseFile(Section):
    """Tickets with their expected outcomes."""

    cases: list[CaseEntry]
    """The tickets."""


def load_cases(path: Path) -> list[Case]:
    """Reads a cases file: YAML by its name, else one JSON object a line. ChartError with all errors."""
    if path.suffix.lower() in (".yaml", ".yml"):
        return parse_cases(load_text(path), name=path.name)
    return list(_json_lines(path))


def shipped_cases() -> list[Case]:
    """The shipped cases."""
    return parse_cases((files("app.chart") / "data" / "cases.yaml").read_text(encoding="utf-8"), name="cases.yaml")


def parse_cases(text: str, *, name: str = "cases") -> list[Case]:
    """Parses cases from YAML."""
    document = read_yaml(text)
    problems = [of_yaml(mistake) for mistake in document.mistakes]
    found = None
    if not problems:
        try:
            found = CaseFile.model_validate({} if document.data is None else document.data)
        except ValidationError as error:
            problems = of_values(error, CaseFile, document)
    if found is None:
        raise ChartError(problems, name=name)
    return [
        Case(
            item.name, document.place(("cases", number))[0], item.ticket.to_record(), item.outcome,
            tuple(Outcome(ending) for ending in item.between), item.rows, item.why,
        )
        for number, item in enumerate(found.cases)
    ]  # fmt: skip


def _json_lines(path: Path) -> Iterator[Case]:
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(iter(lambda: lines.readline(_LONGEST_LINE), ""), 1):
                if line.strip():
                    yield _json_case(line, number, path.name)
    except OSError as error:
        message = f"the file cannot be read: {error.strerror or type(error).__name__}"
        raise ChartError([ChartProblem(1, 1, "", message)], name=path.name) from None


def _json_case(line: str, number: int, name: str) -> Case:
    try:
        ticket = json.loads(line)
    except (ValueError, RecursionError):
        ticket = None
    if not isinstance(ticket, dict):
        message = "not a JSON object; a file of cases has one a line (or is YAML, with a name that ends in .yaml)"
        raise ChartError([ChartProblem(number, 1, "", message)], name=name)
    label = ticket.get("label")
    label = label if isinstance(label, dict) else {}
    rows = label.get("criteria")
    return Case(
        f"{_text(ticket.get('id')) or f'line {number}'}: {_text(ticket.get('summary'))}",
        number,
        TicketRecord.from_json(ticket),
        _outcome(label.get("outcome")),
        tuple(found for item in _list(label.get("candidates")) if (found := _outcome(item))),
        _rows(rows if isinstance(rows, dict) else {}),
        _text(label.get("why")),
    )


def _rows(given: Mapping[Any, Any]) -> dict[Criterion, PointsTo]:
    sides = {side.value for side in PointsTo}
    return {criterion: PointsTo(given[criterion]) for criterion in Criterion if given.get(criterion) in sides}


def _outcome(value: Any) -> Outcome | None:
    return _OUTCOMES.get(value.upper().replace("-", "_")) if isinstance(value, str) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return str(value)[:200] if isinstance(value, str | int) else ""


def _named(name: str | None) -> dict[str, str] | None:
    return {"name": name} if name else None


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
