"""ConnectWise completes a write minutes after its answer was given up: what is there twice is told, and nothing is deleted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from app.sandbox import Fault, Sandbox
from app.workflow import Desk
from app.workflow.tickets.late_writes import LateWrites
from tests.integration.workflow.test_apply import PROJECT, Home
from tests.support.harness import Clock, house, person, sample, ticket, time_passes


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    clock = Clock()
    sandbox = Sandbox(now=clock)
    async with house(sandbox, f"sqlite:///{tmp_path}/home.db", now=clock) as (service, parts):
        yield Home(sandbox, clock, service, parts)


async def ended(home: Home, run_id: str) -> dict[str, Any]:
    run = (await time_passes(home.service, home.parts, run_id, clock=home.clock, seconds=20))[-1]
    assert run.decision is not None, run
    return run.decision


def lost(home: Home, path: str) -> None:
    """The next POST to this path gets no answer."""
    home.sandbox.faults.append(Fault("drop-before", "POST", path))


def completed_late(home: Home, path: str) -> str:
    """ConnectWise executes the first such POST after all; returns the path of the record."""
    first = next(one for one in home.sandbox.journal if one.method == "POST" and one.path.endswith(path))
    at = first.path.partition("/apis/3.0")[2]
    return f"{at}/{person(home.sandbox, 'POST', at, first.body)['id']}"


async def minutes_later(home: Home, watch: LateWrites, *, minutes: float) -> None:
    await watch.look()
    home.clock.move(minutes=minutes)
    await watch.look()


@pytest.mark.parametrize("path", ["/project/projects", "/notes"])
async def test_a_record_that_came_late_is_told_on_the_decision_as_an_action_and_in_the_log(
    home: Home, path: str
) -> None:
    lost(home, f"{path}$")
    decision = await ended(home, (await home.service.reclassify(sample(home.sandbox, PROJECT), wait=0.0)).run_id)
    assert decision["status"] == "applied", decision["said"]
    late = completed_late(home, path)
    await LateWrites(home.parts).look()
    watch = LateWrites(home.parts)  # the process was started again in between
    await minutes_later(home, watch, minutes=4)
    assert "There are two" not in (await home.service.decision(decision["id"]))["said"], "it is too early to look"
    structlog.reset_defaults()
    with structlog.testing.capture_logs() as logs:
        await minutes_later(home, watch, minutes=2)
    told = (await home.service.decision(decision["id"]))["said"]
    assert "There are two" in told
    assert late in told
    assert [one["records"] for one in logs if one["event"] == "write.completed-late"] == [[late]]
    actions = (await Desk(home.parts).actions(state="open", decision_id=decision["id"])).items
    assert [late in one["text"] for one in actions if one["kind"] == "delete-extra"] == [True]
    await minutes_later(home, watch, minutes=26)
    assert (await home.service.decision(decision["id"]))["said"].count("There are two") == 1
    assert await home.parts.doubts.all() == []
    assert not [one for one in home.sandbox.journal if one.method == "DELETE"]


async def test_a_write_that_came_once_is_looked_at_and_nothing_is_told(home: Home) -> None:
    home.sandbox.faults.append(Fault("drop-after", "POST", "/project/projects$"))
    decision = await ended(home, (await home.service.reclassify(sample(home.sandbox, PROJECT), wait=0.0)).run_id)
    watch = LateWrites(home.parts)
    assert len(await home.parts.doubts.all()) == 1
    await minutes_later(home, watch, minutes=6)
    await minutes_later(home, watch, minutes=26)
    assert await home.parts.doubts.all() == []
    assert (await home.service.decision(decision["id"]))["said"] == decision["said"]


async def test_a_record_that_came_after_the_undo_is_told_as_left_over(home: Home) -> None:
    number = sample(home.sandbox, PROJECT)
    lost(home, "/project/projects$")
    view = await home.service.reclassify(number, wait=0.0)
    await is_sent(home.sandbox)
    ticket(home.sandbox, number)["contact"] = None
    ticket(home.sandbox, number)["summary"] = "Something else"
    person(
        home.sandbox, "PATCH", f"/service/tickets/{number}", [{"op": "replace", "path": "priority", "value": {"id": 1}}]
    )
    decision = await ended(home, view.run_id)
    assert decision["status"] == "failed", decision["said"]
    undone = (await home.service.undo(decision["id"])).decision or {}
    assert undone["status"] == "undone", undone["said"]
    late = completed_late(home, "/project/projects")
    await minutes_later(home, LateWrites(home.parts), minutes=6)
    told = (await home.service.decision(decision["id"]))["said"]
    assert f"{late} is left over" in told
    actions = (await Desk(home.parts).actions(state="open", decision_id=decision["id"])).items
    assert [one["kind"] for one in actions] == ["delete-extra"]


def sent(sandbox: Sandbox) -> int:
    return sum(one.method == "POST" and one.path.endswith("/projects") for one in sandbox.journal)


async def is_sent(sandbox: Sandbox) -> None:
    async with asyncio.timeout(120):
        while not sent(sandbox):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("hours", [-3.0, 3.0])
async def test_a_clock_that_jumps_neither_prolongs_nor_shortens_the_wait_for_an_answer(
    tmp_path: Path, hours: float
) -> None:
    clock, sandbox, passed = Clock(), Sandbox(), [0.0]
    url = f"sqlite:///{tmp_path}/jump.db"
    async with house(sandbox, url, now=clock, in_doubt=timedelta(seconds=45)) as (service, parts):
        parts.uptime = lambda: passed[0]
        sandbox.faults.append(Fault("drop-before", "POST", "/project/projects$"))
        view = await service.reclassify(sample(sandbox, PROJECT), wait=0.0)
        await is_sent(sandbox)
        clock.move(hours=hours)
        for _ in range(20):
            clock.move(seconds=1)
            await asyncio.sleep(0.01)
        assert sent(sandbox) == 1, "the first request may still be executed"
        passed[0] = 46.0
        await time_passes(service, parts, view.run_id, clock=clock, seconds=300)
        assert sent(sandbox) == 2
