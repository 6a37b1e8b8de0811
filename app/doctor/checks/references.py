"""Names in the chart against the lists of ConnectWise: boards, statuses, types, departments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.chart import Chart, eligibility_rules
from app.doctor.model import Finding, Severity, fail, ok, skip, warn
from app.domain.eligibility import Board, board_not_watched
from app.planning import ReferenceLists, near_misses

_BOARDS = "/service/boards"
_IN_CONNECTWISE = "Create it in ConnectWise, correct the name in the chart, or give the API member access to it."
_GIVE_ACCESS = "Give the API member's security role access to this board and to System: Table Setup."


@dataclass(frozen=True, slots=True)
class LookupContext:
    """The lists of ConnectWise read so far. `unread`: by path, why a list could not be read and is empty."""

    catalogue: ReferenceLists
    unread: Mapping[str, str]

    def blockers(self, path: str) -> str:
        """Why the list at `path` could not be read; empty if it was read."""
        self.catalogue.all(path)
        return self.unread.get(path, "")


def check_references(chart: Chart, lookup: LookupContext) -> Iterator[Finding]:
    """Every name that a plan resolves."""
    yield _named(lookup, "department", "/system/departments", chart.revenue.department, "department")
    yield from _mini_project(chart, lookup)
    yield from _project(chart, lookup)
    yield from _watched(chart, lookup)


def _mini_project(chart: Chart, lookup: LookupContext) -> Iterator[Finding]:
    target = chart.mini_project
    if target.method == "type":
        yield from _type_way(chart, lookup)
        return
    board = lookup.catalogue.find(_BOARDS, target.board)
    yield _named(lookup, "board.mini-project", _BOARDS, target.board, "board")
    if board is None:
        return
    at = f"{_BOARDS}/{board['id']}"
    yield from _mini_project_board(chart, board)
    if hidden := list(_hidden(lookup, board, "statuses", Severity.FAIL)):
        yield from hidden
        return
    yield _open_default(lookup.catalogue, f"{at}/statuses", target.board)
    for word, path, listed in (
        ("status", "statuses", [*target.statuses.values(), *([target.status] if target.status else [])]),
        ("type", "types", list(target.types.values())),
        ("subtype", "subtypes", list(target.subtypes.values())),
        ("item", "items", list(target.items.values())),
        ("team", "teams", list(target.teams.values())),
    ):
        for name in dict.fromkeys(listed):
            yield _named(lookup, f"{word}.mini-project", f"{at}/{path}", name, word)


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
    if why := lookup.blockers(f"{_BOARDS}/{board['id']}/{part}"):
        text = f"The API member has no access to the board “{board.get('name')}”: {why}"
        yield Finding(f"rights.board.{board['id']}", severity, text, _GIVE_ACCESS)


def _open_default(catalogue: ReferenceLists, path: str, board: str) -> Finding:
    usable = [
        status for status in catalogue.active(path) if status.get("defaultFlag") and not status.get("closedStatus")
    ]
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
    for board in _service_boards(chart, lookup.catalogue):
        path = f"{_BOARDS}/{board['id']}/types"
        check = f"type.mini-project.{board['id']}"
        if lookup.blockers(path):
            yield skip(check, f"Not checked: the API member has no access to the board “{board.get('name')}”.")
        elif lookup.catalogue.find(path, name) is None:
            yield fail(check, f"The board “{board.get('name')}” has no type “{name}”.", _IN_CONNECTWISE)
        else:
            yield ok(check, f"The board “{board.get('name')}” has the type “{name}”.")


def _project(chart: Chart, lookup: LookupContext) -> Iterator[Finding]:
    target = chart.project
    board = lookup.catalogue.find(_BOARDS, target.board)
    yield _named(lookup, "board.project", _BOARDS, target.board, "project board")
    if board is not None:
        yield from _hidden(lookup, board, "statuses", Severity.FAIL)
    if board is not None and not board.get("projectFlag"):
        yield fail(
            "board.project.kind",
            f"“{target.board}” is not a project board.",
            "Name a board with the project flag in the chart.",
        )
    wanted: list[tuple[str, str, list[str | None], str]] = [
        ("project-status", "/project/statuses", [target.status], "project status"),
        ("project-type", "/project/projectTypes", [target.type, *target.types.values()], "project type"),
        ("project-template", "/project/projectTemplates/", [*target.templates.values()], "project template"),
        ("billing-terms", "/finance/billingTerms", [target.billing.terms], "billing terms"),
        ("location", "/system/locations", [target.location], "location"),
        ("department.project", "/system/departments", [target.department], "department"),
    ]
    for check, path, listed, what in wanted:
        for name in dict.fromkeys(name for name in listed if name):
            yield _named(lookup, check, path, name, what)
    if target.manager:
        yield _named(lookup, "project-manager", "/system/members", target.manager, "member", member="identifier")


def _watched(chart: Chart, lookup: LookupContext) -> Iterator[Finding]:
    catalogue = lookup.catalogue
    if why := lookup.blockers(_BOARDS):
        yield skip("watch", f"The watched boards are unknown. {why}")
        return
    for name in chart.watch.ignore_boards:
        if catalogue.find(_BOARDS, name) is None:
            text = f"The chart ignores the board “{name}”. {_absent(lookup, _BOARDS, name, 'board')}"
            yield warn("board.left-alone", text, _IN_CONNECTWISE)
    for name in chart.watch.boards if chart.watch.boards != "all" else ():
        yield _named(lookup, "board.watched", _BOARDS, name, "board")
    watched = _service_boards(chart, catalogue)
    for board in watched:
        yield from _hidden(lookup, board, "types", Severity.WARN)
    names = ", ".join(str(board.get("name")) for board in watched)
    yield (
        ok("watch", f"Watched: {names}.")
        if watched
        else fail("watch", "The chart watches no board.", "Check the section watch in the chart.")
    )


def _service_boards(chart: Chart, catalogue: ReferenceLists) -> list[dict[str, object]]:
    """Boards whose new tickets the chart decides."""
    rules = eligibility_rules(chart)
    return [
        dict(board) for board in catalogue.active(_BOARDS) if board_not_watched(Board.from_json(board), rules) is None
    ]


def _named(lookup: LookupContext, check: str, path: str, name: str, what: str, *, member: str = "name") -> Finding:
    if why := lookup.blockers(path):
        return skip(check, f"The {what} “{name}” could not be checked. {why}")
    found = lookup.catalogue.find(path, name, member=member)
    if found is None:
        return fail(check, _absent(lookup, path, name, what, member=member), _IN_CONNECTWISE)
    return ok(check, f"The {what} “{name}” exists (id {found.get('id')}).")


def _absent(lookup: LookupContext, path: str, name: str, what: str, *, member: str = "name") -> str:
    """Why a name is not found, with similar names."""
    records = lookup.catalogue.all(path)
    if any(_plain(record.get(member)) == _plain(name) for record in records):
        return f"The {what} “{name}” is inactive in ConnectWise."
    listed = [str(record.get(member)) for record in lookup.catalogue.active(path)]
    near = near_misses(name, listed)
    instead = f" Similar: {', '.join(near)}." if near else f" Existing: {', '.join(listed[:8])}." if listed else ""
    return f"The {what} “{name}” does not exist, or the API member has no access to it.{instead}"


def _plain(name: object) -> str:
    return " ".join(str(name or "").casefold().split())
