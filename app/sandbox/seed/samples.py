"""Sample tickets for the demo and for tests, with their related records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from app.sandbox.engine.store import instant, shown
from app.sandbox.rules.products import TABLE as PRODUCTS
from app.sandbox.rules.products import Products
from app.sandbox.rules.system import System
from app.sandbox.seed.case_records import CaseRecords
from app.sandbox.seed.case_tickets import add_case_opportunity, add_open_project


@cache
def samples() -> tuple[dict[str, Any], ...]:
    """The samples in their order. `expected`: the outcome that a careful service manager would choose."""
    lines = (files("app.sandbox.seed") / "samples.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines if line.strip())


def create(system: System, sample: dict[str, Any], *, by: str = "dispatch") -> int:
    """Creates a sample's ticket with its related records and raises the callback of a new ticket.

    `contacts`: people of its company. `opportunity` and `projects` have the form of a case: a sale made for the ticket, open projects of its company.
    """
    ticket = {**sample["ticket"], "skipCallback": True}
    company = system.store.table("/company/companies").peek(ticket["company"].get("id") or 0) or {}
    opportunity = None
    for name in sample.get("contacts", ()):
        CaseRecords(system, by).contact(name, company)
    if sample.get("opportunity"):
        opportunity = add_case_opportunity(system, sample["opportunity"], company)
        ticket["opportunity"] = {"id": opportunity["id"]}
    for project in sample.get("projects", ()):
        add_open_project(system, project, company, opportunity, by="pmiller")
    made = system.rules.tickets.create(ticket, by)
    number = int(made["id"])
    shows_from = system.rules.tickets.shows_from()
    for table, record in _related_records(system, sample, number):
        system.store.add(table, {**record, "~from": shows_from}, by=by)
    system.outbox.raise_event("added", system.store.table("/tickets")[number], by=by)
    return number


def _related_records(system: System, sample: dict[str, Any], ticket_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    for entry in sample.get("schedule", ()):
        start = system.now().replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=entry["day"])
        member = shown(system.store.find("/system/members", {"identifier": entry["member"]}) or {})
        yield "/schedule/entries", {
            "objectId": ticket_id, "type": {"id": 4, "identifier": "S"}, "hours": entry["hours"], "doneFlag": False,
            "member": member,
            "dateStart": instant(start), "dateEnd": instant(start + timedelta(hours=entry["hours"])),
        }  # fmt: skip
    for line in sample.get("products", ()):
        yield (
            PRODUCTS,
            Products(system.store, system.switches).prepared(
                {"billableOption": "Billable", **line, "ticket": {"id": ticket_id}}
            ),
        )
    for number, task in enumerate(sample.get("tasks", ()), 1):
        yield (
            f"/tickets/{ticket_id}/tasks",
            {"notes": task, "priority": number, "closedFlag": False, "ticketId": ticket_id},
        )
    for note in sample.get("notes", ()):
        yield (
            f"/tickets/{ticket_id}/notes",
            {"text": note, "internalAnalysisFlag": True, "detailDescriptionFlag": False, "ticketId": ticket_id},
        )
