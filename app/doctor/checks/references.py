"""Names in the chart against the lists of ConnectWise: boards, statuses, types, departments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.chart import Chart, eligibility_rules
from app.chart.schema.target_settings import MiniProject, Project
from app.doctor.model import Finding, Severity, fail, ok, skip, warn
from app.domain.eligibility import Board, board_not_watched
from app.planning import ReferenceLists, near_misses
from app.planning.board_mapping import DEPARTMENTS, LOCATIONS, at_board
from app.planning.paths import BILLING_TERMS, MEMBERS, PROJECT_STATUSES, PROJECT_TYPES, TEMPLATES
from app.planning.reference_lists import BOARDS

_IN_CONNECTWISE = "Create it in ConnectWise, correct the name in the chart, or give the API member access to it."
_GIVE_ACCESS = "Give the API member's security role access to this board and to System: Table Setup."


@dataclass(frozen=True, slots=True)
class LookupContext:
    """The lists of ConnectWise read so far. `unread`: by path, why a list could not be read and is empty."""

    lists: ReferenceLists
    unread: Mapping[str, str]

    def blockers(self, path: str) -> str:
        """Why the list at `path` could not be read; empty if it was read."""
        return self.unread.get(path, "")


def check_references(chart: Chart, lookup: LookupContext) -> Iterator[Finding]:
    """Every name that a plan resolves."""
    yield _named(lookup, "department", DEPARTMENTS, chart.revenue.department, "department")
    yield from _mini_project(chart, lookup)
    yield from _project(chart, lookup)
    yield from _watched(chart, lookup)


def reference_lists(chart: Chart, lists: ReferenceLists) -> Iterator[str]:
    """The lists that `check_references` reads, as far as those loaded tell: ask again when they are loaded."""
    yield from (DEPARTMENTS, BOARDS)
    yield from (path for _, path, _, _ in _project_names(chart.project))
    if chart.project.manager:
        yield MEMBERS
    if not lists.has(BOARDS):
        return
    yield from (f"{at_board(board)}/types" for board in _service_boards(chart, lists))
    if (board := lists.find(BOARDS, chart.project.board)) is not None:
        yield f"{at_board(board)}/statuses"
    target = chart.mini_project
    if target.method == "board" and (board := lists.find(BOARDS, target.board)) is not None:
        yield f"{at_board(board)}/statuses"
        yield from (f"{at_board(board)}/{part}" for _, part, _ in _mini_project_names(target))


def _mini_project(chart: Chart, lookup: LookupContext) -> Iterator[Finding]:
    target = chart.mini_project
    if target.method == "type":
        yield from _type_way(chart, lookup)
        return
    board = lookup.lists.find(BOARDS, target.board)
    yield _named(lookup, "board.mini-project", BOARDS, target.board, "board")
    if board is None:
        return
    at = at_board(board)
    yield from _mini_project_board(chart, board)
    if hidden := list(_hidden(lookup, board, "statuses", Severity.FAIL)):
        yield from hidden
        return
    yield _open_default(lookup.lists, f"{at}/statuses", target.board)
    for word, path, names in _mini_project_names(target):
        for name in names:
            yield _named(lookup, f"{word}.mini-project", f"{at}/{path}", name, word)


def _mini_project_names(target: MiniProject) -> list[tuple[str, str, list[str]]]:
    """What the chart names on the Mini-Project board: word, part of the board, names."""
    names = [
        ("status", "statuses", [*target.statuses.values(), *([target.status] if target.status else [])]),
        ("type", "types", list(target.types.values())),
        ("subtype", "subtypes", list(target.subtypes.values())),
        ("item", "items", list(target.items.values())),
        ("team", "teams", list(target.teams.values())),
    ]
    return [(word, path, list(dict.fromkeys(listed))) for word, path, listed in names if listed]


def _mini_project_board(chart: Chart, board: Mapping[str, Any]) -> Iterator[Finding]:
    """Kind and department of the Mini-Project board."""
    name = chart.mini_project.board
    if board.get("projectFlag"):
        yield fail("board.mini-project.kind", f"“{name}” is a project board.", "Name a service board in the chart.")
    department = (board.get("department") or {}).get("name")
    if department and department != chart.revenue.department:
        text = f"The board “{name}” belongs to the department “{department}”, not “{chart.revenue.department}”."
        yield warn(
            "board.mini-project.department",
            text,
            "Set the board's department, so that new tickets get the right mapping too.",
        )


def _hidden(lookup: LookupContext, board: Mapping[str, object], part: str, severity: Severity) -> Iterator[Finding]:
    """A listed board whose own lists are forbidden is not visible to the API member."""
    if why := lookup.blockers(f"{at_board(board)}/{part}"):
        text = f"The API member has no access to the board “{board.get('name')}”: {why}"
        yield Finding(f"rights.board.{board['id']}", severity, text, _GIVE_ACCESS)


def _open_default(lists: ReferenceLists, path: str, board: str) -> Finding:
    usable = [status for status in lists.active(path) if status.get("defaultFlag") and not status.get("closedStatus")]
    if usable:
        return ok(
            "status.mini-project", f"New mini-projects get the status “{usable[0].get('name')}” if none is mapped."
        )
    return fail(
        "status.mini-project",
        f"The board “{board}” has no open default status.",
        "Mark a status as default, or name one in the chart.",
    )


def _type_way(chart: Chart, lookup: LookupContext) -> Iterator[Finding]:
    """The service type must be on every watched board."""
    name = chart.mini_project.type
    for board in _service_boards(chart, lookup.lists):
        path = f"{at_board(board)}/types"
        check = f"type.mini-project.{board['id']}"
        if lookup.blockers(path):
            yield skip(check, f"Not checked: the API member has no access to the board “{board.get('name')}”.")
        elif lookup.lists.find(path, name) is None:
            yield fail(check, f"The board “{board.get('name')}” has no type “{name}”.", _IN_CONNECTWISE)
        else:
            yield ok(check, f"The board “{board.get('name')}” has the type “{name}”.")


def _project(chart: Chart, lookup: LookupContext) -> Iterator[Finding]:
    target = chart.project
    board = lookup.lists.find(BOARDS, target.board)
    yield _named(lookup, "board.project", BOARDS, target.board, "project board")
    if board is not None:
        yield from _hidden(lookup, board, "statuses", Severity.FAIL)
    if board is not None and not board.get("projectFlag"):
        yield fail(
            "board.project.kind",
            f"“{target.board}” is not a project board.",
            "Name a board with the project flag in the chart.",
        )
    for check, path, names, what in _project_names(target):
        for name in names:
            yield _named(lookup, check, path, name, what)
    if target.manager:
        yield _named(lookup, "project-manager", MEMBERS, target.manager, "member", member="identifier")


def _project_names(target: Project) -> list[tuple[str, str, list[str], str]]:
    """What the chart names for projects: check, list, names, and what they are called."""
    names: list[tuple[str, str, list[str | None], str]] = [
        ("project-status", PROJECT_STATUSES, [target.status], "project status"),
        ("project-type", PROJECT_TYPES, [target.type, *target.types.values()], "project type"),
        ("project-template", TEMPLATES, [*target.templates.values()], "project template"),
        ("billing-terms", BILLING_TERMS, [target.billing.terms], "billing terms"),
        ("location", LOCATIONS, [target.location], "location"),
        ("department.project", DEPARTMENTS, [target.department], "department"),
    ]
    listed = [(check, path, list(dict.fromkeys(filter(None, found))), what) for check, path, found, what in names]
    return [item for item in listed if item[2]]


def _watched(chart: Chart, lookup: LookupContext) -> Iterator[Finding]:
    lists = lookup.lists
    if why := lookup.blockers(BOARDS):
        yield skip("watch", f"The watched boards are unknown. {why}")
        return
    for name in chart.watch.ignore_boards:
        if lists.find(BOARDS, name) is None:
            text = f"The chart ignores the board “{name}”. {_absent(lookup, BOARDS, name, 'board')}"
            yield warn("board.left-alone", text, _IN_CONNECTWISE)
    for name in chart.watch.boards if chart.watch.boards != "all" else ():
        yield _named(lookup, "board.watched", BOARDS, name, "board")
    watched = _service_boards(chart, lists)
    for board in watched:
        yield from _hidden(lookup, board, "types", Severity.WARN)
    names = ", ".join(str(board.get("name")) for board in watched)
    yield (
        ok("watch", f"Watched: {names}.")
        if watched
        else fail("watch", "The chart watches no board.", "Check the section watch in the chart.")
    )


def _service_boards(chart: Chart, lists: ReferenceLists) -> list[dict[str, object]]:
    """Boards whose new tickets the chart decides."""
    rules = eligibility_rules(chart)
    return [dict(board) for board in lists.active(BOARDS) if board_not_watched(Board.from_json(board), rules) is None]


def _named(lookup: LookupContext, check: str, path: str, name: str, what: str, *, member: str = "name") -> Finding:
    if why := lookup.blockers(path):
        return skip(check, f"The {what} “{name}” could not be checked. {why}")
    found = lookup.lists.find(path, name, member=member)
    if found is None:
        return fail(check, _absent(lookup, path, name, what, member=member), _IN_CONNECTWISE)
    return ok(check, f"The {what} “{name}” exists (id {found.get('id')}).")


def _absent(lookup: LookupContext, path: str, name: str, what: str, *, member: str = "name") -> str:
    """Why a name is not found, with similar names."""
    records = lookup.lists.all(path)
    if any(_plain(record.get(member)) == _plain(name) for record in records):
        return f"The {what} “{name}” is inactive in ConnectWise."
    listed = [str(record.get(member)) for record in lookup.lists.active(path)]
    near = near_misses(name, listed)
    instead = f" Similar: {', '.join(near)}." if near else f" Existing: {', '.join(listed[:8])}." if listed else ""
    return f"The {what} “{name}” does not exist, or the API member has no access to it.{instead}"


def _plain(name: object) -> str:
    return " ".join(str(name or "").casefold().split())
