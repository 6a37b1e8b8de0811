"""The receiver: what ConnectWise says is on disk before the 2xx; what somebody else says changes nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import structlog

from app.sandbox import Fault
from tests.support.app_client import PUBLIC_URL, Site
from tests.support.waiting import eventually

ADDRESS = "/callbacks/connectwise"
WELL_FORMED = {"x-content-signature": "SXk5/knWa602je1FQLk32aL3bOhJWQIzH+EVmweLVhk="}


async def inbox(service: Site) -> list[tuple[Any, ...]]:
    def read(db: Any) -> list[tuple[Any, ...]]:
        return [
            tuple(row) for row in db.exec_driver_sql("SELECT action, type, record_id, state FROM inbox ORDER BY id")
        ]

    return await service.parts.database.read(read)


async def test_a_genuine_callback_is_kept_and_leads_to_a_decision(service: Site) -> None:
    ticket = service.sample("Reception printer jams")
    assert await service.deliver() == [200]
    assert [row[:3] for row in await inbox(service)] == [("added", "ticket", ticket)]
    items = (await eventually(lambda: service.get("/decisions", ticket_id=ticket), lambda page: page["items"]))["items"]
    assert [(one["outcome"], one["trigger"]) for one in items] == [("service-ticket", "callback")]


async def test_a_repeat_is_2xx_and_changes_nothing(service: Site) -> None:
    raw, headers = service.callback()
    first = await service.http.post(ADDRESS, content=raw, headers=headers)
    again = await service.http.post(f"{ADDRESS}?recordId=4711&action=added", content=raw, headers=headers)
    assert (first.status_code, first.json(), again.status_code, again.json()) == (
        200,
        {"new": True},
        200,
        {"new": False},
    )
    assert len(await inbox(service)) == 1


async def test_the_query_is_never_believed(service: Site) -> None:
    raw, headers = service.callback(ID=4712)
    assert (
        await service.http.post(f"{ADDRESS}?recordId=9&action=deleted&id=9", content=raw, headers=headers)
    ).is_success
    assert [row[:3] for row in await inbox(service)] == [("added", "ticket", 4712)]


NOT_CALLBACKS: dict[str, bytes] = {
    "empty": b"",
    "no-json": b"recordId=4711",
    "a-list": b"[]",
    "a-number": b"1",
    "not-utf8": b"\xff\xfe{}",
    "nested-too-deeply": b'{"Action":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "no-action": b'{"Type": "ticket", "ID": 1}',
    "unknown-action": b'{"Action": "exploded", "Type": "ticket", "ID": 1}',
    "action-of-another-type": b'{"Action": {"a": 1}, "Type": "ticket", "ID": 1}',
    "no-type": b'{"Action": "added", "ID": 1}',
    "id-as-text": b'{"Action": "added", "Type": "ticket", "ID": "1"}',
    "id-true": b'{"Action": "added", "Type": "ticket", "ID": true}',
    "id-negative": b'{"Action": "added", "Type": "ticket", "ID": -1}',
    "id-huge": b'{"Action": "added", "Type": "ticket", "ID": 99999999999999999999}',
    "id-fraction": b'{"Action": "added", "Type": "ticket", "ID": 1.5}',
    "half-a-character-as-message-id": b'{"Action": "added", "Type": "ticket", "ID": 1, "MessageId": "\\ud800"}',
    "half-a-character-as-type": b'{"Action": "added", "Type": "tick\\udfffet", "ID": 1}',
    "message-id-of-another-type": b'{"Action": "added", "Type": "ticket", "ID": 1, "MessageId": {"$ne": 1}}',
    "nul-in-member": b'{"Action": "added", "Type": "ticket", "ID": 1, "MemberId": "a\\u0000b"}',
}


@pytest.mark.fast_cases(6)
@pytest.mark.parametrize("raw", NOT_CALLBACKS.values(), ids=NOT_CALLBACKS.keys())
async def test_what_is_no_callback_is_400_and_nothing_is_fetched_or_kept(service: Site, raw: bytes) -> None:
    asked = len(service.sandbox.journal)
    answer = await service.http.post(ADDRESS, content=raw, headers=WELL_FORMED)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert await inbox(service) == []
    assert len(service.sandbox.journal) == asked


def _unsigned(raw: bytes, _headers: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    return raw, {}


def _changed_after_signing(raw: bytes, headers: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    return raw.replace(b"4711", b"4712"), headers


def _signed_with_another_key(raw: bytes, _headers: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    return raw, {"x-content-signature": "SXk5/knWa602je1FQLk32aL3bOhJWQIzH+EVmweLVhk="}


def _other_spacing(raw: bytes, headers: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    return json.dumps(json.loads(raw), separators=(",", ":")).encode(), headers


@pytest.mark.parametrize("forge", [_unsigned, _changed_after_signing, _signed_with_another_key, _other_spacing])
async def test_a_forged_callback_is_401_and_kept_nowhere(
    service: Site, forge: Callable[[bytes, dict[str, str]], tuple[bytes, dict[str, str]]]
) -> None:
    raw, headers = forge(*service.callback())
    answer = await service.http.post(ADDRESS, content=raw, headers=headers)
    assert answer.status_code == 401
    assert await inbox(service) == []


FOREIGN = {
    "another-host": "https://evil.example/callbackkey/index.rails?companyName=sandbox",
    "user-in-front": "http://127.0.0.1@evil.example/callbackkey/index.rails?companyName=sandbox",
    "password": "http://a:b@127.0.0.1/callbackkey/index.rails?companyName=sandbox",
    "another-port": "http://127.0.0.1:81/callbackkey/index.rails?companyName=sandbox",
    "another-scheme": "file:///etc/passwd",
    "not-a-text": 7,
    "absent": None,
}


@pytest.mark.fast_cases(4)
@pytest.mark.parametrize("address", FOREIGN.values(), ids=FOREIGN.keys())
async def test_a_key_is_fetched_from_the_configured_site_only(service: Site, address: Any) -> None:
    asked = len(service.sandbox.journal)
    raw, headers = service.callback(Metadata={"key_url": address})
    assert (await service.http.post(ADDRESS, content=raw, headers=headers)).status_code == 401
    assert len(service.sandbox.journal) == asked


async def test_another_company_of_the_same_site_is_401(service: Site) -> None:
    raw, headers = service.callback(CompanyId="other")
    assert (await service.http.post(ADDRESS, content=raw, headers=headers)).status_code == 401


async def test_a_body_that_is_too_large_is_413_whether_it_says_so_or_not(service: Site) -> None:
    declared = await service.http.post(ADDRESS, content=b" " * (1024 * 1024 + 1))

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b" " * 512 * 1024

    streamed = await service.http.post(ADDRESS, content=pieces(), headers=WELL_FORMED)
    assert (declared.status_code, streamed.status_code) == (413, 413)


async def test_while_the_store_is_away_the_answer_is_429_and_the_retry_is_taken(service: Site) -> None:
    raw, headers = service.callback()
    file = str(service.parts.database.url.database)
    with sqlite3.connect(file) as hand:
        hand.execute("ALTER TABLE inbox RENAME TO hidden")
    refused = await service.http.post(ADDRESS, content=raw, headers=headers)
    with sqlite3.connect(file) as hand:
        hand.execute("ALTER TABLE hidden RENAME TO inbox")
    taken = await service.http.post(ADDRESS, content=raw, headers=headers)
    assert (refused.status_code, refused.headers["retry-after"], taken.json()) == (429, "2", {"new": True})


async def test_while_the_key_cannot_be_fetched_the_answer_is_429(service: Site) -> None:
    raw, headers = service.callback()
    service.sandbox.faults.append(Fault("error-before", path="callbackkey", times=5))
    answer = await service.http.post(ADDRESS, content=raw, headers=headers)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")


@pytest.mark.parametrize(
    "changes",
    [{"Type": "company"}, {"Type": "Ticket", "Action": "deleted"}, {"Type": "project"}],
    ids=["another-type", "deleted", "a-project"],
)
async def test_other_events_are_kept_and_lead_to_no_decision(service: Site, changes: dict[str, Any]) -> None:
    raw, headers = service.callback(ID=99_999, **changes)
    assert (await service.http.post(ADDRESS, content=raw, headers=headers)).is_success
    await service.reclassify(service.sample("How do I share"), mode="dry-run")
    assert (await service.get("/decisions", ticket_id=99_999))["items"] == []
    assert [row[3] for row in await inbox(service) if row[2] == 99_999] == ["ignored"]


async def test_the_log_has_one_line_for_a_refusal_and_nothing_of_the_body(service: Site) -> None:
    raw, headers = service.callback(Entity='{"summary": "payroll of the directors"}')
    with structlog.testing.capture_logs() as lines:
        await service.http.post(ADDRESS, content=raw.replace(b"4711", b"4712"), headers=headers)
    assert [line["reason"] for line in lines if line["event"] == "callback.refused"] == ["wrong-signature"]
    assert "payroll" not in json.dumps(lines, default=str)
    assert str(PUBLIC_URL) not in json.dumps(lines, default=str)
