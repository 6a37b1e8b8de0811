"""The sandbox over HTTP: ConnectWise's own paths, the paths to control it, callbacks that go out, and the page for people."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox import Sandbox, Server, credentials, samples
from app.sandbox.http import page
from app.sandbox.rules.callback_delivery import sign
from tests.support.waiting import wait_until

API = "/v2026_1/apis/3.0"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Server(Sandbox()).app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=credentials()) as client:
        yield client


@contextmanager
def served(app: Any) -> Iterator[str]:
    """An application behind a real port of this machine."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, "the server has started")
    try:
        yield "http://127.0.0.1:" + str(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()


async def test_tickets_are_made_and_changed_over_http(client: httpx.AsyncClient) -> None:
    made = await client.post(f"{API}/service/tickets", json={"summary": "x", "company": {"id": 250}})
    assert (made.status_code, made.json()["id"]) == (201, 4711)
    operation = [{"op": "replace", "path": "summary", "value": "y"}]
    assert (await client.patch(f"{API}/service/tickets/4711", json=operation)).json()["summary"] == "y"
    assert (await client.get(f"{API}/service/tickets/count")).json() == {"count": 1}
    assert (await client.delete(f"{API}/service/tickets/4711")).status_code == 204
    assert (await client.get(f"{API}/service/tickets/4711")).status_code == 404


async def test_state_and_journal_can_be_read(client: httpx.AsyncClient) -> None:
    await client.post("/sandbox/samples", json={"from": 0, "to": 2})
    await client.get(f"{API}/service/tickets/9")
    state = (await client.get("/sandbox/state")).json()
    assert [ticket["id"] for ticket in state["records"]["/tickets"]] == [4711, 4712]
    assert (state["violations"], state["badRequests"], state["past"]) == ([], [], {})
    journal = (await client.get("/sandbox/journal?since=0")).json()
    assert [(one["method"], one["path"], one["status"]) for one in journal] == [
        ("GET", f"{API}/service/tickets/9", 404)
    ]
    assert (await client.get("/sandbox/journal?since=1")).json() == []


async def test_samples_are_listed_and_made_with_what_was_expected(client: httpx.AsyncClient) -> None:
    every = (await client.get("/sandbox/samples")).json()
    made = await client.post("/sandbox/samples")
    assert (made.status_code, [one["expected"] for one in made.json()]) == (201, [one["expected"] for one in every])
    assert (await client.post("/sandbox/tickets", json=every[0])).json() == {"id": 4711 + len(every)}


async def test_faults_and_switches_are_set_seen_and_cleared(client: httpx.AsyncClient) -> None:
    assert (
        await client.post("/sandbox/faults", json={"kind": "throttle", "path": "/service/boards", "seconds": 9})
    ).status_code == 201
    assert [fault["kind"] for fault in (await client.get("/sandbox/faults")).json()] == ["throttle"]
    assert (await client.get(f"{API}/service/boards")).headers["retry-after"] == "9"
    assert (await client.get(f"{API}/service/boards")).status_code == 200
    await client.delete("/sandbox/faults")
    assert (await client.get("/sandbox/faults")).json() == []
    await client.post("/sandbox/switches", json={"bundles": False})
    assert (await client.get("/sandbox/switches")).json()["bundles"] is False
    await client.post("/sandbox/reset")
    assert (await client.get("/sandbox/switches")).json()["bundles"] is True


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", {"kind": "flood"}), ("faults", {"colour": "red"}), ("faults", {"kind": "throttle", "path": "("}),
        ("switches", {"weather": "fine"}),
        ("switches", {"bundles": 3}),
        ("history", {}), ("history", {"tickets": 0}), ("clock", {"moons": 1}), ("tickets", {}), ("samples", {"from": "x"}),
    ],
)  # fmt: skip
async def test_what_is_not_understood_is_said(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> None:
    answer = await client.post(f"/sandbox/{path}", json=body)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("not understood")


async def test_a_past_with_every_kind_of_money(client: httpx.AsyncClient) -> None:
    made = (await client.post("/sandbox/history", json={"billing": True})).json()
    assert {"fixed-fee", "real-project"} <= made.keys()


async def test_a_past_and_its_truth(client: httpx.AsyncClient) -> None:
    assert (await client.post("/sandbox/history", json={"tickets": 120, "months": 3})).json() == {"tickets": 120}
    truth = (await client.get("/sandbox/truth")).json()
    assert list(truth) == [str(number) for number in range(4711, 4831)]
    assert list((await client.get("/sandbox/truth?after=4720&limit=2")).json()) == ["4721", "4722"]
    state = (await client.get("/sandbox/state")).json()
    assert state["past"]["/tickets"] == 120
    assert "/tickets" not in state["records"]


async def test_a_case_is_created_and_its_invoices_are_previewed(client: httpx.AsyncClient) -> None:
    case = {"summary": "Sale", "products": [{"description": "Firewall", "quantity": 2, "price": 4200}]}
    made = (await client.post("/sandbox/cases", json={"case": case, "projects": [{"name": "Wi-Fi", "billingMethod": "FixedFee",
                                                                                  "billingAmount": 900}]})).json()  # fmt: skip
    found = (await client.get(f"/sandbox/invoiced/{made['id']}")).json()
    assert (found["total"], found["parts"][0]["amount"]) == (8400.0, 8400.0)
    assert (await client.get(f"/sandbox/invoiced/project/{made['projects'][0]}")).json()["total"] == 900.0
    assert (await client.get("/sandbox/invoiced/1")).status_code == 404
    assert (await client.get("/sandbox/invoiced/project/1")).status_code == 404
    assert (await client.post("/sandbox/cases", json={})).status_code == 400


async def test_the_clock_runs_ahead(client: httpx.AsyncClient) -> None:
    before = (await client.get("/sandbox/state")).json()["now"]
    after = (await client.post("/sandbox/clock", json={"days": 3})).json()["now"]
    assert after[:10] > before[:10]


async def test_a_persons_change_is_made_in_their_name(client: httpx.AsyncClient) -> None:
    body = {
        "method": "POST",
        "path": "/service/tickets",
        "body": {"summary": "x", "company": {"id": 250}},
        "member": "jdoe",
    }
    assert (await client.post("/sandbox/person", json=body)).json()["_info"]["enteredBy"] == "jdoe"
    assert (
        await client.post("/sandbox/person", json={"method": "GET", "path": "/service/tickets/9"})
    ).status_code == 404


@pytest.mark.parametrize("kind", ["drop-before", "drop-after"])
async def test_a_connection_is_closed_without_an_answer(kind: str) -> None:
    sandbox = Sandbox()
    with served(Server(sandbox).app) as origin:
        async with httpx.AsyncClient(base_url=origin, headers=credentials(), trust_env=False) as client:
            await client.post("/sandbox/faults", json={"kind": kind, "method": "POST", "path": "tickets$"})
            with pytest.raises(httpx.RemoteProtocolError):
                await client.post(f"{API}/service/tickets", json={"summary": "x", "company": {"id": 250}})
            count = (await client.get(f"{API}/service/tickets/count")).json()["count"]
    assert count == (kind == "drop-after")


async def test_a_delay_lasts_as_long_as_its_fault_says(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("app.sandbox.http.server.asyncio", SimpleNamespace(sleep=sleep))
    for kind in ("delay-before", "delay-after"):
        await client.post("/sandbox/faults", json={"kind": kind, "seconds": 0.05})
        assert (await client.get(f"{API}/service/boards")).status_code == 200
        assert slept.pop() == 0.05


async def test_requests_at_once_are_limited_over_http(client: httpx.AsyncClient) -> None:
    await client.post("/sandbox/switches", json={"requests_at_once": 1})
    await client.post("/sandbox/faults", json={"kind": "delay-before", "seconds": 0.1})
    answers = await asyncio.gather(*(client.get(f"{API}/service/boards") for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 429, 429]


async def test_callbacks_go_out_signed_by_themselves() -> None:
    taken: list[tuple[str, bytes]] = []

    async def take(request: Request) -> Response:
        taken.append((request.headers["x-content-signature"], await request.body()))
        return Response(status_code=204)

    sandbox = Sandbox()
    with (
        served(Starlette(routes=[Route("/cb", take, methods=["POST"])])) as receiver,
        served(Server(sandbox).app) as origin,
    ):
        sandbox.origin = origin
        async with httpx.AsyncClient(base_url=origin, headers=credentials(), trust_env=False) as client:
            entry = {"url": f"{receiver}/cb?recordId=", "objectId": 1, "type": "ticket", "level": "owner"}
            await client.post(f"{API}/system/callbacks", json=entry)
            await client.post("/sandbox/samples", json={"from": 0, "to": 3})
            for _ in range(200):
                if len(taken) == 3:
                    break
                await asyncio.sleep(0.02)
            bodies = [json.loads(body) for _, body in taken]
            assert sorted(body["ID"] for body in bodies) == [4711, 4712, 4713]
            key = (await client.get(bodies[0]["Metadata"]["key_url"])).json()["signing_key"]
    assert all(signature == sign(body, key) for signature, body in taken)


async def test_the_page_needs_nothing_from_elsewhere_and_may_load_nothing(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sandbox")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not re.search(
        r"https?://|src=|@import|url\(|innerHTML|insertAdjacentHTML|document\.write|eval\(", answer.text
    )
    nonce = re.search(r'nonce="([^"]+)"', answer.text)
    assert nonce
    assert f"'nonce-{nonce[1]}'" in answer.headers["content-security-policy"]
    assert nonce[1] not in (await client.get("/sandbox")).text


def test_the_page_shows_boards_projects_requests_and_switches() -> None:
    sandbox = Sandbox()
    for sample in samples.samples():
        samples.create(sandbox, sample)
    sandbox.fill_history(tickets=300, months=2)
    sandbox.switches.change({"pages_shift": True})
    body = {"name": "<b>bold</b>", "board": {"id": 20}, "company": {"id": 250}, "billingMethod": "FixedFee", "billingAmount": 5000,
            "estimatedStart": "2026-06-01T00:00:00Z", "estimatedEnd": "2026-08-31T00:00:00Z"}  # fmt: skip
    for path, record in (
        ("/project/projects", body),
        ("/project/projects/901/phases", {"description": "Floor 1", "billSeparatelyFlag": True, "billingMethod": "FixedFee", "billingAmount": 100}),
        ("/project/projects/901/teamMembers", {"member": {"id": 102}, "projectRole": {"id": 1}}),
        ("/project/projects/901/contacts", {"contact": {"id": 34}}), ("/project/projects/901/notes", {"text": "Filled-in chart"}),
        ("/service/tickets/4711/convert", {"phase": {"id": 3102}, "wbsCode": "1.1"}),
    ):  # fmt: skip
        assert sandbox.handle("POST", API + path, credentials(), json.dumps(record).encode()).status < 300
    shown = json.loads(json.dumps(page.data(sandbox, board=None)))
    assert sum(board["count"] for board in shown["boards"]) == 300 + len(samples.samples())
    assert len(shown["tickets"]) == 100
    project = shown["projects"][0]
    assert (project["name"], project["phases"]) == ("<b>bold</b>", ["1 Floor 1, billed separately: FixedFee 100.00"])
    assert (project["team"], project["contacts"], project["notes"]) == (
        ["Jo Doe, Project Manager"],
        ["Robin Arbour"],
        ["Filled-in chart"],
    )
    assert project["tickets"][0].startswith("4711 1.1 ")
    assert shown["requests"][0]["path"] == "/service/tickets/4711/convert"
    assert shown["switches"][0] == {"name": "pages_shift", "value": "True", "changed": True}
    assert page.data(sandbox, board=20)["tickets"][0]["project"] == "901 <b>bold</b>, Floor 1"
    assert page.data(sandbox, board=99)["board"] == 1
