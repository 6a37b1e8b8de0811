"""The switch that pauses writing: runs wait before their next write, survive a restart, and go on after it."""

from __future__ import annotations

from pathlib import Path

from app.domain.enums import Mode, RunKind, Trigger
from app.sandbox import Fault
from app.storage import Trail
from app.workflow import Desk
from app.workflow.tickets.reconcile import maintain_callback
from tests.integration.workflow.test_apply import MINI, PROJECT
from tests.integration.workflow.test_mode_gate import Place, waits
from tests.support.harness import sample, settled, ticket


async def test_a_paused_run_waits_over_a_restart_and_goes_on(tmp_path: Path) -> None:
    place = Place(tmp_path)
    ticket_id = sample(place.sandbox, MINI)
    async with place.start("live") as (service, parts):
        await Desk(parts).pause_writes(by="Ann", reason="wrong board")
        view = await service.reclassify(ticket_id, outcome="mini-project", wait=0.2, by="Bob")
        await waits(parts, view.run_id, "Writing is paused by Ann since")
    async with place.start("live") as (service, parts):
        view = await service.run(view.run_id)
        assert not view.settled
        assert "Writing is paused by Ann" in str(view.error)
        assert place.writes() == 0
        (check,) = [check for check in await service.readiness() if check.id == "writes"]
        assert (check.ok, check.needed) == (False, False)
        assert "Writing is paused since" in check.text
        await Desk(parts).resume_writes(by="Cleo")
        place.clock.move(minutes=1)
        await settled(parts)
        assert ((await service.run(view.run_id)).decision or {})["status"] == "applied"
        assert not [check for check in await service.readiness() if check.id == "writes"]
        entries = [(each.who, each.what) for each in await Trail(parts.database).page()]
    assert entries == [("Cleo", "resumed writing"), ("Bob", "reclassified the ticket"), ("Ann", "paused writing")]


async def test_a_pause_in_the_middle_stops_before_the_next_write(tmp_path: Path) -> None:
    place = Place(tmp_path)
    ticket_id = sample(place.sandbox, PROJECT)
    place.sandbox.faults.append(Fault("error-before", "POST", "/convert$"))
    async with place.start("live") as (service, parts):
        run = await parts.runs.open(
            ticket_id=ticket_id, kind=RunKind.CLASSIFY, trigger=Trigger.CALLBACK, mode=Mode.LIVE, now=place.clock.now
        )
        await waits(parts, run.id)
        written = place.writes()
        assert written > 0
        await Desk(parts).pause_writes(by="Ann")
        place.clock.move(minutes=1)
        await waits(parts, run.id, "Writing is paused")
        place.clock.move(days=3)
        await waits(parts, run.id, "Writing is paused")
        assert place.writes() == written
        await Desk(parts).resume_writes(by="Ann")
        place.clock.move(minutes=1)
        await settled(parts)
        assert ((await service.run(run.id)).decision or {})["status"] == "applied"
    assert ticket(place.sandbox, ticket_id)["recordType"] == "ProjectTicket"


async def test_an_approval_and_an_undo_while_paused_wait_and_go_on(tmp_path: Path) -> None:
    place = Place(tmp_path)
    ticket_id = sample(place.sandbox, MINI)
    async with place.start("review") as (service, parts):
        decision = (await service.reclassify(ticket_id)).decision or {}
        await Desk(parts).pause_writes(by="Ann")
        view = await service.approve(decision["id"], wait=0.1, by="Bob")
        assert not view.settled
        await waits(parts, view.run_id, "Writing is paused")
        assert place.writes() == 0
        await Desk(parts).resume_writes(by="Ann")
        place.clock.move(minutes=1)
        await settled(parts)
        await Desk(parts).pause_writes(by="Ann")
        written = place.writes()
        view = await service.undo(decision["id"], wait=0.1, by="Bob")
        await waits(parts, view.run_id, "Writing is paused")
        assert place.writes() == written
        await Desk(parts).resume_writes(by="Ann")
        place.clock.move(minutes=1)
        await settled(parts)
        assert (await service.decision(decision["id"]))["status"] == "undone"


async def test_the_callback_entry_is_not_repaired_while_paused(tmp_path: Path) -> None:
    place = Place(tmp_path)
    async with place.start("live", public_url="https://tickets.example.com") as (_, parts):
        await Desk(parts).pause_writes(by="Ann")
        await maintain_callback(parts)
        assert place.writes() == 0
        await Desk(parts).resume_writes(by="Ann")
        await maintain_callback(parts)
        assert place.writes() == 1


async def test_a_second_pause_keeps_the_first_ones_name(tmp_path: Path) -> None:
    place = Place(tmp_path)
    async with place.start("live") as (_, parts):
        desk = Desk(parts)
        await desk.pause_writes(by="Ann", reason="first")
        assert (await desk.pause_writes(by="Bob", reason="second")).by == "Ann"
        await desk.resume_writes(by="Bob")
        await desk.resume_writes(by="Bob")
        assert await desk.pause() is None
        assert [each.what for each in await Trail(parts.database).page()] == ["resumed writing", "paused writing"]
