"""A mini-project that grows into a project: its sale is billed once at every stage, and both undos are exact."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.sandbox import Sandbox
from app.workflow import Service, WorkflowContext
from tests.support.harness import NOW, house, sample, settled, told

MINI = "Fit the replacement"
WAIT = 60.0
_COMPARED = ("/procurement/products", "/project/projects", "/finance/invoices")


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[tuple[Sandbox, Service, WorkflowContext]]:
    sandbox = Sandbox(now=lambda: NOW)
    chart = tmp_path / "chart.yaml"
    chart.write_text('version: "1"\nproject: {manager: pmiller}\n', encoding="utf-8")
    async with house(sandbox, f"sqlite:///{tmp_path}/home.db", now=lambda: NOW, chart=chart) as (service, context):
        yield sandbox, service, context


def records(sandbox: Sandbox, ticket_id: int) -> dict[str, Any]:
    """The ticket with the records that a sale is made of."""
    tables = dict(sandbox.store.collections())
    shown = {name: copy.deepcopy(dict(tables[name].items())) for name in _COMPARED if name in tables}
    ticket = {
        name: value
        for name, value in sandbox.store.table("/tickets")[ticket_id].items()
        if name not in ("_info", "lastUpdated", "customFields")
    }
    return {**{name: _plain(table) for name, table in shown.items()}, "ticket": copy.deepcopy(ticket)}


def _plain(table: dict[int, Any]) -> dict[int, Any]:
    return {number: {key: value for key, value in one.items() if key != "_info"} for number, one in table.items()}


async def test_the_sale_of_a_mini_project_is_known_when_it_grows_and_both_undos_are_exact(
    parts: tuple[Sandbox, Service, WorkflowContext],
) -> None:
    sandbox, service, context = parts
    ticket_id = sample(sandbox, MINI)
    untouched = records(sandbox, ticket_id)
    sold = sandbox.invoiced(ticket_id)["total"]
    await service.take_callback(told(ticket_id, "added"))
    await settled(context)
    (mini,) = (await service.decisions(ticket_id=ticket_id)).items
    mini = await service.decision(mini["id"])
    assert (mini["outcome"], mini["status"]) == ("mini-project", "applied")
    fee = mini["brief"]["fields"]["fee"]["value"]
    as_mini = records(sandbox, ticket_id)
    assert sandbox.invoiced(ticket_id)["total"] == sold

    grown = (await service.reclassify(ticket_id, outcome="project", wait=WAIT)).decision or {}
    assert not {name for name in ("sold_total", "fee", "method", "billing_sheet") if _is_open(grown, name)}, grown[
        "said"
    ]
    assert grown["brief"]["fields"]["fee"]["value"] == fee
    assert (grown["outcome"], grown["status"]) == ("project", "applied"), grown["said"]
    assert sandbox.invoiced(ticket_id)["total"] == sold

    undone = (await service.undo(grown["id"], wait=WAIT)).decision or {}
    assert undone["status"] == "undone", undone["said"]
    assert records(sandbox, ticket_id) == as_mini
    assert sandbox.invoiced(ticket_id)["total"] == sold
    undone = (await service.undo(mini["id"], wait=WAIT)).decision or {}
    assert undone["status"] == "undone", undone["said"]
    assert records(sandbox, ticket_id) == untouched


async def test_a_line_with_a_mark_of_another_ticket_is_not_sold(
    parts: tuple[Sandbox, Service, WorkflowContext],
) -> None:
    sandbox, service, context = parts
    ticket_id = sample(sandbox, MINI)
    other_id = sample(sandbox, MINI)
    await service.take_callback(told(ticket_id, "added"))
    await settled(context)
    (mini,) = (await service.decisions(ticket_id=ticket_id)).items
    labour = next(
        one
        for one in sandbox.store.table("/procurement/products").values()
        if one["chargeToId"] == other_id and one["price"] == 640.0
    )
    labour |= {"billableOption": "DoNotBill", "internalNotes": f"Mini-Projects decision {mini['id']}"}
    decision = (await service.reclassify(other_id, wait=WAIT)).decision or {}
    sheet = decision["brief"]["fields"]["billing_sheet"]["value"]
    assert not [line for line in sheet["lines"] if line.get("text") == labour["description"] and line["reach"] == "fee"]


def _is_open(decision: dict[str, Any], name: str) -> bool:
    return decision["brief"]["fields"][name]["state"] in ("missing", "conflict")
