"""The revenue account of each target: for one plan, and as the overview that doctor shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.chart import Chart, watches
from app.domain.ticket import TicketRecord
from app.planning.blockers import as_record, id_of, linked, name_of
from app.planning.board_mapping import DEPARTMENTS, LOCATIONS, at_board
from app.planning.model import Problem
from app.planning.paths import PROJECT_TYPES
from app.planning.reference_lists import BOARDS, Record, ReferenceLists
from app.planning.revenue import Ids, RevenuePath, revenue_lists, revenue_path

Use = Literal["watched", "mini-project board", "mini-project type", "project"]


@dataclass(frozen=True, slots=True)
class RevenueLine:
    """One place where time can be entered, and the account that its revenue would reach."""

    use: Use
    """`watched`: where tickets come in; the others are what the plan may make of them."""
    place: str
    path: RevenuePath


def ticket_revenue(
    ticket: TicketRecord,
    wish: Record,
    board: Record,
    lists: ReferenceLists,
    chart: Chart,
    *,
    members: Sequence[Record] = (),
) -> RevenuePath:
    """The path of time on a service ticket once it is as wished; `board`: the one it is on then; `members`: who enters time."""
    ids: Ids = {
        "service-type": id_of(wish.get("type") or ticket.type),
        "work-type": _usual("workType", ticket, board, members),
        "work-role": _usual("workRole", ticket, board, members),
        "department": id_of(wish.get("department") or ticket.department),
        "location": id_of(wish.get("location") or ticket.location),
    }
    return revenue_path(lists, ids, account=chart.revenue.account)


def project_revenue(
    ticket: TicketRecord, body: Record, wish: Record, board: Record, lists: ReferenceLists, chart: Chart,
    *, members: Sequence[Record] = (),
) -> RevenuePath:  # fmt: skip
    """The path of time on a project ticket. `body`: the project's, `wish`: the wish for the ticket in it.

    Where neither ticket nor board says work type or work role, time has those of the member who enters it.
    """
    ids: Ids = {
        "project-type": id_of(body.get("type")),
        "service-type": id_of(wish.get("type")),
        "work-type": _usual("workType", ticket, board, members),
        "work-role": _usual("workRole", ticket, board, members),
        "department": id_of(body.get("department")),
        "location": id_of(body.get("location")),
    }
    return revenue_path(lists, ids, account=chart.revenue.account)


def _usual(member: str, ticket: TicketRecord, board: Record, people: Sequence[Record]) -> int | set[int] | None:
    of_record = id_of(linked(ticket, member)) or id_of(board.get(member))
    return of_record or {found for person in people if (found := id_of(person.get(member)))}


def revenue_problems(path: RevenuePath, chart: Chart, *, accepted: bool = False) -> list[Problem]:
    """Why a plan's revenue may go elsewhere. `accepted`: a person has accepted that the mapping cannot be read."""
    if not path.known:
        text = f"{path.words()} Let the API member read it, or accept it in the brief (revenue: proceed)."
        return [] if accepted or chart.revenue.unproven == "allow" else [Problem("revenue-unproven", text)]
    if path.reaches:
        return []
    text = (
        f"{path.words()} It would miss “{chart.revenue.account}”. Correct the GL mapping in ConnectWise or the chart."
    )
    return [Problem("revenue-misses", text)]


def revenue_overview(lists: ReferenceLists, chart: Chart) -> list[RevenueLine]:
    """Every watched board and type, both ways of the mini-project, and projects. Targets that are not there are left out."""
    watched = _watched(lists, chart)
    lines = [line for board in watched for line in _by_type("watched", board, lists, chart)]
    for mini in _mini_project_boards(lists, chart):
        department = lists.find(DEPARTMENTS, chart.revenue.department)
        lines += _by_type("mini-project board", mini, lists, chart, department=department)
    for board in watched:
        named = lists.find(f"{at_board(board)}/types", chart.mini_project.type)
        if named is not None:
            lines.append(_line("mini-project type", board, named, lists, chart))
    return [*lines, *_projects(lists, chart)]


def overview_lists(chart: Chart, lists: ReferenceLists) -> Iterator[str]:
    """The lists that `revenue_overview` reads, as far as those loaded tell: ask again when they are loaded."""
    yield from (BOARDS, DEPARTMENTS)
    if chart.project.location:
        yield LOCATIONS
    if _project_types(chart):
        yield PROJECT_TYPES
    yield from revenue_lists(lists)
    if not lists.has(BOARDS):
        return
    for board in (*_watched(lists, chart), *_mini_project_boards(lists, chart)):
        yield f"{at_board(board)}/types"


def _watched(lists: ReferenceLists, chart: Chart) -> list[Record]:
    return [board for board in lists.active(BOARDS) if watches(TicketRecord(), board, chart) is None]


def _mini_project_boards(lists: ReferenceLists, chart: Chart) -> list[Record]:
    """The board of mini-projects, if it is there and no project board."""
    board = lists.find(BOARDS, chart.mini_project.board)
    return [board] if board is not None and not board.get("projectFlag") else []


def _project_types(chart: Chart) -> list[str]:
    """The project types that the chart names."""
    chosen = chart.project
    return list(dict.fromkeys((*([chosen.type] if chosen.type else []), *chosen.types.values())))


def _by_type(
    use: Use, board: Record, lists: ReferenceLists, chart: Chart, *, department: Record | None = None
) -> list[RevenueLine]:
    types: list[Record] = [*lists.active(f"{at_board(board)}/types")] or [{}]
    return [_line(use, board, kind, lists, chart, department=department) for kind in types]


def _line(
    use: Use, board: Record, kind: Record, lists: ReferenceLists, chart: Chart, *, department: Record | None = None
) -> RevenueLine:
    ids: dict[str, Any] = {
        "service-type": id_of(kind),
        "work-type": id_of(board.get("workType")),
        "work-role": id_of(board.get("workRole")),
        "department": id_of(department) or id_of(kind.get("department")) or id_of(board.get("department")),
        "location": id_of(kind.get("location")) or id_of(board.get("location")),
    }
    path = revenue_path(lists, ids, account=chart.revenue.account)
    type_words = f", type “{name_of(kind)}”" if kind else ""
    return RevenueLine(use, f"Board “{name_of(board)}”{type_words}", path)


def _projects(lists: ReferenceLists, chart: Chart) -> Iterator[RevenueLine]:
    """One line for each project type that the chart names, or one for projects without a type."""
    chosen = chart.project
    board = as_record(lists.find(BOARDS, chosen.board))
    location = lists.find(LOCATIONS, chosen.location) if chosen.location else board.get("location")
    found = [kind for name in _project_types(chart) if (kind := lists.find(PROJECT_TYPES, name))] or [{}]
    for kind in found:
        ids: Ids = {
            "project-type": id_of(kind), "work-type": id_of(board.get("workType")), "work-role": id_of(board.get("workRole")),
            "department": id_of(lists.find(DEPARTMENTS, chosen.department)), "location": id_of(location),
        }  # fmt: skip
        path = revenue_path(lists, ids, account=chart.revenue.account)
        type_words = f", type “{name_of(kind)}”" if kind else ""
        yield RevenueLine("project", f"Projects on “{chosen.board}”{type_words}", path)
