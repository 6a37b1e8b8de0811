"""Messages to people, from what happens to what a webhook receives: once, after a restart too, without holding up runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from app.chart import shipped_chart
from app.notify import NotifyContext, NotifyService, QuietHours, Schedule, parse_targets
from app.sandbox import Fault, Sandbox
from app.storage import KeyValueStore, Messages
from app.workflow import Desk, Service, WorkflowContext
from app.workflow.tickets.reconcile import maintain_callback
from tests.support.databases import BOTH, fresh_database
from tests.support.harness import Clock, house, sample, settled, told
from tests.support.receiver import Receiver, receiver

SITE = "https://tickets.example"
MINI = "Fit the replacement"
AT_ONCE = Schedule(zone=UTC)


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def webhook() -> Iterator[Receiver]:
    with receiver() as started:
        yield started


@dataclass
class Office:
    """A service that tells people: what it works with, and its clock."""

    service: Service
    parts: WorkflowContext
    notify: NotifyService
    clock: Clock
    sandbox: Sandbox

    async def ticket(self, summary: str = MINI, **members: Any) -> int:
        """A ticket that arrives and is decided."""
        ticket_id = sample(self.sandbox, summary, **members)
        await self.service.take_callback(told(ticket_id, "added"))
        await settled(self.parts)
        return ticket_id

    async def later(self, **by: float) -> None:
        """Lets time pass, then one round of messages."""
        self.clock.move(**by)
        await self.notify.round()


@dataclass
class Place:
    """What outlives the service."""

    url: str
    sandbox: Sandbox = field(default_factory=Sandbox)
    clock: Clock = field(default_factory=Clock)

    @asynccontextmanager
    async def open(self, targets: str, schedule: Schedule = AT_ONCE, **choices: Any) -> AsyncIterator[Office]:
        """A started service; its rounds of messages are made by the test."""
        values: dict[str, Any] = {"mode": "review", "now": self.clock} | choices
        async with house(self.sandbox, self.url, **values) as (service, parts):
            context = NotifyContext(
                Messages(parts.database), KeyValueStore(parts.database), service, Desk(parts), parts.chart, self.clock,
                site=SITE, poll=3600, seconds=2,
            )  # fmt: skip
            notify = NotifyService(context, parse_targets(targets), schedule)
            await notify.start()
            await asyncio.sleep(0)
            try:
                yield Office(service, parts, notify, self.clock, self.sandbox)
            finally:
                await notify.stop()


async def test_a_waiting_review_is_told_once_with_customer_question_and_link(url: str, webhook: Receiver) -> None:
    place = Place(url)
    async with place.open(webhook.url) as office:
        ticket_id = await office.ticket(summary="Network refresh")
        await office.later(seconds=10)
        await office.later(seconds=10)
    async with place.open(webhook.url) as office:
        await office.later(seconds=10)
    (sent,) = webhook.received
    assert sent["title"].startswith("Needs review: ")
    assert "Arbour Lane Clinic – Network refresh for the clinic" in sent["title"]
    assert sent["title"].endswith(f"({ticket_id})")
    assert f"{SITE}/tickets/{ticket_id}" in sent["message"]
    assert "waits for approval" in sent["message"]


async def test_what_waited_when_the_service_died_is_told_after_its_restart(url: str, webhook: Receiver) -> None:
    place = Place(url)
    webhook.status = 503
    async with place.open(webhook.url) as office:
        await office.ticket()
        with capture_logs() as lines:
            await office.later(seconds=10)
    (line,) = [line for line in lines if line["event"] == "notify.failed"]
    assert (line["target"], line["reason"]) == ("target 1 (json)", "HTTP 503")
    assert "very-secret-path" not in str(lines)
    webhook.status = 200
    async with place.open(webhook.url) as office:
        await office.later(seconds=5)
        assert webhook.received == []  # the pause before the next attempt
        await office.later(minutes=4)
        await office.later(minutes=4)
    assert len(webhook.received) == 1


async def test_reviews_are_collected_for_the_digest_and_answered_ones_left_out(url: str, webhook: Receiver) -> None:
    async with Place(url).open(webhook.url, Schedule(digest=timedelta(minutes=5))) as office:
        for _ in range(3):
            await office.ticket()
        await office.later(minutes=1)
        (newest, *_) = (await office.service.decisions()).items
        await office.service.reject(newest["id"], by="Ann")
        assert webhook.received == []
        await office.later(minutes=5)
        await office.later(minutes=5)
    assert webhook.titles == ["Mini-Projects: 2 need review"]


async def test_nothing_is_sent_in_quiet_hours_and_everything_after_them(url: str, webhook: Receiver) -> None:
    quiet = Schedule(quiet=QuietHours.parse("22:00-07:00"), zone=UTC)
    place = Place(url)
    place.clock.move(hours=12.5)  # 22:30
    async with place.open(webhook.url, quiet) as office:
        await office.ticket()
        await office.later(seconds=10)
        await office.ticket()
        await office.later(hours=8)
        assert webhook.received == []
        await office.later(minutes=31)
    assert webhook.titles == ["Mini-Projects: 2 need review"]


async def test_a_target_gets_what_its_role_and_board_concern(url: str, webhook: Receiver) -> None:
    with receiver() as field_team, receiver() as admins:
        targets = f"board=Service Desk -> {webhook.url}; board=Nowhere -> {field_team.url}; role=admin -> {admins.url}"
        async with Place(url).open(targets) as office:
            await office.ticket()
            await office.later(seconds=10)
            await Desk(office.parts).pause_writes(by="Ann")
            await office.later(minutes=2)
    assert [title.partition(":")[0] for title in webhook.titles] == ["Needs review", "Writing is paused by Ann"]
    assert field_team.titles == admins.titles == ["Writing is paused by Ann"]


async def test_a_failed_run_is_told(url: str, webhook: Receiver) -> None:
    async with Place(url).open(webhook.url, mode="live") as office:
        office.sandbox.faults.append(Fault("forbidden", "PATCH", "/service/tickets", times=100))
        ticket_id = await office.ticket()
        await office.later(seconds=10)
    (title,) = webhook.titles
    assert title.startswith("Failed: ")
    assert f"({ticket_id})" in title


async def test_the_limit_of_writes_is_told_beside_the_reviews(url: str, webhook: Receiver) -> None:
    async with Place(url).open(webhook.url, mode="live", max_writes_per_hour=0) as office:
        await office.ticket()
        await office.later(seconds=10)
    (sent,) = webhook.received
    assert sent["title"] == "Mini-Projects: 1 needs review, 1 about the service"
    assert "The hourly number of writes is reached" in sent["message"]


async def test_connectwise_is_told_away_after_two_failed_checks_and_back_once(url: str, webhook: Receiver) -> None:
    async with Place(url).open(webhook.url) as office:
        fault = Fault("error-before", "GET", "/service/boards", times=10_000)
        office.sandbox.faults.append(fault)
        await office.later(minutes=2)
        assert webhook.received == []
        await office.later(minutes=2)
        await office.later(minutes=2)
        assert webhook.titles == ["ConnectWise cannot be reached"]
        office.sandbox.faults.clear()
        await office.later(minutes=2)
        await office.later(minutes=2)
    assert webhook.titles == ["ConnectWise cannot be reached", "ConnectWise answers again"]


async def test_a_callback_that_was_switched_off_is_told(url: str, webhook: Receiver) -> None:
    async with Place(url).open(webhook.url, public_url=SITE) as office:
        await maintain_callback(office.parts)
        await office.later(minutes=2)
        assert webhook.received == []
        (entry,) = office.sandbox.store.table("/system/callbacks").values()
        entry["inactiveFlag"] = True
        await maintain_callback(office.parts)
        await office.later(minutes=2)
        await office.later(minutes=2)
    assert webhook.titles == ["The callback was switched off"]


async def test_a_refused_chart_is_told(url: str, webhook: Receiver, tmp_path: Path) -> None:
    chart = tmp_path / "chart.yaml"
    chart.write_text(shipped_chart().text, encoding="utf-8")
    async with Place(url).open(webhook.url, chart=chart) as office:
        chart.write_text("rows: 7\n", encoding="utf-8")
        await office.later(minutes=2)
        await office.later(minutes=2)
    assert webhook.titles == ["The chart file was refused"]


async def test_a_target_that_never_answers_delays_neither_runs_nor_other_targets(url: str, webhook: Receiver) -> None:
    with receiver() as slow:
        slow.gate.clear()
        async with Place(url).open(f"{slow.url}; {webhook.url}") as office:
            await office.ticket()
            round_of_messages = asyncio.create_task(office.notify.round())
            async with asyncio.timeout(30):
                while not webhook.received:  # noqa: ASYNC110 - the receiver's thread raises no event here
                    await asyncio.sleep(0.01)
            assert not round_of_messages.done()
            await office.ticket()  # decided while the other target is silent
            assert len((await office.service.decisions()).items) == 2
            with capture_logs() as lines:
                await round_of_messages
            assert [line["reason"] for line in lines if line["event"] == "notify.failed"] == ["no answer within 2 s"]
            slow.gate.set()


async def test_after_a_day_a_message_is_given_up_and_readiness_says_so(url: str, webhook: Receiver) -> None:
    webhook.status = 404
    async with Place(url).open(webhook.url) as office:
        await office.ticket()
        await office.later(seconds=10)
        with capture_logs() as lines:
            await office.later(hours=25)
        assert [line["event"] for line in lines if line["log_level"] == "error"] == ["notify.given-up"]
        assert await office.notify.counts() == {"failed": 1}
        (check,) = [check for check in await office.service.readiness() if check.id == "notify"]
        assert (check.ok, check.needed) == (False, False)
        assert "very-secret-path" not in check.text + check.hint


async def test_what_happened_before_messages_were_switched_on_is_not_told(url: str, webhook: Receiver) -> None:
    place = Place(url)
    async with place.open("") as office:
        await office.ticket()
    place.clock.move(minutes=1)
    async with place.open(webhook.url) as office:
        await office.later(seconds=10)
    assert webhook.received == []


async def test_a_target_that_was_removed_gets_nothing_more(url: str, webhook: Receiver) -> None:
    place = Place(url)
    webhook.status = 500
    async with place.open(webhook.url) as office:
        await office.ticket()
        await office.later(seconds=10)
    with receiver() as other:
        async with place.open(other.url) as office:
            await office.later(hours=2)
            assert await office.notify.counts() == {"dropped": 1}
        assert other.received == []


async def test_two_processes_tell_once(url: str, webhook: Receiver) -> None:
    place = Place(url)
    async with place.open(webhook.url) as office:
        second = NotifyService(office.notify._context, office.notify.targets, AT_ONCE)
        await office.ticket()
        await asyncio.gather(office.notify.round(), second.round())
        await asyncio.gather(office.notify.round(), second.round())
    assert len(webhook.received) == 1


async def test_a_test_message_names_what_each_target_did(url: str, webhook: Receiver) -> None:
    with receiver() as broken:
        broken.status = 500
        quiet = replace(AT_ONCE, quiet=QuietHours.parse("00:00-23:59"))
        async with Place(url).open(f"{webhook.url}; role=admin -> {broken.url}", quiet) as office:
            good, bad = await office.notify.test()
    assert (good.target, good.audience, good.problem) == ("target 1 (json)", "everybody", "")
    assert (bad.target, bad.audience, bad.problem) == ("target 2 (json)", "admins", "HTTP 500")
    assert webhook.titles == ["Mini-Projects: test message"]
