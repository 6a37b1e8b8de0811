"""A sandbox behind HTTP in this process, for service processes that die; and its state in a form that can be compared."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from app.sandbox import Sandbox, Server

_IDS = re.compile(r"decision [0-9a-z]{26}")


@contextmanager
def served(sandbox: Sandbox) -> Iterator[str]:
    """The sandbox's origin while it is served from a thread."""
    config = uvicorn.Config(Server(sandbox).app, host="127.0.0.1", port=0, log_level="critical", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    origin = "http://127.0.0.1:" + str(server.servers[0].sockets[0].getsockname()[1])
    sandbox.origin = origin
    try:
        yield origin
    finally:
        server.should_exit = True
        thread.join()


def snapshot(sandbox: Sandbox) -> dict[str, list[Any]]:
    """Every record without instants and without the ids that differ from try to try."""
    return {
        name: sorted((_plain(record) for record in list(table.values())), key=repr)
        for name, table in sorted(sandbox.store.collections())
        if name != "/system/callbacks"
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in sorted(value.items()) if name != "_info"}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, str):
        return _IDS.sub("decision ID", value)
    return value


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
