"""The screen of one ticket, at the address that ConnectWise's web client has for it."""

from __future__ import annotations

from html import escape
from typing import Any

from app.sandbox.http.sandbox import Sandbox

ADDRESS = "/v4_6_release/services/system_io/Service/fv_sr100_request.rails"
HEADERS = {"Content-Security-Policy": "default-src 'none'; base-uri 'none'", "X-Content-Type-Options": "nosniff"}
_FIELDS = ("company", "contact", "board", "status", "type", "subType", "department", "agreement", "project", "phase")


def ticket_screen(sandbox: Sandbox, number: str) -> tuple[int, str]:
    """Status and page of a ticket: its fields, its description and its notes as text."""
    found = sandbox.store.table("/tickets").peek(int(number)) if number.isdecimal() and len(number) < 17 else None
    if found is None:
        return 404, _page("No such ticket", '<p><a href="/sandbox">All boards</a></p>')
    ticket = sandbox.rules.tickets.shown(found)
    rows = "".join(
        f"<tr><th>{name}</th><td>{_name(ticket.get(name))}</td></tr>" for name in _FIELDS if ticket.get(name)
    )
    notes = sandbox.store.view(f"/tickets/{number}/notes").rows()
    texts = "".join(f"<h2>Note</h2><pre>{escape(str(note.get('text', '')))}</pre>" for note in notes)
    described = f"<h2>Description</h2><pre>{escape(str(ticket.get('initialDescription', '')))}</pre>"
    return 200, _page(f"#{number} {ticket.get('summary', '')}", f"<table>{rows}</table>{described}{texts}")


def _name(value: Any) -> str:
    return escape(str(value.get("name") or value.get("id") or "") if isinstance(value, dict) else str(value))


def _page(title: str, body: str) -> str:
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><h1>{escape(title)}</h1>{body}</html>'
