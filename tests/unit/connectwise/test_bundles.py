"""Many reads in one request: believed only when they show where they belong, given up when they are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectwise import (
    BadCredentials,
    ConnectWiseClient,
    ConnectWiseError,
    Forbidden,
    NotFound,
    RateLimited,
    Unreachable,
    Wanted,
)
from app.sandbox import Sandbox
from tests.support.fake_transport import Script, Sleeps, client, config, on, reply
from tests.support.limits import examples

Bundle = Callable[[dict[str, Any]], Any]


def notes(ticket_id: int) -> Wanted:
    return Wanted(f"/service/tickets/{ticket_id}/notes", ("ticketId", ticket_id), "", ("id", "ticketId", "text"))


def note(ticket_id: int) -> dict[str, Any]:
    return {"id": 10 * ticket_id, "ticketId": ticket_id, "text": f"of {ticket_id}"}


def result(request: dict[str, Any], **changes: Any) -> dict[str, Any]:
    found = [note(request["apiRequest"]["parentId"])]
    good = {"sequenceNumber": request["sequenceNumber"], "resourceType": request["resourceType"], "success": True, "statusCode": 200,
            "count": 1, "entities": found}  # fmt: skip
    return good | changes


def answering(
    one: Callable[[dict[str, Any]], dict[str, Any] | None] = result,
) -> Callable[[httpx.Request], httpx.Response]:
    """ConnectWise with bundles: each read of one is answered by `one`; single lists are always right."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return reply([note(int(request.url.path.split("/")[-2]))])
        body = httpx.Response(200, content=request.content).json()
        return reply({"results": [found for each in body["requests"] if (found := one(each)) is not None]}, status=201)

    return answer


async def test_a_bundle_has_the_contracts_form_and_reads_only() -> None:
    manage, script = client(answering(lambda one: None), lambda _: reply([]), api_version="2026.11")
    scheduled = Wanted("/schedule/entries", ("objectId", 7), "objectId = 7")
    await manage.reader().bundle([notes(4711), notes(4712), scheduled])
    assert script.asked[0] == "POST /system/bundles"
    assert script.body(0) == {
        "requests": [
            {"version": "2026.11", "sequenceNumber": 1, "resourceType": "servicenote",
             "apiRequest": {"page": {"page": 1, "pageSize": 1000}, "parentId": 4711, "fields": "id,ticketId,text"}},
            {"version": "2026.11", "sequenceNumber": 2, "resourceType": "servicenote",
             "apiRequest": {"page": {"page": 1, "pageSize": 1000}, "parentId": 4712, "fields": "id,ticketId,text"}},
            {"version": "2026.11", "sequenceNumber": 3, "resourceType": "scheduleentry",
             "apiRequest": {"page": {"page": 1, "pageSize": 1000}, "filters": {"conditions": "objectId = 7"}}},
        ]
    }  # fmt: skip


@examples(40)
@given(ids=st.lists(st.integers(1, 10**6), min_size=1, max_size=60, unique=True), size=st.integers(0, 25))
async def test_answers_come_in_the_order_that_was_asked_whatever_the_size(ids: list[int], size: int) -> None:
    manage, script = client(answering(), bundle_size=size)
    assert await manage.bundle([notes(number) for number in ids]) == [[note(number)] for number in ids]
    bundled = [request for request in script.asked if request.startswith("POST")]
    assert len(bundled) <= -(-len(ids) // max(size, 1))
    assert len(script.requests) <= len(bundled) + (len(ids) if size < 2 else 1)


async def test_results_may_come_in_any_order() -> None:
    def shuffled(request: httpx.Request) -> httpx.Response:
        answer = answering()(request).json()
        return reply({"results": answer["results"][::-1]}, status=201)

    manage, script = client(shuffled)
    assert await manage.bundle([notes(1), notes(2), notes(3)]) == [[note(1)], [note(2)], [note(3)]]
    assert len(script.requests) == 1
    assert manage.metrics.bundled == 3


DOUBTFUL = [
    pytest.param({"statusCode": 500, "success": False}, id="failed-inside"),
    pytest.param(
        {"statusCode": 400, "success": False, "error": {"code": "InvalidObject"}, "entities": []}, id="type-not-known"
    ),
    pytest.param({"success": False}, id="no-success"),
    pytest.param({"error": {"code": "x"}}, id="error-beside-entities"),
    pytest.param({"entities": None}, id="no-entities"),
    pytest.param({"entities": "x"}, id="entities-of-another-type"),
    pytest.param({"entities": [None]}, id="no-records"),
    pytest.param({"entities": [{"id": 1, "ticketId": 999}]}, id="of-another-ticket"),
    pytest.param({"entities": [{"id": 1, "text": "x"}]}, id="of-no-ticket"),
    pytest.param({"count": 2}, id="cut-short"),
    pytest.param({"entities": [note(2)] * 1000, "count": 1000}, id="full-page"),
    pytest.param({"sequenceNumber": None}, id="no-number"),
    pytest.param({"sequenceNumber": 77}, id="other-number"),
]


@pytest.mark.parametrize("changes", DOUBTFUL)
async def test_what_is_not_surely_right_is_asked_by_itself(changes: dict[str, Any]) -> None:
    manage, script = client(
        answering(lambda one: result(one, **(changes if one["apiRequest"]["parentId"] == 2 else {})))
    )
    assert await manage.bundle([notes(1), notes(2), notes(3)]) == [[note(1)], [note(2)], [note(3)]]
    assert script.asked == ["POST /system/bundles", "GET /service/tickets/2/notes"]
    assert manage.metrics.bundled == 2


@pytest.mark.parametrize(
    "answer", [{}, {"results": None}, {"results": "x"}, {"results": [None, 7, []]}, [], "x", None, 7]
)
async def test_an_answer_of_another_form_is_asked_one_by_one(answer: Any) -> None:
    manage, script = client(
        lambda request: reply(answer, status=201) if request.method == "POST" else answering()(request)
    )
    assert await manage.bundle([notes(1), notes(2)]) == [[note(1)], [note(2)]]
    assert len(script.requests) == 3


@pytest.mark.parametrize("empty", [{"entities": [], "count": 0}, {"entities": []}, {"count": 0, "entities": []}])
async def test_an_empty_list_is_an_answer(empty: dict[str, Any]) -> None:
    manage, script = client(
        answering(lambda one: {**{k: v for k, v in result(one).items() if k not in ("entities", "count")}, **empty})
    )
    assert await manage.bundle([notes(1), notes(2)]) == [[], []]
    assert len(script.requests) == 1


async def test_an_empty_list_may_be_left_out_when_the_count_says_so() -> None:
    manage, script = client(answering(lambda one: {k: v for k, v in result(one, count=0).items() if k != "entities"}))
    assert await manage.bundle([notes(1), notes(2)]) == [[], []]
    assert len(script.requests) == 1


@pytest.mark.parametrize(("status", "kind"), [(403, Forbidden), (404, NotFound)])
async def test_a_list_that_may_not_be_read_is_its_error_and_the_others_come(
    status: int, kind: type[ConnectWiseError]
) -> None:
    refused = {"statusCode": status, "success": False, "entities": []}
    manage, script = client(
        answering(lambda one: result(one, **(refused if one["apiRequest"]["parentId"] == 2 else {})))
    )
    first, second, third = await manage.bundle([notes(1), notes(2), notes(3)])
    assert (first, third) == ([note(1)], [note(3)])
    assert isinstance(second, kind)
    assert len(script.requests) == 1


def refusing(status: int, *, most: int = 0) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and len(httpx.Response(200, content=request.content).json()["requests"]) > most:
            return reply({"code": "InvalidObject", "message": "x"}, status=status)
        return answering()(request)

    return answer


@pytest.mark.parametrize("status", [403, 404, 405, 501])
async def test_without_bundles_each_list_is_asked_by_itself_and_that_is_remembered(status: int) -> None:
    manage, script = client(refusing(status), bundle_size=20, codebase="v4_6_release/")
    for _ in range(2):
        assert await manage.reader().bundle([notes(1), notes(2)]) == [[note(1)], [note(2)]]
    bundles = [one for one in script.asked if one.startswith("POST")]
    assert len(bundles) == (4 if status == 501 else 1)
    assert manage.bundling.size == 0


@pytest.mark.parametrize("status", [400, 413, 414])
async def test_a_bundle_that_is_too_large_is_halved_and_that_is_remembered(status: int) -> None:
    manage, script = client(refusing(status, most=12), bundle_size=40)
    wanted = [notes(number) for number in range(1, 41)]
    assert await manage.bundle(wanted) == [[note(number)] for number in range(1, 41)]
    assert manage.bundling.size == 10
    assert script.asked == ["POST /system/bundles"] * 6
    await manage.bundle(wanted)
    assert len(script.requests) == 10


async def test_refused_at_any_size_bundles_are_given_up() -> None:
    manage, script = client(refusing(400), bundle_size=50)
    assert await manage.bundle([notes(1), notes(2), notes(3)] * 20) == [[note(1)], [note(2)], [note(3)]] * 20
    assert script.asked[:4] == ["POST /system/bundles"] * 4
    assert len(script.requests) == 64
    assert manage.bundling.size == 0


async def test_a_bundle_whose_answer_is_too_large_is_halved() -> None:
    big = {"entities": [note(1) | {"text": "x" * 500}], "count": 1}
    manage, _ = client(answering(lambda one: result(one, **big)), bundle_size=40, largest_answer=12_000)
    found = await manage.bundle([notes(1)] * 40)
    assert [len(one) if isinstance(one, list) else one for one in found] == [1] * 40
    assert manage.bundling.size == 10


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        pytest.param(reply(status=401), BadCredentials, id="wrong-keys"),
        pytest.param(reply(status=429), RateLimited, id="throttled"),
        pytest.param(httpx.ConnectError("x"), Unreachable, id="away"),
        pytest.param(httpx.ReadTimeout("x"), Unreachable, id="no-answer"),
    ],
)
async def test_trouble_that_has_nothing_to_do_with_bundles_is_raised(
    trouble: Any, kind: type[ConnectWiseError]
) -> None:
    manage, _ = client(trouble)
    with pytest.raises(kind):
        await manage.bundle([notes(1), notes(2)])
    assert manage.bundling.size == 50


@pytest.mark.parametrize(
    "trouble", [reply(status=503), httpx.ReadTimeout("x"), reply(b"<html>")], ids=["503", "no-answer", "no-json"]
)
async def test_a_bundle_is_a_read_and_asked_again_after_passing_trouble(trouble: Any) -> None:
    answers = [trouble]
    manage, script = client(lambda request: answers.pop() if answers else answering()(request))
    assert await manage.bundle([notes(1), notes(2)]) == [[note(1)], [note(2)]]
    assert len(script.requests) == 2


async def test_while_bundles_fail_inside_lists_are_asked_by_themselves_and_bundles_are_tried_again_later() -> None:
    now = [1000.0]
    broken = [True]

    def answer(request: httpx.Request) -> httpx.Response:
        return reply(status=500) if request.method == "POST" and broken[0] else answering()(request)

    script = Script(answer)
    manage = ConnectWiseClient(config(bundle_size=20), transport=script, sleep=Sleeps(), clock=lambda: now[0])
    wanted = [notes(number) for number in range(1, 21)]
    for _ in range(3):
        assert await manage.bundle(wanted) == [[note(number)] for number in range(1, 21)]
    assert [one for one in script.asked if one.startswith("POST")] == ["POST /system/bundles"] * 4
    broken[0] = False
    now[0] += 601
    sent = len(script.requests)
    await manage.bundle(wanted)
    assert script.asked[sent:] == ["POST /system/bundles"] * 2


async def test_a_list_that_cannot_travel_in_a_bundle_is_asked_by_itself() -> None:
    manage, script = client(
        lambda request: reply([{"id": 1}]) if request.url.path.endswith("boards") else answering()(request)
    )
    found = await manage.bundle([notes(1), Wanted("/service/boards", ("id", 1)), notes(2)])
    assert found == [[note(1)], [{"id": 1}], [note(2)]]
    assert sorted(script.asked) == ["GET /service/boards", "POST /system/bundles"]


async def test_one_list_alone_is_no_bundle() -> None:
    manage, script = client(answering())
    assert await manage.bundle([notes(1)]) == [[note(1)]]
    assert await manage.bundle([]) == []
    assert script.asked == ["GET /service/tickets/1/notes"]


@examples(40)
@given(answer=st.recursive(st.none() | st.integers() | st.text(max_size=3), lambda one: st.lists(one, max_size=3) | st.dictionaries(
    st.sampled_from(["results", "sequenceNumber", "statusCode", "entities", "count", "error", "success", "ticketId"]), one)))  # fmt: skip
async def test_whatever_a_bundle_answers_the_right_records_come(answer: Any) -> None:
    strange = {"results": answer if isinstance(answer, list) else [answer, {"sequenceNumber": 1, "entities": answer}]}
    manage, _ = client(lambda request: reply(strange, status=201) if request.method == "POST" else answering()(request))
    first, second = await manage.bundle([notes(1), notes(2)])
    for found, number in ((first, 1), (second, 2)):
        assert isinstance(found, Forbidden | NotFound | list)
        records = found if isinstance(found, list) else []
        assert all(one["ticketId"] == number for one in records)


async def test_the_sandbox_answers_bundles_as_the_client_asks_them() -> None:
    sandbox = Sandbox(seed=1)
    writer = on(sandbox, read_only=False)
    ids = [
        (
            await writer.post(
                "/service/tickets", {"summary": f"t{one}", "company": {"id": 250}, "initialDescription": f"text {one}"}
            )
        )["id"]
        for one in range(8)
    ]
    manage = on(sandbox)
    wanted = [notes(number) for number in ids]
    singly = [await manage.list(one.path, fields=one.fields) for one in wanted]
    sent = manage.metrics.sent
    assert await manage.bundle(wanted) == singly
    assert manage.metrics.sent == sent + 1
    assert all(len(one) == 1 for one in singly)
