"""The mini-project's two ways: to the Mini-Project board by department, or to the service type with its own GL row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.chart import Chart
from app.domain.facts import JobFacts
from app.planning.billing import mini_project_todos
from app.planning.blockers import Case, blockers, guard, id_of, note_step, ticket_path, unread
from app.planning.board_mapping import (
    associated,
    at_board,
    may_stand,
    need_board,
    open_status,
    place,
    restored,
    set_or_clear,
    sorting,
    team_there,
)
from app.planning.manual_actions import said, todo, under_heading
from app.planning.model import Plan, Problem, Step, StepKind
from app.planning.reference_lists import BOARDS, Record, ReferenceLists, ReferenceNotFound
from app.planning.revenue_targets import misses, ticket_revenue
from app.planning.texts import mark


def plan_mini_project(
    facts: JobFacts, case: Case, catalogue: ReferenceLists, chart: Chart, *, decision_id: str, note: str
) -> Plan:
    """The steps that make a ticket a mini-project by the chart's way; problems instead of guesses."""
    problems = blockers(case, chart)
    by_board = chart.mini_project.method == "board"
    try:
        board = (
            need_board(catalogue, chart.mini_project.board, for_projects=False) if by_board else _own(case, catalogue)
        )
        wish = _to_board(case, board, catalogue, chart) if by_board else _to_type(case, board, catalogue, chart)
    except ReferenceNotFound as missing:
        return Plan(problems=(*problems, missing.problem))
    path = ticket_revenue(case, wish, board, catalogue, chart)
    wrong = misses(path, chart)
    if all(id_of(case.get(member)) == id_of(value) for member, value in wish.items()):
        return Plan(problems=tuple(wrong))
    left = [*mini_project_todos(facts, case), *unread(case), *([] if path.known else [todo("gl-unread")])]
    todos = said(left, chart.note_language)
    text = f"{note}\n\n{under_heading(todos, chart.note_language)}" if todos else note
    at = ticket_path(case)
    steps = [
        guard(case),
        Step("move", StepKind.PATCH, _title(wish, chart), "PATCH", at, wish=wish, restore=restored(case, tuple(wish))),
        note_step(f"{at}/notes", text, mark(decision_id)),
        *_place_again(case, wish),
    ]
    return Plan(tuple(steps), (*problems, *wrong), todos)


def _place_again(case: Case, wish: Mapping[str, Any]) -> list[Step]:
    """A workflow rule of the new board may have changed the department meanwhile; revenue hangs on it."""
    kept = {member: wish[member] for member in ("department", "location") if member in wish}
    title = "Department and location are still as they should be"
    path = ticket_path(case)
    return (
        [Step("place", StepKind.PATCH, title, "PATCH", path, wish=kept, restore=restored(case, tuple(kept)))]
        if kept
        else []
    )


def _to_board(case: Case, board: Record, catalogue: ReferenceLists, chart: Chart) -> dict[str, Any]:
    """Board, status, type, subtype, item and team under the same or mapped names there, department and location.

    On a ticket that is on the board already only the place is set right; its status is people's work.
    """
    chosen = chart.mini_project
    there = place(case, board, catalogue, department=chart.revenue.department, location=None)
    if id_of(case.get("board")) == board["id"]:
        return there
    status = open_status(case, catalogue, board, names=chosen.statuses, named=chosen.status)
    wish: dict[str, Any] = {"board": {"id": board["id"]}, "status": {"id": status["id"]}}
    wish |= sorting(
        case, catalogue, board, types=chosen.types, subtypes=chosen.subtypes, items=chosen.items, fallback=chosen.type
    )
    wish |= team_there(case, catalogue, board, names=chosen.teams)
    return wish | there


def _own(case: Case, catalogue: ReferenceLists) -> Record:
    """The board that the ticket is on."""
    found = next((board for board in catalogue.all(BOARDS) if board.get("id") == id_of(case.get("board"))), None)
    if found is None:
        raise ReferenceNotFound(
            Problem("board-unknown", "The ticket's board is not known, so its types cannot be looked up.")
        )
    return found


def _to_type(case: Case, board: Record, catalogue: ReferenceLists, chart: Chart) -> dict[str, Any]:
    """The service type on the ticket's own board; subtype and item stay where they may stand with it."""
    at = at_board(board)
    kind = catalogue.need(f"{at}/types", chart.mini_project.type, what="service type")
    subtype = _same(case, "subType", catalogue, f"{at}/subtypes")
    if subtype is not None and not may_stand(subtype, kind):
        subtype = None
    item = _same(case, "item", catalogue, f"{at}/items") if subtype else None
    if subtype is not None and item is not None and not associated(catalogue, at, kind, subtype, item):
        item = None
    cleared = [
        set_or_clear(case, member, None) for member, kept in (("subType", subtype), ("item", item)) if kept is None
    ]
    return {"type": {"id": kind["id"]}} | {name: value for wish in cleared for name, value in wish.items()}


def _same(case: Case, member: str, catalogue: ReferenceLists, path: str) -> Record | None:
    return next((one for one in catalogue.all(path) if one.get("id") == id_of(case.get(member))), None)


def _title(wish: Mapping[str, Any], chart: Chart) -> str:
    chosen = chart.mini_project
    if "board" in wish:
        return f"Move the ticket to the board {chosen.board}"
    return f"Set the service type {chosen.type}" if "type" in wish else f"Set the department {chart.revenue.department}"
