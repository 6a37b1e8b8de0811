"""A plan's lists are named before it is made: all that it reads, and no other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from app.chart import Chart, ChartStamp, Decision
from app.domain.enums import Outcome
from app.domain.facts import JobFacts
from app.domain.ticket import TicketRecord
from app.planning import ReferenceLists, needed_lists, plan_for_decision
from tests.support.planning_factories import NOW, World, chart, load_needed, make_ticket

Records = Sequence[Mapping[str, Any]]
BY_TYPE = chart(mini_project={"method": "type"})
TEMPLATE = chart(project={"templates": {"migration": "Server Migration"}, "status": "New", "type": "Implementation"})
SCHEDULED = {"scheduleEntries": [{"member": "jdoe", "dateStart": "2026-06-10T09:00:00Z", "hours": 7}]}
RESTRICTED = {"agreement": {"id": 9, "name": "Care", "restrictDepartmentFlag": True, "department": {"id": 10}}}
WITHOUT_SORTING = {"type": None, "subType": None, "item": None}


class Read(World):
    """The lists of a seeded ConnectWise, with the paths that were read."""

    def __init__(self, changes: Mapping[str, Records] | None = None) -> None:
        super().__init__(changes)
        self.paths: set[str] = set()

    def __getitem__(self, path: str) -> Records:
        self.paths.add(path)
        return super().__getitem__(path)


def cases() -> Iterator[Any]:
    for outcome in (Outcome.MINI_PROJECT, Outcome.PROJECT):
        for rules_name, rules in {"shipped": chart(), "type": BY_TYPE, "template": TEMPLATE}.items():
            for name, members in {
                "plain": {}, "scheduled": SCHEDULED, "restricted": RESTRICTED, "unsorted": WITHOUT_SORTING,
                "no company": {"company": None}, "other item": {"item": {"name": "Of another board"}},
                "copied": {"automaticEmailCc": "kim@arbour.example"}, "on the board": {"board": {"id": 12, "name": "Mini-Projects"}},
                "unknown board": {"board": {"id": 900, "name": "Gone"}},
            }.items():  # fmt: skip
                yield pytest.param(outcome, rules, members, id=f"{outcome.value}, {rules_name}, {name}")


@pytest.mark.parametrize(("outcome", "rules", "members"), list(cases()))
def test_the_needed_lists_are_those_that_the_plan_reads(
    outcome: Outcome, rules: Chart, members: Mapping[str, Any]
) -> None:
    ticket = TicketRecord.from_json(make_ticket(**members))
    decision = Decision(outcome, (), ChartStamp("1", "0" * 64), facts=JobFacts(kind="migration"))
    needed, read = Read(), Read()
    loaded = load_needed(ReferenceLists(needed), decision, ticket, rules, now=NOW)
    plan = plan_for_decision(decision, ticket, ReferenceLists(read), rules, decision_id="D1", note="Chart", now=NOW)

    assert plan == plan_for_decision(decision, ticket, loaded, rules, decision_id="D1", note="Chart", now=NOW)
    assert read.paths <= needed.paths
    stopped_early = any(problem.code.endswith(("-missing", "-unknown")) for problem in plan.problems)
    assert needed.paths == read.paths or stopped_early


def test_a_service_ticket_needs_no_list() -> None:
    decision = Decision(Outcome.SERVICE_TICKET, (), ChartStamp("1", "0" * 64))
    ticket = TicketRecord.from_json(make_ticket())
    assert needed_lists(decision, ticket, ReferenceLists({}), chart(), now=NOW) == ()


def test_the_lists_of_a_board_are_needed_once_the_boards_are_known() -> None:
    decision = Decision(Outcome.MINI_PROJECT, (), ChartStamp("1", "0" * 64))
    ticket = TicketRecord.from_json(make_ticket())
    boards = {"/service/boards": World()["/service/boards"]}
    assert needed_lists(decision, ticket, ReferenceLists({}), chart(), now=NOW) == ("/service/boards",)
    later = needed_lists(decision, ticket, ReferenceLists(boards), chart(), now=NOW)
    assert "/system/departments" in later
    assert any(path.endswith("/statuses") for path in later)


def test_mapped_types_are_needed_only_where_there_are_gl_rows() -> None:
    decision = Decision(Outcome.MINI_PROJECT, (), ChartStamp("1", "0" * 64))
    ticket = TicketRecord.from_json(make_ticket())
    for rows, expected in (([], False), ([{"glType": "R"}], True)):
        world = ReferenceLists(World({"/finance/glAccounts": rows}))
        loaded = load_needed(world, decision, ticket, chart(), now=NOW)
        assert loaded.has("/finance/glAccounts/mappedTypes") is expected
