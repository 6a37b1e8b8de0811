"""Callbacks: how entries are registered, what is sent, how it is signed and repeated, when an entry falls silent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.sandbox import samples
from app.sandbox.rules.callback_delivery import Delivery, sign
from tests.support.sandbox_client import Line, errors_of

ENTRY = {"url": "https://svc.example/cw?recordId=", "objectId": 1, "type": "ticket", "level": "owner"}


class Receiver:
    """Takes callbacks and answers with the statuses it is given, the last one for ever."""

    def __init__(self, *statuses: int) -> None:
        self._statuses = list(statuses)
        self.taken: list[tuple[str, dict[str, str], bytes]] = []

    async def __call__(self, url: str, headers: dict[str, str], body: bytes) -> int:
        self.taken.append((url, headers, body))
        return self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, _, body in self.taken]


def listening(**switches: Any) -> Line:
    line = Line(retry_scale=0.0, **switches)
    line.post("/system/callbacks", ENTRY)
    return line


def as_person(line: Line, method: str, path: str, body: Any = None) -> None:
    assert line.ask(method, path, body, headers={"x-sandbox-member": "dispatch"}).status < 300


async def received(line: Line) -> list[dict[str, Any]]:
    receiver = Receiver(204)
    await line.sandbox.outbox.deliver(receiver)
    return receiver.bodies()


def test_the_signature_is_the_documented_one() -> None:
    assert (
        sign(b'{"ID":42,"Action":"updated"}', "00000000-signing-key-example")
        == "SXk5/knWa602je1FQLk32aL3bOhJWQIzH+EVmweLVhk="
    )


async def test_a_callback_says_what_happened_and_can_be_verified_with_the_key() -> None:
    line = listening()
    line.ticket()
    receiver = Receiver(204)
    assert await line.sandbox.outbox.deliver(receiver) == 1
    url, headers, raw = receiver.taken[0]
    body = json.loads(raw)
    assert url == "https://svc.example/cw?recordId=4711&action=added"
    assert (body["Action"], body["Type"], body["ID"], body["MemberId"], body["CallbackObjectRecId"]) == (
        "added",
        "ticket",
        4711,
        "api-mini",
        1,
    )
    assert json.loads(body["Entity"])["summary"] == "Printer jams"
    address = body["Metadata"]["key_url"].removeprefix("http://127.0.0.1")
    key = json.loads(line.sandbox.handle("GET", address, {}, b"").body)["signing_key"]
    assert headers["x-content-signature"] == sign(raw, key)


async def test_a_delete_carries_no_entity_and_project_tickets_come_as_tickets() -> None:
    line = listening()
    ticket, _, _ = line.converted()
    as_person(line, "DELETE", f"/project/tickets/{ticket}")
    bodies = await received(line)
    assert [(body["Action"], body["Type"]) for body in bodies] == [
        ("added", "ticket"),
        ("updated", "ticket"),
        ("deleted", "ticket"),
    ]
    assert json.loads(bodies[1]["Entity"])["recordType"] == "ProjectTicket"
    assert bodies[2]["Entity"] is None


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"url": "localhost"}, "url", "InvalidField"), ({"url": "ftp://svc.example"}, "url", "InvalidField"),
        ({"url": "https://"}, "url", "InvalidField"),
        ({"level": "phase-x"}, "level", "InvalidObject"), ({"type": "banana"}, "level", "InvalidObject"),
        ({"objectId": None}, "objectId", "MissingRequiredField"),
        ({"type": "member", "level": "board"}, "level", "InvalidObject"), ({}, "objectId", "ObjectExists"),
        ({"objectId": 0}, "objectId", "ObjectExists"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_refused(changes: dict[str, Any], field: str, code: str) -> None:
    line = listening()
    answer = line.ask(
        "POST", "/system/callbacks", {name: value for name, value in (ENTRY | changes).items() if value is not None}
    )
    assert (answer.status, errors_of(answer)[field]) == (400, code)


@pytest.mark.parametrize("url", ["http://localhost/cb", "http://127.0.0.1:8000/cb"])
def test_addresses_on_this_machine_may_be_refused(url: str) -> None:
    assert Line(loopback_callbacks=False).ask("POST", "/system/callbacks", ENTRY | {"url": url}).status == 400
    assert Line().ask("POST", "/system/callbacks", ENTRY | {"url": url}).status == 201


@pytest.mark.parametrize(
    ("level", "wanted", "heard"),
    [("board", 1, True), ("board", 2, False), ("ticket", 4711, True), ("ticket", 4712, False), ("status", 300, True),
     ("project", 900, False), ("phase", 1, False)],
)  # fmt: skip
async def test_an_entry_hears_what_its_level_names(level: str, wanted: int, heard: bool) -> None:
    line = Line()
    line.post("/system/callbacks", ENTRY | {"level": level, "objectId": wanted})
    line.ticket()
    assert len(await received(line)) == heard


async def test_projects_have_callbacks_of_their_own_type() -> None:
    line = listening()
    line.post("/system/callbacks", ENTRY | {"type": "project", "level": "board", "objectId": 20})
    line.project()
    line.patch("/project/projects/900", description="x")
    line.ask("DELETE", "/project/projects/900")
    assert [(body["Type"], body["Action"]) for body in await received(line)] == [
        ("project", "added"),
        ("project", "updated"),
        ("project", "deleted"),
    ]


@pytest.mark.parametrize(("suppressed", "heard"), [(True, ["dispatch"]), (False, ["api-mini", "dispatch"])])
async def test_own_changes_are_suppressed_as_the_switch_says(suppressed: bool, heard: list[str]) -> None:
    line = Line(callbacks_self_suppressed=suppressed)
    line.post("/system/callbacks", ENTRY | {"isSelfSuppressedFlag": True})
    line.ticket()
    as_person(line, "PATCH", "/service/tickets/4711", [{"op": "replace", "path": "summary", "value": "x"}])
    assert [body["MemberId"] for body in await received(line)] == heard


@pytest.mark.parametrize("by_patch", [True, False])
async def test_a_change_can_ask_for_no_callback(by_patch: bool) -> None:
    line = listening(skip_callback_by_patch=by_patch)
    line.ticket(skipCallback=True)
    line.patch("/service/tickets/4711", skipCallback=True, summary="x")
    assert len(await received(line)) == (0 if by_patch else 1)
    assert "skipCallback" not in line.get("/service/tickets/4711")


@pytest.mark.parametrize("status", [404, 409, 419, 429])
async def test_these_answers_are_tried_twice_more(status: int) -> None:
    line = listening()
    line.ticket()
    receiver = Receiver(status, status, 200)
    assert await line.sandbox.outbox.deliver(receiver) == 1
    assert len(receiver.taken) == 3
    assert len({body for _, _, body in receiver.taken}) == 1


@pytest.mark.parametrize("status", [0, 302, 400, 401, 403, 410, 500, 502, 503])
async def test_any_other_answer_is_not_tried_again(status: int) -> None:
    line = listening()
    line.ticket()
    receiver = Receiver(status)
    assert await line.sandbox.outbox.deliver(receiver) == 0
    assert len(receiver.taken) == 1


async def test_an_entry_that_fails_for_three_days_is_set_inactive_and_hears_nothing_more() -> None:
    line = listening()
    for _ in range(4):
        line.ticket()
        await line.sandbox.outbox.deliver(Receiver(500))
        line.wait(days=1)
    assert line.get("/system/callbacks/1")["inactiveFlag"] is True
    line.ticket()
    assert await received(line) == []
    line.patch("/system/callbacks/1", inactiveFlag=False)
    line.ticket()
    assert len(await received(line)) == 1


async def test_one_success_between_keeps_an_entry_active() -> None:
    line = listening()
    for status in (500, 500, 200, 500, 500):
        line.ticket()
        await line.sandbox.outbox.deliver(Receiver(status))
        line.wait(days=1)
    assert line.get("/system/callbacks/1")["inactiveFlag"] is False


async def test_callbacks_may_be_doubled_reversed_and_several_for_one_save() -> None:
    line = listening(callbacks_duplicate=True, callbacks_reversed=True, callbacks_per_save=2)
    line.ticket()
    line.patch("/service/tickets/4711", summary="x")
    bodies = await received(line)
    assert [body["Action"] for body in bodies] == ["updated"] * 4 + ["added"] * 2
    assert len({body["MessageId"] for body in bodies}) == 3


@pytest.mark.parametrize(
    ("switch", "value", "shown"),
    [("callbacks_append", "id", "recordId=4711"), ("callbacks_append", "id-and-action", "recordId=4711&action=added")],
)
async def test_what_is_added_to_the_address_follows_the_switch(switch: str, value: str, shown: str) -> None:
    line = listening(**{switch: value})
    line.ticket()
    deliveries: list[Delivery] = line.sandbox.outbox.take()
    assert deliveries[0].url.endswith(shown)


async def test_the_type_may_be_written_with_a_capital() -> None:
    line = listening(callbacks_type="Ticket")
    line.ticket()
    assert [body["Type"] for body in await received(line)] == ["Ticket"]


async def test_the_key_may_change_its_address_while_old_ones_keep_working() -> None:
    line = listening(key_rotates_every=2)
    for _ in range(4):
        line.ticket()
    addresses = [body["Metadata"]["key_url"] for body in await received(line)]
    assert [addresses[0] == addresses[1], addresses[1] == addresses[2], addresses[2] == addresses[3]] == [
        True,
        False,
        True,
    ]
    keys = {line.sandbox.handle("GET", address.removeprefix("http://127.0.0.1"), {}, b"").body for address in addresses}
    assert len(keys) == 2


@pytest.mark.parametrize("needed", [True, False])
def test_the_key_may_need_credentials_and_be_encoded_twice(needed: bool) -> None:
    line = listening(key_needs_credentials=needed, key_encoded_twice=True)
    line.ticket()
    address = json.loads(line.sandbox.outbox.take()[0].body)["Metadata"]["key_url"].removeprefix("http://127.0.0.1")
    answer = line.sandbox.handle("GET", address, {}, b"")
    assert answer.status == (401 if needed else 200)
    if not needed:
        assert json.loads(json.loads(answer.body))["signing_key"]
    assert line.sandbox.handle("GET", address + "0", {}, b"").status == (401 if needed else 404)


async def test_added_may_come_before_what_lies_beside_the_ticket() -> None:
    line = listening(early_added_seconds=30)
    sample = next(
        each for each in samples.samples() if each.get("schedule") and each["ticket"].get("initialDescription")
    )
    number = samples.create(line.sandbox, sample)
    assert [body["Action"] for body in await received(line)] == ["added"]
    conditions = {"conditions": f"objectId={number}"}
    assert (line.get(f"/service/tickets/{number}/notes"), line.get("/schedule/entries", **conditions)) == ([], [])
    assert "resources" not in line.get(f"/service/tickets/{number}")
    line.wait(seconds=30)
    assert len(line.get(f"/service/tickets/{number}/notes")) == 1
    assert len(line.get("/schedule/entries", **conditions)) == len(sample["schedule"])
    assert "resources" in line.get(f"/service/tickets/{number}")


@pytest.mark.parametrize(
    ("way", "actions"),
    [("none", []), ("updated", ["updated"]), ("deleted", ["deleted"]), ("deleted-and-added", ["deleted", "added"])],
)
async def test_a_conversion_raises_the_callbacks_of_its_switch(way: str, actions: list[str]) -> None:
    line = listening(convert_callback=way)
    line.converted()
    assert [body["Action"] for body in await received(line)][1:] == actions
