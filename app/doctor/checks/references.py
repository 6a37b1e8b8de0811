"""The names in the chart against the lists of ConnectWise: boards, statuses, types, departments, near misses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.chart import Chart, eligibility_rules
from app.doctor.model import Finding, Severity, fail, ok, skip, warn
from app.domain.eligibility import Board, board_not_watched
from app.planning import ReferenceLists, near_misses

_BOARDS = "/service/boards"
_IN_CONNECTWISE = "Create it in ConnectWise, name the right one in the chart, or let the API member see it."
_LET_SEE = "Give the API member's security role this board, and System: Table Setup."


@dataclass(frozen=True, slots=True)
class LookupContext:
    """ConnectWise's lists as far as they were read. `unread`: why a list is empty that could not be read, by its path."""

    catalogue: ReferenceLists
    unread: Mapping[str, str]

    def blockers(self, path: str) -> str:
        """Why the list at `path` could not be read; empty when it could."""
        self.catalogue.all(path)
        return self.unread.get(path, "")


def names(chart: Chart, looked: LookupContext) -> Iterator[Finding]:
    """Every name that a plan would look for."""
    yield _named(looked, "department", "/system/departments", chart.revenue.department, "department")
    yield from _mini_project(chart, looked)
    yield from _project(chart, looked)
    yield from _watched(chart, looked)


def _mini_project(chart: Chart, looked: LookupContext) -> Iterator[Finding]:
    chosen = chart.mini_project
    if chosen.method == "type":
        yield from _type_way(chart, looked)
        return
    board = looked.catalogue.find(_BOARDS, chosen.board)
    yield _named(looked, "board.mini-project", _BOARDS, chosen.board, "board")
    if board is None:
        return
    at = f"{_BOARDS}/{board['id']}"
    if board.get("projectFlag"):
        yield fail(
            "board.mini-project.kind", f"“{chosen.board}” is a project board.", "A mini-project needs a service board."
        )
    department = (board.get("department") or {}).get("name")
    if department and department != chart.revenue.department:
        text = f"The board “{chosen.board}” belongs to the department “{department}”, not “{chart.revenue.department}”."
        yield warn(
            "board.mini-project.department",
            text,
            "Set the board's department, so that new tickets there map right as well.",
        )
    if hidden := list(_hidden(looked, board, "statuses", Severity.FAIL)):
        yield from hidden
        return
    yield _open_default(looked.catalogue, f"{at}/statuses", chosen.board)
    for word, path, listed in (
        ("status", "statuses", [*chosen.statuses.values(), *([chosen.status] if chosen.status else [])]),
        ("type", "types", list(chosen.types.values())),
        ("subtype", "subtypes", list(chosen.subtypes.values())),
        ("item", "items", list(chosen.items.values())),
        ("team", "teams", list(chosen.teams.values())),
    ):
        for name in dict.fromkeys(listed):
            yield _named(looked, f"{word}.mini-project", f"{at}/{path}", name, word)


def _hidden(looked: LookupContext, board: Mapping[str, object], part: str, standing: Severity) -> Iterator[Finding]:
    """A board whose own lists are forbidden is one that the API member may not see, though it is listed."""
    if why := looked.blockers(f"{_BOARDS}/{board['id']}/{part}"):
        text = f"The API member may not see the board “{board.get('name')}”: {why}"
        yield Finding(f"rights.board.{board['id']}", standing, text, _LET_SEE)


def _open_default(catalogue: ReferenceLists, path: str, board: str) -> Finding:
    usable = [
        status for status in catalogue.active(path) if status.get("defaultFlag") and not status.get("closedStatus")
    ]
    if usable:
        return ok(
            "status.mini-project", f"New mini-projects get the status “{usable[0].get('name')}” where none is mapped."
        )
    return fail(
        "status.mini-project",
        f"The board “{board}” has no open default status.",
        "Mark one as default, or name one in the chart.",
    )


def _type_way(chart: Chart, looked: LookupContext) -> Iterator[Finding]:
    """The service type must be on every watched board."""
    name = chart.mini_project.type
    for board in _service_boards(chart, looked.catalogue):
        path = f"{_BOARDS}/{board['id']}/types"
        check = f"type.mini-project.{board['id']}"
        if looked.blockers(path):
            yield skip(check, f"Not looked at: the API member may not see the board “{board.get('name')}”.")
        elif looked.catalogue.find(path, name) is None:
            yield fail(check, f"The board “{board.get('name')}” has no type “{name}”.", _IN_CONNECTWISE)
        else:
            yield ok(check, f"The board “{board.get('name')}” has the type “{name}”.")


def _project(chart: Chart, looked: LookupContext) -> Iterator[Finding]:
    chosen = chart.project
    board = looked.catalogue.find(_BOARDS, chosen.board)
    yield _named(looked, "board.project", _BOARDS, chosen.board, "project board")
    if board is not None:
        yield from _hidden(looked, board, "statuses", Severity.FAIL)
    if board is not None and not board.get("projectFlag"):
        yield fail(
            "board.project.kind",
            f"“{chosen.board}” is no project board.",
            "Name a board with the project flag in the chart.",
        )
    wanted: list[tuple[str, str, list[str | None], str]] = [
        ("project-status", "/project/statuses", [chosen.status], "project status"),
        ("project-type", "/project/projectTypes", [chosen.type, *chosen.types.values()], "project type"),
        ("project-template", "/project/projectTemplates/", [*chosen.templates.values()], "project template"),
        ("billing-terms", "/finance/billingTerms", [chosen.billing.terms], "billing terms"),
        ("location", "/system/locations", [chosen.location], "location"),
        ("department.project", "/system/departments", [chosen.department], "department"),
    ]
    for check, path, listed, what in wanted:
        for name in dict.fromkeys(name for name in listed if name):
            yield _named(looked, check, path, name, what)
    if chosen.manager:
        yield _named(looked, "project-manager", "/system/members", chosen.manager, "member", member="identifier")


def _watched(chart: Chart, looked: LookupContext) -> Iterator[Finding]:
    catalogue = looked.catalogue
    if why := looked.blockers(_BOARDS):
        yield skip("watch", f"Which boards are watched is not known. {why}")
        return
    for name in chart.watch.ignore_boards:
        if catalogue.find(_BOARDS, name) is None:
            text = f"The chart leaves the board “{name}” alone. {_absent(looked, _BOARDS, name, 'board')}"
            yield warn("board.left-alone", text, _IN_CONNECTWISE)
    for name in chart.watch.boards if chart.watch.boards != "all" else ():
        yield _named(looked, "board.watched", _BOARDS, name, "board")
    watched = _service_boards(chart, catalogue)
    for board in watched:
        yield from _hidden(looked, board, "types", Severity.WARN)
    names = ", ".join(str(board.get("name")) for board in watched)
    yield (
        ok("watch", f"Watched: {names}.")
        if watched
        else fail("watch", "The chart watches no board.", "Look at watch in the chart.")
    )


def _service_boards(chart: Chart, catalogue: ReferenceLists) -> list[dict[str, object]]:
    """The boards whose new tickets the chart is applied to."""
    rules = eligibility_rules(chart)
    return [
        dict(board) for board in catalogue.active(_BOARDS) if board_not_watched(Board.from_json(board), rules) is None
    ]


def _named(looked: LookupContext, check: str, path: str, name: str, what: str, *, member: str = "name") -> Finding:
    if why := looked.blockers(path):
        return skip(check, f"Whether the {what} “{name}” is there is not known. {why}")
    found = looked.catalogue.find(path, name, member=member)
    if found is None:
        return fail(check, _absent(looked, path, name, what, member=member), _IN_CONNECTWISE)
    return ok(check, f"The {what} “{name}” is there (id {found.get('id')}).")


def _absent(looked: LookupContext, path: str, name: str, what: str, *, member: str = "name") -> str:
    """What there is instead: the inactive one, or the names that come near."""
    records = looked.catalogue.all(path)
    if any(_plain(record.get(member)) == _plain(name) for record in records):
        return f"The {what} “{name}” is inactive in ConnectWise."
    listed = [str(record.get(member)) for record in looked.catalogue.active(path)]
    near = near_misses(name, listed)
    instead = f" Near: {', '.join(near)}." if near else f" There are: {', '.join(listed[:8])}." if listed else ""
    return f"The {what} “{name}” is not there, or the API member may not see it.{instead}"


def _plain(name: object) -> str:
    return " ".join(str(name or "").casefold().split())
