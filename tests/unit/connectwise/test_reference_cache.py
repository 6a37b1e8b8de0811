"""Lists that change rarely are asked for once, however many need them, and anew when somebody insists."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.connectwise import ReferenceCache, ServerError
from tests.support.fake_transport import API, client, reply

BOARDS = "/service/boards"


async def test_many_askers_cause_one_request() -> None:
    manage, script = client(reply([{"id": 1}]))
    catalogue = ReferenceCache(manage)
    assert await asyncio.gather(*(catalogue.read(BOARDS) for _ in range(10))) == [[{"id": 1}]] * 10
    assert len(script.requests) == 1


async def test_a_fresh_list_is_asked_once_by_many_at_once() -> None:
    manage, script = client(reply([{"id": 1}]), reply([{"id": 1}, {"id": 2}]))
    catalogue = ReferenceCache(manage)
    await catalogue.read(BOARDS)
    found = await asyncio.gather(*(catalogue.read(BOARDS, fresh=True) for _ in range(5)))
    assert found == [[{"id": 1}, {"id": 2}]] * 5
    assert len(script.requests) == 2


async def test_an_old_list_is_asked_anew() -> None:
    manage, script = client(reply([{"id": 1}]))
    catalogue = ReferenceCache(manage, lifetime=0.0)
    await catalogue.read(BOARDS)
    await catalogue.read(BOARDS)
    assert len(script.requests) == 2


@pytest.mark.parametrize("status", [403, 404])
async def test_a_list_that_may_not_be_read_is_empty_for_planning(status: int) -> None:
    manage, _ = client(reply(status=status))
    assert await ReferenceCache(manage).readable(BOARDS) == []


@pytest.mark.parametrize("status", [403, 404])
async def test_a_list_that_may_not_be_read_any_more_is_not_what_it_was(status: int) -> None:
    manage, _ = client(reply([{"id": 1}]), reply(status=status), reply(status=status))
    catalogue = ReferenceCache(manage)
    await catalogue.read(BOARDS)
    assert await catalogue.readable(BOARDS, fresh=True) == []
    assert await catalogue.readable(BOARDS) == []


async def test_a_list_that_is_away_is_an_error_and_not_kept() -> None:
    manage, _ = client(*[reply(status=503)] * 4, reply([{"id": 1}]))
    catalogue = ReferenceCache(manage)
    with pytest.raises(ServerError):
        await catalogue.readable(BOARDS)
    assert await catalogue.readable(BOARDS) == [{"id": 1}]


TYPES = "/service/boards/12/types"
CONTACTS = "/company/contacts?conditions=company/id=7"
LISTS: dict[str, list[dict[str, Any]]] = {
    "board": [{"id": 12}],
    "boardtype": [{"id": 1}, {"id": 2}],
    "contact": [{"id": 34}],
}
PATHS = {BOARDS: "board", TYPES: "boardtype", "/company/contacts": "contact"}


def bundling(lists: dict[str, list[dict[str, Any]]], **changes: Any) -> Callable[[httpx.Request], httpx.Response]:
    """ConnectWise with lists by resource type; `changes`: what its bundles say instead."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return reply(lists[PATHS[request.url.path.removeprefix(API)]])
        asked = httpx.Response(200, content=request.content).json()["requests"]
        shown = [changes.get(each["resourceType"], lists[each["resourceType"]]) for each in asked]
        results = [
            {
                "sequenceNumber": each["sequenceNumber"],
                "statusCode": 200,
                "count": len(records),
                "entities": records[::-1],
            }
            for each, records in zip(asked, shown, strict=True)
        ]
        return reply({"results": results}, status=201)

    return answer


async def test_cached_lists_are_confirmed_in_one_request() -> None:
    manage, script = client(bundling(LISTS))
    lists = ReferenceCache(manage)
    expected = {BOARDS: LISTS["board"], TYPES: LISTS["boardtype"], CONTACTS: LISTS["contact"]}
    assert await lists.current(expected) == expected
    script.requests.clear()
    assert await lists.current(expected) == expected
    assert script.asked == ["POST /system/bundles"]
    assert script.body(0)["requests"][2]["apiRequest"]["filters"] == {"conditions": "company/id=7"}


async def test_a_list_that_a_bundle_shows_otherwise_is_read_by_itself() -> None:
    lists = dict(LISTS)
    manage, script = client(bundling(lists))
    cache = ReferenceCache(manage)
    await cache.current([BOARDS, TYPES])
    lists["boardtype"] = [{"id": 1}]
    script.requests.clear()
    assert await cache.current([BOARDS, TYPES]) == {BOARDS: [{"id": 12}], TYPES: [{"id": 1}]}
    assert script.asked == ["POST /system/bundles", f"GET {TYPES}"]
    assert await cache.read(TYPES) == [{"id": 1}]


async def test_a_bundle_alone_never_changes_a_list() -> None:
    manage, _ = client(bundling(LISTS))
    cache = ReferenceCache(manage)
    await cache.current([BOARDS, TYPES])
    wrong, script = client(bundling(LISTS, board=[{"id": 99}]))
    cache._client = wrong
    assert (await cache.current([BOARDS, TYPES]))[BOARDS] == [{"id": 12}]
    assert script.asked == ["POST /system/bundles", f"GET {BOARDS}"]


async def test_lists_read_since_the_work_began_are_not_read_again() -> None:
    manage, script = client(bundling(LISTS))
    cache, began = ReferenceCache(manage), time.monotonic()
    await cache.read(BOARDS)
    assert await cache.current([BOARDS], since=began) == {BOARDS: [{"id": 12}]}
    assert script.asked == [f"GET {BOARDS}"]


async def test_without_bundles_each_list_is_read_by_itself() -> None:
    manage, script = client(bundling(LISTS), bundle_size=0)
    cache = ReferenceCache(manage)
    for _ in range(2):
        await cache.current([BOARDS, TYPES])
    assert sorted(script.asked) == sorted([f"GET {BOARDS}", f"GET {TYPES}"] * 2)
