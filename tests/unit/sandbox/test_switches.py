"""Access, versions, limits, and the switches that are about answers as a whole."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.sandbox import Sandbox, Switches, credentials
from app.sandbox.engine.switches import ALL
from tests.support.sandbox_client import Line

BOARDS = "/v2026_1/apis/3.0/service/boards"


@pytest.mark.parametrize("left_out", ["authorization", "clientId"])
def test_without_credentials_or_client_id_nothing_is_answered(left_out: str) -> None:
    headers = {name: value for name, value in credentials().items() if name != left_out}
    answer = Sandbox().handle("GET", BOARDS, headers, b"")
    assert (answer.status, answer.value["code"]) == (401, "Unauthorized")


@pytest.mark.parametrize(
    ("accept", "version"),
    [
        ("application/vnd.connectwise.com+json; version=2026.11", "2026.11"), ("application/vnd.connectwise.com+json; version=2021.1", "2021.1"),
        ("application/json", "2026.11"), ("application/vnd.connectwise.com+json; version=", "2026.11"), ("x; version=1\r\nX: y", "2026.11"),
    ],
)  # fmt: skip
def test_the_version_of_the_accept_header_is_echoed(accept: str, version: str) -> None:
    answer = Line().ask("GET", "/service/boards", headers={"accept": accept})
    assert answer.headers["Content-Type"] == f"application/vnd.connectwise.com+json; version={version}"
    assert answer.headers["api-current-version"] == version
    assert {"x-cw-request-id", "x-server-name"} <= answer.headers.keys()


@pytest.mark.parametrize(
    ("path", "status"),
    [("/v2026_1/apis/3.0", 200), ("/v4_6_release/apis/3.0", 200), ("/v2025_1/apis/3.0", 404), ("/apis/3.0", 404)],
)
def test_only_the_codebase_and_its_old_name_work(path: str, status: int) -> None:
    assert Sandbox().handle("GET", f"{path}/service/boards", credentials(), b"").status == status


def test_the_codebase_may_move() -> None:
    line = Line(codebase="v2027_1/")
    assert line.ask("GET", "/service/boards").status == 404
    info = json.loads(line.sandbox.handle("GET", "/login/companyinfo/sandbox", {}, b"").body)
    assert info["Codebase"] == "v2027_1/"
    assert json.loads(line.sandbox.handle("GET", "/login/companyinfo/nobody", {}, b"").body) is None


def test_requests_per_minute_are_limited_by_the_clock() -> None:
    line = Line(requests_per_minute=3)
    assert [line.ask("GET", "/service/boards").status for _ in range(4)] == [200, 200, 200, 429]
    line.wait(seconds=61)
    assert line.ask("GET", "/service/boards").status == 200


def test_requests_at_once_are_limited() -> None:
    line = Line(requests_at_once=1)
    with line.sandbox.at_once() as first, line.sandbox.at_once() as second:
        assert (first, second) == (True, False)
    with line.sandbox.at_once() as again:
        assert again
    assert line.sandbox.too_many().headers["Retry-After"] == "1"


def test_boards_that_the_member_may_not_see_are_forbidden_and_their_tickets_hidden() -> None:
    line = Line()
    line.ticket()
    line.ticket(board={"name": "Alerts"})
    line.sandbox.switches.change({"hidden_boards": "alerts, Sales Handover"})
    for path in ("statuses", "types", "teams", "statuses/count", "statuses/306"):
        assert line.ask("GET", f"/service/boards/2/{path}").status == 403
    assert line.ask("GET", "/service/boards/1/statuses").status == 200
    assert [one["id"] for one in line.get("/service/tickets")] == [4711]
    assert line.ask("GET", "/service/tickets/4712").status == 404
    assert line.patch("/service/tickets/4711", board={"id": 3}).status == 403


def test_areas_without_a_right_are_forbidden() -> None:
    line = Line(forbidden_areas="/finance, /system/callbacks")
    assert [
        line.ask("GET", path).status for path in ("/finance/agreements/600", "/system/callbacks", "/system/members")
    ] == [403, 403, 200]


def test_empty_members_may_be_shown_as_null() -> None:
    line = Line(nulls_for_empty=True)
    ticket = line.ticket()
    assert ticket["poNumber"] is None
    assert "poNumber" in line.get("/service/tickets")[0]


def test_members_are_null_or_absent_at_random_but_ids_stay() -> None:
    line = Line(nulls_at_random=0.5)
    for _ in range(20):
        line.ticket(poNumber="77")
    found = line.get("/service/tickets")
    seen = {"absent" if "poNumber" not in one else "null" if one["poNumber"] is None else "shown" for one in found}
    assert seen == {"absent", "null", "shown"}
    assert [one["id"] for one in found] == list(range(4711, 4731))


def test_lists_may_leave_out_details() -> None:
    line = Line(lists_omit_details=True)
    line.ticket()
    assert "recordType" not in line.get("/service/tickets")[0]
    assert "recordType" in line.get("/service/tickets/4711")


def test_all_notes_may_be_missing() -> None:
    line = Line(all_notes=False)
    line.ticket()
    assert line.ask("GET", "/service/tickets/4711/allNotes").status == 404


def test_an_address_that_is_too_long_is_refused() -> None:
    assert Line().ask("GET", "/service/boards", conditions="id=1 or " * 1300 + "id=1").status == 414


@pytest.mark.parametrize("path", ["/service/tickets/x", "/service/tickets/-1", "/service/tickets/99999999999999999999", "/service/tickets/4711/notes/x",
                                  "/service/boards/²", "/project/projects/x/phases", "/service/boards/1/statuses/1"])  # fmt: skip
def test_an_id_that_is_none_is_not_found(path: str) -> None:
    assert Line().ask("GET", path).status == 404


@pytest.mark.parametrize(
    ("name", "value"),
    [("patch_object", "sometimes"), ("bundles", "yes"), ("bundle_most", "3"), ("bundle_most", True),
     ("hidden_boards", 1), ("retry_scale", "1"), ("gl_mapping", None)],
)  # fmt: skip
def test_a_switch_takes_only_its_own_values(name: str, value: Any) -> None:
    switches = Switches()
    with pytest.raises(ValueError, match=name):
        switches.change({"convert_drops_notes": True, name: value})
    assert switches == Switches()


def test_a_switch_that_does_not_exist_is_said() -> None:
    with pytest.raises(KeyError, match="weather"):
        Switches().change({"weather": "fine"})
    assert set(ALL) == set(Switches().to_json())
