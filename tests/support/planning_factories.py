"""The tickets, facts and lists that the tests of the plan share, and a check of bodies against the contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import jsonschema

from app.chart import Chart, ChartStamp, Decision, shipped_chart
from app.domain.enums import Outcome
from app.domain.facts import JobFacts
from app.domain.ticket import TicketRecord
from app.planning import Brief, Plan, ReferenceLists, Step, apply_patch, needed_lists, plan_for_decision
from app.reading.values.work_dates import DateOrder
from app.sandbox import Sandbox, contract, operation

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
MARK = "Mini-Projects decision D1"


class World(Mapping[str, Sequence[Mapping[str, Any]]]):
    """The lists of a seeded ConnectWise; `changes` replaces whole lists."""

    def __init__(self, changes: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> None:
        self._changes = changes or {}

    def __getitem__(self, path: str) -> Sequence[Mapping[str, Any]]:
        if path in self._changes:
            return self._changes[path]
        return _list(path.rstrip("/"))

    def __iter__(self) -> Iterator[str]:
        return iter(self._changes)

    def __len__(self) -> int:
        return len(self._changes)


@cache
def _store() -> Any:
    return Sandbox(seed=1, now=lambda: NOW).store


@cache
def _list(path: str) -> Sequence[Mapping[str, Any]]:
    return [dict(record) for record in _store().table(path).values()]


def catalogue() -> ReferenceLists:
    """The lists of the seeded world."""
    return ReferenceLists(World())


def changed(path: str, records: Sequence[Mapping[str, Any]]) -> ReferenceLists:
    """The seeded world with one list replaced."""
    return ReferenceLists(World({path: records}))


def listed(path: str) -> list[dict[str, Any]]:
    """A list of the seeded world, to change parts of it."""
    return [dict(record) for record in _list(path)]


def id_on(board: str, kind: str, name: str) -> int:
    """The id of a status, type, subtype, item or team of a board."""
    number = next(one["id"] for one in listed("/service/boards") if one["name"] == board)
    return int(next(one["id"] for one in listed(f"/service/boards/{number}/{kind}") if one["name"] == name))


def make_ticket(**changes: Any) -> dict[str, Any]:
    """An open ticket on the service desk, as GET shows it with what lies beside it; None leaves a member out."""
    ticket = {
        "id": 4711,
        "summary": "New branch office",
        "recordType": "ServiceTicket",
        "board": {"id": 1, "name": "Service Desk"},
        "status": {"id": id_on("Service Desk", "statuses", "In Progress"), "name": "In Progress"},
        "type": {"id": id_on("Service Desk", "types", "Service Request"), "name": "Service Request"},
        "subType": {"id": id_on("Service Desk", "subtypes", "Network"), "name": "Network"},
        "item": {"id": id_on("Service Desk", "items", "Install"), "name": "Install"},
        "team": {"id": id_on("Service Desk", "teams", "Engineers"), "name": "Engineers"},
        "company": {"id": 250, "identifier": "Arbour", "name": "Arbour Lane Clinic"},
        "contact": {"id": 34, "name": "Robin Arbour"},
        "owner": {"id": 106, "identifier": "pmiller", "name": "Pat Miller"},
        "location": {"id": 2, "name": "Head Office"},
        "department": {"id": 10, "name": "Service"},
        "billTime": "Billable",
        "closedFlag": False,
    } | changes
    return {name: value for name, value in ticket.items() if value is not None}


def chart(**sections: Mapping[str, Any]) -> Chart:
    """The shipped chart with some values of its sections changed."""
    data = shipped_chart().model_dump()
    for section, values in sections.items():
        data[section] = _merged(data[section], values)
    return Chart.model_validate(data)


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    return dict(old) | {
        name: _merged(old[name], value) if isinstance(value, Mapping) and isinstance(old.get(name), Mapping) else value
        for name, value in new.items()
    }


def sold(service: float = 0, product: float = 0, recurring: float = 0, **members: Any) -> dict[str, Any]:
    """An open ticket with a won opportunity of this revenue."""
    forecast = {"service": service, "product": product, "agreement": recurring}
    opportunity = {"id": 71, "name": "New branch office", "stage": "Won", "won": True, "forecast": forecast}
    return make_ticket(opportunity=opportunity, **members)


def told(text: str, **members: Any) -> dict[str, Any]:
    """An open ticket with this description."""
    return make_ticket(initialDescription=text, **members)


def line(number: int, price: float, product_class: str = "Service", **members: Any) -> dict[str, Any]:
    """A product line of quantity 1."""
    return {
        "id": number, "description": f"Line {number}", "quantity": 1, "price": price, "productClass": product_class,
        "billableOption": "Billable",
    } | members  # fmt: skip


def plan(
    outcome: Outcome,
    facts: JobFacts | None = None,
    *,
    ticket: Mapping[str, Any] | None = None,
    lists: ReferenceLists | None = None,
    rules: Chart | None = None,
    note: str = "Service ticket or project?",
    person: Mapping[str, Any] | None = None,
    date_order: DateOrder = "DMY",
) -> Plan:
    """The plan for a ticket of this outcome. `person`: values of the brief as a PATCH holds them."""
    decision = Decision(outcome, (), ChartStamp("1", "0" * 64), facts=facts or JobFacts())
    record, used = TicketRecord.from_json(make_ticket() if ticket is None else ticket), rules or shipped_chart()
    entered = apply_patch(Brief(outcome), person or {}, by="Dana", at=NOW)
    loaded = load_needed(
        lists or catalogue(), decision, record, used, now=NOW, outcome=outcome, person=entered, date_order=date_order
    )
    return plan_for_decision(
        decision, record, loaded, used, decision_id="D1", now=NOW, note=note, person=entered, date_order=date_order
    )


def load_needed(
    lists: ReferenceLists, decision: Decision, ticket: TicketRecord, rules: Chart, **choices: Any
) -> ReferenceLists:
    """Of these lists the ones that a plan is made from, and no other."""
    loaded: dict[str, Sequence[Mapping[str, Any]]] = {}
    while paths := needed_lists(decision, ticket, ReferenceLists(loaded), rules, **choices):
        loaded |= {path: lists.all(path) for path in paths}
    return ReferenceLists(loaded)


def brief(
    ticket: Mapping[str, Any], outcome: Outcome = Outcome.PROJECT, facts: JobFacts | None = None, **choices: Any
) -> Brief:
    """The brief of a ticket."""
    made = plan(outcome, facts, ticket=ticket, **choices).brief
    assert made is not None
    return made


def project(facts: JobFacts | None = None, **choices: Any) -> Plan:
    """The plan of a conversion."""
    return plan(Outcome.PROJECT, facts, **choices)


def mini(facts: JobFacts | None = None, **choices: Any) -> Plan:
    """The plan of a mini-project."""
    return plan(Outcome.MINI_PROJECT, facts, **choices)


def step(made: Plan, key: str) -> Step:
    """The step of this key."""
    return next(one for one in made.steps if one.key == key)


def note_of(made: Plan, key: str) -> str:
    """The text of a note, with the references that are filled when it is written."""
    text: str | Mapping[str, str] = step(made, key).body["text"]
    return text if isinstance(text, str) else text["$text"]


def steps_of(made: Plan, start: str) -> list[Step]:
    """The steps whose keys begin so, such as `phase-`."""
    return [one for one in made.steps if one.key.startswith(start)]


def codes(made: Plan) -> list[str]:
    """The codes of a plan's problems."""
    return [problem.code for problem in made.problems]


def misfits(one: Step) -> list[str]:
    """How a step's request does not fit the contract: unknown path, unknown members, missing ones, lengths, kinds."""
    path = _filled(one.path)
    asked = operation(one.method, path.split("?")[0])
    if asked is None:
        return [f"{one.method} {path} is not in the contract"]
    if one.method == "PATCH":
        return _errors(_filled(dict(one.wish)), _validator("GET", asked.template, "response"))
    if "request" not in asked.definition:
        return []
    return _errors(_filled(one.body), _validator(one.method, asked.template, "request"))


def _errors(body: Any, validator: Any) -> list[str]:
    wished = {name: value for name, value in body.items() if value is not None}
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(wished)]


@cache
def _validator(method: str, template: str, part: str) -> Any:
    """What a body must be; members that creating needs are asked for in requests."""
    schema, require = contract()["paths"][template][method.lower()][part], part == "request"
    return jsonschema.Draft202012Validator({"schemas": _closed_schemas(require), **_closed(schema, require)})


@cache
def _closed_schemas(require: bool) -> dict[str, Any]:
    return {name: _closed(schema, require) for name, schema in contract()["schemas"].items()}


def _closed(schema: Any, require: bool) -> Any:
    """A schema that takes no unknown members."""
    if isinstance(schema, list):
        return [_closed(one, require) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    shut = {name: _closed(value, require) for name, value in schema.items() if require or name != "required"}
    return shut | ({"additionalProperties": False} if "properties" in schema else {})


def _filled(value: Any) -> Any:
    """References replaced by an id, as they are when the step is carried out."""
    if isinstance(value, Mapping):
        if set(value) == {"$ref"}:
            return 900
        if set(value) == {"$text"}:
            return "1.1"
        return {name: _filled(inner) for name, inner in value.items()}
    if isinstance(value, str) and "{" in value:
        return "/".join("900" if part.startswith("{") else part for part in value.split("/"))
    return value
