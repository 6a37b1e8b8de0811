"""MODE turned down between two starts: what an earlier start has begun or asked goes no further than the mode allows."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from app.domain.enums import Mode, RunKind, Trigger
from app.sandbox import Fault, Sandbox
from app.settings import Settings
from app.workflow import ConflictError, WorkflowContext
from tests.integration.workflow.test_apply import MINI, PROJECT
from tests.support.harness import Clock, house, sample, settled, ticket, told


class Place:
    """One sandbox and one database for several starts of the service."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.sandbox = Sandbox(now=self.clock)
        self.url = f"sqlite:///{folder}/brake.db"

    def start(self, mode: str, **choices: Any) -> Any:
        self.clock.move(minutes=1)
        return house(self.sandbox, self.url, mode=mode, now=self.clock, **choices)

    def writes(self) -> int:
        return sum(exchange.is_write for exchange in self.sandbox.journal)


async def waits(parts: WorkflowContext, run_id: str, word: str = "") -> None:
    """Returns when the run waits and says so."""
    async with asyncio.timeout(60):
        while (run := await parts.runs.get(run_id)) is None or run.state != "waiting" or word not in run.message:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize("trigger", ["callback", "reclassify"])
async def test_a_half_done_conversion_waits_while_the_mode_is_dry_run_and_then_goes_on(
    place: Place, trigger: str
) -> None:
    ticket_id = sample(place.sandbox, PROJECT)
    place.sandbox.faults.append(Fault("error-before", "POST", "/convert$"))
    async with place.start("live") as (service, parts):
        run = await parts.runs.open(
            ticket_id=ticket_id, kind=RunKind.CLASSIFY, trigger=trigger, mode=Mode.LIVE, now=place.clock.now
        )
        await waits(parts, run.id)
    written = place.writes()
    assert written > 0
    for _ in range(7):
        async with place.start("dry-run") as (service, parts):
            await waits(parts, run.id, "MODE is dry-run")
            async with asyncio.timeout(60):
                while "MODE is dry-run" not in str((view := await service.run(run.id)).error):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            assert (view.settled, (view.decision or {})["status"]) == (False, "running")
    assert place.writes() == written
    async with place.start("live") as (service, parts):
        await settled(parts)
        assert ((await service.run(run.id)).decision or {})["status"] == "applied"
    assert ticket(place.sandbox, ticket_id)["recordType"] == "ProjectTicket"


async def test_an_approval_is_refused_while_the_mode_is_dry_run(place: Place) -> None:
    ticket_id = sample(place.sandbox, MINI)
    async with place.start("review") as (service, _):
        decision = (await service.reclassify(ticket_id)).decision or {}
        assert decision["status"] == "awaiting-review"
    async with place.start("dry-run") as (service, _):
        for outcome in (None, "mini-project"):
            with pytest.raises(ConflictError, match="MODE is dry-run"):
                await service.approve(decision["id"], outcome=outcome)
        assert (await service.decision(decision["id"]))["status"] == "awaiting-review"
    assert place.writes() == 0
    async with place.start("review") as (service, _):
        assert ((await service.approve(decision["id"])).decision or {})["status"] == "applied"


@pytest.mark.parametrize(("mode", "status"), [("dry-run", "planned"), ("review", "awaiting-review")])
async def test_a_ticket_told_under_live_and_decided_later_goes_no_further_than_the_mode_then(
    place: Place, mode: str, status: str
) -> None:
    ticket_id = sample(place.sandbox, MINI)
    async with place.start("live", settle=30.0) as (service, parts):
        await service.take_callback(told(ticket_id, "added"))
        async with asyncio.timeout(60):
            while not await parts.runs.of_ticket(ticket_id):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    async with place.start(mode) as (service, parts):
        await settled(parts)
        (decision,) = (await service.decisions(ticket_id=ticket_id)).items
    assert (decision["mode"], decision["status"]) == (mode, status)
    assert place.writes() == 0


async def test_a_plan_decided_under_live_and_not_begun_waits_for_a_person_once_the_mode_is_review(place: Place) -> None:
    ticket_id = sample(place.sandbox, MINI)
    place.sandbox.faults.append(Fault("error-before", "GET", "/tickets/[0-9]+$", skip=1, times=50))
    async with place.start("live") as (service, parts):
        run = await parts.runs.open(
            ticket_id=ticket_id, kind=RunKind.CLASSIFY, trigger=Trigger.CALLBACK, mode=Mode.LIVE, now=place.clock.now
        )
        await waits(parts, run.id)
        assert ((await service.run(run.id)).decision or {})["status"] == "running"
    place.sandbox.faults.clear()
    async with place.start("review") as (service, parts):
        await settled(parts)
        decision = (await service.run(run.id)).decision or {}
    assert decision["status"] == "awaiting-review"
    assert decision["said"] == "Review mode: a person approves each plan."
    assert place.writes() == 0


@pytest.mark.slow
async def test_a_conversion_that_live_has_half_done_is_finished_in_review_as_the_settings_say(place: Place) -> None:
    ticket_id = sample(place.sandbox, PROJECT)
    place.sandbox.faults.append(Fault("error-before", "POST", "/convert$"))
    async with place.start("live") as (service, parts):
        run = await parts.runs.open(
            ticket_id=ticket_id, kind=RunKind.CLASSIFY, trigger=Trigger.CALLBACK, mode=Mode.LIVE, now=place.clock.now
        )
        await waits(parts, run.id)
    assert place.writes() > 0
    async with place.start("review") as (service, parts):
        await settled(parts)
        assert ((await service.run(run.id)).decision or {})["status"] == "applied"
    assert ticket(place.sandbox, ticket_id)["recordType"] == "ProjectTicket"
    assert "plans in progress are completed" in str(Settings.model_fields["mode"].description)


async def test_a_persons_word_for_one_ticket_counts_in_a_dry_run(place: Place) -> None:
    ticket_id = sample(place.sandbox, MINI)
    async with place.start("dry-run") as (service, _):
        place.clock.move(seconds=1)
        decision = (await service.reclassify(ticket_id, mode="live")).decision or {}
        assert decision["status"] == "applied"
        assert ((await service.undo(decision["id"])).decision or {})["status"] == "undone"
