"""The page for people: boards with their tickets, projects, the last requests, callbacks, switches.

One file without anything from elsewhere; it asks for its data every two seconds and writes every text as text.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict
from importlib.resources import files
from itertools import islice
from typing import Any

from app.sandbox.engine.journal import Exchange
from app.sandbox.engine.store import Record
from app.sandbox.engine.switches import Switches
from app.sandbox.http.sandbox import Sandbox

_TICKETS, _PROJECTS, _REQUESTS, _LONG = 100, 60, 40, 2000


def html() -> tuple[str, dict[str, str]]:
    """The page and its headers; its policy allows requests to the sandbox only."""
    nonce = secrets.token_urlsafe(16)
    text = (files("app.sandbox.http") / "page.html").read_text(encoding="utf-8").replace("NONCE", nonce)
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-{nonce}'; connect-src 'self'; base-uri 'none'"
    return text, {"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


def data(sandbox: Sandbox, *, board: int | None) -> dict[str, Any]:
    """Data of the page. `board` selects the tickets; None or an unknown id selects the first board."""
    boards = [_board(sandbox, row) for row in sandbox.store.view("/service/boards").rows()]
    chosen = next((one for one in boards if one["id"] == board), boards[0])
    return {
        "totals": _totals(sandbox),
        "boards": [{name: one[name] for name in ("id", "name", "count")} for one in boards],
        "board": chosen["id"],
        "boardSays": chosen["says"],
        "tickets": [_ticket(sandbox, number) for number in chosen["latest"]],
        "projects": [_project(sandbox, number) for number in sorted(sandbox.store.table("/project/projects"))[: -_PROJECTS - 1 : -1]],
        "requests": _requests(sandbox),
        "callbacks": [
            {"id": one["id"], "url": one["url"], "level": f"{one['type']}, {one['level']} {one['objectId']}", "inactive": bool(one["inactiveFlag"])}
            for one in sandbox.store.table("/system/callbacks").rows()
        ],
        "switches": _switches(sandbox),
    }  # fmt: skip


def _totals(sandbox: Sandbox) -> str:
    wrong = len(sandbox.violations) + len(sandbox.bad_requests)
    parts = (f"{len(sandbox.store.table('/tickets'))} tickets", f"{len(sandbox.store.table('/project/projects'))} projects",
             f"{len(sandbox.journal)} requests", f"{len(sandbox.outbox.sent)} callbacks sent",
             f"{wrong} outside the contract" if wrong else "all within the contract")  # fmt: skip
    return ", ".join(parts)


def _board(sandbox: Sandbox, board: Record) -> dict[str, Any]:
    table = sandbox.store.table("/tickets")
    living = [one["id"] for one in table.live.values() if (one.get("board") or {}).get("id") == board["id"]]
    past = table.packed_with("board/id", (board["id"],)) if table.packed else []
    kind = "project board" if board.get("projectFlag") else "service board"
    return {
        "id": board["id"], "name": board["name"], "count": len(living) + len(past),
        "latest": sorted([*living, *past[-_TICKETS:]], reverse=True)[:_TICKETS],
        "says": f"{board['name']}: {kind}, department {board['department']['name']}, location {board['location']['name']}",
    }  # fmt: skip


def _ticket(sandbox: Sandbox, number: int) -> dict[str, Any]:
    ticket = sandbox.rules.tickets.shown(sandbox.store.table("/tickets").peek(number) or {})
    notes = islice(sandbox.store.view(f"/tickets/{number}/notes").rows(), 20)
    phase = (
        f"{ticket['project']['id']} {_name(ticket, 'project')}, {_name(ticket, 'phase')}"
        if ticket.get("project")
        else ""
    )
    return {
        "id": number, "summary": str(ticket.get("summary")), "company": _name(ticket, "company"), "status": _name(ticket, "status"),
        "type": _name(ticket, "type"), "department": _name(ticket, "department"), "resources": ticket.get("resources", ""),
        "project": phase, "notes": [str(note.get("text"))[:_LONG] for note in notes],
    }  # fmt: skip


def _project(sandbox: Sandbox, number: int) -> dict[str, Any]:
    project = sandbox.rules.projects.need(number)
    phases = sandbox.rules.projects.phases(number)
    parts = {
        name: list(sandbox.store.view(f"/project/projects/{number}/{name}").rows())
        for name in ("teamMembers", "contacts", "notes")
    }
    rates = sandbox.store.view(f"/project/{number}/billingRates").rows()
    return {
        "id": number, "name": str(project.get("name")), "company": _name(project, "company"), "status": _name(project, "status"),
        "dates": f"{str(project.get('estimatedStart'))[:10]} to {str(project.get('estimatedEnd'))[:10]}",
        "billing": f"{_billing(project)}, {project.get('budgetHours') or 0:g} budget hours, department {_name(project, 'department')}"
        + "".join(f", {float(rate.get('hourlyRate') or 0):g} an hour" for rate in rates),
        "phases": [_phase(phase) for phase in phases],
        "tickets": [f"{one['id']} {one.get('wbsCode')} {one.get('summary')}" for one in sandbox.rules.projects.tickets_of(number)],
        "team": [f"{_name(one, 'member')}, {(one.get('projectRole') or {}).get('identifier')}" for one in parts["teamMembers"]],
        "contacts": [_name(part, "contact") for part in parts["contacts"]],
        "notes": [str(part.get("text"))[:_LONG] for part in parts["notes"]],
    }  # fmt: skip


def _phase(phase: Record) -> str:
    own = f", billed separately: {_billing(phase)}" if phase.get("billSeparatelyFlag") else ""
    when = ", when the phase closes" if phase.get("billPhaseClosedFlag") else ""
    hours = f", {float(phase['budgetHours']):g} budget hours" if phase.get("budgetHours") else ""
    return f"{phase.get('wbsCode')} {phase.get('description')}{own}{when}{hours}"


def _billing(record: Record) -> str:
    return f"{record.get('billingMethod')} {float(record.get('billingAmount') or 0):,.2f}"


def _name(record: Record, member: str) -> str:
    value = record.get(member) or {}
    return str(value.get("name") or value.get("identifier") or value.get("id") or "")


def _requests(sandbox: Sandbox) -> list[dict[str, Any]]:
    first = max(0, len(sandbox.journal) - _REQUESTS)
    return [_request(number, each) for number, each in enumerate(sandbox.journal[first:], first + 1)][::-1]


def _request(number: int, exchange: Exchange) -> dict[str, Any]:
    _, _, path = exchange.path.rpartition("/apis/3.0")
    query = "&".join(f"{name}={value}" for name, value in exchange.query.items())
    return {
        "number": number, "method": exchange.method, "path": path + (f"?{query}" if query else ""), "status": exchange.status,
        "fault": exchange.fault, "who": exchange.actor or "api-mini", "body": exchange.raw.decode("utf-8", "replace")[:_LONG],
    }  # fmt: skip


def _switches(sandbox: Sandbox) -> list[dict[str, Any]]:
    usual = asdict(Switches())
    rows = [
        {"name": name, "value": str(value), "changed": value != usual[name]}
        for name, value in sandbox.switches.to_json().items()
    ]
    faults = [
        {"name": f"fault {each.kind}", "value": f"{each.method} {each.path}, {each.times} more", "changed": True}
        for each in sandbox.faults
    ]
    return faults + sorted(rows, key=lambda row: not row["changed"])
