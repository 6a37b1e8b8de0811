"""The ConnectWise names that a chart uses, with their places in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.chart.schema.chart_file import Chart
from app.chart.schema.target_settings import Kind


@dataclass(frozen=True, slots=True)
class UsedName:
    """A name that must exist in ConnectWise.

    `kind`: board, status, type, subtype, item, source, priority, team, department, location, member, company, agreement, project status, project
    type, project template, project role, billing terms, tax code or GL account. `board`: the board it belongs to; None: any board.
    `line`: its line in the chart file; where the file leaves it out, the line of what is around it.
    """

    kind: str
    name: str
    where: str
    line: int
    board: str | None = None


def names_used(chart: Chart) -> list[UsedName]:
    """The names in the order of the file, without those of the other mini-project method."""
    return [*_watched(chart), *_of_rules(chart), *_mini_project(chart), *_project(chart), *_revenue(chart)]


def _watched(chart: Chart) -> Iterator[UsedName]:
    watch = chart.watch
    if not isinstance(watch.boards, str):
        yield from _listed(chart, "board", watch.boards, "watch", "boards")
    yield from _listed(chart, "board", watch.ignore_boards, "watch", "ignore_boards")
    yield from _listed(chart, "type", watch.ignore_types, "watch", "ignore_types")
    yield from _listed(chart, "status", watch.ignore_statuses, "watch", "ignore_statuses")
    yield from _listed(chart, "agreement", watch.protected_agreements, "watch", "protected_agreements")


def _of_rules(chart: Chart) -> Iterator[UsedName]:
    for number, rule in enumerate(chart.rules):
        for kind, member, names in (
            ("company", "companies", rule.companies),
            ("agreement", "agreements", rule.agreements),
            ("board", "boards", rule.boards),
            ("type", "types", rule.types),
            ("item", "items", rule.items),
            ("source", "sources", rule.sources),
            ("priority", "priorities", rule.priorities),
        ):
            yield from _listed(chart, kind, names, "rules", number, member)


def _mini_project(chart: Chart) -> Iterator[UsedName]:
    chosen = chart.mini_project
    if chosen.method == "type":
        yield _used(chart, "type", chosen.type, "mini_project", "type")
        return
    yield _used(chart, "board", chosen.board, "mini_project", "board")
    if chosen.status:
        yield _used(chart, "status", chosen.status, "mini_project", "status", board=chosen.board)
    for kind, member, names in (
        ("status", "statuses", chosen.statuses),
        ("type", "types", chosen.types),
        ("subtype", "subtypes", chosen.subtypes),
        ("item", "items", chosen.items),
        ("team", "teams", chosen.teams),
    ):
        for old, new in names.items():
            yield _used(chart, kind, old, "mini_project", member, old)
            yield _used(chart, kind, new, "mini_project", member, old, board=chosen.board)


def _project(chart: Chart) -> Iterator[UsedName]:
    chosen = chart.project
    yield _used(chart, "board", chosen.board, "project", "board")
    for kind, member, name in (
        ("project status", "status", chosen.status),
        ("project type", "type", chosen.type),
        ("location", "location", chosen.location),
        ("department", "department", chosen.department),
        ("member", "manager", chosen.manager),
        ("project role", "role", chosen.role),
        ("project role", "manager_role", chosen.manager_role),
    ):
        if name:
            yield _used(chart, kind, name, "project", member)
    yield from _by_kind(chart, "project type", chosen.types, "types")
    yield from _by_kind(chart, "project template", chosen.templates, "templates")
    yield from _by_kind(chart, "member", chosen.managers, "managers")
    for kind, member, name in (
        ("billing terms", "terms", chosen.billing.terms),
        ("tax code", "tax_code", chosen.billing.tax_code),
    ):
        if name:
            yield _used(chart, kind, name, "project", "billing", member)


def _revenue(chart: Chart) -> Iterator[UsedName]:
    yield _used(chart, "GL account", chart.revenue.account, "revenue", "account")
    yield _used(chart, "department", chart.revenue.department, "revenue", "department")


def _by_kind(chart: Chart, kind: str, names: Mapping[Kind, str], member: str) -> Iterator[UsedName]:
    for work, name in names.items():
        yield _used(chart, kind, name, "project", member, work)


def _listed(chart: Chart, kind: str, names: list[str], *path: str | int) -> Iterator[UsedName]:
    for number, name in enumerate(names):
        yield _used(chart, kind, name, *path, number)


def _used(chart: Chart, kind: str, name: str, *path: str | int, board: str | None = None) -> UsedName:
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
    return UsedName(kind, name, where, chart.place(*path)[0], board)
