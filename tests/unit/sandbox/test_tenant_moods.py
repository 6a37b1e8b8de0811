"""Moods of tenants, each by a switch or a fault: workflow rules, custom fields, pages, versions, refusals, broken bytes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from app.sandbox import Fault, Sandbox, Server, credentials
from app.sandbox.rules.workflow_rules import ACTOR
from tests.support.sandbox_client import Line, errors_of

RULE = {
    "workflow_rule_board": "Mini-Projects",
    "workflow_rule_sets": "status=In Progress,team=Engineers,owner=jdoe,type=Change",
}
ENTRY = {"url": "https://svc.example/cw?recordId=", "objectId": 1, "type": "ticket", "level": "owner"}


def move(line: Line) -> dict[str, Any]:
    """The answer of a move to the Mini-Projects board."""
    status = line.board_value(12, "statuses", "New")
    kind = line.board_value(12, "types", "Projects")
    answer = line.patch("/service/tickets/4711", board={"id": 12}, status=status, type=kind)
    assert answer.status == 200
    found: dict[str, Any] = json.loads(answer.body)
    return found


@pytest.mark.parametrize(("times", "after"), [("once", "Waiting Customer"), ("always", "In Progress")])
def test_a_workflow_rule_sets_values_after_the_move_once_or_each_time(times: str, after: str) -> None:
    line = Line(**RULE, workflow_rule_times=times)
    line.post("/system/callbacks", ENTRY)
    line.ticket()
    assert move(line)["status"]["name"] == "New"
    found = line.get("/service/tickets/4711")
    names = [found[name]["name"] for name in ("status", "team", "type", "owner")]
    assert (names, found["_info"]["updatedBy"]) == (["In Progress", "Engineers", "Change", "Jo Doe"], ACTOR)
    senders = [json.loads(each.body)["MemberId"] for each in line.sandbox.outbox.take()]
    assert senders == ["api-mini", "api-mini", ACTOR]
    line.patch("/service/tickets/4711", status=line.board_value(12, "statuses", "Waiting Customer"))
    assert line.get("/service/tickets/4711")["status"]["name"] == after


def test_a_workflow_rule_fires_on_its_board_only_and_after_a_conversion() -> None:
    line = Line(workflow_rule_board="Projects", workflow_rule_sets="status=In Progress,team=Nobody")
    number, _, _ = line.converted()
    found = line.get(f"/project/tickets/{number}")
    assert (found["status"]["name"], found["_info"]["updatedBy"]) == ("In Progress", ACTOR)
    other = line.ticket()
    line.patch(f"/service/tickets/{other['id']}", summary="Renamed")
    assert line.get(f"/service/tickets/{other['id']}")["_info"]["updatedBy"] == "api-mini"


def test_a_patch_without_the_demanded_custom_fields_is_refused() -> None:
    line = Line(custom_fields_demanded="tickets,projects,phases")
    ticket, project = line.ticket(), line.project()
    phase = line.phase(project["id"])
    for path, wish in (
        (f"/service/tickets/{ticket['id']}", {"summary": "Renamed"}), (f"/project/projects/{project['id']}", {"name": "Renamed"}),
        (f"/project/projects/{project['id']}/phases/{phase['id']}", {"description": "Renamed"}),
    ):  # fmt: skip
        refused = line.patch(path, **wish)
        assert (refused.status, errors_of(refused)) == (400, {"customFields": "MissingRequiredField"})
        fields = line.get(path)["customFields"]
        assert line.patch(path, **wish, customFields=fields).status == 200
        assert line.get(path) | wish == line.get(path)


def test_a_record_without_custom_fields_needs_none() -> None:
    line = Line()
    line.ticket()
    line.sandbox.switches.change({"custom_fields_demanded": "tickets"})
    assert line.patch("/service/tickets/4711", summary="Renamed").status == 200


@pytest.mark.parametrize("status", [200, 404, 503])
def test_a_page_instead_of_an_answer_by_path_and_count_has_no_effect(status: int) -> None:
    line = Line()
    line.ticket()
    line.sandbox.faults.append(Fault("html", "PATCH", r"/service/tickets/\d+$", skip=1, times=1, status=status))
    path = "/v2026_1/apis/3.0/service/tickets/4711"
    raw = json.dumps([{"op": "replace", "path": "summary", "value": "Renamed"}]).encode()
    answers = []
    for _ in range(2):
        fault = line.sandbox.strike("PATCH", path)
        answers.append(line.sandbox.handle("PATCH", path, credentials(), raw, fault))
    assert [(each.status, each.headers["Content-Type"] == "text/html") for each in answers] == [
        (200, False),
        (status, True),
    ]
    assert answers[1].body.startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("mode", "status", "kind"),
    [
        ("answered", 200, "application/vnd"),
        ("not-found", 404, "application/vnd"),
        ("html", 404, "text/html"),
        ("null", 200, "application/vnd"),
        ("unavailable", 503, "application/vnd"),
    ],
)
def test_company_information_answers_by_switch(mode: str, status: int, kind: str) -> None:
    line = Line(company_info=mode)
    answer = line.sandbox.handle("GET", "/login/companyinfo/sandbox", {}, b"")
    assert answer.status == status
    assert answer.headers["Content-Type"].startswith(kind)
    assert (b"Codebase" in answer.body) is (mode == "answered")


def test_one_endpoint_refuses_the_version_and_takes_plain_json() -> None:
    line = Line(version_refused_paths="/convert,/finance/glAccounts")
    named = {"accept": "application/vnd.connectwise.com+json; version=2026.11"}
    refused = line.ask("GET", "/finance/glAccounts", headers=named)
    assert (refused.status, refused.value["code"]) == (400, "UnsupportedApiVersion")
    assert "does not support the API version '2026.11'" in refused.value["message"]
    assert line.ask("GET", "/finance/glAccounts", headers={"accept": "application/json"}).status == 200
    assert line.ask("GET", "/service/boards", headers=named).status == 200


@pytest.mark.parametrize("status", [400, 403, 409])
def test_a_refusal_carries_its_text_and_its_field(status: int) -> None:
    fault = Fault("refused", status=status, message='The phase "Roll-out" is locked.', field="phase/id")
    line = Line()
    line.ticket()
    answer = line.ask(
        "PATCH", "/service/tickets/4711", [{"op": "replace", "path": "summary", "value": "x"}], fault=fault
    )
    assert (answer.status, answer.value["message"]) == (status, 'The phase "Roll-out" is locked.')
    assert errors_of(answer) == {"phase/id": "InvalidField"}
    assert line.get("/service/tickets/4711")["summary"] == "Printer jams"


def test_a_callback_may_hold_bytes_that_are_no_utf_8_and_is_signed_over_them() -> None:
    line = Line(callbacks_broken_bytes=True)
    line.post("/system/callbacks", ENTRY)
    line.ticket()
    delivery = line.sandbox.outbox.take()[0]
    with pytest.raises(UnicodeDecodeError):
        delivery.body.decode()
    body = json.loads(delivery.body.decode("utf-8", "replace"))
    assert json.loads(body["Entity"])["summary"].endswith("Printer jams")
    key_id = body["Metadata"]["key_url"].rsplit("=", 1)[1]
    key = hashlib.sha256(str(line.sandbox.outbox.key(key_id)).encode()).digest()
    assert delivery.signature == base64.b64encode(hmac.new(key, delivery.body, hashlib.sha256).digest()).decode()


def test_wrong_keys_and_a_wrong_host_answer_as_the_cloud_does() -> None:
    wrong = {"authorization": "Basic eA==", "clientId": "x"}
    assert Line(wrong_keys="not-found").ask("GET", "/service/boards", headers=wrong).status == 404
    assert Line().ask("GET", "/service/boards", headers=wrong).status == 401
    answer = Line(ssl_required=True).ask("GET", "/service/boards")
    assert (answer.status, answer.value["code"], answer.value["message"]) == (403, "Security", "SSL is required.")


async def test_lone_surrogates_are_kept_and_shown() -> None:
    sandbox = Sandbox()
    transport = httpx.ASGITransport(app=Server(sandbox).app)
    raw = b'{"summary": "broken \\ud800 text", "company": {"id": 250}}'
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=credentials()) as client:
        made = await client.post("/v2026_1/apis/3.0/service/tickets", content=raw)
        assert made.status_code == 201
        for path in ("/sandbox/state", "/sandbox/journal", "/sandbox/page.json"):
            assert (await client.get(path)).status_code == 200
        found = await client.get(
            "/v2026_1/apis/3.0/service/tickets", params={"conditions": 'summary contains "broken"'}
        )
        assert found.json()[0]["id"] == made.json()["id"]
