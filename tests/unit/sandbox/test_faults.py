"""Faults on demand: before or after the effect, for the requests that were named, as often as was said."""

from __future__ import annotations

import json

import httpx
import pytest

from app.sandbox import Fault, Sandbox, SandboxTransport, credentials
from app.sandbox.engine.faults import KINDS
from tests.support.sandbox_client import Line

TICKET = {"summary": "x", "company": {"id": 250}}


@pytest.mark.parametrize(
    ("kind", "status", "effect"),
    [
        ("throttle", 429, False), ("error-before", 503, False), ("forbidden", 403, False), ("unauthorized", 401, False),
        ("error-after", 503, True), ("no-effect", 201, False), ("non-json", 201, True), ("nulls", 201, True), ("absent", 201, True),
        ("delay-after", 201, True), ("drop-before", 0, False), ("drop-after", 0, True),
        ("html", 503, False), ("refused", 503, False),
    ],
)  # fmt: skip
def test_a_fault_strikes_before_or_after_the_effect(kind: str, status: int, effect: bool) -> None:
    line = Line()
    line.post(
        "/system/callbacks", {"url": "https://svc.example/?id=", "objectId": 1, "type": "ticket", "level": "owner"}
    )
    answer = line.ask("POST", "/service/tickets", TICKET, fault=Fault(kind))  # type: ignore[arg-type]
    assert answer.status == status
    assert answer.dropped is (status == 0)
    assert len(line.store.table("/tickets")) == effect
    assert len(line.sandbox.outbox.take()) == effect
    assert line.sandbox.journal[-1].fault == kind


def test_every_kind_is_known_and_others_are_not() -> None:
    assert len(KINDS) == 15
    with pytest.raises(ValueError, match="there is no fault of kind 'flood'"):
        Fault("flood")  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [400, 409, 500, 502, 504])
def test_an_error_has_the_status_that_was_asked(status: int) -> None:
    line = Line()
    assert line.ask("GET", "/service/boards", fault=Fault("error-before", status=status)).status == status


def test_a_throttle_says_how_long_to_wait() -> None:
    answer = Line().ask("GET", "/service/boards", fault=Fault("throttle", seconds=7))
    assert (answer.headers["Retry-After"], answer.value["code"]) == ("7", "ConnectWiseAPI")


def test_a_fault_waits_its_turn_and_strikes_so_many_times() -> None:
    line = Line()
    line.sandbox.faults.append(Fault("error-before", "POST", "/tickets$", skip=1, times=2))
    asked = [("POST", "/service/tickets"), ("GET", "/service/tickets"), ("POST", "/service/tickets/4711/notes")] + [
        ("POST", "/service/tickets")
    ] * 3
    struck = [line.sandbox.strike(*each) is not None for each in asked]
    assert struck == [False, False, False, True, True, False]


def test_faults_by_chance_are_the_same_for_the_same_seed() -> None:
    def struck(seed: int) -> list[bool]:
        sandbox = Sandbox(seed=seed)
        sandbox.faults.append(Fault("drop-before", times=1000, chance=0.3))
        return [sandbox.strike("GET", "/x") is not None for _ in range(200)]

    assert struck(1) == struck(1) != struck(2)
    assert 30 < sum(struck(1)) < 90


def test_a_write_without_effect_leaves_everything_as_it_was() -> None:
    line = Line()
    line.converted(initialDescription="x")
    line.post("/project/tickets/4711/notes", {"text": "second"})

    def picture() -> str:
        return json.dumps(
            {name: sorted(table.rows(), key=str) for name, table in sorted(line.store.collections())}, default=str
        )

    before = picture()
    for method, path, body in (
        ("DELETE", "/project/tickets/4711", None), ("PATCH", "/project/projects/900", [{"op": "replace", "path": "name", "value": "Other"}]),
        ("POST", "/project/projects/900/phases", {"description": "x"}), ("POST", "/project/projects/900/applyTemplate/1", None),
        ("POST", "/project/tickets/4711/convert", {"recordType": "ServiceTicket"}), ("DELETE", "/service/tickets/changelogs", None),
        ("POST", "/project/projects", {"name": "x", "board": {"id": 20}, "company": {"id": 250}, "billingMethod": "ActualRates",
                                       "estimatedStart": "2026-06-01T00:00:00Z", "estimatedEnd": "2026-06-01T00:00:00Z"}),
    ):  # fmt: skip
        assert line.ask(method, path, body, fault=Fault("no-effect")).status < 300
        assert picture() == before


@pytest.mark.parametrize("kind", ["nulls", "absent"])
def test_optional_members_are_null_or_absent_and_ids_stay(kind: str) -> None:
    line = Line()
    line.ticket(poNumber="77")
    answer = line.ask("GET", "/service/tickets/4711", fault=Fault(kind))  # type: ignore[arg-type]
    ticket = json.loads(answer.body)
    assert ticket["id"] == 4711
    assert ("poNumber" in ticket, ticket.get("poNumber")) == (kind == "nulls", None)
    assert ticket.get("_info") is None


async def test_in_one_process_a_closed_connection_is_httpxs_own_error() -> None:
    sandbox = Sandbox()
    sandbox.faults.append(Fault("drop-after", "POST", "/tickets$"))
    async with httpx.AsyncClient(
        transport=SandboxTransport(sandbox), base_url="http://127.0.0.1", headers=credentials()
    ) as client:
        with pytest.raises(httpx.ReadError):
            await client.post("/v2026_1/apis/3.0/service/tickets", json=TICKET)
        assert (await client.get("/v2026_1/apis/3.0/service/tickets/4711")).status_code == 200
