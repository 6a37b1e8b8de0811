"""The names in the chart against the lists of ConnectWise: boards, statuses, types, departments, near misses."""

from __future__ import annotations

from collections.abc import Iterator

from app.chart import Chart
from app.doctor.model import Finding, fail, ok, warn
from app.plan import Catalogue, Missing

_BOARDS = "/service/boards"
_IN_CONNECTWISE = "Create it in ConnectWise, or name the right one in the chart."


def names(chart: Chart, catalogue: Catalogue) -> Iterator[Finding]:
    """Every name that a plan would look for."""
    yield _named(catalogue, "department", "/system/departments", chart.revenue.department, "department")
    yield from _mini_project(chart, catalogue)
    yield from _project(chart, catalogue)
    yield from _watched(chart, catalogue)


def _mini_project(chart: Chart, catalogue: Catalogue) -> Iterator[Finding]:
    chosen = chart.mini_project
    if chosen.way == "type":
        yield from _type_way(chart, catalogue)
        return
    board = catalogue.find(_BOARDS, chosen.board)
    yield _named(catalogue, "board.mini-project", _BOARDS, chosen.board, "board")
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
    yield _open_default(catalogue, f"{at}/statuses", chosen.board)
    for word, path, listed in (
        ("status", "statuses", [*chosen.statuses.values(), *([chosen.status] if chosen.status else [])]),
        ("type", "types", list(chosen.types.values())),
        ("subtype", "subtypes", list(chosen.subtypes.values())),
        ("item", "items", list(chosen.items.values())),
        ("team", "teams", list(chosen.teams.values())),
    ):
        for name in dict.fromkeys(listed):
            yield _named(catalogue, f"{word}.mini-project", f"{at}/{path}", name, word)


def _open_default(catalogue: Catalogue, path: str, board: str) -> Finding:
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


def _type_way(chart: Chart, catalogue: Catalogue) -> Iterator[Finding]:
    """The service type must be on every watched board."""
    name = chart.mini_project.type
    for board in _service_boards(chart, catalogue):
        found = catalogue.find(f"{_BOARDS}/{board['id']}/types", name)
        check = f"type.mini-project.{board['id']}"
        if found is None:
            yield fail(check, f"The board “{board.get('name')}” has no type “{name}”.", _IN_CONNECTWISE)
        else:
            yield ok(check, f"The board “{board.get('name')}” has the type “{name}”.")


def _project(chart: Chart, catalogue: Catalogue) -> Iterator[Finding]:
    chosen = chart.project
    board = catalogue.find(_BOARDS, chosen.board)
    yield _named(catalogue, "board.project", _BOARDS, chosen.board, "project board")
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
            yield _named(catalogue, check, path, name, what)
    if chosen.manager:
        yield _named(catalogue, "project-manager", "/system/members", chosen.manager, "member", member="identifier")


def _watched(chart: Chart, catalogue: Catalogue) -> Iterator[Finding]:
    for name in chart.watch.leave_alone_boards:
        if catalogue.find(_BOARDS, name) is None:
            yield warn(
                "board.left-alone",
                f"The chart leaves the board “{name}” alone, but ConnectWise has none of that name.",
                _IN_CONNECTWISE,
            )
    for name in chart.watch.boards if chart.watch.boards != "all" else ():
        yield _named(catalogue, "board.watched", _BOARDS, name, "board")
    watched = _service_boards(chart, catalogue)
    names = ", ".join(str(board.get("name")) for board in watched)
    yield (
        ok("watch", f"Watched: {names}.")
        if watched
        else fail("watch", "The chart watches no board.", "Look at watch in the chart.")
    )


def _service_boards(chart: Chart, catalogue: Catalogue) -> list[dict[str, object]]:
    """The boards whose new tickets the chart is applied to."""
    left = {name.strip().casefold() for name in (*chart.watch.leave_alone_boards, chart.mini_project.board)}
    chosen = None if chart.watch.boards == "all" else {name.strip().casefold() for name in chart.watch.boards}
    return [
        dict(board)
        for board in catalogue.active(_BOARDS)
        if not board.get("projectFlag")
        and (name := str(board.get("name") or "").strip().casefold()) not in left
        and (chosen is None or name in chosen)
    ]


def _named(catalogue: Catalogue, check: str, path: str, name: str, what: str, *, member: str = "name") -> Finding:
    try:
        found = catalogue.need(path, name, what=what, member=member)
    except Missing as missing:
        return fail(check, missing.problem.text, _IN_CONNECTWISE)
    return ok(check, f"The {what} “{name}” is there (id {found.get('id')}).")
