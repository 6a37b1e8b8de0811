"""The mini-project's two ways: to the Mini-Project board by department, or to the service type with its own GL row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.chart import Chart
from app.plan.catalogue import BOARDS, Catalogue, Missing, Record
from app.plan.common import Case, guard, id_of, name_of, note_step, reference, ticket_path, why_not
from app.plan.model import Plan, Problem, Step, StepKind
from app.plan.revenue import RevenuePath, revenue_path

DEPARTMENTS = "/system/departments"


def plan_mini_project(case: Case, catalogue: Catalogue, chart: Chart, *, decision_id: str, note: str) -> Plan:
    """The steps that make a ticket a mini-project by the chart's way; problems instead of guesses."""
    problems = why_not(case)
    try:
        wish = (
            _to_board(case, catalogue, chart) if chart.mini_project.way == "board" else _to_type(case, catalogue, chart)
        )
        path = _revenue(case, wish, catalogue, chart)
    except Missing as missing:
        return Plan(problems=(*problems, missing.problem))
    if path.known and not path.reaches:
        problems.append(_misses(path, chart))
    todos = () if path.known else (path.words(),)
    if all(_shows(case, member, value) for member, value in wish.items()):
        return Plan(problems=tuple(problems), todos=todos)
    patch = Step("move", StepKind.PATCH, _title(chart, wish), "PATCH", ticket_path(case), wish=wish)
    steps = (
        guard(case, members=("board", "status", "type", "company")),
        patch,
        note_step(f"{ticket_path(case)}/notes", note, decision_id),
    )
    return Plan(steps, tuple(problems), todos)


def _to_board(case: Case, catalogue: Catalogue, chart: Chart) -> dict[str, Any]:
    """Board, status, type, subtype, item and team under the same or mapped names there, and the department."""
    chosen = chart.mini_project
    board = catalogue.need(BOARDS, chosen.board, what="board")
    if board.get("projectFlag"):
        raise Missing(
            Problem("board-is-project", f"“{chosen.board}” is a project board; a mini-project needs a service board.")
        )
    at = f"{BOARDS}/{board['id']}"
    department = catalogue.need(DEPARTMENTS, chart.revenue.department, what="department")
    wish: dict[str, Any] = {"board": {"id": board["id"]}, "status": {"id": _status(case, catalogue, chart, at)["id"]}}
    wish |= _sorting(case, catalogue, chart, at)
    team = _mapped(case.get("team"), chosen.teams, catalogue, f"{at}/teams") or _default(catalogue, f"{at}/teams")
    wish |= _set_or_clear(case, "team", team)
    return wish | {"department": {"id": department["id"]}}


def _status(case: Case, catalogue: Catalogue, chart: Chart, at: str) -> Record:
    """The mapped or equally named open status, else the chart's, else the board's default."""
    chosen = chart.mini_project
    path = f"{at}/statuses"
    found = _mapped(case.get("status"), chosen.statuses, catalogue, path)
    if found is None and chosen.status:
        found = catalogue.need(path, chosen.status, what="status")
    if found is None or found.get("closedStatus"):
        found = _default(catalogue, path, unless="closedStatus")
    if found is None:
        text = f"The board “{chosen.board}” has no open default status. Mark one as default there or name one in the chart."
        raise Missing(Problem("status-missing", text))
    return found


def _sorting(case: Case, catalogue: Catalogue, chart: Chart, at: str) -> dict[str, Any]:
    """Type, subtype and item of the target board that may stand together; what has no place there is cleared."""
    chosen = chart.mini_project
    kind = _mapped(case.get("type"), chosen.types, catalogue, f"{at}/types")
    kind = kind or catalogue.find(f"{at}/types", chosen.type) or _default(catalogue, f"{at}/types")
    subtype = _mapped(case.get("subType"), chosen.subtypes, catalogue, f"{at}/subtypes") if kind else None
    if kind and subtype and not _may_stand(subtype, kind):
        subtype = None
    item = _mapped(case.get("item"), chosen.items, catalogue, f"{at}/items") if subtype else None
    if kind and subtype and item and not _associated(catalogue, at, kind, subtype, item):
        item = None
    return (
        _set_or_clear(case, "type", kind) | _set_or_clear(case, "subType", subtype) | _set_or_clear(case, "item", item)
    )


def _to_type(case: Case, catalogue: Catalogue, chart: Chart) -> dict[str, Any]:
    board_id = id_of(case.get("board"))
    if board_id is None:
        raise Missing(Problem("board-unknown", "The ticket shows no board, so its types cannot be looked up."))
    kind = catalogue.need(f"{BOARDS}/{board_id}/types", chart.mini_project.type, what="service type")
    subtype = case.get("subType")
    own = next((one for one in catalogue.all(f"{BOARDS}/{board_id}/subtypes") if one.get("id") == id_of(subtype)), None)
    cleared = _set_or_clear(case, "subType", None) | _set_or_clear(case, "item", None)
    return {"type": {"id": kind["id"]}} | ({} if own is None or _may_stand(own, kind) else cleared)


def _revenue(case: Case, wish: Mapping[str, Any], catalogue: Catalogue, chart: Chart) -> RevenuePath:
    ids = {
        "service-type": id_of(wish.get("type") or case.get("type")),
        "work-type": id_of(case.get("workType")),
        "work-role": id_of(case.get("workRole")),
        "department": id_of(wish.get("department") or case.get("department")),
        "location": id_of(case.get("location")),
    }
    return revenue_path(catalogue, ids, account=chart.revenue.account)


def _misses(path: RevenuePath, chart: Chart) -> Problem:
    text = (
        f"{path.words()} It would miss “{chart.revenue.account}”. Correct the GL mapping in ConnectWise or the chart."
    )
    return Problem("revenue-misses", text)


def _mapped(value: Any, names: Mapping[str, str], catalogue: Catalogue, path: str) -> Record | None:
    name = name_of(value)
    by_plain = {old.strip().casefold(): new for old, new in names.items()}
    mapped = by_plain.get(name.strip().casefold(), name)
    return catalogue.find(path, mapped) if mapped else None


def _default(catalogue: Catalogue, path: str, *, unless: str = "") -> Record | None:
    return next(
        (one for one in catalogue.active(path) if one.get("defaultFlag") and not (unless and one.get(unless))), None
    )


def _may_stand(subtype: Record, kind: Record) -> bool:
    """Whether a subtype is allowed for a type; a board that names no associations allows all."""
    allowed = subtype.get("typeAssociationIds")
    return not allowed or kind["id"] in allowed


def _associated(catalogue: Catalogue, at: str, kind: Record, subtype: Record, item: Record) -> bool:
    triples = catalogue.all(f"{at}/typeSubTypeItemAssociations")
    wanted = (kind["id"], subtype["id"], item["id"])
    return any(
        (id_of(triple.get("type")), id_of(triple.get("subType")), id_of(triple.get("item"))) == wanted
        for triple in triples
    )


def _set_or_clear(case: Case, member: str, record: Record | None) -> dict[str, Any]:
    if record is not None:
        return {member: {"id": record["id"]}}
    return {member: None} if reference(case.get(member)) else {}


def _shows(case: Case, member: str, value: Any) -> bool:
    return id_of(case.get(member)) == (value["id"] if value else None)


def _title(chart: Chart, wish: Mapping[str, Any]) -> str:
    if "board" in wish:
        return f"Move the ticket to the board {chart.mini_project.board}"
    return f"Set the service type {chart.mini_project.type}"
