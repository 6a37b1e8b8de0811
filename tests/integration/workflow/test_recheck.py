"""Changed and deleted tickets: one that outgrows its kind is noticed once, and a person's place for it is left alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.enums import Mode
from app.sandbox import Fault, Sandbox, instant
from app.workflow import Service, WorkflowContext
from app.workflow.tickets.intake import OUR_MEMBER
from app.workflow.tickets.reconcile import recheck_ended_periods, reconcile
from tests.support.harness import NOW, Clock, house, person, sample, settled, told

SERVICE, MINI, PROJECT = "Cannot log in", "Fit the replacement", "Network refresh"


class Home:
    """A running service with its sandbox, for stories of updates."""

    def __init__(self, sandbox: Sandbox, clock: Clock, service: Service, parts: WorkflowContext) -> None:
        self.sandbox, self.clock, self.service, self.parts = sandbox, clock, service, parts

    async def new(self, summary: str) -> int:
        """A sample ticket, told and settled."""
        ticket_id = sample(self.sandbox, summary)
        await self.tell(ticket_id, "added")
        return ticket_id

    async def tell(self, ticket_id: int, action: str = "updated", **of: Any) -> None:
        """Delivers a callback and waits until all is settled."""
        await self.service.take_callback(told(ticket_id, action, **of))
        await settled(self.parts)

    async def decisions(self, ticket_id: int) -> list[tuple[str, str, str]]:
        """Outcome, status and trigger of the ticket's decisions, oldest first."""
        page = await self.service.decisions(ticket_id=ticket_id)
        return [(one["outcome"], one["status"], one["trigger"]) for one in reversed(page.items)]

    async def newest(self, ticket_id: int) -> dict[str, Any]:
        return (await self.service.decisions(ticket_id=ticket_id)).items[0]

    def schedule(self, ticket_id: int, member: str, *, days: int = 0) -> None:
        """A person schedules a member on the ticket."""
        start = self.clock.now + timedelta(days=days)
        found = self.sandbox.store.find("/system/members", {"identifier": member}) or {}
        entry = {
            "objectId": ticket_id, "type": {"id": 4, "identifier": "S"}, "hours": 4.0, "doneFlag": False,
            "member": {name: found[name] for name in ("id", "identifier")},
            "dateStart": instant(start), "dateEnd": instant(start + timedelta(hours=4)),
        }  # fmt: skip
        self.sandbox.store.add("/schedule/entries", entry, by="dispatch")

    def patch(self, ticket_id: int, **wish: Any) -> None:
        """A person changes members of the service ticket."""
        body = [{"op": "replace", "path": name, "value": value} for name, value in wish.items()]
        person(self.sandbox, "PATCH", f"/service/tickets/{ticket_id}", body)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    clock = Clock()
    sandbox = Sandbox(now=clock)
    async with house(sandbox, f"sqlite:///{tmp_path}/home.db", now=clock) as (service, parts):
        yield Home(sandbox, clock, service, parts)


async def test_a_second_engineer_on_a_mini_project_leads_to_one_new_decision_in_review(home: Home) -> None:
    ticket_id = await home.new(MINI)
    home.schedule(ticket_id, "jdoe")
    await home.tell(ticket_id)
    assert await home.decisions(ticket_id) == [("mini-project", "applied", "callback")]
    home.schedule(ticket_id, "awong")
    for _ in range(3):
        await home.tell(ticket_id)
    grown = await home.newest(ticket_id)
    assert await home.decisions(ticket_id) == [
        ("mini-project", "applied", "callback"), (grown["outcome"], "awaiting-review", "update"),
    ]  # fmt: skip
    assert "project" in (grown["outcome"], *grown["candidates"])
    assert any("awong" in sentence for sentence in grown["grown"])


async def test_hours_over_budget_ask_once_whether_it_stays_what_it_is(home: Home) -> None:
    ticket_id = await home.new(MINI)
    home.sandbox.store.table("/tickets")[ticket_id] |= {"budgetHours": 4.0, "actualHours": 5.5}
    for _ in range(2):
        await home.tell(ticket_id)
    assert await home.decisions(ticket_id) == [
        ("mini-project", "applied", "callback"), ("review", "awaiting-review", "update"),
    ]  # fmt: skip
    grown = await home.newest(ticket_id)
    assert grown["candidates"] == ["mini-project", "project"]
    assert "5.5 hours are booked of 4 budgeted." in grown["question"]


@pytest.mark.slow
async def test_a_ticket_in_its_next_billing_period_is_found_by_the_sweep_once(home: Home) -> None:
    ticket_id = await home.new(MINI)
    home.schedule(ticket_id, "jdoe")
    assert await recheck_ended_periods(home.parts) == []
    home.clock.move(days=150)
    assert await recheck_ended_periods(home.parts) == [ticket_id]
    home.service._dispatcher.wake()
    await settled(home.parts)
    assert (await home.decisions(ticket_id))[1:] == [("review", "awaiting-review", "update")]
    assert "next billing period" in (await home.newest(ticket_id))["question"]
    home.clock.move(days=150)
    assert await recheck_ended_periods(home.parts) == []


async def test_a_closed_ticket_is_not_looked_at_again_by_the_clock(home: Home) -> None:
    ticket_id = await home.new(SERVICE)
    closed = next(one for one in home.sandbox.store.table("/service/boards/1/statuses").values() if one["closedStatus"])
    home.patch(ticket_id, status={"id": closed["id"]})
    home.clock.move(days=150)
    assert await recheck_ended_periods(home.parts) == []
    assert await home.parts.intake.due_for_recheck(limit=9, now=home.clock.now) == []


async def test_a_ticket_that_a_person_moved_elsewhere_is_left_and_said(home: Home) -> None:
    ticket_id = await home.new(MINI)
    default = next(one for one in home.sandbox.store.table("/service/boards/1/statuses").values() if one["defaultFlag"])
    home.patch(ticket_id, board={"id": 1}, status={"id": default["id"]}, type=None, subType=None, item=None, team=None)
    home.schedule(ticket_id, "jdoe")
    home.schedule(ticket_id, "awong")
    await home.tell(ticket_id)
    assert await home.decisions(ticket_id) == [("mini-project", "applied", "callback")]
    assert "A person has changed the ticket's board" in (await home.newest(ticket_id))["said"]


@pytest.mark.slow
async def test_another_type_on_the_mini_project_board_is_a_persons_sorting_and_no_move_away(home: Home) -> None:
    ticket_id = await home.new(MINI)
    types = home.sandbox.store.table("/service/boards/12/types").values()
    now = home.sandbox.store.table("/tickets")[ticket_id]["type"]["id"]
    home.patch(ticket_id, type={"id": next(one["id"] for one in types if one["id"] != now)}, subType=None, item=None)
    home.schedule(ticket_id, "jdoe")
    home.schedule(ticket_id, "awong")
    await home.tell(ticket_id)
    assert (await home.decisions(ticket_id))[1:] != []


async def test_our_own_changes_are_not_looked_at_and_other_updates_in_a_burst_are_one_look(tmp_path: Path) -> None:
    clock = Clock()
    sandbox = Sandbox(now=clock)
    async with house(sandbox, f"sqlite:///{tmp_path}/home.db", now=clock, quiet=30.0) as (service, parts):
        home = Home(sandbox, clock, service, parts)
        ticket_id = await home.new(MINI)
        await parts.key_value.put(OUR_MEMBER, "api-mini")
        before = len(sandbox.journal)
        await home.tell(ticket_id, member="API-Mini")
        assert len(sandbox.journal) == before
        for _ in range(5):
            await service.take_callback(told(ticket_id, "updated"))
        while await parts.inbox.new_events():
            service._dispatcher.wake()
            await asyncio.sleep(0.005)
        looks = [run for run in await parts.runs.of_ticket(ticket_id) if run.kind == "look"]
        assert [run.not_before for run in looks] == [NOW + timedelta(seconds=30)]
        clock.move(seconds=31)
        await settled(parts)
        tickets_read = [one for one in sandbox.journal[before:] if one.path.endswith(f"/service/tickets/{ticket_id}")]
        assert len(tickets_read) <= 2


async def test_an_update_of_an_undecided_ticket_opens_a_triage_and_added_joins_it(home: Home) -> None:
    ticket_id = sample(home.sandbox, MINI)
    await home.service.take_callback(told(ticket_id, "updated"))
    await home.tell(ticket_id, "added")
    assert await home.decisions(ticket_id) == [("mini-project", "applied", "callback")]


async def test_a_deleted_ticket_ends_what_waits_for_a_person(home: Home) -> None:
    ticket_id = await home.new("New printer for the depot")
    assert (await home.newest(ticket_id))["status"] == "awaiting-review"
    person(home.sandbox, "DELETE", f"/service/tickets/{ticket_id}")
    await home.tell(ticket_id, "deleted")
    decision = await home.newest(ticket_id)
    assert (decision["status"], decision["said"]) == ("rejected", "The ticket was deleted in ConnectWise.")


async def test_a_deletion_that_is_told_but_did_not_happen_changes_nothing(home: Home) -> None:
    ticket_id = await home.new("New printer for the depot")
    await home.tell(ticket_id, "deleted")
    assert (await home.newest(ticket_id))["status"] == "awaiting-review"


@pytest.mark.slow
async def test_a_converted_ticket_is_never_looked_at_as_a_service_ticket(home: Home) -> None:
    ticket_id = await home.new(PROJECT)
    await home.tell(ticket_id)
    await home.tell(ticket_id, "deleted")
    assert await home.decisions(ticket_id) == [("project", "applied", "callback")]


async def test_what_a_person_chose_or_turned_down_is_not_asked_again_without_news(home: Home) -> None:
    ticket_id = await home.new(SERVICE)
    view = await home.service.reclassify(ticket_id, mode="review", outcome="mini-project")
    assert view.decision is not None
    await home.service.reject(view.decision["id"], reason="it stays")
    home.patch(ticket_id, summary="Cannot log in to the dispensary terminal, still")
    await home.tell(ticket_id)
    assert len(await home.decisions(ticket_id)) == 2


async def test_the_sweep_finds_lost_tickets_and_lost_updates_but_not_the_past(tmp_path: Path) -> None:
    clock = Clock()
    sandbox = Sandbox(now=clock)
    old = sample(sandbox, MINI)
    clock.move(days=2)
    async with house(sandbox, f"sqlite:///{tmp_path}/home.db", now=clock) as (service, parts):
        home = Home(sandbox, clock, service, parts)
        clock.move(minutes=1)
        lost = sample(sandbox, MINI)
        home.patch(old, summary="Fit the replacement firewall, please")
        assert await reconcile(parts) == [lost]
        service._dispatcher.wake()
        await settled(parts)
        assert await home.decisions(old) == []
        assert await home.decisions(lost) == [("mini-project", "applied", "reconcile")]
        await parts.key_value.put(OUR_MEMBER, "api-mini")
        assert await reconcile(parts) == []
        clock.move(minutes=1)
        home.patch(lost, summary="Fit the replacement firewall, thanks")
        assert await reconcile(parts) == [lost]
        service._dispatcher.wake()
        await settled(parts)
        assert await reconcile(parts) == []


async def test_an_update_of_a_ticket_on_a_board_that_is_left_alone_costs_one_request(home: Home) -> None:
    ticket_id = await home.new("Disk space warning")
    assert await home.decisions(ticket_id) == []
    before = len(home.sandbox.journal)
    await home.tell(ticket_id)
    assert [one.path.rsplit("/", 2)[1] for one in home.sandbox.journal[before:]] == ["tickets"]
    (newest, *_) = await home.parts.runs.of_ticket(ticket_id)
    assert newest.message.startswith("Left alone")


async def test_the_sweep_goes_on_from_the_newest_change_by_connectwises_own_clock(tmp_path: Path) -> None:
    clock, theirs = Clock(), Clock(NOW - timedelta(minutes=8))
    sandbox = Sandbox(now=theirs)
    async with house(sandbox, f"sqlite:///{tmp_path}/skew.db", mode=Mode.DRY_RUN, now=clock) as (_, parts):
        for _ in range(3):
            clock.move(minutes=5)
            theirs.move(minutes=5)
            ticket_id = sample(sandbox, MINI)
            assert await reconcile(parts) == [ticket_id]


@pytest.mark.slow
async def test_an_old_ticket_whose_date_the_list_leaves_out_is_not_triaged(tmp_path: Path) -> None:
    clock = Clock()
    sandbox = Sandbox(now=clock)
    old = sample(sandbox, MINI)
    clock.move(days=2)
    async with house(sandbox, f"sqlite:///{tmp_path}/old.db", now=clock) as (service, parts):
        home = Home(sandbox, clock, service, parts)
        home.patch(old, summary="Fit the replacement firewall, please")
        sandbox.faults.append(Fault("absent", path="/service/tickets$"))
        assert await reconcile(parts) == [old]
        service._dispatcher.wake()
        await settled(parts)
        (run,) = await parts.runs.of_ticket(old)
        assert (await home.decisions(old), run.message) == (
            [],
            "Left alone: the ticket is older than this installation.",
        )


@pytest.mark.slow
async def test_the_sweep_finds_a_ticket_that_was_left_alone_and_moved_to_a_watched_board_since(home: Home) -> None:
    ticket_id = sample(home.sandbox, MINI)
    board = dict(home.sandbox.store.table("/tickets")[ticket_id]["board"])
    alerts = home.sandbox.store.find("/service/boards", {"name": "Alerts"}) or {}
    home.sandbox.store.table("/tickets")[ticket_id]["board"] = {"id": alerts["id"], "name": "Alerts"}
    home.clock.move(minutes=1)
    await home.tell(ticket_id, "added")
    assert await home.decisions(ticket_id) == []
    assert await reconcile(home.parts) == []
    home.clock.move(minutes=1)
    home.sandbox.store.table("/tickets")[ticket_id]["board"] = board
    home.patch(ticket_id, summary="Fit the replacement firewall, please")
    assert await reconcile(home.parts) == [ticket_id]
    home.service._dispatcher.wake()
    await settled(home.parts)
    assert await home.decisions(ticket_id) == [("mini-project", "applied", "reconcile")]


@pytest.mark.slow
async def test_the_sweep_takes_up_a_ticket_that_could_not_be_found_or_read_at_first(home: Home) -> None:
    gone, shut = sample(home.sandbox, MINI), sample(home.sandbox, MINI)
    home.sandbox.faults.append(Fault("forbidden", path=f"/tickets/{shut}", times=100))
    there = home.sandbox.store.table("/tickets").pop(gone)
    home.clock.move(minutes=1)
    for ticket_id in (gone, shut):
        await home.tell(ticket_id, "added")
    runs = [run for ticket_id in (gone, shut) for run in await home.parts.runs.of_ticket(ticket_id)]
    assert [run.state for run in runs] == ["missing", "failed"]
    home.sandbox.faults.clear()
    home.sandbox.store.table("/tickets")[gone] = there
    assert await reconcile(home.parts) == [gone, shut]
    assert await reconcile(home.parts) == []
    home.service._dispatcher.wake()
    await settled(home.parts)
    for ticket_id in (gone, shut):
        assert await home.decisions(ticket_id) == [("mini-project", "applied", "reconcile")]


@pytest.mark.slow
async def test_a_ticket_that_can_never_be_read_is_not_tried_for_ever(home: Home) -> None:
    ticket_id = sample(home.sandbox, MINI)
    home.sandbox.faults.append(Fault("forbidden", path=f"/tickets/{ticket_id}", times=1000))
    home.clock.move(minutes=1)
    rounds = 0
    while await reconcile(home.parts):
        rounds += 1
        home.service._dispatcher.wake()
        await settled(home.parts)
    assert rounds == 5
    home.clock.move(minutes=1)
    home.patch(ticket_id, summary="Fit the replacement firewall, please")
    assert await reconcile(home.parts) == [ticket_id]
