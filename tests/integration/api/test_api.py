"""The management API: who may use it, what it answers, one shape for every error."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app.api.access_rules import needed_role
from app.chart import shipped_chart
from app.sandbox import Fault
from tests.support.app_client import MANAGER, Site, site, written
from tests.support.waiting import eventually

STATUSES = {"planned", "awaiting-review", "running", "applied", "failed", "rejected", "undone", "nothing-to-do"}
CRITERIA = ["duration", "finance", "billing", "scheduling", "team", "contacts"]


async def test_without_a_configured_token_every_management_endpoint_is_403(tmp_path: Path) -> None:
    async with site(tmp_path, api_token=SecretStr("")) as service:
        for method, path in _operations(service):
            answer = await service.http.request(method, path, headers=MANAGER, json={})
            assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json"), path


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize("given", [None, "Bearer wrong", "Basic dG9rZW4=", "Bearer ", "bearer\ttoken"])
async def test_a_wrong_token_is_401_everywhere(service: Site, given: str | None) -> None:
    for method, path in _operations(service):
        answer = await service.http.request(method, path, headers={"Authorization": given} if given else {}, json={})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), path


def _operations(service: Site) -> list[tuple[str, str]]:
    found = [
        (method.upper(), path.replace("{", "").replace("}", "").replace("ticket_id", "4711"))
        for path, methods in service.app.openapi()["paths"].items()
        for method in methods
        if needed_role(method.upper(), path) is not None
    ]
    assert ("POST", "/tickets/4711/reclassify") in found
    return found


async def test_reclassify_answers_with_the_whole_decision(service: Site) -> None:
    ticket = service.sample("Fit the replacement firewall")
    decision = await service.reclassify(ticket, mode="dry-run", reason="as the customer asked")
    assert decision["ticket_id"] == ticket
    assert (decision["trigger"], decision["mode"], decision["outcome"]) == ("reclassify", "dry-run", "mini-project")
    assert [finding["criterion"] for finding in decision["findings"]] == CRITERIA
    assert decision["status"] == "planned"
    assert {step["status"] for step in decision["plan"]["steps"]} == {"planned"}
    assert set(decision["chart"]) == {"version", "sha256"}
    patched = [step["path"] for step in decision["plan"]["steps"] if step["method"] == "PATCH"]
    assert patched[0].startswith("/procurement/products/")
    assert set(patched[1:]) == {f"/service/tickets/{ticket}"}


async def test_a_dry_run_writes_nothing_to_connectwise(service: Site) -> None:
    before = len(service.sandbox.journal)
    for summary in ("Fit the replacement firewall", "Network refresh for the clinic", "Reception printer jams"):
        await service.reclassify(service.sample(summary), mode="dry-run")
    assert written(service.sandbox.journal[before:]) == []


async def test_a_persons_word_goes_before_the_chart(service: Site) -> None:
    ticket = service.sample("Reception printer jams")
    service.sandbox.store.table("/tickets")[ticket]["agreement"] = None
    decision = await service.reclassify(ticket, mode="live", outcome="mini-project", reason="sold by phone")
    assert (decision["outcome"], decision["status"]) == ("mini-project", "applied")
    assert service.sandbox.store.table("/tickets")[ticket]["board"]["name"] == "Mini-Projects"


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize(("summary", "kind"), [("Fit the replacement", "mini-project"), ("Network refresh", "project")])
async def test_a_ticket_that_stays_what_it_was_made_says_which_decision_to_undo(
    service: Site, summary: str, kind: str
) -> None:
    ticket = service.sample(summary)
    applied = await service.reclassify(ticket)
    body = {"outcome": "service-ticket", "mode": "live"}
    answer = await service.http.post(f"/tickets/{ticket}/reclassify?wait=30", json=body, headers=MANAGER)
    told = answer.json()
    assert answer.status_code == (200 if kind == "mini-project" else 409)
    assert (told["way_back"]["decision_id"], told["way_back"]["outcome"]) == (applied["id"], kind)
    text = told["way_back"]["text"] if kind == "mini-project" else told["detail"]
    assert f"made it ({kind}). To take that back, undo that decision: miniprojects undo {applied['id']}" in text
    undone = await _word(service, applied["id"], "undo")
    assert undone["status"] == "undone"
    if kind == "mini-project":
        assert (await service.get(f"/decisions/{told['id']}"))["way_back"] is None


async def test_who_does_not_wait_gets_the_address_of_the_run(service: Site) -> None:
    ticket = service.sample("Reception printer jams")
    answer = await service.http.post(f"/tickets/{ticket}/reclassify?wait=0", headers=MANAGER)
    assert answer.status_code == 202
    decision = await service.reclassify(ticket, mode="dry-run")
    run = await service.get(answer.headers["location"])
    assert run["ticket_id"] == decision["ticket_id"]


async def test_a_ticket_that_is_not_there_is_404_with_a_sentence(service: Site) -> None:
    answer = await service.http.post("/tickets/999999/reclassify?wait=30", headers=MANAGER)
    assert answer.status_code == 404
    assert "no ticket 999999" in answer.json()["detail"]


WRONG: list[tuple[str, str, Any, int]] = [
    ("POST", "/tickets/0/reclassify", {}, 422),
    ("POST", "/tickets/abc/reclassify", {}, 422),
    ("POST", "/tickets/99999999999999999999/reclassify", {}, 422),
    ("POST", "/tickets/4711/reclassify", {"mode": "wild"}, 422),
    ("POST", "/tickets/4711/reclassify", {"outcome": "review"}, 422),
    ("POST", "/tickets/4711/reclassify", {"unknown": 1}, 422),
    ("POST", "/tickets/4711/reclassify", ["live"], 422),
    ("POST", "/tickets/4711/reclassify", {"reason": "x" * 3000}, 422),
    ("GET", "/decisions?limit=0", None, 422),
    ("GET", "/decisions?ticket_id=99999999999999999999999", None, 422),
    ("GET", "/decisions?since=yesterday", None, 422),
    ("GET", "/decisions?outcome=maybe", None, 422),
    ("GET", "/decisions?cursor=zzz", None, 422),
    ("GET", "/actions?cursor=zzz", None, 422),
    ("GET", "/actions?decision_id=zzz", None, 422),
    ("GET", "/decisions/none", None, 404),
    ("POST", "/decisions/none/approve", {}, 404),
    ("POST", "/decisions/none/undo", {}, 404),
    ("GET", "/runs/none", None, 404),
    ("GET", "/nowhere", None, 404),
    ("DELETE", "/decisions", None, 405),
]


@pytest.mark.fast_cases(6)
@pytest.mark.parametrize(
    ("method", "path", "body", "status"), WRONG, ids=[f"{one[0]} {one[1]} {one[2]}"[:60] for one in WRONG]
)
async def test_every_error_has_one_shape(service: Site, method: str, path: str, body: Any, status: int) -> None:
    answer = await service.http.request(method, path, json=body, headers=MANAGER)
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert (problem["status"], problem["type"]) == (status, "about:blank")
    assert problem["title"]
    assert problem["detail"]


async def test_decisions_come_newest_first_in_pages_and_by_filter(service: Site) -> None:
    tickets = [
        service.sample(summary) for summary in ("Reception printer jams", "Cannot log in", "Fit the replacement")
    ]
    for ticket in tickets:
        await service.reclassify(ticket, mode="dry-run")
    first = await service.get("/decisions", limit=2)
    second = await service.get("/decisions", limit=2, cursor=first["next_cursor"])
    assert [one["ticket_id"] for one in first["items"] + second["items"]] == tickets[::-1]
    assert second["next_cursor"] is None
    assert [one["ticket_id"] for one in (await service.get("/decisions", outcome="mini-project"))["items"]] == tickets[
        2:
    ]
    assert (await service.get("/decisions", status="applied"))["items"] == []
    assert (await service.get("/decisions", since="2999-01-01T00:00:00Z"))["items"] == []
    assert len((await service.get("/decisions", trigger="reclassify", ticket_id=tickets[0]))["items"]) == 1


async def test_an_invalid_cursor_is_refused_with_the_allowed_form(service: Site) -> None:
    answer = await service.http.get("/decisions", params={"cursor": "zzz"}, headers=MANAGER)
    assert "next_cursor of the page before: 26 lower-case letters and digits" in answer.json()["detail"]


async def test_a_list_has_no_briefs_and_is_sent_again_only_when_it_has_changed(service: Site) -> None:
    ticket = service.sample("Fit the replacement firewall")
    decision = await service.reclassify(ticket, mode="review")
    answer = await service.http.get("/decisions?limit=5", headers=MANAGER)
    (item,) = answer.json()["items"]
    assert decision["brief"]
    assert item == {
        name: value for name, value in decision.items() if name not in ("brief", "read", "way_back", "history")
    }

    seen = {**MANAGER, "If-None-Match": answer.headers["etag"]}
    same = await service.http.get("/decisions?limit=5", headers=seen)
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", answer.headers["etag"])

    await _word(service, decision["id"], "reject", reason="not now")
    changed = await service.http.get("/decisions?limit=5", headers=seen)
    assert (changed.status_code, changed.json()["items"][0]["status"]) == (200, "rejected")


@pytest.mark.parametrize(
    "asked", [{"status": "waiting"}, {"trigger": "cron"}, {"outcome": "maybe"}, {"since": "0001-01-01T00:00:00+14:00"}]
)
async def test_a_filter_that_no_decision_can_meet_is_refused(service: Site, asked: dict[str, str]) -> None:
    answer = await service.http.get("/decisions", params=asked, headers=MANAGER)
    assert answer.status_code == 422
    assert next(iter(asked)) in answer.text


async def test_a_waiting_plan_is_approved_applied_and_taken_back(service: Site) -> None:
    ticket = service.sample("Fit the replacement firewall")
    before = dict(service.sandbox.store.table("/tickets")[ticket]["board"])
    waiting = await service.reclassify(ticket, mode="review")
    assert waiting["status"] == "awaiting-review"
    applied = await _word(service, waiting["id"], "approve")
    assert applied["status"] == "applied"
    assert service.sandbox.store.table("/tickets")[ticket]["board"]["name"] == "Mini-Projects"
    undone = await _word(service, waiting["id"], "undo")
    assert undone["status"] == "undone"
    assert service.sandbox.store.table("/tickets")[ticket]["board"] == before
    assert undone["undo"]["steps"]


async def test_every_reason_that_people_gave_is_shown_with_the_decision_and_its_runs(service: Site) -> None:
    ticket = service.sample("Fit the replacement firewall")
    waiting = await service.reclassify(ticket, mode="review", outcome="mini-project", reason="sold <b>by phone</b>")
    await _word(service, waiting["id"], "approve", reason="signed copy is here")
    await _word(service, waiting["id"], "undo", reason="customer cancelled")
    shown = await service.get(f"/decisions/{waiting['id']}")
    assert [(word["said"], word["reason"]) for word in shown["words"]] == [
        ("chose mini-project", "sold <b>by phone</b>"),
        ("approved", "signed copy is here"),
        ("had it undone", "customer cancelled"),
    ]
    assert all(word["at"].endswith("Z") for word in shown["words"])
    (listed,) = (await service.get("/decisions", ticket_id=ticket))["items"]
    assert listed["words"] == shown["words"]
    runs = (await service.get("/runs", ticket_id=ticket))["items"]
    assert [run["reason"] for run in runs] == ["customer cancelled", "signed copy is here", "sold <b>by phone</b>"]


async def test_a_decision_that_nobody_said_anything_to_has_no_words(service: Site) -> None:
    decision = await service.reclassify(service.sample("Reception printer jams"), mode="dry-run")
    assert decision["words"] == []


async def test_a_rejected_plan_changes_nothing_and_cannot_be_approved(service: Site) -> None:
    ticket = service.sample("Fit the replacement firewall")
    waiting = await service.reclassify(ticket, mode="review")
    rejected = await _word(service, waiting["id"], "reject", reason="customer cancelled")
    assert (rejected["status"], "customer cancelled" in rejected["said"]) == ("rejected", True)
    again = await service.http.post(f"/decisions/{waiting['id']}/approve", headers=MANAGER)
    assert again.status_code == 409
    assert service.sandbox.store.table("/tickets")[ticket]["board"]["name"] != "Mini-Projects"


async def test_a_review_is_answered_with_an_outcome(service: Site) -> None:
    ticket = service.sample("New printer for the depot")
    asked = await service.reclassify(ticket, mode="live")
    assert (asked["outcome"], asked["status"]) == ("review", "awaiting-review")
    assert len(asked["candidates"]) >= 2
    assert asked["question"]
    without = await service.http.post(f"/decisions/{asked['id']}/approve?wait=30", headers=MANAGER)
    assert without.status_code == 409
    answered = await _word(service, asked["id"], "approve", outcome="mini-project", reason="sold by phone")
    assert (answered["outcome"], answered["status"]) == ("mini-project", "applied")
    question = await service.get(f"/decisions/{asked['id']}")
    assert (question["status"], question["ended_as"], question["replaced_by"]) == (
        "rejected",
        "answered",
        answered["id"],
    )
    assert question["answered"] == {"by": "API token", "outcome": "mini-project", "reason": "sold by phone"}
    assert question["said"] == f"API token answered mini-project; the decision {answered['id']} follows from it."
    again = await service.http.post(f"/decisions/{asked['id']}/approve", headers=MANAGER)
    assert "The decision is answered by API token: mini-project;" in again.json()["detail"]


async def test_a_plan_that_a_newer_decision_replaced_is_no_rejected_one(service: Site) -> None:
    ticket = service.sample("Fit the replacement firewall")
    first = await service.reclassify(ticket, mode="review")
    newer = await service.reclassify(ticket, mode="review", outcome="project")
    replaced = await service.get(f"/decisions/{first['id']}")
    assert (replaced["ended_as"], replaced["replaced_by"], replaced["answered"]) == ("replaced", newer["id"], None)
    rejected = await _word(service, newer["id"], "reject")
    assert (rejected["status"], rejected["ended_as"]) == ("rejected", None)


async def _word(service: Site, decision_id: str, word: str, **body: Any) -> dict[str, Any]:
    answer = await service.http.post(f"/decisions/{decision_id}/{word}?wait=30", json=body, headers=MANAGER)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    assert said["status"] in STATUSES
    return said


async def test_ready_says_why_not_while_connectwise_is_away_and_recovers(service: Site) -> None:
    service.sandbox.faults.append(Fault("unauthorized", path="/service/boards", times=100))
    away = await service.http.get("/readyz")
    assert away.status_code == 503
    assert [check["id"] for check in away.json()["checks"] if not check["ok"]] == ["connectwise"]
    service.sandbox.faults.clear()
    asked = len(service.sandbox.journal)
    assert (await service.http.get("/readyz")).status_code == 503
    assert len(service.sandbox.journal) == asked
    service.clock.ahead = timedelta(seconds=20)
    assert (await service.http.get("/readyz")).status_code == 200


async def test_a_broken_chart_file_is_told_while_the_last_good_chart_goes_on_deciding(tmp_path: Path) -> None:
    file = tmp_path / "chart.yaml"
    file.write_text(shipped_chart().text, encoding="utf-8")
    async with site(tmp_path, chart_file=file) as service:
        file.write_text("combination: [what?", encoding="utf-8")
        answer = await service.http.get("/readyz")
        assert (answer.status_code, answer.json()["ready"]) == (200, True)
        (chart,) = [check for check in answer.json()["checks"] if not check["ok"]]
        assert (chart["id"], chart["hint"]) == ("chart", "Run miniprojects chart check.")
        decided = await service.reclassify(service.sample("Reception printer jams"), mode="dry-run")
        assert decided["outcome"] == "service-ticket"
        file.write_text(shipped_chart().text, encoding="utf-8")

        async def is_ready() -> bool:
            return all(check["ok"] for check in (await service.http.get("/readyz")).json()["checks"])

        await eventually(is_ready)


async def test_a_ticket_that_stays_says_what_could_not_be_read_of_it(service: Site) -> None:
    service.sandbox.faults.append(Fault("forbidden", path="/notes", times=100))
    decided = await service.reclassify(service.sample("Reception printer jams"), mode="dry-run")
    assert (decided["outcome"], decided["status"]) == ("service-ticket", "nothing-to-do")
    assert decided["said"] == "The ticket stays as it is. Decided without what could not be read: notes."


async def test_life_figures_and_the_api_description_are_open(service: Site) -> None:
    await service.reclassify(service.sample("Reception printer jams"), mode="dry-run")
    assert (await service.http.get("/livez")).json() == {"status": "ok"}
    figures = (await service.http.get("/metrics")).text
    assert 'miniprojects_decisions{outcome="service-ticket",status="nothing-to-do",trigger="reclassify"} 1.0' in figures
    assert 'miniprojects_connectwise_requests_total{method="GET",path="/service/tickets/{id}"}' in figures
    assert "miniprojects_reader" not in figures
    assert (await service.http.get("/openapi.json")).json()["info"]["title"] == "Mini-Projects for ConnectWise Manage"


async def test_the_api_description_shows_errors_in_their_form(service: Site) -> None:
    described = service.app.openapi()["paths"]["/decisions/{decision_id}/approve"]["post"]["responses"]
    for status in ("401", "403", "404", "409", "422", "503"):
        schema = described[status]["content"]["application/problem+json"]["schema"]
        assert schema["required"] == ["type", "title", "status", "detail"]


@pytest.mark.fast_cases(2)
@pytest.mark.parametrize("path", ["/", "/docs", "/livez", "/decisions", "/pages/desk.js"])
async def test_every_answer_forbids_what_it_does_not_need(service: Site, path: str) -> None:
    headers = (await service.http.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def test_pages_name_no_other_host(service: Site) -> None:
    for path in ("/", "/docs", "/pages/desk.js", "/pages/style.css", "/pages/desk.css"):
        text = (await service.http.get(path, headers=MANAGER)).text
        assert "//" not in text.replace("// ", "").replace("http://www.w3.org", ""), path
