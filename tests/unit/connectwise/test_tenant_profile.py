"""What one tenant demands beyond the document is learnt from its refusals, once, and outlives the process."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.connectwise import BadRequest, ClientConfig, ConnectWiseClient, TenantProfile
from app.sandbox import CLIENT_ID, COMPANY, PRIVATE_KEY, PUBLIC_KEY, Fault, Sandbox, SandboxTransport
from tests.support.fake_transport import Sleeps, client, on, reply

TICKET = "/service/tickets/{id}"


async def ticket_of(manage: ConnectWiseClient) -> str:
    made = await manage.post("/service/tickets", {"summary": "Printer jams", "company": {"id": 250}})
    return f"/service/tickets/{made['id']}"


def sandbox_with(**switches: Any) -> Sandbox:
    sandbox = Sandbox()
    sandbox.switches.change(switches)
    return sandbox


def writes(sandbox: Sandbox) -> list[tuple[str, int]]:
    return [(one.method, one.status) for one in sandbox.journal if one.method == "PATCH"]


async def test_a_patch_refused_for_want_of_custom_fields_carries_the_records_own_from_then_on() -> None:
    sandbox = sandbox_with(custom_fields_demanded="tickets")
    manage = on(sandbox, read_only=False)
    path = await ticket_of(manage)
    before = (await manage.get(path))["customFields"]
    for summary in ("Printer", "Scanner"):
        assert (await manage.patch(path, {"summary": summary}))["summary"] == summary
    assert writes(sandbox) == [("PATCH", 400), ("PATCH", 200), ("PATCH", 200)]
    assert (await manage.get(path))["customFields"] == before
    assert [*manage.tenant.sentences()] == [
        f"{TICKET} demands customFields in a PATCH; the record's own are sent along unchanged."
    ]


async def test_a_demand_for_custom_fields_that_the_record_does_not_have_is_a_refusal() -> None:
    refusal = {"code": "InvalidObject", "message": "ticket object is invalid",
               "errors": [{"code": "MissingRequiredField", "field": "customFields", "message": "The customFields field is required."}]}  # fmt: skip
    manage, script = client(reply(refusal, status=400), reply({"id": 1, "customFields": []}))
    with pytest.raises(BadRequest, match="custom fields"):
        await manage.patch("/service/tickets/1", {"summary": "x"})
    assert [one.method for one in script.requests] == ["PATCH", "GET"]
    assert not manage.tenant.demands("custom_fields", TICKET)


async def test_an_endpoint_that_refuses_only_the_version_is_asked_once_more_without_and_so_from_then_on() -> None:
    sandbox = sandbox_with(version_refused_paths="/service/tickets")
    manage = on(sandbox, read_only=False)
    path = await ticket_of(manage)
    await manage.get(path)
    await manage.get(path)
    await manage.list("/service/boards")
    answers = [(one.method, one.status) for one in sandbox.journal if "/service/tickets" in one.path]
    assert answers == [("POST", 400), ("POST", 201), ("GET", 400), ("GET", 200), ("GET", 200)]
    assert len(sandbox.store.table("/tickets")) == 1
    assert all("version" in sentence for sentence in manage.tenant.sentences())


async def test_a_refusal_of_anything_else_is_not_repeated() -> None:
    sandbox = sandbox_with()
    manage = on(sandbox, read_only=False)
    path = await ticket_of(manage)
    sandbox.faults.append(Fault("refused", "PATCH", status=400, message="The phase is locked.", field="phase/id"))
    with pytest.raises(BadRequest, match="The phase is locked"):
        await manage.patch(path, {"summary": "x"})
    assert writes(sandbox) == [("PATCH", 400)]
    assert [*manage.tenant.sentences()] == []


async def test_what_was_learnt_is_stored_once_and_recalled_by_the_next_process() -> None:
    stored: list[Any] = []

    async def save(values: Any) -> None:
        stored.append(values)

    sandbox = sandbox_with(custom_fields_demanded="tickets", version_refused_paths="/service/boards")
    manage = tenant_client(sandbox, TenantProfile(save=save))
    path = await ticket_of(manage)
    for _ in range(2):
        await manage.list("/service/boards")
        await manage.patch(path, {"summary": "x"})
    assert stored[-1] == {"plain_accept": ["/service/boards"], "custom_fields": [TICKET]}
    assert len(stored) == 2
    later = TenantProfile()
    later.recall(stored[-1])
    seen = len(sandbox.journal)
    await tenant_client(sandbox, later).patch(path, {"summary": "y"})
    sent = [(one.method, one.status) for one in list(sandbox.journal)[seen:] if "companyinfo" not in one.path]
    assert sent == [("GET", 200), ("PATCH", 200)]


@pytest.mark.parametrize(
    "stored", [None, [], "x", {"plain_accept": "x"}, {"custom_fields": [1, None]}, {"other": ["x"]}]
)
def test_an_unusable_stored_profile_is_an_empty_one(stored: Any) -> None:
    profile = TenantProfile()
    profile.recall(stored)
    assert [*profile.sentences()] == []


def tenant_client(sandbox: Sandbox, tenant: TenantProfile) -> ConnectWiseClient:
    config = ClientConfig(
        "http://127.0.0.1", COMPANY, PUBLIC_KEY, PRIVATE_KEY, CLIENT_ID, requests_per_minute=1_000_000
    )
    transport: httpx.AsyncBaseTransport = SandboxTransport(sandbox)
    return ConnectWiseClient(config, transport=transport, sleep=Sleeps(), tenant=tenant)
