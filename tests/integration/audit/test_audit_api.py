"""Audits over HTTP: begun, followed, cancelled, reported, by whoever holds the token."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from app.api import create_app
from app.chart import shipped_chart
from app.people import PeopleService, SessionService
from app.workflow.context import utc_now
from tests.support.app_client import MANAGER, settings
from tests.support.history_fixture import NOW, Audited


@asynccontextmanager
async def door(past: Audited, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The audits behind HTTP, carried on in the background."""
    app, chosen = create_app(), settings(folder)
    database = past.service.parts.database
    people = PeopleService(database, api_token=chosen.api_token.get_secret_value(), now=utc_now)
    sessions = SessionService(database, people, now=utc_now)
    app.state.parts = SimpleNamespace(audits=past.service, settings=chosen, people=people, sessions=sessions, oidc=None)
    await past.service.start()
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://service.test", headers=MANAGER) as client:
        yield client


@pytest.fixture
async def http(past: Audited, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A manager at the door."""
    async with door(past, tmp_path) as client:
        yield client


async def ended(http: httpx.AsyncClient, address: str) -> dict[str, Any]:
    """The audit once it has settled."""
    async with asyncio.timeout(60):
        while not (found := (await http.get(address)).json())["settled"]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert isinstance(found, dict)
    return found


async def test_an_audit_is_begun_followed_and_reported_in_three_forms(http: httpx.AsyncClient) -> None:
    begun = await http.post("/audits", json={"since": "2025-10-01T00:00:00Z", "until": "2026-11-24T12:00:00Z"})
    assert begun.status_code == 202
    assert begun.json()["state"] == "queued"
    found = await ended(http, begun.headers["Location"])
    assert (found["state"], found["tickets"]["seen"], found["totals"]["tickets"]) == ("done", 250, 250)
    html, table, document = [
        await http.get(f"{begun.headers['Location']}/report.{form}") for form in ("html", "csv", "json")
    ]
    assert html.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self' 'unsafe-inline'" in html.headers["content-security-policy"]
    assert "attachment" in table.headers["content-disposition"]
    assert len(table.text.splitlines()) == 251
    assert document.json()["totals"] == found["totals"]
    assert (document.json()["answers"], document.json()["figures"]) == (found["answers"], found["figures"])
    assert [one["id"] for one in (await http.get("/audits")).json()["items"]] == [found["id"]]


async def test_another_chart_is_tried_on_what_is_kept(http: httpx.AsyncClient) -> None:
    begun = await http.post("/audits", json={"boards": ["Sales Handover"], "until": "2026-11-24T12:00:00Z"})
    await ended(http, begun.headers["Location"])
    text = shipped_chart().text.replace("rules: []", "rules: [{name: all, boards: [Sales Handover], outcome: review}]")
    found = (await http.post(f"{begun.headers['Location']}/what-if", json={"chart": text})).json()
    assert found["after"]["asks_a_person"] == found["after"]["tickets"] > 0
    wrong = await http.post(f"{begun.headers['Location']}/what-if", json={"chart": "no_such_section: 1"})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["line"] == 1


async def test_an_audit_is_cancelled_once_and_can_go_on(past: Audited, http: httpx.AsyncClient) -> None:
    await past.service.stop()
    begun = await http.post("/audits")
    address = begun.headers["Location"]
    assert (await http.post(f"{address}/cancel")).json()["state"] == "cancelled"
    again = await http.post(f"{address}/cancel")
    assert (again.status_code, again.headers["content-type"]) == (409, "application/problem+json")
    resumed = await http.post(f"{address}/resume")
    assert (resumed.status_code, resumed.json()["state"]) == (202, "queued")


@pytest.mark.fast_cases(4)
@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"since": "2026-02-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}, 422, "The range is empty"),
        ({"since": "0001-01-01T00:00:00+14:00"}, 422, "within the years 1980 to 2100"),
        ({"until": "0001-01-01T00:00:00Z"}, 422, "within the years 1980 to 2100"),
        ({"since": "2026-02-01T00:00:00"}, 422, "need a time zone"),
        ({"since": "yesterday"}, 422, "body.since"),
        ({"boards": ['"']}, 422, "must not hold quotes"),
        ({"boards": [""]}, 422, "body.boards.0"),
        ({"boards": [" "]}, 422, "has no name"),
        ({"boards": [True]}, 422, "body.boards.0"),
        ({"mode": "live"}, 422, "body.mode"),
    ],
    ids=[
        "empty range",
        "long ago",
        "until long ago",
        "no zone",
        "no date",
        "a quote",
        "no name",
        "a blank name",
        "no id",
        "an unknown member",
    ],
)
async def test_what_cannot_be_audited_is_refused_with_a_sentence(
    http: httpx.AsyncClient, body: dict[str, Any], status: int, said: str
) -> None:
    answer = await http.post("/audits", json=body)
    assert answer.status_code == status
    assert said in answer.json()["detail"]


async def test_a_report_that_was_forgotten_is_a_problem_not_half_a_file(past: Audited, http: httpx.AsyncClient) -> None:
    begun = await http.post("/audits", json={"boards": ["Sales Handover"], "until": "2026-11-24T12:00:00Z"})
    await ended(http, begun.headers["Location"])
    await past.service.parts.audits.prune(older_than=timedelta(days=-1), now=NOW)
    for form in ("html", "csv", "json"):
        answer = await http.get(f"{begun.headers['Location']}/report.{form}")
        assert (answer.status_code, "forgotten after its time" in answer.json()["detail"]) == (409, True)


async def test_the_cookie_opens_the_report_in_a_tab_with_rules_of_its_own(http: httpx.AsyncClient) -> None:
    begun = await http.post("/audits", json={"boards": ["Sales Handover"], "until": "2026-11-24T12:00:00Z"})
    assert begun.json()["by"] == "API token"
    await ended(http, begun.headers["Location"])
    token = http.headers.pop("Authorization").removeprefix("Bearer ")
    address = f"{begun.headers['Location']}/report.html"
    assert (await http.get(address)).status_code == 401
    assert (await http.post("/session", json={"name": "API token", "token": token})).status_code == 200
    shown = await http.get(address)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "script-src 'self' 'unsafe-inline'" in shown.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["", "/report.html", "/report.csv", "/report.json"])
async def test_an_audit_that_is_not_there_is_a_problem_not_a_page(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(f"/audits/nothing{path}")
    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no audit nothing.")


@pytest.mark.parametrize(
    "path", ["/audits", "/audits/x", "/audits/x/report.html", "/audits/x/report.csv", "/audits/x/report.json"]
)
async def test_nobody_reads_audits_without_the_token(http: httpx.AsyncClient, path: str) -> None:
    http.headers.pop("Authorization")
    assert (await http.get(path)).status_code == 401
