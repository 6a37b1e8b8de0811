"""Lists: order, pages, fields, and the same answer whether records are living or of the past."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sandbox.engine.listing import Source, count, page
from app.sandbox.engine.table import Table, pack, unpack
from tests.support.limits import examples
from tests.support.sandbox_client import Line


@pytest.fixture
def line() -> Line:
    line = Line()
    for number in range(30):
        line.ticket(summary=f"Ticket {number % 7}", company={"id": 250 + number % 3})
    return line


def ids(found: list[dict[str, Any]]) -> list[int]:
    return [record["id"] for record in found]


def test_a_page_has_25_records_and_links_to_the_others(line: Line) -> None:
    answer = line.ask("GET", "/service/tickets", conditions="id>0")
    links: dict[str, str] = {
        rel: url for url, rel in (part.split("; rel=") for part in answer.headers["Link"].split(", "))
    }
    assert ids(answer.value) == list(range(4711, 4736))
    assert set(links) == {'"first"', '"next"', '"last"'}
    target = links['"next"'].strip("<>").removeprefix("http://127.0.0.1/v2026_1/apis/3.0")
    rest = line.sandbox.handle("GET", f"/v2026_1/apis/3.0{target}", _headers(), b"")
    assert ids(rest.value) == list(range(4736, 4741))
    assert '"prev"' in rest.headers["Link"]
    assert '"next"' not in rest.headers["Link"]


def _headers() -> dict[str, str]:
    from app.sandbox import credentials  # noqa: PLC0415

    return credentials()


def test_forward_only_pages_by_the_last_id_and_takes_no_order(line: Line) -> None:
    forward = {"pagination-type": "forward-only"}
    seen: list[int] = []
    while True:
        answer = line.ask("GET", "/service/tickets", headers=forward, pageSize=7, pageId=seen[-1] if seen else 0)
        assert 'rel="next"' in answer.headers["Link"]
        seen += ids(answer.value)
        if len(answer.value) < 7:
            break
    assert seen == list(range(4711, 4741))
    assert line.ask("GET", "/service/tickets", headers=forward, orderBy="id").status == 400


@pytest.mark.parametrize(
    ("order", "key", "reverse"),
    [
        ("id desc", lambda one: one["id"], True),
        ("summary asc, id desc", lambda one: (one["summary"], -one["id"]), False),
        ("company/id desc, id", lambda one: (-one["company"]["id"], one["id"]), False),
    ],
)
def test_lists_are_in_the_order_that_was_asked(line: Line, order: str, key: Any, reverse: bool) -> None:
    found = line.get("/service/tickets", orderBy=order, pageSize=1000)
    assert ids(found) == ids(sorted(found, key=key, reverse=reverse))
    assert len(found) == 30


@pytest.mark.parametrize("query", [{"orderBy": "id up"}, {"page": "x"}, {"pageSize": "-1"}, {"pageId": "1.5"}, {"conditions": "id"},
                                   {"childConditions": "("}, {"customFieldConditions": "x y"}])  # fmt: skip
def test_a_query_that_cannot_be_read_is_refused(line: Line, query: dict[str, Any]) -> None:
    headers = {"pagination-type": "forward-only"} if "pageId" in query else {}
    assert line.ask("GET", "/service/tickets", headers=headers, **query).status == 400


def test_no_page_has_more_than_a_thousand_records() -> None:
    line = Line()
    line.sandbox.fill_history(tickets=1100, months=2)
    assert len(line.get("/service/tickets", pageSize=5000)) == 1000
    assert len(line.get("/service/tickets", pageSize=5000, page=2)) == 100
    assert line.get("/service/tickets", pageSize=1000, page=3) == []


def test_fields_leave_only_what_was_asked(line: Line) -> None:
    found = line.get("/service/tickets", fields="id,board/name,company/id,nothing,_info/lastUpdated", pageSize=1)
    stamp = found[0]["_info"]["lastUpdated"]
    assert found == [
        {"id": 4711, "board": {"name": "Service Desk"}, "company": {"id": 250}, "_info": {"lastUpdated": stamp}}
    ]
    assert line.get("/service/tickets/4711", fields="id,status/name") == {"id": 4711, "status": {"name": "New"}}
    made = line.ask("POST", "/service/tickets", {"summary": "x", "company": {"id": 250}}, fields="id")
    assert made.value == {"id": 4741}


def test_counts_follow_the_conditions(line: Line) -> None:
    assert line.get("/service/tickets/count", conditions="company/id=250")["count"] == 10
    assert line.get("/company/contacts/count", conditions="company/id=250")["count"] == 3


def test_custom_fields_can_be_searched() -> None:
    line = Line()
    line.ticket(customFields=[{"id": 1, "caption": "Cost centre", "value": "12"}])
    line.ticket(customFields=[{"id": 1, "caption": "Cost centre", "value": None}])
    assert ids(line.get("/service/tickets", customFieldConditions='caption="Cost centre" AND value != null')) == [4711]
    assert ids(line.get("/service/tickets", childConditions='customFields/caption="Cost centre"')) == [4711, 4712]


@pytest.mark.parametrize("kind", ["service", "project"])
def test_search_takes_the_filters_in_the_body(kind: str) -> None:
    line = Line()
    line.converted()
    line.ticket()
    body = {"conditions": 'summary contains "print"', "orderBy": "id desc"}
    assert ids(line.post(f"/{kind}/tickets/search", body)) == [4712 if kind == "service" else 4711]


def test_numbered_pages_may_shift_while_forward_only_ones_do_not() -> None:
    line = Line(pages_shift=True)
    for _ in range(6):
        line.ticket()
    assert [ids(line.get("/service/tickets", pageSize=2, page=number)) for number in (1, 2, 3)] == [
        [4711, 4712],
        [4714, 4715],
        [],
    ]
    forward = line.ask("GET", "/service/tickets", headers={"pagination-type": "forward-only"}, pageId=4712, pageSize=2)
    assert ids(forward.value) == [4713, 4714]


record = st.fixed_dictionaries({
    "board": st.fixed_dictionaries({"id": st.integers(1, 3)}), "objectId": st.integers(1, 4), "closedFlag": st.booleans(),
    "_info": st.tuples(st.integers(1, 28), st.integers(1, 28)).map(lambda days: {
        "lastUpdated": f"2026-05-{days[0]:02}T10:00:00Z", "updatedBy": "x", "dateEntered": f"2026-04-{days[1]:02}T10:00:00Z", "enteredBy": "x",
    }),
})  # fmt: skip
conditions = st.sampled_from([
    "", "id in (3,1,9,1)", "id=2", "board/id=1", "board/id in (1,2) and closedFlag=False", "objectId in (2,3)", "lastUpdated > [2026-05-10T10:00:00Z]",
    "lastUpdated <= [2026-05-10T10:00:00.5Z] and board/id=1", "dateEntered < [2026-04-20T10:00:00Z]", "objectId=1 or objectId=2", "not board/id=1",
    "lastUpdated >= [2026-05-10T12:00:00+02:00]", "closedFlag=True and objectId=4", "board/id=1 and board/id=2",
])  # fmt: skip


@examples(150)
@given(
    st.lists(record, max_size=12),
    conditions,
    st.integers(1, 5),
    st.integers(1, 3),
    st.booleans(),
    st.sets(st.integers(1, 12)),
)
def test_packed_records_are_found_like_living_ones(
    records: list[dict[str, Any]], wanted: str, size: int, number: int, forward: bool, taken: set[int]
) -> None:
    rows = {place: {"id": place, **each} for place, each in enumerate(records, 1)}
    living, past = Table(), Table((place, pack(each)) for place, each in rows.items())
    living.live = dict(rows)
    query = {"conditions": wanted, "pageSize": str(size), ("pageId" if forward else "page"): str(number)}
    for _ in range(2):
        assert page(Source(past), query, forward=forward, url="") == page(
            Source(living), query, forward=forward, url=""
        )
        assert count(Source(past), query) == count(Source(living), query)
        for place in taken & rows.keys():
            past[place]["closedFlag"] = living[place]["closedFlag"] = True


@given(record)
def test_a_packed_record_is_the_same_when_unpacked(each: dict[str, Any]) -> None:
    assert unpack(pack(each)) == each
