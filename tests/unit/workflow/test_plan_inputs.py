"""Digests of what a plan is made from."""

from __future__ import annotations

from typing import Any

import pytest

from app.chart import shipped_chart
from app.domain.ticket import TicketRecord
from app.workflow.tickets.plan_inputs import changed_inputs, list_paths, plan_inputs

TICKET: dict[str, Any] = {
    "id": 4711,
    "summary": "Fit the firewall for 12,000",
    "poNumber": "PO-1",
    "board": {"id": 1, "name": "Help Desk"},
    "agreement": {"id": 7, "name": "Managed"},
    "notes": [{"id": 1, "text": "Agreed."}],
    "lastUpdated": "2026-06-01T10:00:00Z",
}
LISTS: dict[str, list[dict[str, Any]]] = {"/service/boards": [{"id": 1, "name": "Help Desk"}], "/system/members": []}


def inputs(ticket: dict[str, Any] = TICKET, lists: dict[str, list[dict[str, Any]]] = LISTS) -> dict[str, str]:
    return plan_inputs(TicketRecord.from_json(ticket), shipped_chart(), lists)


@pytest.mark.parametrize(
    "change",
    [
        {"summary": "Fit the firewall for 13,500"},
        {"poNumber": "PO-2"},
        {"board": {"id": 2, "name": "Projects"}},
        {"agreement": {"id": 8, "name": "Block"}},
        {"notes": []},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_of_the_ticket_is_named(change: dict[str, Any]) -> None:
    assert changed_inputs(inputs(), inputs(TICKET | change)) == ["ticket"]


def test_the_time_of_the_last_change_alone_is_no_change() -> None:
    assert changed_inputs(inputs(), inputs(TICKET | {"lastUpdated": "2026-06-02T10:00:00Z"})) == []


def test_a_changed_list_is_named_by_its_path() -> None:
    other = LISTS | {"/service/boards": [{"id": 1, "name": "Help Desk", "inactiveFlag": True}]}
    assert changed_inputs(inputs(), inputs(lists=other)) == ["/service/boards"]
    assert list_paths(inputs()) == list(LISTS)


def test_an_input_that_is_new_or_gone_is_named() -> None:
    fewer = {"/service/boards": LISTS["/service/boards"]}
    assert changed_inputs(inputs(), inputs(lists=fewer)) == ["/system/members"]
    assert changed_inputs(inputs(lists=fewer), inputs()) == ["/system/members"]


def test_lone_surrogates_and_nul_in_a_ticket_have_a_digest() -> None:
    assert inputs(TICKET | {"summary": "\ud800\x00"})["ticket"] != inputs()["ticket"]
