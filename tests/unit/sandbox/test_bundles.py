"""Bundles: several reads in one request, each with its own answer."""

from __future__ import annotations

from typing import Any

import pytest

from app.sandbox import operation
from app.sandbox.rules.bundles import RESOURCES
from tests.support.sandbox_client import Line


def bundle(line: Line, *requests: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = line.post("/system/bundles", {"requests": list(requests)})["results"]
    return found


def test_each_read_has_its_answer_in_the_order_of_the_requests() -> None:
    line = Line()
    for number in range(3):
        line.ticket(initialDescription=f"Text {number}")
    reads = [
        {
            "sequenceNumber": 7 - n,
            "resourceType": "ServiceNote",
            "apiRequest": {"parentId": 4711 + n, "fields": "ticketId,text"},
        }
        for n in range(3)
    ]
    results = bundle(line, *reads)
    assert [result["sequenceNumber"] for result in results] == [7, 6, 5]
    assert [result["entities"] for result in results] == [
        [{"ticketId": 4711 + n, "text": f"Text {n}"}] for n in range(3)
    ]
    assert all(result["success"] and result["statusCode"] == 200 and result["count"] == 1 for result in results)
    assert len(line.sandbox.journal) == 4


def test_one_that_fails_does_not_spoil_the_others() -> None:
    line = Line()
    line.ticket()
    results = bundle(
        line,
        {"resourceType": "ticket", "apiRequest": {"id": 4711}}, {"resourceType": "ticket", "apiRequest": {"id": 9}},
        {"resourceType": "banana", "apiRequest": {}}, {"resourceType": "servicenote", "apiRequest": {}},
        {"resourceType": "ticket", "apiRequest": {"filters": {"conditions": "nonsense"}}},
        {"resourceType": "ticket", "apiRequest": {"entity": {"id": 1}}}, {"resourceType": "board"},
    )  # fmt: skip
    assert [result["statusCode"] for result in results] == [200, 404, 400, 400, 400, 400, 200]
    assert [result["success"] for result in results] == [True, False, False, False, False, False, True]
    assert results[1]["error"]["code"] == "NotFound"


def test_filters_order_and_pages_are_those_of_lists() -> None:
    line = Line()
    for _ in range(30):
        line.ticket()
    asked = {
        "filters": {"conditions": "id > 4712", "orderBy": "id desc"},
        "page": {"page": 2, "pageSize": 3},
        "fields": "id",
    }
    forward = {"page": {"pageId": 4735, "pageSize": 1000}, "fields": "id"}
    results = bundle(line, *({"resourceType": "Ticket", "apiRequest": each} for each in (asked, forward, {})))
    assert [[one["id"] for one in result["entities"]] for result in results[:2]] == [
        [4737, 4736, 4735],
        list(range(4736, 4741)),
    ]
    assert results[2]["count"] == 25


def test_a_bundle_that_is_too_large_or_not_wanted_is_refused_as_a_whole() -> None:
    line = Line(bundle_most=2)
    read = {"resourceType": "board", "apiRequest": {}}
    assert line.ask("POST", "/system/bundles", {"requests": [read] * 3}).status == 400
    assert line.ask("POST", "/system/bundles", {"requests": [read] * 2}).status == 200
    line.sandbox.switches.change({"bundles": False})
    assert line.ask("POST", "/system/bundles", {"requests": [read]}).status == 400
    assert line.ask("POST", "/system/bundles", {}).status == 400


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_resource_type_is_a_list_of_the_contract(resource: str) -> None:
    assert operation("GET", RESOURCES[resource].format(1)) is not None
