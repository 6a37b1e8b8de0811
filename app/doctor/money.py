"""Where revenue would go: the Mini-Project board, the service type, projects, against the configured account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.chart import Chart
from app.doctor.model import Finding, fail, ok, warn
from app.plan import Catalogue, RevenuePath, revenue_path

_HINT = "Correct the GL mapping in ConnectWise (Setup Tables: GL Accounts), or revenue.account in the chart."


def money(chart: Chart, catalogue: Catalogue) -> Iterator[Finding]:
    """The account that time on each target would reach."""
    account = chart.revenue.account
    department = catalogue.find("/system/departments", chart.revenue.department)
    if chart.mini_project.way == "board":
        board = catalogue.find("/service/boards", chart.mini_project.board)
        ids = {"department": _id(department), "location": _id((board or {}).get("location"))}
        yield _judged("gl.mini-project", "mini-projects", revenue_path(catalogue, ids, account=account), account)
    else:
        yield from _types(chart, catalogue)
    own = catalogue.find("/system/departments", chart.project.department)
    yield _judged("gl.project", "projects", revenue_path(catalogue, {"department": _id(own)}, account=account), account)


def _types(chart: Chart, catalogue: Catalogue) -> Iterator[Finding]:
    for board in catalogue.active("/service/boards"):
        kind = (
            None
            if board.get("projectFlag")
            else catalogue.find(f"/service/boards/{board['id']}/types", chart.mini_project.type)
        )
        if kind is not None:
            ids = {"service-type": _id(kind), "department": _id(board.get("department"))}
            path = revenue_path(catalogue, ids, account=chart.revenue.account)
            yield _judged(
                f"gl.mini-project.{board['id']}", f"the type on “{board.get('name')}”", path, chart.revenue.account
            )


def _judged(check: str, what: str, path: RevenuePath, account: str) -> Finding:
    text = f"For {what}: {path.words()}"
    if not path.known:
        return warn(
            check, text, "Give the API member's role Finance: Accounting Interface, or check the mapping by hand."
        )
    if path.reaches:
        return ok(check, text)
    return fail(check, f"{text} It misses “{account}”.", _HINT)


def _id(record: object) -> int | None:
    found = record.get("id") if isinstance(record, Mapping) else None
    return found if isinstance(found, int) else None
