"""ConnectWise tells of a ticket before the records saved with it can be read; a person's word waits for no look."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from app.domain.enums import Mode, RunKind, Trigger
from app.sandbox import Sandbox
from app.workflow import WorkflowContext
from tests.integration.workflow.test_recheck import MINI, PROJECT, SERVICE, Home
from tests.support.harness import Clock, house, sample, settled, told


def early(seconds: float) -> tuple[Clock, Sandbox]:
    """A sandbox that shows what lies beside a ticket only some seconds after the ticket."""
    clock = Clock()
    sandbox = Sandbox(now=clock)
    sandbox.switches.early_added_seconds = seconds
    return clock, sandbox


async def quiet(parts: WorkflowContext) -> None:
    """Returns when all events are taken in and nothing is due."""
    for _ in range(400):
        await asyncio.sleep(0.01)
        if await parts.inbox.new_events() or await parts.runs.due(limit=1, now=parts.now()):
            continue
        if not (await parts.key_value.figures(parts.now()))["runs"].get("working"):
            return
    raise TimeoutError


async def test_a_ticket_is_decided_once_its_schedule_can_be_read(tmp_path: Path) -> None:
    clock, sandbox = early(3)
    async with house(sandbox, f"sqlite:///{tmp_path}/home.db", now=clock, settle=5.0) as (service, parts):
        home = Home(sandbox, clock, service, parts)
        ticket_id = sample(sandbox, PROJECT)
        await service.take_callback(told(ticket_id, "added"))
        await quiet(parts)
        assert await home.decisions(ticket_id) == []
        clock.move(seconds=5)
        await settled(parts)
        assert await home.decisions(ticket_id) == [("project", "applied", "callback")]


async def test_what_comes_after_the_decision_is_seen_by_one_second_look(tmp_path: Path) -> None:
    clock, sandbox = early(0)
    async with house(sandbox, f"sqlite:///{tmp_path}/home.db", now=clock, second_look=60.0) as (service, parts):
        home = Home(sandbox, clock, service, parts)
        mini, plain = sample(sandbox, MINI), sample(sandbox, SERVICE)
        for ticket_id in (mini, plain):
            await service.take_callback(told(ticket_id, "added"))
        await quiet(parts)
        home.schedule(mini, "jdoe")
        home.schedule(mini, "awong")
        await quiet(parts)
        assert await home.decisions(mini) == [("mini-project", "applied", "callback")]
        clock.move(seconds=60)
        await settled(parts)
        grown: dict[str, Any] = await home.newest(mini)
        assert (grown["status"], grown["trigger"]) == ("awaiting-review", "update")
        assert any("awong" in sentence for sentence in grown["grown"])
        assert await home.decisions(plain) == [("service-ticket", "nothing-to-do", "callback")]
        looks = [run for run in await parts.runs.of_ticket(plain) if run.kind == "look"]
        assert [run.message for run in looks] == ["Nothing that matters has changed."]


@pytest.mark.slow
async def test_a_projects_ticket_gets_no_second_look(tmp_path: Path) -> None:
    clock, sandbox = early(0)
    async with house(sandbox, f"sqlite:///{tmp_path}/home.db", now=clock, second_look=60.0) as (service, parts):
        ticket_id = sample(sandbox, PROJECT)
        await service.take_callback(told(ticket_id, "added"))
        await settled(parts)
        assert [run.kind for run in await parts.runs.of_ticket(ticket_id)] == ["triage"]


async def test_a_persons_word_waits_for_no_look_and_has_the_last_word_over_the_chart(tmp_path: Path) -> None:
    clock, sandbox = early(0)
    async with house(sandbox, f"sqlite:///{tmp_path}/home.db", now=clock, settle=5.0, quiet=30.0) as (service, parts):
        home = Home(sandbox, clock, service, parts)
        ticket_id = sample(sandbox, MINI)
        await service.take_callback(told(ticket_id, "added"))
        await quiet(parts)
        message = await service.reclassify(ticket_id, mode="live", outcome="service-ticket", reason="Under warranty.")
        assert message.settled
        await service.take_callback(told(ticket_id, "updated"))
        await quiet(parts)
        assert (await service.reclassify(ticket_id, mode="dry-run")).settled
        clock.move(seconds=60)
        await settled(parts)
        assert [one[0] for one in await home.decisions(ticket_id)] == ["service-ticket", "mini-project"]
        assert sandbox.store.table("/tickets")[ticket_id]["board"]["id"] == 1


async def test_a_run_that_must_wait_says_for_what(tmp_path: Path) -> None:
    clock, sandbox = early(0)
    async with house(sandbox, f"sqlite:///{tmp_path}/home.db", now=clock, concurrency=0) as (service, parts):
        ticket_id = sample(sandbox, SERVICE)
        await parts.runs.open(
            ticket_id=ticket_id, kind=RunKind.CLASSIFY, trigger=Trigger.CALLBACK, mode=Mode.LIVE, now=clock.now
        )
        (held,) = await parts.runs.claim("another process", limit=1, now=clock.now)
        view = await service.reclassify(ticket_id, wait=0.0)
        assert (view.settled, view.error) == (False, f"The ticket's triage {held.id} comes first.")
        await parts.runs.wait(held, until=clock.now, message="ConnectWise is away.", now=clock.now)
        assert (await service.run(held.id)).error == "ConnectWise is away."
