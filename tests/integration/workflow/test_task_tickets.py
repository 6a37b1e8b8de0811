"""Tickets for the phases that come from tasks: made once with their hours, and taken back while nobody works on them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.chart import ChartStamp, Decision, shipped_chart
from app.connectwise import ConnectWiseClient, ReferenceCache, load_ticket
from app.domain.enums import Outcome
from app.planning import Plan, ReferenceLists, StepRecord, needed_lists, plan_for_decision, undo_plan
from app.sandbox import Sandbox, SandboxTransport
from app.workflow.steps.executor import StepExecutor
from app.workflow.steps.reference_resolver import resolve
from tests.support.harness import config, no_sleep

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
TASKS = (("Design", 6.0), ("Build", 10.0), ("Hand over", 2.5))


async def test_tickets_of_tasks_are_made_once_and_taken_back() -> None:
    sandbox = Sandbox(seed=1, now=lambda: NOW)
    number = _ticket(sandbox)
    async with ConnectWiseClient(config(), transport=SandboxTransport(sandbox), sleep=no_sleep) as manage:
        plan = await _planned(manage, number)
        assert plan.problems == ()
        executor, done, records = StepExecutor(manage), dict[str, Any](), list[StepRecord]()
        for planned in plan.steps:
            step = resolve(planned, done)
            first = await executor.execute(step, _intend, done)
            done[step.key] = first.result
            records.append(StepRecord(step, first.status, result=first.result))
            if step.key.startswith("task-ticket"):
                assert (await executor.execute(step, _intend, done)).status == "already-done"
        made = {one["summary"]: one["budgetHours"] for one in await _tickets(manage, done["project"]["id"])}
        assert made == {"New branch office": 6.0, "Build": 10.0, "Hand over": 2.5}
        note = next(sandbox.store.table(f"/project/projects/{done['project']['id']}/notes").rows())["text"]
        assert note.startswith(f"Made from the ticket: project {done['project']['id']} “New branch office”.")
        taken_back: dict[str, Any] = {}
        for step in undo_plan(records, decision_id="D1").steps:
            taken_back[step.key] = (await executor.execute(step, _intend, taken_back)).result
        assert sandbox.store.table("/project/projects").peek(done["project"]["id"]) is None
        assert await _tickets(manage, done["project"]["id"]) == []


async def _intend(_before: Any) -> None:
    return


def _ticket(sandbox: Sandbox) -> int:
    body = {
        "summary": "New branch office", "initialDescription": "Bring the branch online.", "company": {"id": 250},
        "contact": {"id": 34}, "owner": {"identifier": "pmiller"}, "board": {"name": "Service Desk"},
    }  # fmt: skip
    number = int(sandbox.rules.tickets.create(body, "dispatch")["id"])
    for summary, hours in TASKS:
        sandbox.store.add(
            f"/tickets/{number}/tasks", {"notes": f"{summary} ({hours:g} h)", "closedFlag": False, "ticketId": number}
        )
    return number


async def _planned(manage: ConnectWiseClient, number: int) -> Plan:
    ticket = await load_ticket(manage, number)
    decision = Decision(Outcome.PROJECT, (), ChartStamp("1", "0" * 64))
    cache, lists = ReferenceCache(manage), dict[str, list[dict[str, Any]]]()
    while paths := needed_lists(decision, ticket, ReferenceLists(lists), shipped_chart(), now=NOW):
        lists |= {path: await cache.readable(path) for path in paths}
    return plan_for_decision(
        decision, ticket, ReferenceLists(lists), shipped_chart(), decision_id="D1", now=NOW, note="Chart"
    )


async def _tickets(manage: ConnectWiseClient, project: int) -> list[dict[str, Any]]:
    return await manage.list("/project/tickets", f"project/id={project}")
