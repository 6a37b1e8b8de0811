"""Past tickets are read whole, in few requests, page by page, and reading resumes where it stopped."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectwise import ConnectWiseError, Scope, load_for_plan, load_ticket, ticket_history
from app.sandbox import Sandbox
from app.sandbox import samples as sample_tickets
from tests.support.fake_transport import on, reply
from tests.support.history_transport import START, Past
from tests.support.limits import examples

ALWAYS = Scope(START - timedelta(days=1), START + timedelta(days=10_000))


async def flat(pages: AsyncIterator[list[Any]]) -> list[Any]:
    return [one async for page in pages for one in page]


@examples(40)
@given(count=st.integers(0, 30), size=st.integers(1, 12), step=st.integers(1, 9), bundles=st.booleans())
async def test_every_ticket_is_read_once_with_its_related_records(
    count: int, size: int, step: int, *, bundles: bool
) -> None:
    past = Past(count, step=step, bundles=bundles)
    manage = past.client()
    cases = [
        case
        async for page in ticket_history.records(manage, ALWAYS, size=size)
        async for case in ticket_history.with_texts(manage, page)
    ]
    assert [case.id for case in cases] == [one["id"] for one in past.lists["/service/tickets"]]
    for case in cases:
        for found, path, member in (
            (case.schedule_entries, "/schedule/entries", "objectId"),
            (case.time_entries, "/time/entries", "chargeToId"),
            (case.products, "/procurement/products", "chargeToId"),
        ):
            own = [one["id"] for one in past.lists[path] if one[member] == case.id and "_info" in one]
            assert [one.id for one in found] == own
        assert case.initial_description == f"Please {case.id}"
        assert len(case.tasks) == len(past.texts[case.id or 0, "tasks"])
        assert case.unread == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "most"),
    [pytest.param(1, 12, id="all-boards"), pytest.param(3, 20, id="a-third"), pytest.param(50, 20, id="scattered")],
)
async def test_a_thousand_tickets_take_at_most_twenty_requests_and_with_texts_a_hundred_and_twenty(
    step: int, most: int
) -> None:
    past = Past(2000, step=step)
    manage = past.client()
    cases = await flat(ticket_history.records(manage, ALWAYS))
    assert len(cases) == 2000
    without = manage.metrics.sent
    assert without <= 2 * most + 3, "the last page is empty, and statuses are read once"
    told = [case async for case in ticket_history.with_texts(manage, cases)]
    assert len(told) == 2000
    assert manage.metrics.sent <= 2 * 120
    assert manage.metrics.sent - without == 80
    assert max(past.addresses) <= 2000


async def test_requests_are_counted_by_path_template() -> None:
    manage = Past(1000).client()
    await flat(ticket_history.records(manage, ALWAYS))
    by_template = Counter({template: count for (_, template), count in manage.metrics.requests.items()})
    assert by_template["/service/tickets"] == 2
    assert by_template["/finance/agreements"] == 1
    assert by_template["/sales/opportunities"] == 1


async def test_a_past_ticket_has_the_same_record_as_in_the_live_service() -> None:
    sandbox = Sandbox(seed=1)
    for sample in sample_tickets.samples()[:10]:
        sample_tickets.create(sandbox, sample)
    manage = on(sandbox)
    now = datetime.now(UTC)
    scope = Scope(now - timedelta(days=1), now + timedelta(days=1))
    compared = 0
    async for page in ticket_history.records(manage, scope):
        async for past in ticket_history.with_texts(manage, page):
            live = await load_for_plan(manage, await load_ticket(manage, past.id or 0))
            for name in (
                "initial_description",
                "notes",
                "tasks",
                "schedule_entries",
                "products",
                "time_entries",
                "unread",
            ):
                assert getattr(past, name) == getattr(live, name), name
            for name in ("summary", "board", "company", "agreement", "opportunity", "date_entered", "budget_hours"):
                assert _names(getattr(past, name)) == _names(getattr(live, name)), name
            compared += 1
    assert compared == 10


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize("boards", [(), ("Service Desk", "Sales Handover")], ids=["all-boards", "two-boards"])
async def test_the_history_of_the_sandbox_is_read_whole_and_its_journal_shows_few_requests(
    boards: tuple[str, ...],
) -> None:
    sandbox = Sandbox(seed=1)
    sandbox.fill_history(tickets=1000, months=6)
    manage = on(sandbox)
    scope = Scope(sandbox.now() - timedelta(days=300), sandbox.now() + timedelta(days=1), boards=boards)
    cases = await flat(ticket_history.records(manage, scope))
    requests = len(sandbox.journal)
    told = [case async for case in ticket_history.with_texts(manage, cases)]
    assert requests <= 20
    assert len(sandbox.journal) <= 120
    assert len(sandbox.journal) == manage.metrics.sent
    assert len(told) == await ticket_history.count(manage, scope) > 700
    assert all(case.unread == [] for case in told)
    assert sum(bool(case.initial_description) for case in told) > 0.9 * len(told)
    assert boards or len(told) == 1000


async def test_only_tickets_of_the_scope_are_read() -> None:
    past = Past(60)
    manage = past.client()
    scope = Scope(
        START + timedelta(hours=10),
        START + timedelta(hours=40),
        boards=("board 2", 3),
        companies=(250, 251, 252),
        statuses=(1,),
    )
    found = await flat(ticket_history.tickets(manage, scope))
    expected = [
        one for hour, one in enumerate(past.lists["/service/tickets"])
        if 10 <= hour < 40 and one["board"]["id"] in (2, 3) and one["company"]["id"] <= 252 and one["status"]["id"] == 1
    ]  # fmt: skip
    assert [one["id"] for one in found] == [one["id"] for one in expected]
    assert 0 < len(found) < 30
    assert await ticket_history.count(manage, scope) == len(found)


async def test_more_companies_than_fit_a_url_are_filtered_after_reading() -> None:
    past = Past(20)
    scope = Scope(ALWAYS.since, ALWAYS.until, companies=(251, *range(100_000, 101_000)))
    found = await flat(ticket_history.tickets(past.client(), scope))
    assert {one["company"]["id"] for one in found} == {251}
    assert max(past.addresses) <= 2000


@pytest.mark.parametrize("names", [('a" or id>0',), ("it's",), ("x\n",)])
def test_a_name_that_cannot_stand_in_a_condition_is_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="quotes"):
        Scope(ALWAYS.since, ALWAYS.until, boards=names)


def test_times_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Scope(datetime.fromisoformat("2026-01-01T00:00:00"), ALWAYS.until)


async def test_an_empty_range_gives_no_page() -> None:
    past = Past(5)
    assert (
        await flat(ticket_history.records(past.client(), Scope(START - timedelta(days=9), START - timedelta(days=8))))
        == []
    )
    assert past.requests == ["GET /service/tickets"]


async def test_reading_resumes_after_the_last_id() -> None:
    past = Past(30)
    whole = [one.id for one in await flat(ticket_history.records(past.client(), ALWAYS, size=10))]
    pages = ticket_history.records(past.client(), ALWAYS, size=10)
    first = [one.id for one in await anext(pages)]
    await pages.aclose()
    rest = [one.id for one in await flat(ticket_history.records(past.client(), ALWAYS, size=10, after=first[-1] or 0))]
    assert first + rest == whole


async def test_stopping_early_leaves_no_task_running() -> None:
    past = Past(50)
    pages = ticket_history.records(past.client(), ALWAYS, size=10)
    page = await anext(pages)
    texts = ticket_history.with_texts(past.client(bundle_size=4), page)
    await anext(texts)
    await texts.aclose()
    await pages.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}


TROUBLES = [
    httpx.ReadTimeout("x"),
    httpx.ConnectError("x"),
    httpx.RemoteProtocolError("x"),
    reply(status=429, headers={"Retry-After": "1"}),
    reply(status=500),
    reply(status=503),
    reply(b"<html>Please wait</html>"),
    reply(b'[{"id": 1}, {'),
]


async def test_requests_that_fail_twice_lose_and_repeat_nothing() -> None:
    undisturbed, disturbed = Past(40, step=4), Past(40, step=4)
    failed: Counter[str] = Counter()

    def trouble(request: httpx.Request) -> Any:
        wanted = f"{request.method} {request.url} {request.content!r}"
        failed[wanted] += 1
        return TROUBLES[sum(failed.values()) % len(TROUBLES)] if failed[wanted] <= 2 else None

    disturbed.trouble = trouble
    found = []
    for past in (undisturbed, disturbed):
        manage = past.client()
        pages = ticket_history.records(manage, ALWAYS, size=9)
        found.append([case async for page in pages async for case in ticket_history.with_texts(manage, page)])
    assert found[0] == found[1]
    assert len(found[0]) == 40
    assert manage.metrics.retries.total() >= 2 * len(failed)


async def test_a_page_that_times_out_is_requested_in_halves() -> None:
    past = Past(600)
    past.trouble = lambda request: (
        httpx.ReadTimeout("x") if int(request.url.params.get("pageSize", 0)) > 250 and _lists_tickets(request) else None
    )
    found = await flat(ticket_history.tickets(past.client(), ALWAYS))
    assert [one["id"] for one in found] == [one["id"] for one in past.lists["/service/tickets"]]


async def test_a_timeout_in_the_middle_loses_and_repeats_nothing() -> None:
    past = Past(600)

    def slow(request: httpx.Request) -> httpx.Response | None:
        far = int(request.url.params.get("pageId", 0)) >= 1_000_250
        return reply(status=504) if far and int(request.url.params.get("pageSize", 0)) > 125 else None

    past.trouble = slow
    found = await flat(ticket_history.tickets(past.client(), ALWAYS, size=250))
    assert [one["id"] for one in found] == [one["id"] for one in past.lists["/service/tickets"]]


async def test_a_permanent_failure_is_raised_after_the_pages_before_it() -> None:
    past = Past(600)
    past.trouble = lambda request: (
        reply(status=503) if int(request.url.params.get("pageId", 0)) > 1_000_100 and _lists_tickets(request) else None
    )
    pages = ticket_history.records(past.client(), ALWAYS, size=200)
    assert len(await anext(pages)) == 200
    with pytest.raises(ConnectWiseError, match="503"):
        await anext(pages)


@pytest.mark.fast_cases(4)
@pytest.mark.parametrize("status", [400, 403, 404])
@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/schedule/entries", "scheduleEntries"), ("/time/entries", "timeEntries"), ("/procurement/products", "products"),
        ("/finance/agreements", "agreement"), ("/sales/opportunities", "opportunity"),
    ],
)  # fmt: skip
async def test_unreadable_related_records_are_named_on_each_ticket(path: str, part: str, status: int) -> None:
    past = Past(60)
    past.trouble = lambda request: reply(status=status) if request.url.path.endswith(path) else None
    cases = await flat(ticket_history.records(past.client(), ALWAYS))
    named = [case for case in cases if part in case.unread]
    asked = [case for case in cases if part not in ("agreement", "opportunity") or getattr(case, part)]
    assert len(cases) == 60
    assert named == asked
    assert named


async def test_unreadable_texts_are_named() -> None:
    past = Past(5, bundles=False)
    past.trouble = lambda request: reply(status=403) if request.url.path.endswith("/notes") else None
    manage = past.client()
    cases = await flat(ticket_history.records(manage, ALWAYS))
    assert all(case.unread == ["notes", "tasks"] for case in cases)
    assert [case.unread async for case in ticket_history.with_texts(manage, cases)] == [["notes"]] * 5


async def test_no_ticket_is_returned_while_a_part_is_unavailable() -> None:
    past = Past(5)
    past.trouble = lambda request: reply(status=503) if request.url.path.endswith("/time/entries") else None
    with pytest.raises(ConnectWiseError, match="503"):
        await flat(ticket_history.records(past.client(), ALWAYS))


async def test_a_ticket_deleted_meanwhile_keeps_its_texts_unread() -> None:
    past = Past(5, bundles=False)
    past.trouble = lambda request: reply({"code": "NotFound"}, status=404) if "/1000002/" in request.url.path else None
    manage = past.client()
    cases = await flat(ticket_history.records(manage, ALWAYS))
    told = {case.id: case.unread async for case in ticket_history.with_texts(manage, cases)}
    assert {number for number, unread in told.items() if unread} == {1000002}


async def test_only_reads_are_sent() -> None:
    past = Past(100)
    manage = past.client()
    async for page in ticket_history.records(manage, ALWAYS, size=50):
        assert [case async for case in ticket_history.with_texts(manage, page)]
    assert {request.split()[0] for request in past.requests} == {"GET", "POST"}
    assert {request for request in past.requests if request.startswith("POST")} == {"POST /system/bundles"}


async def test_notes_of_this_service_are_left_out_of_the_past() -> None:
    past = Past(3)
    past.texts[1_000_000, "notes"].append(
        {"id": 1, "ticketId": 1_000_000, "text": "project. Mini-Projects decision 01J"}
    )
    manage = past.client()
    cases = await flat(ticket_history.records(manage, ALWAYS))
    told = [case async for case in ticket_history.with_texts(manage, cases, own_mark="Mini-Projects decision ")]
    assert [case.notes for case in told] == [[], [], []]


async def test_at_most_two_pages_are_read_ahead() -> None:
    past = Past(200)
    used, most = 0, 0
    async for page in ticket_history.records(past.client(), ALWAYS, size=10):
        used += 1
        for _ in range(100):
            await asyncio.sleep(0)
        asked = past.requests.count("GET /service/tickets")
        assert len(page) == 10
        most = max(most, asked - used)
    assert used == 20
    assert most == 2


@examples(40)
@given(value=st.none() | st.text(max_size=3) | st.integers(-3, 3) | st.lists(st.none(), max_size=2) | st.just({"id": True, "name": 7}),
       member=st.sampled_from(["agreement", "opportunity", "board", "company", "_info", "resources", "closedFlag"]))  # fmt: skip
async def test_unexpected_members_of_one_ticket_do_not_stop_the_others(value: Any, member: str) -> None:
    past = Past(3)
    past.lists["/service/tickets"][1][member] = value
    scope = Scope(ALWAYS.since, ALWAYS.until)
    cases = await flat(ticket_history.records(past.client(), scope))
    assert len(cases) == (2 if member == "_info" else 3)
    json.dumps([case.to_json() for case in cases])


def _lists_tickets(request: httpx.Request) -> bool:
    return request.url.path.endswith("/service/tickets")


def _names(value: Any) -> Any:
    return value if isinstance(value, str | float | int | None) else (value.id, value.name)
