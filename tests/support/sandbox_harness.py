"""A sandbox behind HTTP in this process, for service processes that die; and its state in a form that can be compared."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from app.sandbox import Sandbox, Server
from tests.support.waiting import wait_until

_IDS = re.compile(r"decision [0-9a-z]{26}")
_PROJECTS = re.compile(r"project \d+ (?=“)")
_INSTANTS = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_LOGS = ("/system/audittrail", "/tickets/changelogs")
"""What ConnectWise writes down about changes, with the moment of each."""


@contextmanager
def served(sandbox: Sandbox) -> Iterator[str]:
    """The sandbox's origin while it is served from a thread."""
    config = uvicorn.Config(Server(sandbox).app, host="127.0.0.1", port=0, log_level="critical", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, "the server has started")
    origin = "http://127.0.0.1:" + str(server.servers[0].sockets[0].getsockname()[1])
    sandbox.origin = origin
    try:
        yield origin
    finally:
        server.should_exit = True
        thread.join()


def snapshot(sandbox: Sandbox) -> dict[str, list[Any]]:
    """Every record without instants, and with ids by order, since a write without effect may use one up."""
    tables = [(name, table) for name, table in sorted(sandbox.store.collections()) if name != "/system/callbacks"]
    ids = {
        (_kind(name), number): f"{_kind(name)}-{order}"
        for name, table in tables
        if _is_ours(name)
        for order, number in enumerate(sorted(table), 1)
    }
    shown: dict[str, list[Any]] = {}
    for name, table in tables:
        plain = _Plain(ids, timeless=name in _LOGS)
        records = [plain.of(record, kind=_kind(name)) for record in list(table.values())]
        shown[_PROJECT.sub(lambda found: ids.get(("projects", int(found[1])), "gone"), name)] = sorted(
            records, key=repr
        )
    return shown


_PROJECT = re.compile(r"(?<=/project/projects/)(\d+)")
_MEANT = {"project": "projects", "phase": "phases"}


def _kind(collection: str) -> str:
    return collection.rsplit("/", 1)[-1]


def _is_ours(collection: str) -> bool:
    return collection.startswith("/project/projects") or collection.endswith("/notes") or collection in _LOGS


class _Plain:
    def __init__(self, ids: dict[tuple[str, int], str], *, timeless: bool) -> None:
        self._ids, self._timeless = ids, timeless

    def of(self, value: Any, *, kind: str = "") -> Any:
        if isinstance(value, dict):
            return {name: self._member(name, inner, kind) for name, inner in sorted(value.items()) if name != "_info"}
        if isinstance(value, list):
            return [self.of(inner) for inner in value]
        if isinstance(value, str):
            value = _IDS.sub("decision ID", value)
            return _INSTANTS.sub("INSTANT", value) if self._timeless else value
        return value

    def _member(self, name: str, value: Any, kind: str) -> Any:
        if name == "id":
            return self._ids.get((kind, value), value)
        if name == "projectId":
            return self._ids.get(("projects", value), value)
        return self.of(value, kind=_MEANT.get(name, ""))


_OWN = ("id", "ticketId", "projectId", "priority", "_info")
"""Members that say which record it is, or what people change in a storm."""


def shape(sandbox: Sandbox, ticket_id: int) -> dict[str, Any]:
    """A ticket with all that hangs on it and on its project, whatever its numbers are."""
    ticket = sandbox.store.table("/tickets")[ticket_id]
    project = (ticket.get("project") or {}).get("id")
    places = {name: f"/tickets/{ticket_id}/{name}" for name in ("notes", "tasks", "configurations")}
    if project is not None:
        of_project = ("phases", "teamMembers", "contacts", "notes")
        places |= {f"project's {name}": f"/project/projects/{project}/{name}" for name in of_project}
    shown: dict[str, Any] = {
        name: sorted((_numberless(record, ticket_id) for record in list(sandbox.store.table(place).values())), key=repr)
        for name, place in places.items()
    }
    shown["ticket"] = _numberless(dict(ticket), ticket_id)
    shown["project"] = _numberless(sandbox.store.table("/project/projects").get(project or 0), ticket_id)
    return shown


def _numberless(value: Any, ticket_id: int) -> Any:
    if isinstance(value, dict):
        return {
            name: _numberless((inner or {}).get("name") if name in _MEANT else inner, ticket_id)
            for name, inner in sorted(value.items())
            if name not in _OWN and not name.startswith("~")
        }
    if isinstance(value, list):
        return [_numberless(inner, ticket_id) for inner in value]
    if not isinstance(value, str):
        return value
    return _PROJECTS.sub("project NUMBER ", _IDS.sub("decision ID", value)).replace(str(ticket_id), "TICKET")


def made(sandbox: Sandbox, ticket_id: int) -> dict[str, int]:
    """How much of ours there is: projects, phases, notes with our mark, conversions of the ticket that were answered."""
    projects = sandbox.store.table("/project/projects")
    phases = [sandbox.store.table(f"/project/projects/{number}/phases") for number in projects]
    notes = sandbox.store.table(f"/tickets/{ticket_id}/notes").values()
    converted = [
        exchange
        for exchange in sandbox.journal
        if exchange.path.endswith(f"/{ticket_id}/convert") and exchange.status == 200 and not exchange.fault
    ]
    return {
        "projects": len(projects),
        "phases": sum(len(table) for table in phases),
        "notes": sum("Mini-Projects decision" in str(note.get("text")) for note in notes),
        "conversions": len(converted),
    }
