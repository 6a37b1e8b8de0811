"""One suite for both dispatchers: a wake-up is only a wake-up, and a run is never worked on twice at once."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.domain.enums import Mode, RunKind, Trigger
from app.sandbox import Fault, Sandbox
from app.workflow import StoreUnavailable, WorkflowContext
from app.workflow.context import utc_now
from tests.support.databases import BOTH, fresh_database
from tests.support.harness import Clock, house, person, sample, settled, told

MINI = "Fit the replacement"


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as url:
        yield url


async def states(parts: WorkflowContext, ticket_id: int) -> list[str]:
    return [run.state for run in await parts.runs.of_ticket(ticket_id)]


async def test_an_event_becomes_a_settled_decision(url: str) -> None:
    sandbox = Sandbox()
    ticket_id = sample(sandbox, MINI)
    async with house(sandbox, url) as (service, parts):
        assert await service.take_callback(told(ticket_id, "added"))
        await settled(parts)
        page = await service.decisions(ticket_id=ticket_id)
    assert [one["status"] for one in page.items] == ["applied"]


async def test_a_run_whose_wake_up_was_lost_is_found_in_the_journal(url: str) -> None:
    sandbox = Sandbox()
    ticket_id = sample(sandbox, MINI)
    async with house(sandbox, url) as (_, parts):
        await parts.runs.open(
            ticket_id=ticket_id, kind=RunKind.CLASSIFY, trigger=Trigger.CALLBACK, mode=Mode.LIVE, now=parts.now()
        )
        await settled(parts)
        assert await states(parts, ticket_id) == ["ended"]


async def test_a_run_at_work_is_not_begun_again_when_the_clock_is_put_on(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    sandbox = Sandbox(now=clock)
    async with house(sandbox, url, now=clock) as (service, parts):
        post, sent, answered = parts.writer.post, asyncio.Event(), asyncio.Event()

        async def slowly(path: str, body: Any) -> Any:
            if path == "/project/projects":
                sent.set()
                await answered.wait()
            return await post(path, body)

        monkeypatch.setattr(parts.writer, "post", slowly)
        view = await service.reclassify(sample(sandbox, "Network refresh"), wait=0.0)
        await sent.wait()
        clock.move(seconds=120)
        await asyncio.sleep(0.5)
        answered.set()
        await settled(parts)
        decision = (await service.run(view.run_id)).decision or {}
    assert len(sandbox.store.table("/project/projects")) == 1
    assert decision["status"] == "applied"


@pytest.mark.postgres
async def test_a_second_wake_up_begins_no_run_again_that_this_process_is_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was held up for longer than its lease is woken once more for the run that it still works on."""
    clock = Clock()
    sandbox = Sandbox(now=clock)
    with fresh_database("postgres", tmp_path) as address:
        async with house(sandbox, address, now=clock) as (service, parts):
            get, asked, answered = parts.reader.find, asyncio.Event(), asyncio.Event()

            async def slowly(path: str, **more: Any) -> Any:
                asked.set()
                await answered.wait()
                return await get(path, **more)

            monkeypatch.setattr(parts.reader, "find", slowly)
            view = await service.reclassify(sample(sandbox, MINI), wait=0.0)
            await asked.wait()
            clock.move(seconds=120)
            again = asyncio.create_task(service._dispatcher._execute(view.run_id))  # type: ignore[attr-defined]
            await asyncio.sleep(0.5)
            answered.set()
            await again
            await settled(parts)
            decision = (await service.run(view.run_id)).decision or {}
    assert decision["status"] == "applied"


async def test_runs_of_one_ticket_follow_one_another_and_those_of_others_do_not_wait(url: str) -> None:
    sandbox = Sandbox()
    one, other = sample(sandbox, MINI), sample(sandbox, MINI)
    async with house(sandbox, url) as (service, _):
        views = await asyncio.gather(*(service.reclassify(ticket_id, mode="review") for ticket_id in (one, one, other)))
        assert all(view.settled for view in views)
        statuses = [one["status"] for one in (await service.decisions(ticket_id=one)).items]
        assert statuses == ["awaiting-review", "rejected"]


async def test_a_run_that_must_wait_waits_in_the_journal_and_goes_on(url: str) -> None:
    sandbox = Sandbox()
    ticket_id = sample(sandbox, MINI)
    sandbox.faults.append(Fault("drop-before", path=f"/service/tickets/{ticket_id}$", times=5))
    async with house(sandbox, url) as (service, parts):
        view = await service.reclassify(ticket_id)
        assert (view.decision or {})["status"] == "applied"
        (run,) = await parts.runs.of_ticket(ticket_id)
        assert run.attempts >= 1


async def test_a_run_whose_holder_died_is_taken_over_when_its_lease_is_over(url: str) -> None:
    sandbox = Sandbox()
    ticket_id = sample(sandbox, MINI)
    async with house(sandbox, url, stalled_after=0.3) as (_, parts):
        run = await parts.runs.open(
            ticket_id=ticket_id, kind=RunKind.CLASSIFY, trigger=Trigger.CALLBACK, mode=Mode.LIVE, now=utc_now()
        )
        long_ago = utc_now() - timedelta(hours=1)
        await parts.runs.claim("dead", limit=9, now=long_ago, only=run.id)
        await settled(parts)
        assert await states(parts, ticket_id) == ["ended"]


async def test_a_process_that_stops_gives_back_what_it_could_not_end(url: str) -> None:
    sandbox = Sandbox()
    ticket_id = sample(sandbox, MINI)
    sandbox.faults.append(Fault("drop-before", path=f"/service/tickets/{ticket_id}$", times=10_000))
    async with house(sandbox, url, first_wait=60.0) as (service, parts):
        view = await service.reclassify(ticket_id, wait=1.0)
        assert not view.settled
        assert view.error is not None
    sandbox.faults.clear()
    async with house(sandbox, url, now=lambda: utc_now() + timedelta(minutes=6)) as (service, parts):
        await settled(parts)
        assert [one["status"] for one in (await service.decisions()).items] == ["applied"]


async def test_two_services_on_one_database_do_everything_once(url: str, tmp_path: Path) -> None:
    sandbox = Sandbox()
    tickets = [sample(sandbox, MINI) for _ in range(6)]
    async with house(sandbox, url) as (one, parts), house(sandbox, url) as (other, _):
        for number, ticket_id in enumerate(tickets):
            await (one if number % 2 else other).take_callback(told(ticket_id, "added"))
        await settled(parts)
        page = await one.decisions()
        stands_by = [check for check in await other.readiness() if check.id == "dispatch"]
    assert sorted(decision["ticket_id"] for decision in page.items) == tickets
    assert {decision["status"] for decision in page.items} == {"applied"}
    patched = Counter(exchange.path.partition("/3.0")[2] for exchange in sandbox.journal if exchange.method == "PATCH")
    assert {f"/service/tickets/{each}": 2 for each in tickets}.items() <= patched.items(), "the move and the billing"
    lines = {path: times for path, times in patched.items() if path.startswith("/procurement/products/")}
    assert (len(lines), set(lines.values()), len(patched)) == (len(tickets), {1}, 2 * len(tickets))
    assert [check.ok for check in stands_by] == [not url.startswith("sqlite")]
    assert ("works on this SQLite file" in stands_by[0].text) is url.startswith("sqlite")


async def test_two_people_at_once_get_one_answer_through(url: str) -> None:
    sandbox = Sandbox()
    ticket_id = sample(sandbox, MINI)
    async with house(sandbox, url, mode="review") as (one, _), house(sandbox, url, mode="review") as (other, _):
        view = await one.reclassify(ticket_id)
        assert view.decision is not None
        decision_id = view.decision["id"]
        words = (
            one.approve(decision_id),
            other.approve(decision_id),
            other.reject(decision_id),
            one.reject(decision_id),
        )
        answers = await asyncio.gather(*words, return_exceptions=True)
        assert sum(not isinstance(answer, Exception) for answer in answers) == 1, answers
        undone = await asyncio.gather(one.undo(decision_id), other.undo(decision_id), return_exceptions=True)
        status = (await one.decision(decision_id))["status"]
    if any(exchange.method == "PATCH" for exchange in sandbox.journal):
        assert status == "undone"
        assert sum(not isinstance(answer, Exception) for answer in undone) == 1
    else:
        assert status == "rejected"


async def test_an_approval_after_a_person_changed_the_ticket_stops_before_any_write(url: str) -> None:
    sandbox = Sandbox()
    ticket_id = sample(sandbox, MINI)
    async with house(sandbox, url, mode="review") as (service, _):
        view = await service.reclassify(ticket_id)
        assert view.decision is not None
        change = next(one for one in sandbox.store.table("/service/boards/1/types").values() if one["name"] == "Change")
        wish = {"type": {"id": change["id"]}, "subType": None, "item": None}
        body = [{"op": "replace", "path": name, "value": value} for name, value in wish.items()]
        person(sandbox, "PATCH", f"/service/tickets/{ticket_id}", body)
        before = len([one for one in sandbox.journal if one.is_write])
        view = await service.approve(view.decision["id"])
    assert (view.decision or {})["status"] == "failed"
    assert "changed since the decision; nothing was written" in (view.decision or {})["said"]
    assert len([one for one in sandbox.journal if one.is_write]) == before


@pytest.mark.postgres
async def test_when_the_database_server_drops_every_connection_the_work_goes_on(tmp_path: Path) -> None:
    sandbox = Sandbox()
    with fresh_database("postgres", tmp_path) as url:
        async with house(sandbox, url, stalled_after=1.0) as (service, parts):
            await service.reclassify(sample(sandbox, MINI))
            everybody_else = "pid <> pg_backend_pid() AND datname = current_database()"
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {everybody_else}")  # noqa: S608
            ticket_id = sample(sandbox, MINI)
            for _ in range(20):
                with contextlib.suppress(StoreUnavailable):
                    await service.take_callback(told(ticket_id, "added"))
                    break
            await settled(parts)
            (decision,) = (await service.decisions(ticket_id=ticket_id)).items
    assert decision["status"] == "applied"
