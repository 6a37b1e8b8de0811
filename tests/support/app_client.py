"""The whole service behind its HTTP door, in one process, on a sandbox ConnectWise."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from app.api import create_app
from app.connectwise import ensure
from app.container import Container, connect
from app.sandbox import CLIENT_ID, COMPANY, PRIVATE_KEY, PUBLIC_KEY, Sandbox, SandboxTransport
from app.sandbox import samples as sample_tickets
from app.sandbox.engine.journal import Exchange
from app.settings import Settings

PUBLIC_URL = "http://service.test"
TOKEN = "token-of-the-dispatcher-of-tests"
MANAGER = {"Authorization": f"Bearer {TOKEN}"}


def settings(folder: Path, **choices: Any) -> Settings:
    """Settings for a sandbox at loopback and a database file in `folder`."""
    values: dict[str, Any] = {
        "cwm_site": "http://127.0.0.1", "cwm_company": COMPANY, "cwm_public_key": PUBLIC_KEY, "cwm_private_key": PRIVATE_KEY,
        "cwm_client_id": CLIENT_ID, "cwm_max_requests_per_minute": 100_000, "database_url": f"sqlite:///{folder}/service.db",
        "public_url": PUBLIC_URL, "api_token": SecretStr(TOKEN), "mode": "live", "max_writes_per_hour": 10_000,
        "settle_seconds": 0, "look_again_seconds": 0,
    }  # fmt: skip
    return Settings(**(values | choices))


@dataclass
class Clock:
    """The real time, and how far a test has moved on from it."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        """The time that the service believes."""
        return datetime.now(UTC) + self.ahead


@dataclass
class Site:
    """The service, its door, and the ConnectWise behind it."""

    sandbox: Sandbox
    parts: Container
    app: FastAPI
    http: httpx.AsyncClient
    clock: Clock

    async def deliver(self) -> list[int]:
        """Lets the sandbox send the callbacks that wait; returns the service's answers."""
        answers: list[int] = []

        async def post(url: str, headers: dict[str, str], body: bytes) -> int:
            answer = await self.http.post(url, headers=headers, content=body)
            answers.append(answer.status_code)
            return answer.status_code

        await self.sandbox.outbox.deliver(post)
        return answers

    def sample(self, summary: str) -> int:
        """Creates the sample ticket whose summary begins so; its callback waits to be delivered."""
        found = next(one for one in sample_tickets.samples() if one["ticket"]["summary"].startswith(summary))
        return sample_tickets.create(self.sandbox, found)

    def enter(self, summary: str, text: str) -> int:
        """Creates the first sample ticket with a summary and description of its own."""
        first = next(iter(sample_tickets.samples()))
        return sample_tickets.create(
            self.sandbox, {"ticket": {**first["ticket"], "summary": summary, "initialDescription": text}}
        )

    async def reclassify(self, ticket_id: int, **body: Any) -> dict[str, Any]:
        """Runs a ticket as a manager and returns the settled decision."""
        answer = await self.http.post(f"/tickets/{ticket_id}/reclassify?wait=30", json=body, headers=MANAGER)
        assert answer.status_code == 200, answer.text
        decision: dict[str, Any] = answer.json()
        return decision

    async def get(self, path: str, **query: Any) -> Any:
        """The JSON of a management address."""
        answer = await self.http.get(path, params=query, headers=MANAGER)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def callback(self, **changes: Any) -> tuple[bytes, dict[str, str]]:
        """A genuine callback for ticket 4711 with other members where `changes` say so, signed after the change."""
        self.sandbox.outbox.raise_event("added", {"id": 4711}, by="jdoe")
        (delivery,) = self.sandbox.outbox.take()
        genuine = json.loads(delivery.body)
        key = self.sandbox.outbox.key(genuine["Metadata"]["key_url"].rpartition("=")[2])
        raw = json.dumps(genuine | changes).encode()
        return raw, {"x-content-signature": signature(raw, str(key))}


def signature(raw: bytes, key: str) -> str:
    """What ConnectWise would sign this body with."""
    return base64.b64encode(hmac.new(hashlib.sha256(key.encode()).digest(), raw, hashlib.sha256).digest()).decode()


def written(exchanges: Iterable[Exchange]) -> list[tuple[str, str]]:
    """Method and path of every write; a bundle of reads is a POST that writes nothing."""
    calls = [(exchange.method, exchange.path) for exchange in exchanges]
    return [(method, path) for method, path in calls if method != "GET" and not path.endswith("/system/bundles")]


@asynccontextmanager
async def site(folder: Path, **choices: Any) -> AsyncIterator[Site]:
    """A started service with its callback registered, stopped at the end."""
    sandbox, clock = Sandbox(), Clock()
    transport = SandboxTransport(sandbox)
    async with connect(settings(folder, **choices), transport=transport, now=clock.now) as parts:
        app = create_app()
        app.state.parts = parts
        await ensure(parts.manage, PUBLIC_URL)
        await parts.service.start(look_after=False)
        door = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=door, base_url=PUBLIC_URL, timeout=60) as http:
            yield Site(sandbox, parts, app, http, clock)
        await parts.service.stop()
