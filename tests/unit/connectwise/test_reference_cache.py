"""Lists that change rarely are asked for once, however many need them, and anew when somebody insists."""

from __future__ import annotations

import asyncio

import pytest

from app.connectwise import ReferenceCache, ServerError
from tests.support.fake_transport import client, reply

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
