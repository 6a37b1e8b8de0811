"""Strangers cost little: what they send is refused before it is read, parsed or kept."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import tracemalloc
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
import structlog

from app.api import callback_receiver
from app.sandbox import Fault
from tests.support.app_client import MANAGER, Site, signature

CALLBACK = "/callbacks/connectwise"
WELL_FORMED = {"x-content-signature": "SXk5/knWa602je1FQLk32aL3bOhJWQIzH+EVmweLVhk="}
_PIECE = b" " * 16 * 1024


class Upload:
    """A body of many pieces that counts those that were asked for."""

    def __init__(self, pieces: int) -> None:
        self.left = pieces
        self.asked = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.left:
            self.left -= 1
            self.asked += 1
            yield _PIECE


MANAGEMENT = [
    ("POST", "/tickets/4711/reclassify"),
    ("POST", "/decisions/1/approve"),
    ("POST", "/decisions/1/undo"),
    ("POST", "/audits"),
    ("POST", "/audits/1/what-if"),
    ("PUT", "/an/endpoint/of/tomorrow"),
    ("GET", "/decisions"),
]


@pytest.mark.fast_cases(3)
@pytest.mark.parametrize(("method", "path"), MANAGEMENT, ids=[path for _, path in MANAGEMENT])
async def test_a_strangers_body_is_not_read_by_a_management_endpoint(service: Site, method: str, path: str) -> None:
    upload = Upload(2000)
    answer = await service.http.request(method, path, content=upload)
    assert (answer.status_code, upload.asked <= 1) == (401, True)


@pytest.mark.fast_cases(3)
@pytest.mark.parametrize(("method", "path"), MANAGEMENT, ids=[path for _, path in MANAGEMENT])
async def test_a_body_of_the_token_holder_has_a_limit_too(service: Site, method: str, path: str) -> None:
    upload = Upload(2000)
    answer = await service.http.request(method, path, content=upload, headers=MANAGER)
    assert (answer.status_code, upload.asked < 300) == (413, True)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_name_with_a_token_is_read_up_to_its_small_limit(service: Site) -> None:
    upload = Upload(2000)
    answer = await service.http.post("/session", content=upload)
    assert (answer.status_code, upload.asked <= 1) == (413, True)


@pytest.mark.fast_cases(4)
@pytest.mark.parametrize("given", [None, "", "x", "x" * 44, "=" * 44, "é" * 44, "SXk5" * 1000])
async def test_a_callback_without_a_well_formed_signature_is_refused_unread(service: Site, given: str | None) -> None:
    upload = Upload(60)
    headers = [] if given is None else [(b"x-content-signature", given.encode("latin-1"))]
    answer = await service.http.post(CALLBACK, content=upload, headers=headers)
    assert (answer.status_code, upload.asked <= 1) == (401, True)


@pytest.mark.slow
async def test_unsigned_key_addresses_pin_no_memory(service: Site) -> None:
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(100):
            address = f"http://127.0.0.1/callbackkey/index.rails?companyName=sandbox&{number}{'x' * 200_000}"
            body = {"Action": "added", "Type": "ticket", "ID": 1, "Metadata": {"key_url": address}}
            answer = await service.http.post(CALLBACK, content=json.dumps(body), headers=WELL_FORMED)
            assert answer.status_code == 401
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] - before < 5_000_000
    finally:
        tracemalloc.stop()


async def test_large_bodies_in_flight_are_bounded_while_small_callbacks_go_through(service: Site) -> None:
    held = asyncio.Event()

    async def stalls() -> AsyncIterator[bytes]:
        for _ in range(60):
            yield _PIECE
        await held.wait()

    stalled = [
        asyncio.create_task(service.http.post(CALLBACK, content=stalls(), headers=WELL_FORMED)) for _ in range(64)
    ]
    done: set[asyncio.Task[Any]] = set()
    async with asyncio.timeout(30):
        while len(done) < 25:
            done, _ = await asyncio.wait(stalled, timeout=0.05)
    raw, headers = service.callback()
    taken = await service.http.post(CALLBACK, content=raw, headers=headers)
    held.set()
    statuses = [answer.status_code for answer in await asyncio.gather(*stalled)]
    assert taken.json() == {"new": True}
    assert {task.result().status_code for task in done} == {429}
    assert statuses.count(429) >= 25


@pytest.mark.parametrize("given", ["Bearer " + "wrong" * 6, "bearer x"])
async def test_guesses_of_the_token_are_logged_once_and_slowed(
    service: Site, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("app.api.auth.asyncio.sleep", sleep)
    with structlog.testing.capture_logs() as lines:
        for _ in range(30):
            answer = await service.http.get("/decisions", headers={"Authorization": given})
            assert answer.status_code == 401
    assert [line["event"] for line in lines] == ["api.wrong-token"]
    assert "wrongwrong" not in json.dumps(lines)
    assert waits.count(1.0) == 10


ODD = [
    ("GET", "/decisions/%00", None, 404),
    ("GET", "/runs/a%00b", None, 404),
    ("GET", "/audits/%00", None, 404),
    ("GET", "/decisions?cursor=%00", None, 422),
    ("POST", "/tickets/4711/reclassify", b'{"reason": "a\\u0000b"}', 422),
    ("POST", "/tickets/4711/reclassify", b'{"reason": "\\ud800"}', 422),
    ("POST", "/tickets/4711/reclassify", b'{"reason": "\xff"}', 422),
    ("POST", "/tickets/4711/reclassify", b'{"reason": ' + b"[" * 30_000 + b"]" * 30_000 + b"}", 422),
    ("POST", "/tickets/4711/reclassify", b'{"reason": ' + b"9" * 5000 + b"}", 422),
    ("POST", "/audits", b'{"boards": ["\\u0000"]}', 422),
    ("POST", "/audits/1/what-if", b'{"chart": "\\ud800"}', 422),
]


@pytest.mark.fast_cases(4)
@pytest.mark.parametrize(
    ("method", "path", "body", "status"), ODD, ids=[f"{p} {(b or b'')[:30]!r}" for _, p, b, _ in ODD]
)
async def test_what_no_database_stores_is_refused_with_a_sentence(
    service: Site, method: str, path: str, body: bytes | None, status: int
) -> None:
    headers = MANAGER | {"Content-Type": "application/json"}
    answer = await service.http.request(method, path, content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_a_signed_callback_with_bytes_that_are_no_text_is_taken(service: Site) -> None:
    raw, _ = service.callback(Entity='{"summary": "Stra?e"}', MemberId="j?doe")
    broken = raw.replace(b"Stra?e", b"Stra\xdfe").replace(b"j?doe", b"j\xffdoe")
    answer = await service.http.post(CALLBACK, content=broken, headers=_signed(service, broken))
    assert (answer.status_code, answer.json()) == (200, {"new": True})
    forged = broken.replace(b"4711", b"4712")
    refused = await service.http.post(CALLBACK, content=forged, headers=_signed(service, broken))
    assert refused.status_code == 401


def _signed(service: Site, raw: bytes) -> dict[str, str]:
    key_id = json.loads(raw.decode("utf-8", "replace"))["Metadata"]["key_url"].rpartition("=")[2]
    return {"x-content-signature": signature(raw, str(service.sandbox.outbox.key(key_id)))}


async def test_a_client_that_goes_away_is_no_error_line(service: Site) -> None:
    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        raise AssertionError(message)

    token = MANAGER["Authorization"].encode()
    for path in (CALLBACK, "/tickets/4711/reclassify"):
        headers = [(b"x-content-signature", WELL_FORMED["x-content-signature"].encode()), (b"authorization", token)]
        scope = {
            "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers,
            "http_version": "1.1", "scheme": "http", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "root_path": "",
        }  # fmt: skip
        with structlog.testing.capture_logs() as lines:
            await service.app(scope, gone, send)  # type: ignore[arg-type]
        assert lines == []


async def test_a_body_that_never_ends_is_answered_in_time(service: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.api.request_body.BODY_SECONDS", 0.05)

    async def trickle() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(60)

    for path, headers in ((CALLBACK, WELL_FORMED), ("/tickets/4711/reclassify", MANAGER)):
        async with asyncio.timeout(20):
            answer = await service.http.post(path, content=trickle(), headers=headers)
        assert answer.status_code == 408


async def test_a_callback_is_answered_in_time_while_the_database_hangs(
    service: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.api.callback_receiver.ANSWER_SECONDS", 0.1)
    started, let_go = asyncio.Event(), asyncio.Event()
    write = service.parts.database.write

    async def hangs(work: Any) -> Any:
        started.set()
        await let_go.wait()
        return await write(work)

    monkeypatch.setattr(service.parts.database, "write", hangs)
    raw, headers = service.callback()
    async with asyncio.timeout(20):
        answer = await service.http.post(CALLBACK, content=raw, headers=headers)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    let_go.set()
    monkeypatch.setattr(
        "app.api.callback_receiver.ANSWER_SECONDS", 60.0
    )  # now it is answered, however busy the machine
    again = await service.http.post(CALLBACK, content=raw, headers=headers)
    assert again.is_success


async def test_a_key_from_another_path_of_the_site_is_not_believed(service: Site) -> None:
    service.sandbox.faults.append(Fault("error-before", path="company/companies", times=1))
    asked = len(service.sandbox.journal)
    address = "http://127.0.0.1/v2026_1/apis/3.0/company/companies?companyName=sandbox"
    raw, headers = service.callback(Metadata={"key_url": address})
    assert (await service.http.post(CALLBACK, content=raw, headers=headers)).status_code == 401
    assert len(service.sandbox.journal) == asked


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
async def test_all_askers_share_one_answer(service: Site, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0
    read, write = service.parts.database.read, service.parts.database.write

    async def counted(work: Any, *, by: Any) -> Any:
        nonlocal asked
        asked += 1
        return await by(work)

    monkeypatch.setattr(service.parts.database, "read", partial(counted, by=read))
    monkeypatch.setattr(service.parts.database, "write", partial(counted, by=write))
    first = await service.http.get(path)
    cost = asked
    answers = await asyncio.gather(*(service.http.get(path) for _ in range(50)))
    assert {answer.text for answer in answers} == {first.text}
    assert asked - cost <= cost


async def test_ready_says_that_the_database_file_is_gone_or_cannot_be_written(service: Site) -> None:
    assert (await service.http.get("/readyz")).status_code == 200
    os.unlink(str(service.parts.database.url.database))
    service.clock.ahead = timedelta(seconds=5)
    answer = await service.http.get("/readyz")
    (database,) = [check for check in answer.json()["checks"] if check["id"] == "database"]
    assert (answer.status_code, database["ok"]) == (503, False)
    raw, headers = service.callback()
    assert (await service.http.post(CALLBACK, content=raw, headers=headers)).status_code == 429


@pytest.mark.slow
async def test_large_bodies_are_parsed_in_turns_that_leave_time_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    parse = callback_receiver._object

    def noted(raw: bytes) -> dict[str, Any]:
        order.append("parse")
        return parse(raw)

    async def others() -> None:
        while True:
            order.append("other")
            await asyncio.sleep(0)

    monkeypatch.setattr(callback_receiver, "_object", noted)
    parser = callback_receiver._Parser()
    raw = json.dumps({"a": [[]] * 200_000}).encode()
    other = asyncio.create_task(others())
    await asyncio.gather(*(parser.object(raw) for _ in range(6)))
    other.cancel()
    parsed = [index for index, what in enumerate(order) if what == "parse"]
    assert len(parsed) == 6
    assert all(later - earlier > 5 for earlier, later in pairwise(parsed))
