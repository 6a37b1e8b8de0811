"""Every endpoint and everybody: who gets in, with which sentence, and that a refusal changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api import auth
from app.api.access_rules import SAFE_METHODS, needed_role
from app.domain.enums import Role
from tests.support.app_client import MANAGER, Site, site, written

_PARAMETERS = {
    "ticket_id": "4711", "decision_id": "none", "run_id": "none", "audit_id": "none", "action_id": "none", "person_id": "none",
}  # fmt: skip


@dataclass(frozen=True)
class Caller:
    """How a request shows who sends it. `role`: None for those who are nobody."""

    headers: dict[str, str]
    role: Role | None
    status: int = 0
    """The answer to every closed endpoint; 0: by role."""
    code: str = ""
    changes_only: bool = False
    """Refused for changes alone."""


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path) as found:
        yield found


async def session(service: Site, name: str, token: str) -> dict[str, str]:
    """The headers of a browser that has signed in."""
    answer = await service.http.post("/session", json={"name": name, "token": token})
    assert answer.status_code == 200, answer.text
    service.http.cookies.clear()
    secret = answer.headers["set-cookie"].split(";")[0]
    return {"Cookie": secret, "X-CSRF-Token": answer.json()["csrf"]}


async def callers(service: Site) -> dict[str, Caller]:
    """Everybody who may come."""
    people, tokens = service.parts.people, {}
    for name in ("viewer", "approver", "admin", "removed", "expired"):
        role = Role(name) if name in tuple(Role) else Role.ADMIN
        tokens[name] = (await people.add(name.title(), role, by="Test")).token
    expired = await session(service, "Expired", tokens["expired"])
    removed = await session(service, "Removed", tokens["removed"])
    service.clock.ahead += timedelta(hours=13)
    await people.remove(await people.by_name("removed"), by="Test")
    admin = await session(service, "Admin", tokens["admin"])
    forged = {"forged CSRF": {**admin, "X-CSRF-Token": "0" * 64}, "no CSRF": {"Cookie": admin["Cookie"]}}
    found = {
        "nobody": Caller({}, None, 401, "sign-in-needed"),
        "foreign token": Caller({"Authorization": "Bearer mp_" + "x" * 43}, None, 401, "token-unknown"),
        "no token of ours": Caller({"Authorization": "Bearer \u00e9"}, None, 401, "token-unknown"),
        "basic": Caller({"Authorization": "Basic YTpi"}, None, 401, "token-unknown"),
        "removed person's token": Caller({"Authorization": f"Bearer {tokens['removed']}"}, None, 401, "token-unknown"),
        "removed person's session": Caller(removed, None, 401, "session-ended"),
        "expired session": Caller(expired, None, 401, "session-ended"),
        "foreign session": Caller({"Cookie": "mp_session=" + "x" * 43}, None, 401, "session-ended"),
        "API token": Caller(MANAGER, Role.ADMIN),
        "admin session": Caller(admin, Role.ADMIN),
    }
    for name, headers in forged.items():
        found[name] = Caller(headers, Role.ADMIN, 403, "csrf", changes_only=True)
    for name in ("viewer", "approver", "admin"):
        found[name] = Caller({"Authorization": f"Bearer {tokens[name]}"}, Role(name))
        found[f"{name} session"] = Caller(await session(service, name, tokens[name]), Role(name))
    return found


def endpoints(service: Site) -> list[tuple[str, str, Role | None]]:
    """Method, address and role of every endpoint in the API description."""
    paths: dict[str, dict[str, Any]] = service.app.openapi()["paths"]
    return [
        (method.upper(), path, Role(operation["x-role"]) if "x-role" in operation else None)
        for path, operations in paths.items()
        for method, operation in operations.items()
    ]


async def test_everybody_at_every_endpoint(service: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "_GUESS_SECONDS", 0.0)
    found, everybody = endpoints(service), await callers(service)
    assert len(found) > 30
    before = len(service.sandbox.journal)
    rows = await counted(service)
    wrong = []
    for method, path, role in found:
        for name, caller in everybody.items():
            ends_session = (method, path) == ("DELETE", "/session") and "session" in name
            if role is None or ends_session:
                continue
            answer = await ask(service, method, path, caller)
            expected = expectation(caller, method, role)
            if not fits(answer, expected):
                wrong.append((method, path, name, expected, answer.status_code, answer.text[:120]))
    assert wrong == []
    assert written(service.sandbox.journal[before:]) == []
    assert await counted(service) == rows


async def ask(service: Site, method: str, path: str, caller: Caller) -> httpx.Response:
    """A request that changes nothing even where it is let in: ids that do not exist, bodies that do not fit."""
    address = path.format(**_PARAMETERS)
    headers = [(name.encode(), value.encode("utf-8")) for name, value in caller.headers.items()]
    body = None if method in SAFE_METHODS else b"[1"
    headers += [] if body is None else [(b"Content-Type", b"application/json")]
    return await service.http.request(method, address, headers=headers, content=body)


def expectation(caller: Caller, method: str, role: Role) -> tuple[int, str]:
    """Status and code of a refusal; 0 where the caller is let in."""
    if caller.status and not (caller.changes_only and method in SAFE_METHODS):
        return caller.status, caller.code
    assert caller.role is not None
    return (0, "") if caller.role.covers(role) else (403, "role-too-low")


def fits(answer: httpx.Response, expected: tuple[int, str]) -> bool:
    if not expected[0]:
        return answer.status_code not in (401, 403)
    problem = answer.json()
    is_sentence = problem["detail"].endswith(".")
    type_ = answer.headers["content-type"]
    members = set(problem) == {"type", "title", "status", "detail", "code"}
    return (
        (answer.status_code, problem["code"]) == expected
        and is_sentence
        and members
        and type_ == "application/problem+json"
    )


async def counted(service: Site) -> dict[str, int]:
    """Rows that a request could change."""
    trail = await service.parts.desk.trail(limit=200)
    figures = await service.parts.service.figures()
    return {
        "trail": len(trail.items),
        "people": len(await service.parts.people.all()),
        "runs": sum(figures["runs"].values()),
    }


def test_an_address_that_nobody_listed_is_closed() -> None:
    assert needed_role("GET", "/anything") is Role.VIEWER
    assert needed_role("POST", "/anything") is Role.APPROVER
    assert needed_role("POST", "/sessions") is Role.APPROVER
    assert needed_role("DELETE", "/pagesx") is Role.APPROVER
    assert needed_role("PUT", "/chart") is Role.ADMIN
    assert needed_role("GET", "/people/1") is Role.ADMIN
    assert needed_role("POST", "/session") is None


async def test_a_persons_own_endpoints_need_one_lookup_each(service: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    token = (await service.parts.people.add("Ann", Role.VIEWER, by="Test")).token
    signed_in = await session(service, "ann", token)
    reads: list[int] = []
    read = service.parts.database.read

    async def count(work: Any) -> Any:
        reads.append(1)
        return await read(work)

    monkeypatch.setattr(service.parts.database, "read", count)
    for headers in ({"Authorization": f"Bearer {token}"}, signed_in):
        reads.clear()
        assert (await service.http.get("/session", headers=headers)).status_code == 200
        assert len(reads) == 1
    for nonsense in ("Bearer short", "Bearer mp_short", "Basic x"):
        reads.clear()
        assert (await service.http.get("/session", headers={"Authorization": nonsense})).status_code == 401
        assert reads == []
