"""Lists come whole: to the last page, through shifting pages, and never for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectwise import InvalidResponse, Unreachable
from tests.support.fake_transport import client, reply
from tests.support.limits import examples

LIST = "/service/boards"


def shelf(records: list[Any], *, cap: int = 1000) -> Callable[[httpx.Request], httpx.Response]:
    """A list as ConnectWise pages it: forward-only by the last id, else by number."""

    def answer(request: httpx.Request) -> httpx.Response:
        query, size = request.url.params, min(cap, int(request.url.params["pageSize"]))
        if request.headers.get("pagination-type") == "forward-only":
            after = int(query.get("pageId", 0))
            return reply(sorted((one for one in records if one["id"] > after), key=lambda one: int(one["id"]))[:size])
        start = (int(query["page"]) - 1) * size
        return reply(records[start : start + size])

    return answer


@examples(40)
@given(count=st.integers(0, 25), size=st.integers(1, 10), numbered=st.booleans())
async def test_every_record_comes_once_whatever_the_size_of_the_last_page(
    count: int, size: int, *, numbered: bool
) -> None:
    manage, script = client(shelf([{"id": number} for number in range(1, count + 1)]))
    order = "name" if numbered else ""
    pages = [page async for page in manage.pages(LIST, order_by=order, size=size)]
    assert [one["id"] for page in pages for one in page] == list(range(1, count + 1))
    assert all(pages)
    assert len(script.requests) == count // size + 1


async def test_a_full_last_page_ends_with_an_empty_one() -> None:
    manage, script = client(shelf([{"id": number} for number in range(1, 1001)]))
    assert len(await manage.list(LIST)) == 1000
    assert len(script.requests) == 2


async def test_forward_only_is_asked_for_as_the_guide_says() -> None:
    manage, script = client(shelf([{"id": number} for number in range(1, 8)]))
    await _all(manage.pages(LIST, 'name="x"', fields=("name",), size=5))
    assert [one.headers["pagination-type"] for one in script.requests] == ["forward-only"] * 2
    assert script.query(0) == {"conditions": 'name="x"', "fields": "id,name", "pageSize": "5"}
    assert script.query(1) == {"conditions": 'name="x"', "fields": "id,name", "pageSize": "5", "pageId": "5"}


async def test_pages_go_on_behind_an_id() -> None:
    manage, _ = client(shelf([{"id": number} for number in range(1, 8)]))
    assert await _all(manage.pages(LIST, after=4, size=2)) == [5, 6, 7]


async def test_an_order_of_its_own_is_paged_by_number() -> None:
    manage, script = client(shelf([{"id": 3}, {"id": 1}, {"id": 2}]))
    assert await _all(manage.pages(LIST, order_by="name desc", size=2)) == [3, 1, 2]
    assert "pagination-type" not in script.requests[0].headers
    assert script.query(1) == {"pageSize": "2", "page": "2", "orderBy": "name desc"}


async def test_a_record_that_goes_between_two_pages_hides_no_other() -> None:
    records = [{"id": number} for number in range(1, 8)]
    manage, _ = client(shelf(records))
    seen = []
    async for page in manage.pages(LIST, size=3):
        seen += [one["id"] for one in page]
        records[:] = [one for one in records if one["id"] != 2]
    assert seen == [1, 2, 3, 4, 5, 6, 7]


async def test_a_record_that_comes_between_two_numbered_pages_shows_none_twice() -> None:
    records = [{"id": number} for number in range(1, 8)]
    manage, _ = client(shelf(records))
    seen = []
    async for page in manage.pages(LIST, order_by="name", size=3):
        seen += [one["id"] for one in page]
        if len(records) == 7:
            records.insert(0, {"id": 99})
    assert seen == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("order", ["", "name"], ids=["forward-only", "numbered"])
@pytest.mark.parametrize(
    "page",
    [
        pytest.param([{"name": "a"}, {"name": "b"}], id="records-without-id"),
        pytest.param([{"id": None}, {"id": "7"}], id="ids-that-are-none"),
        pytest.param([{"id": 1}, {"id": 2}], id="the-same-page-for-ever"),
        pytest.param([None, "x"], id="no-records"),
    ],
)
async def test_pages_that_do_not_go_on_end_with_an_error_and_not_never(page: list[Any], order: str) -> None:
    manage, script = client(lambda _: reply(page))
    with pytest.raises(InvalidResponse, match="makes no progress"):
        await _all(manage.pages(LIST, order_by=order, size=2))
    assert len(script.requests) <= 2


async def test_what_is_no_record_is_left_out_and_does_not_end_the_list_early() -> None:
    manage, _ = client(reply([{"id": 1}, None]), reply([{"id": 2}]))
    assert await _all(manage.pages(LIST, size=2)) == [1, 2]


async def test_a_short_page_may_hold_records_without_id() -> None:
    manage, _ = client(reply([{"name": "a"}]))
    assert await manage.list(LIST) == [{"name": "a"}]


@pytest.mark.parametrize("answer", [{"id": 1}, None, "text", 7])
async def test_a_list_that_is_none_is_nonsense(answer: Any) -> None:
    manage, _ = client(reply(answer))
    with pytest.raises(InvalidResponse, match="other than a list"):
        await manage.list(LIST)


@pytest.mark.parametrize("answer", [[], None, "text", 7])
async def test_a_record_that_is_none_is_nonsense(answer: Any) -> None:
    manage, _ = client(reply(answer))
    with pytest.raises(InvalidResponse, match="other than a record"):
        await manage.get(f"{LIST}/1")


async def test_a_page_that_fails_is_asked_again_and_nothing_comes_twice() -> None:
    manage, _ = client(reply([{"id": 1}, {"id": 2}]), httpx.ReadTimeout("x"), reply(status=503), reply([{"id": 3}]))
    assert await _all(manage.pages(LIST, size=2)) == [1, 2, 3]


async def test_a_page_that_fails_for_good_raises_after_those_that_came() -> None:
    manage, _ = client(reply([{"id": 1}, {"id": 2}]), httpx.ReadTimeout("x"))
    pages = manage.pages(LIST, size=2)
    assert await anext(pages) == [{"id": 1}, {"id": 2}]
    with pytest.raises(Unreachable):
        await anext(pages)


async def test_fields_name_what_is_wanted_of_a_record() -> None:
    manage, script = client(reply({"id": 1}))
    await manage.get(f"{LIST}/1", fields=("id", "board/name"))
    assert script.query(0) == {"fields": "id,board/name"}


async def test_blanks_and_signs_of_a_condition_are_encoded() -> None:
    manage, script = client(reply([]))
    await manage.list(LIST, 'name="R & D; 100%" and x>[2026-06-01T00:00:00Z] and id in (1,2)')
    raw = script.requests[0].url.query.decode()
    assert "name%3D%22R%20%26%20D%3B%20100%25%22%20and%20x%3E%5B2026-06-01T00:00:00Z%5D%20and%20id%20in%20(1,2)" in raw


@pytest.mark.parametrize("path", [LIST, f"{LIST}/", f"{LIST}/count"])
async def test_a_count_is_one_request(path: str) -> None:
    manage, script = client(reply({"count": 7}))
    assert await manage.count(path, "id>3") == 7
    assert script.asked == [f"GET {LIST}/count"]
    assert script.query(0) == {"conditions": "id>3"}


@pytest.mark.parametrize("answer", [{}, {"count": None}, {"count": "7"}, {"count": True}, []])
async def test_a_count_that_is_none_is_nonsense(answer: Any) -> None:
    manage, _ = client(reply(answer))
    with pytest.raises(InvalidResponse):
        await manage.count(LIST)


async def test_deleting_what_is_gone_is_fine() -> None:
    manage, _ = client(reply({"code": "NotFound"}, status=404))
    await manage.delete(f"{LIST}/1")


async def test_a_deletion_answers_nothing() -> None:
    manage, script = client(httpx.Response(204))
    await manage.delete(f"{LIST}/1")
    assert script.asked == [f"DELETE {LIST}/1"]


async def _all(pages: Any) -> list[Any]:
    return [one["id"] async for page in pages for one in page]
