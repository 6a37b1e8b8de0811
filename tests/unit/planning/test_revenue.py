"""Which GL account time would reach: specific rows, catch-all rows, rows that cannot be read, the overview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from app.planning import ReferenceLists, revenue_overview, revenue_path
from app.planning.revenue import ROWS, TABLES
from tests.support.planning_factories import (
    World,
    catalogue,
    changed,
    chart,
    codes,
    id_on,
    listed,
    make_ticket,
    mini,
    project,
)

PS, OTHER = "4100 Professional Services", "4000 Managed Services"
PROJECTS_TYPE = id_on("Service Desk", "types", "Projects")
KINDS = {
    "department": 1,
    "location": 2,
    "service-type": 3,
    "work-type": 4,
    "work-role": 5,
    "project-type": 6,
    "owner": 7,
}


def row(kind: str, record: int, account: str, name: str = "", **more: Any) -> dict[str, Any]:
    """A GL row of service revenue."""
    named = name or f"{kind} {record}"
    return {
        "id": record, "glType": "R", "mappedType": {"id": KINDS[kind], "name": kind},
        "mappedRecord": {"id": record, "name": named}, "segment1": account,
    } | more  # fmt: skip


def path(rows: list[dict[str, Any]], **ids: Any) -> Any:
    """The path for ids by kind, with `_` for `-`."""
    wanted = {kind.replace("_", "-"): found for kind, found in ids.items()}
    return revenue_path(changed(ROWS, rows), wanted, account="professional services")


def test_the_departments_row_decides_where_nothing_specific_applies() -> None:
    found = path([row("owner", 1, OTHER), row("department", 14, PS)], department=14)
    assert (found.reaches, found.kind, found.account) == (True, "department", PS)
    assert found.words() == f"Revenue goes to “{PS}” by the row for department “department 14”."


def test_a_specific_row_goes_before_the_department_and_is_named() -> None:
    rows = [row("department", 14, PS), row("work-type", 8, "4200 Hardware", "Hardware Repair")]
    found = path(rows, department=14, work_type=8)
    assert not found.reaches
    assert "“4200 Hardware” by the row for work type “Hardware Repair”" in found.words()
    assert [one.record for one in found.overriding] == ["Hardware Repair"]


def test_two_specific_rows_that_differ_are_both_named_since_nobody_knows_which_goes_first() -> None:
    rows = [row("service-type", 83, PS, "Projects"), row("work-role", 2, "4200 Hardware", "Bench")]
    found = path(rows, service_type=83, work_role=2)
    assert not found.reaches
    assert found.words() == (
        "Revenue goes to “4200 Hardware” by the row for work role “Bench”, while the row for service type “Projects” "
        f"leads to “{PS}”; which goes first is not known."
    )


def test_several_possible_records_of_a_kind_must_all_reach_the_account() -> None:
    rows = [row("work-role", 1, PS), row("work-role", 2, OTHER)]
    assert path(rows, work_role=(1,)).reaches
    assert not path(rows, work_role=(1, 2)).reaches


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ([row("location", 2, PS), row("owner", 1, OTHER)], "location"),
        ([row("owner", 1, PS)], "owner"),
        ([row("department", 10, PS)], ""),
    ],
    ids=["location", "owner", "none"],
)
def test_catch_all_rows_follow_in_their_order(rows: list[dict[str, Any]], kind: str) -> None:
    found = path(rows, department=14, location=2)
    assert (found.kind, found.reaches) == (kind, bool(kind))


def test_only_rows_of_service_revenue_count() -> None:
    assert not path([row("department", 14, PS, glType="P")], department=14).known


def test_rows_that_cannot_be_read_leave_the_path_unknown_and_are_said() -> None:
    made = mini(lists=changed(ROWS, []), rules=chart(revenue={"unproven": "allow"}))
    assert codes(made) == []
    assert made.todos == ("The GL mapping cannot be read, so the revenue account is unknown.",)
    assert "The GL mapping cannot be read" in made.steps[2].body["text"]


@pytest.mark.parametrize(
    "table",
    [
        {"table": "Billing_Unit", "name": "Abteilung"},
        {"table": None, "name": "Department"},
        {"table": "BusinessUnit", "name": "x"},
    ],
    ids=["by table", "by name", "in camel case"],
)
def test_mapped_types_are_told_by_their_table_in_any_language(table: Mapping[str, Any]) -> None:
    lists = changed(TABLES, [{"id": 1, **table}])
    assert revenue_path(lists, {"department": 14}, account="Professional Services").kind == "department"


def test_accounts_are_read_over_all_their_segments() -> None:
    split = row("department", 14, "4100", segment2="Professional Services")
    assert path([split], department=14).account == "4100 / Professional Services"


@pytest.mark.parametrize(
    ("rows", "changes"),
    [
        ([row("department", 14, OTHER)], {}),
        ([row("department", 14, PS), row("work-type", 8, "4200 Hardware")], {"workType": {"id": 8}}),
        ([row("department", 14, PS), row("work-role", 2, "4200 Hardware")], {"workRole": {"id": 2}}),
        ([row("department", 10, PS)], {}),
    ],
    ids=["department elsewhere", "work type", "work role", "no row"],
)
def test_a_plan_whose_revenue_would_miss_goes_to_review(rows: list[dict[str, Any]], changes: dict[str, Any]) -> None:
    for made in (
        mini(lists=changed(ROWS, rows), ticket=make_ticket(**changes)),
        project(lists=changed(ROWS, rows), ticket=make_ticket(**changes)),
    ):
        assert codes(made) == ["revenue-misses"]
        assert "It would miss “Professional Services”. Correct the GL mapping" in made.problems[0].text
        assert made.steps


def test_types_of_the_target_board_and_of_projects_can_override() -> None:
    kind = id_on("Mini-Projects", "types", "Service Request")
    rows = [row("department", 14, PS), row("service-type", kind, OTHER)]
    assert codes(mini(lists=changed(ROWS, rows))) == ["revenue-misses"]
    rows = [row("department", 14, PS), row("project-type", 2, OTHER)]
    rules = chart(project={"type": "Migration"})
    assert codes(project(lists=changed(ROWS, rows), rules=rules)) == ["revenue-misses"]


def test_the_work_type_of_the_board_counts_where_the_ticket_has_none() -> None:
    boards = [
        one | ({"workType": {"id": 8}} if one["name"] == "Mini-Projects" else {}) for one in listed("/service/boards")
    ]
    assert codes(mini(lists=changed("/service/boards", boards))) == ["revenue-misses"]


def test_the_usual_work_role_of_a_scheduled_member_counts_where_nothing_else_says_one() -> None:
    roles = [row("department", 14, PS), row("work-role", 2, "4200 Hardware", "Bench")]
    people = [
        one | ({"workRole": {"id": 2}} if one["identifier"] == "jdoe" else {}) for one in listed("/system/members")
    ]
    lists = ReferenceLists(World({ROWS: roles, "/system/members": people}))
    one, both = [{"member": "awong"}], [{"member": "awong"}, {"member": "jdoe"}]
    for plan in (project, mini):
        assert codes(plan(lists=lists, ticket=make_ticket(scheduleEntries=one))) == []
        assert codes(plan(lists=lists, ticket=make_ticket(scheduleEntries=both))) == ["revenue-misses"]
        own = make_ticket(workRole={"id": 1}, scheduleEntries=both)
        assert codes(plan(lists=lists, ticket=own)) == []


def test_the_type_way_reaches_the_account_by_the_types_own_row() -> None:
    made = mini(rules=chart(mini_project={"method": "type"}))
    assert made.problems == ()
    rows = [one for one in listed(ROWS) if one["mappedRecord"]["id"] != PROJECTS_TYPE]
    missed = mini(rules=chart(mini_project={"method": "type"}), lists=changed(ROWS, rows))
    assert codes(missed) == ["revenue-misses"]
    assert "“4000 Managed Services” by the row for department “Service”" in missed.problems[0].text


def test_the_overview_shows_each_watched_type_and_every_target() -> None:
    lines = revenue_overview(catalogue(), chart())
    shown = {(line.use, line.place): line.path for line in lines}
    desk = shown["watched", "Board “Service Desk”, type “Incident”"]
    assert (desk.account, desk.reaches) == (OTHER, False)
    assert shown["mini-project type", "Board “Service Desk”, type “Projects”"].reaches
    assert shown["mini-project board", "Board “Mini-Projects”, type “Change”"].reaches
    assert shown["project", "Projects on “Projects”"].reaches
    assert not any("Alerts" in place for _, place in shown)


def test_the_overview_has_a_line_for_each_project_type_of_the_chart_and_skips_what_is_not_there() -> None:
    rules = chart(
        project={"type": "Consulting", "types": {"migration": "Migration"}}, mini_project={"board": "Nowhere"}
    )
    lines = revenue_overview(catalogue(), rules)
    assert [line.place for line in lines if line.use == "project"] == [
        "Projects on “Projects”, type “Consulting”",
        "Projects on “Projects”, type “Migration”",
    ]
    assert not any(line.use == "mini-project board" for line in lines)
