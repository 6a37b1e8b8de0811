"""Tickets with money from labelled cases: one call creates the ticket and every record that the case names.

A case is `{"case": {…}, "ticket_set": {…}, "company_set": {…}, "projects": […], "time": …}`. `case` holds members of a
service ticket, references by name, and related records: scheduleEntries, tasks, products, configurations, contactsCc, notes.
Records that do not exist yet (company, member, type, agreement) are created. Values are taken as they are: a product
line without `productClass` has none, and is Billable unless the case says otherwise.

`opportunity.expectedRevenue` seeds the forecast as service revenue unless `opportunity.forecast`
{service, product, agreement, other, won} is given. A stage named Won, or `won`, gives a status with wonFlag.
`agreement` takes members of an Agreement; it covers time unless `coverAgreementTime` is false. `projects` takes members of a
Project, `opportunity` true links one to the case's opportunity. `time` is a number of hours or a list of time entries.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.sandbox.engine.store import OF_BOARD, Record, shown
from app.sandbox.rules.projects import TABLE as PROJECTS
from app.sandbox.rules.system import System
from app.sandbox.seed.case_records import CaseRecords, named
from app.sandbox.seed.sales import FORECAST_TYPES, add_opportunity

_RELATED = (
    "scheduleEntries",
    "tasks",
    "products",
    "configurations",
    "contactsCc",
    "notes",
    "customFields",
    "resources",
)
_LEFT_OUT = ("id", "billingPeriod", "dateEntered", "agreement", "opportunity", "label", *_RELATED)
_BOARD_LISTS = {name: OF_BOARD[name] for name in ("type", "subType", "item")}
_LISTS = {"priority": "/service/priorities", "source": "/service/sources"}


def create(system: System, entry: Mapping[str, Any], *, by: str = "dispatch") -> dict[str, Any]:
    """Creates a case and raises the callback of a new ticket; returns the ids that were given.

    KeyError or TypeError for members that cannot be read.
    """
    case = dict(entry["case"])
    records = CaseRecords(system, by)
    company = records.company(case.get("company") or {"name": "Alder"})
    company |= entry.get("company_set") or {}
    agreement = records.agreement(case["agreement"], company) if case.get("agreement") else None
    opportunity = add_case_opportunity(system, case["opportunity"], company) if case.get("opportunity") else None
    projects = [add_open_project(system, each, company, opportunity, by=by) for each in entry.get("projects") or ()]
    ticket = _ticket(system, case, company, agreement=agreement, opportunity=opportunity, by=by)
    records.related(ticket, case, company)
    records.time(ticket, entry.get("time") or ())
    ticket |= entry.get("ticket_set") or {}
    system.outbox.raise_event("added", ticket, by=by)
    return {
        "id": ticket["id"],
        "company": company["id"],
        "agreement": agreement and agreement["id"],
        "opportunity": opportunity and opportunity["id"],
        "projects": [project["id"] for project in projects],
    }


def add_case_opportunity(system: System, wanted: Mapping[str, Any], company: Record) -> Record:
    """An opportunity with status and forecast. ValueError for an unknown forecast member."""
    stage = wanted.get("stage") or "Prospect"
    stage = str(stage["name"] if isinstance(stage, Mapping) else stage)
    given = dict(wanted.get("forecast") or {})
    won = bool(given.pop("won", "won" in stage.lower().split()))
    if not given and wanted.get("expectedRevenue") is not None:
        given = {"service": wanted["expectedRevenue"]}
    unknown = given.keys() - FORECAST_TYPES.keys()
    if unknown:
        raise ValueError(f"unknown forecast members {sorted(unknown)}")
    return add_opportunity(system.store, str(wanted["name"]), company, stage=stage, forecast=given, won=won)


def add_open_project(
    system: System, wanted: Mapping[str, Any], company: Record, opportunity: Record | None, *, by: str
) -> Record:
    """An open project of the company with its phases; `opportunity` true links it to the given one."""
    body = {
        "board": {"name": "Projects"}, "billingMethod": "ActualRates", "estimatedStart": "2026-01-01T00:00:00Z",
        "estimatedEnd": "2027-12-31T00:00:00Z", **wanted, "company": shown(company),
    }  # fmt: skip
    if body.pop("opportunity", None) and opportunity:
        body["opportunity"] = {"id": opportunity["id"], "name": opportunity["name"]}
    phases = body.pop("phases", ({"description": "Delivery"},))
    board = system.store.find("/service/boards", named(body["board"])) or {}
    made = system.store.add(PROJECTS, system.rules.projects.prepared_project(body | {"board": shown(board)}), by=by)
    for phase in phases:
        prepared = system.rules.projects.prepared_phase(dict(phase), made["id"])
        system.store.add(f"{PROJECTS}/{made['id']}/phases", prepared, by=by)
    return made


def _ticket(
    system: System, case: Mapping[str, Any], company: Record, *, agreement: Record | None, opportunity: Record | None,
    by: str,
) -> Record:  # fmt: skip
    body = {name: value for name, value in case.items() if name not in _LEFT_OUT and value not in (None, "")}
    board = system.store.find("/service/boards", named(body.get("board") or {"name": "Service Desk"}))
    board = board or system.store.table("/service/boards")[1]
    body |= {"board": shown(board), "company": shown(company), "skipCallback": True}
    _add_missing(system, body, board)
    if agreement:
        body["agreement"] = {"id": agreement["id"]}
    if opportunity:
        body["opportunity"] = {"id": opportunity["id"]}
    if isinstance(body.get("contact"), Mapping) and body["contact"].get("name"):
        body["contact"] = {"id": CaseRecords(system, by).contact(str(body["contact"].get("name")), company)["id"]}
    number = int(system.rules.tickets.create(body, by)["id"])
    ticket = system.store.table("/tickets")[number]
    if case.get("dateEntered"):
        ticket["_info"] = ticket["_info"] | {"dateEntered": case["dateEntered"]}
    if case.get("customFields"):
        fields = enumerate(case["customFields"], 1)
        ticket["customFields"] = [
            {"id": number, "type": "Text", "entryMethod": "EntryField", **each} for number, each in fields
        ]
    return ticket


def _add_missing(system: System, body: dict[str, Any], board: Record) -> None:
    """Adds types and other values by name that the seeded set-up lacks; items need an association and are left out."""
    at = f"/service/boards/{board['id']}"
    own = {"board": shown(board), "inactiveFlag": False}
    for member, collection in _BOARD_LISTS.items():
        wanted = body.get(member)
        if not isinstance(wanted, Mapping):
            continue
        if member == "item" or not wanted.get("name"):
            body.pop(member)
        elif system.store.find(f"{at}/{collection}", {"name": wanted["name"]}) is None:
            place = {"department": board["department"], "location": board["location"]} if member == "type" else {}
            made = system.store.add(f"{at}/{collection}", {"name": wanted["name"], **own, **place})
            body[member] = {"id": made["id"]}
        else:
            body[member] = {"name": wanted["name"]}
    for member, collection in _LISTS.items():
        name = (body.get(member) or {}).get("name")
        if name:
            found = system.store.find(collection, {"name": name}) or system.store.add(collection, {"name": name})
            body[member] = {"id": found["id"]}
