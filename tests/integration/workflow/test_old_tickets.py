"""A ticket that is older than the installation is left alone by every automatic trigger; a person can have it decided."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.sandbox import Sandbox
from app.workflow import Service, WorkflowContext
from app.workflow.tickets.intake import TOO_OLD
from app.workflow.tickets.reconcile import reconcile
from tests.support.harness import Clock, house, person, sample, settled, ticket, told

MINI = "Fit the replacement"


async def by_callback(service: Service, _context: WorkflowContext, ticket_id: int) -> None:
    await service.take_callback(told(ticket_id, "added"))


async def by_update(service: Service, _context: WorkflowContext, ticket_id: int) -> None:
    await service.take_callback(told(ticket_id, "updated"))


async def by_reconciliation(_service: Service, context: WorkflowContext, _ticket_id: int) -> None:
    await reconcile(context)


TRIGGERS = [by_callback, by_update, by_reconciliation]


def touched(sandbox: Sandbox, ticket_id: int) -> None:
    """A person changes the ticket, so that reconciliation finds it."""
    change = [{"op": "replace", "path": "customerUpdatedFlag", "value": True}]
    person(sandbox, "PATCH", f"/service/tickets/{ticket_id}", change)


def older(sandbox: Sandbox, clock: Clock, **by: float) -> int:
    """A ticket entered so long before the clock's present time."""
    ticket_id = sample(sandbox, MINI)
    clock.move(**by)
    return ticket_id


async def decisions(service: Service, ticket_id: int) -> list[tuple[str, str]]:
    """Trigger and status of the ticket's decisions, newest first."""
    page = await service.decisions(ticket_id=ticket_id)
    return [(each["trigger"], each["status"]) for each in page.items]


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda each: each.__name__)
async def test_an_automatic_trigger_leaves_a_ticket_of_before_the_installation_alone(
    trigger: Any, tmp_path: Path
) -> None:
    clock = Clock()
    sandbox = Sandbox(now=clock)
    old = older(sandbox, clock, days=30)
    before = dict(ticket(sandbox, old))
    async with house(sandbox, f"sqlite:///{tmp_path}/a.db", now=clock) as (service, context):
        touched(sandbox, old)
        await trigger(service, context, old)
        await settled(context)
        assert await decisions(service, old) == []
        assert {run.message for run in await context.runs.of_ticket(old)} <= {TOO_OLD}
        assert (await service.classify(old)).left_alone == TOO_OLD
    assert ticket(sandbox, old)["board"] == before["board"]


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda each: each.__name__)
async def test_a_ticket_entered_just_before_the_installation_is_decided(trigger: Any, tmp_path: Path) -> None:
    clock = Clock()
    sandbox = Sandbox(now=clock)
    new = older(sandbox, clock, minutes=5)
    async with house(sandbox, f"sqlite:///{tmp_path}/a.db", now=clock) as (service, context):
        touched(sandbox, new)
        await trigger(service, context, new)
        await settled(context)
        assert [status for _, status in await decisions(service, new)] == ["applied"]


async def test_a_person_has_an_old_ticket_decided_and_later_changes_do_not_decide_it_again(tmp_path: Path) -> None:
    clock = Clock()
    sandbox = Sandbox(now=clock)
    old = older(sandbox, clock, days=30)
    async with house(sandbox, f"sqlite:///{tmp_path}/a.db", now=clock) as (service, context):
        view = await service.reclassify(old)
        assert (view.decision or {})["status"] == "applied"
        person(sandbox, "PATCH", f"/service/tickets/{old}", [{"op": "replace", "path": "budgetHours", "value": 1}])
        sandbox.store.table("/tickets")[old]["actualHours"] = 9
        await service.take_callback(told(old, "updated"))
        await settled(context)
        assert await decisions(service, old) == [("reclassify", "applied")]
        (recheck, _) = await context.runs.of_ticket(old)
        assert recheck.message == TOO_OLD


async def test_the_deletion_of_an_old_ticket_closes_what_waits_for_a_person(tmp_path: Path) -> None:
    clock = Clock()
    sandbox = Sandbox(now=clock)
    old = older(sandbox, clock, days=30)
    async with house(sandbox, f"sqlite:///{tmp_path}/a.db", now=clock) as (service, context):
        await service.reclassify(old, mode="review")
        person(sandbox, "DELETE", f"/service/tickets/{old}")
        await service.take_callback(told(old, "deleted"))
        await settled(context)
        assert await decisions(service, old) == [("reclassify", "rejected")]
