"""What is repeated and what never, how long is waited, how much goes out at once and comes in at most."""

from __future__ import annotations

import asyncio
import gzip
import logging
import zlib
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import respx

from app.connectwise import (
    BadCredentials,
    BadRequest,
    ConnectWiseClient,
    ConnectWiseError,
    InvalidResponse,
    RateLimited,
    ResponseTooLarge,
    ServerError,
    TokenBucket,
    Unreachable,
    WriteResultUnknown,
    WritesForbidden,
)
from tests.support.fake_transport import API, Pieces, Reply, Script, Sleeps, client, config, reply

PATH = "/service/tickets/4711"
SECRETS = ("pub-key-1", "priv-key-2", "client-id-3")

PASSING = [
    pytest.param(httpx.ConnectError("x"), id="no-connection"),
    pytest.param(httpx.ConnectTimeout("x"), id="no-connection-in-time"),
    pytest.param(httpx.ReadTimeout("x"), id="no-answer-in-time"),
    pytest.param(httpx.ReadError("x"), id="connection-cut"),
    pytest.param(httpx.RemoteProtocolError("x"), id="closed-without-answer"),
    pytest.param(reply(status=429, headers={"Retry-After": "1"}), id="throttled"),
    pytest.param(reply(status=500), id="fault"),
    pytest.param(reply(status=502), id="gateway"),
    pytest.param(reply(status=503), id="away"),
    pytest.param(reply(status=409), id="in-use"),
    pytest.param(reply(b"<html>Please wait</html>"), id="no-json"),
]
SURELY_NOT_DONE = {"no-connection", "no-connection-in-time", "throttled"}
LASTING = [pytest.param(reply(status=status), id=str(status)) for status in (302, 400, 401, 403, 405, 415)]


@pytest.mark.parametrize("trouble", PASSING)
async def test_a_read_is_asked_again_after_passing_trouble(trouble: Reply) -> None:
    manage, script = client(trouble, reply({"id": 4711}))
    assert await manage.get(PATH) == {"id": 4711}
    assert len(script.requests) == 2
    assert manage.metrics.retries.total() == 1


@pytest.mark.parametrize("trouble", LASTING)
async def test_a_read_is_not_asked_again_after_lasting_trouble(trouble: Reply) -> None:
    manage, script = client(trouble)
    with pytest.raises(ConnectWiseError):
        await manage.get(PATH)
    assert len(script.requests) == 1


@pytest.mark.parametrize("trouble", PASSING)
@pytest.mark.parametrize("method", ["post", "patch", "delete"])
async def test_a_write_is_repeated_only_when_nothing_of_it_can_have_happened(
    trouble: Reply, method: str, request: pytest.FixtureRequest
) -> None:
    manage, script = client(trouble, reply({"id": 1}))
    safe = request.node.callspec.id.removeprefix(f"{method}-") in SURELY_NOT_DONE
    try:
        await _write(manage, method)
        ended = "done"
    except ConnectWiseError as error:
        ended = type(error).__name__
    assert (len(script.requests) == 2) is safe
    assert ended == ("done" if safe else "Conflict" if "in-use" in request.node.callspec.id else "WriteResultUnknown")


async def test_a_read_is_given_up_after_four_tries() -> None:
    manage, script = client(httpx.ReadTimeout("x"))
    with pytest.raises(Unreachable):
        await manage.get(PATH)
    assert len(script.requests) == 4
    assert manage.metrics.retries == {"Unreachable": 3}


async def test_waits_grow_and_have_jitter() -> None:
    waits = []
    for _ in range(20):
        sleep = Sleeps()
        manage, _ = client(reply(status=503), sleep=sleep)
        with pytest.raises(ServerError):
            await manage.get(PATH)
        waits.append(sleep.slept)
        assert manage.metrics.waited == pytest.approx(sum(sleep.slept))
    for first, second, third in waits:
        assert 0.5 <= first <= 1.0 <= second <= 1.5
        assert 2.0 <= third <= 2.5
    assert len({first for first, _, _ in waits}) > 10


async def test_retry_after_is_obeyed() -> None:
    sleep = Sleeps()
    manage, _ = client(reply(status=429, headers={"Retry-After": "7"}), reply({"id": 1}), sleep=sleep)
    await manage.get(PATH)
    assert sleep.slept[0] >= 7


async def test_a_wait_longer_than_allowed_is_left_to_the_run() -> None:
    sleep = Sleeps()
    manage, script = client(reply(status=429, headers={"Retry-After": "61"}), sleep=sleep)
    with pytest.raises(RateLimited) as caught:
        await manage.get(PATH)
    assert caught.value.retry_after == 61
    assert sleep.slept == []
    assert len(script.requests) == 1


async def test_while_connectwise_wants_rest_nothing_else_is_sent() -> None:
    manage, script = client(reply(status=429, headers={"Retry-After": "600"}))
    with pytest.raises(RateLimited):
        await manage.get(PATH)
    with pytest.raises(RateLimited, match="Nothing was sent") as caught:
        await manage.reader().list("/service/boards")
    assert len(script.requests) == 1
    assert caught.value.retry_after == pytest.approx(600, abs=5)


async def test_others_wait_out_a_short_rest() -> None:
    sleep = Sleeps()
    manage, _ = client(reply(status=429, headers={"Retry-After": "5"}), reply({"id": 1}), sleep=sleep)
    await manage.get(PATH)
    await manage.get(PATH)
    assert sleep.slept[-1] == pytest.approx(5, abs=1)


async def test_no_more_requests_at_once_than_allowed_also_with_a_reader() -> None:
    async def slow(_request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.01)
        return reply({"id": 1})

    manage, script = client(slow, max_concurrency=3)
    reader = manage.reader()
    await asyncio.gather(*(one.get(PATH) for one in (manage, reader) for _ in range(10)))
    assert len(script.requests) == 20
    assert script.most_running == 3


class PacerTime:
    """The clock and the sleep of a pacer: nothing waits, and time passes only where `passes` says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, passes: bool) -> None:
        self.now, self.slept, self._passes = 100.0, list[float](), passes
        replaced = SimpleNamespace(get_running_loop=lambda: SimpleNamespace(time=lambda: self.now), sleep=self._sleep)
        monkeypatch.setattr("app.connectwise.config.asyncio", replaced)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds if self._passes else 0.0


async def test_no_more_requests_a_minute_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    pacer = PacerTime(monkeypatch, passes=False)
    manage, script = client(reply({"id": 1}), max_concurrency=30, requests_per_minute=6000)
    await asyncio.gather(*(manage.get(PATH) for _ in range(30)))
    assert max(pacer.slept) == pytest.approx(0.2, abs=0.011), "30 requests at 100 a second, 10 of them in a burst"
    assert len(script.requests) == 30


async def test_a_token_bucket_lets_a_burst_through_and_then_keeps_the_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    pacer = PacerTime(monkeypatch, passes=True)
    bucket = TokenBucket(6000, burst=5)
    for _ in range(5):
        await bucket.take()
    assert pacer.slept == []
    for _ in range(10):
        await bucket.take()
    assert sum(pacer.slept) == pytest.approx(0.1, abs=0.011)


async def test_every_repetition_takes_a_turn_of_the_shared_pace() -> None:
    class Turns:
        taken = 0

        async def take(self) -> None:
            self.taken += 1

    turns = Turns()
    script = Script(reply(status=503), reply({"id": 1}))
    manage = ConnectWiseClient(config(), pace=turns, transport=script, sleep=Sleeps())
    await manage.get(PATH)
    assert turns.taken == 2


async def test_a_huge_answer_is_not_taken_in() -> None:
    body = Pieces([b"x" * 1000] * 1000)
    manage, script = client(httpx.Response(200, stream=body), largest_answer=10_000)
    with pytest.raises(ResponseTooLarge):
        await manage.get(PATH)
    assert body.given <= 12
    assert len(script.requests) == 1


async def test_a_huge_answer_to_a_write_is_lost_and_not_repeated() -> None:
    manage, script = client(lambda _: httpx.Response(201, stream=Pieces([b"x" * 1000] * 1000)), largest_answer=10_000)
    with pytest.raises(WriteResultUnknown):
        await manage.post("/project/projects", {})
    assert len(script.requests) == 1


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
async def test_a_packed_bomb_is_stopped_when_it_is_larger_than_allowed(packing: str) -> None:
    raw = b"0" * 50_000_000
    packed = gzip.compress(raw, 9) if packing == "gzip" else zlib.compress(raw, 9)
    body = Pieces([packed[at : at + 4096] for at in range(0, len(packed), 4096)])
    manage, _ = client(
        httpx.Response(200, headers={"content-encoding": packing}, stream=body), largest_answer=10_000_000
    )
    with pytest.raises(ResponseTooLarge):
        await manage.get(PATH)
    assert body.given * 4096 < len(packed) / 2


async def test_a_packed_answer_is_read() -> None:
    packed = gzip.compress(b'{"id": 4711}')
    manage, _ = client(httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Pieces([packed])))
    assert await manage.get(PATH) == {"id": 4711}


async def test_a_badly_packed_answer_is_nonsense() -> None:
    manage, script = client(
        lambda _: httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Pieces([b"no zip"]))
    )
    with pytest.raises(InvalidResponse):
        await manage.get(PATH)
    assert len(script.requests) == 4


@pytest.mark.parametrize(("method", "kind"), [("get", Unreachable), ("post", WriteResultUnknown)])
async def test_an_answer_that_trickles_for_ever_ends_at_its_deadline(method: str, kind: type[ConnectWiseError]) -> None:
    manage, script = client(
        lambda _: httpx.Response(200, stream=Pieces([b" "] * 10**6, pause=0.005)), longest_answer=0.05
    )
    with pytest.raises(kind, match="did not answer"):
        await (manage.get(PATH) if method == "get" else manage.post(PATH, {}))
    assert len(script.requests) == (4 if method == "get" else 1)


@respx.mock
async def test_a_redirect_is_refused_and_not_followed() -> None:
    elsewhere = respx.route(host="elsewhere.example").mock(return_value=httpx.Response(200, json={"id": 1}))
    respx.get(path=f"{API}{PATH}").mock(
        return_value=httpx.Response(302, headers={"Location": "https://elsewhere.example/"})
    )
    async with ConnectWiseClient(config(), sleep=Sleeps()) as manage:
        with pytest.raises(BadRequest, match="not followed"):
            await manage.get(PATH)
    assert not elsewhere.called


@respx.mock
async def test_a_request_carries_credentials_client_id_and_the_pinned_version_over_tls() -> None:
    route = respx.get(path=f"{API}{PATH}").mock(return_value=httpx.Response(200, json={"id": 4711}))
    async with ConnectWiseClient(config(api_version="2026.11"), sleep=Sleeps()) as manage:
        await manage.get(PATH)
    request = route.calls.last.request
    assert request.url.scheme == "https"
    assert request.headers["authorization"] == httpx.BasicAuth("acme+pub-key-1", "priv-key-2")._auth_header
    assert request.headers["clientid"] == "client-id-3"
    assert request.headers["accept"] == "application/vnd.connectwise.com+json; version=2026.11"


@respx.mock
async def test_a_write_is_utf_8_json() -> None:
    route = respx.post(path=f"{API}/service/tickets").mock(return_value=httpx.Response(201, json={"id": 1}))
    async with ConnectWiseClient(config(), sleep=Sleeps()) as manage:
        await manage.post("/service/tickets", {"summary": "Büro"})
    assert route.calls.last.request.headers["content-type"] == "application/json; charset=utf-8"


async def test_wrong_credentials_are_not_tried_again() -> None:
    manage, script = client(reply(status=401))
    with pytest.raises(BadCredentials, match="CWM_COMPANY"):
        await manage.get(PATH)
    assert len(script.requests) == 1


@pytest.mark.parametrize("method", ["post", "patch", "delete"])
async def test_a_reader_sends_no_write(method: str) -> None:
    manage, script = client(reply({}))
    with pytest.raises(WritesForbidden, match="may only read"):
        await _write(manage.reader(), method)
    for path in ("/system/bundles", "/service/tickets/search", "/x/search"):
        with pytest.raises(WritesForbidden):
            await manage.reader().post(path, {"requests": [{"apiRequest": {"entity": {"id": 1}}}]})
    assert script.requests == []


@pytest.mark.parametrize(
    "path",
    [
        "/service/tickets/../../login",
        "service/tickets",
        "/service/tickets/1?x=1",
        "/a#b",
        "/a//b",
        "",
        "/a b",
        "/a/%2e",
        "/a\n",
        "/tickets/é",
    ],
)
async def test_a_path_that_is_none_of_connectwises_is_not_sent(path: str) -> None:
    manage, script = client(reply({}))
    with pytest.raises(BadRequest, match="was not sent"):
        await manage.get(path)
    assert script.requests == []


async def test_figures_count_by_method_and_template() -> None:
    manage, _ = client(reply({"id": 1}))
    await manage.get("/service/tickets/4711")
    await manage.get("/service/tickets/4712")
    await manage.patch("/service/tickets/4712", {"summary": "x"})
    await manage.reader().get("/service/boards/1/statuses/300")
    assert dict(manage.metrics.requests) == {
        ("GET", "/service/tickets/{id}"): 2,
        ("PATCH", "/service/tickets/{id}"): 1,
        ("GET", "/service/boards/{id}/statuses/{id}"): 1,
    }
    assert manage.metrics.sent == 4
    assert manage.metrics.answers == {200: 4}


async def test_figures_know_the_sites_clock() -> None:
    date = "Mon, 01 Jun 2026 10:00:00 GMT"
    manage, _ = client(reply({"id": 1}, headers={"Date": date}), reply({"id": 1}))
    assert manage.metrics.server_date == ""
    await manage.get(PATH)
    await manage.get(PATH)
    assert manage.metrics.server_date == date


async def test_figures_count_requests_without_an_answer() -> None:
    manage, _ = client(httpx.ReadTimeout("x"), reply({"id": 1}))
    await manage.get(PATH)
    assert manage.metrics.answers == {0: 1, 200: 1}
    assert manage.metrics.waits == 1


@pytest.mark.parametrize("trouble", [*PASSING, *LASTING])
async def test_secrets_stand_in_no_error_log_or_text_form(trouble: Reply, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    manage, _ = client(trouble)
    with pytest.raises(ConnectWiseError) as caught:
        await manage.post(PATH, {"summary": "a private text"})
    chain: list[BaseException | None] = [caught.value, caught.value.__cause__, caught.value.__context__]
    told = [repr(manage), repr(manage.config), str(manage.config), repr(manage.metrics), caplog.text]
    told += [f"{one} {one!r}" for one in chain]
    for secret in (*SECRETS, "a private text"):
        assert not any(secret in text for text in told)


async def _write(manage: ConnectWiseClient, method: str) -> Any:
    if method == "post":
        return await manage.post("/project/projects", {"name": "x"})
    if method == "patch":
        return await manage.patch(PATH, {"summary": "x"})
    return await manage.delete(PATH)
