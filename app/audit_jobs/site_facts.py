"""What an audit knows beside the tickets: the GL mapping, the time zone, and the tickets that this service moved itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from msgspec import structs

from app.audit.kept_ticket import KeptTicket, SiteFacts
from app.audit_jobs.context import AuditContext
from app.audit_jobs.time_zones import iana_name
from app.connectwise import ConnectWiseError
from app.domain.gl_mapping import account_text, gl_mapping
from app.domain.ticket import TicketRecord
from app.planning.paths import INVOICES
from app.planning.revenue import ROWS, TABLES

_INFO = "/system/info"
_OF_TICKET = "Ticket"
_REVENUE = ("R", "RE", "RP")
"""GL types of revenue."""
_MOST_INVOICES = 25
"""Invoices of a page whose GL entries are read; each costs a request."""


async def read_site(parts: AuditContext) -> SiteFacts:
    """The GL mapping and the time zone, as far as the API member may read them."""
    rows, tables, info = await asyncio.gather(_list(parts, ROWS), _list(parts, TABLES), _info(parts))
    zone = iana_name(parts.time_zone or str(info.get("serverTimeZone") or ""))
    return SiteFacts(gl_mapping(rows, tables), zone)


async def with_own_moves(parts: AuditContext, tickets: Sequence[TicketRecord]) -> Sequence[TicketRecord]:
    """The tickets, those that this service moved itself marked with the outcome that it carried out."""
    moved = await parts.audits.moved_by_service([ticket.id for ticket in tickets if ticket.id])
    if not moved:
        return tickets
    return [_kept(ticket, own_move=moved[ticket.id]) if ticket.id in moved else ticket for ticket in tickets]


async def with_booked_revenue(parts: AuditContext, tickets: Sequence[TicketRecord]) -> Sequence[TicketRecord]:
    """The tickets with the GL account of each invoice of their own, as far as it is booked and may be read.

    An invoice of several tickets does not tell which entry belongs to which, so the GL mapping holds there.
    """
    own = {ticket.id: sorted(_own_invoices(ticket)) for ticket in tickets}
    numbers = sorted({number for found in own.values() for number in found})[:_MOST_INVOICES]
    booked = dict(zip(numbers, await asyncio.gather(*(_account(parts, number) for number in numbers)), strict=True))
    accounts = {ticket: {str(n): name for n in found if (name := booked.get(n))} for ticket, found in own.items()}
    return [_kept(ticket, booked=accounts[ticket.id]) if accounts[ticket.id] else ticket for ticket in tickets]


def _own_invoices(ticket: TicketRecord) -> set[int]:
    entries = (entry for entry in ticket.time_entries if entry.invoice_of == _OF_TICKET)
    return {entry.invoice for entry in entries if entry.invoice is not None}


async def _account(parts: AuditContext, invoice: int) -> str:
    """The one account of an invoice's revenue; empty where it has several, or is not booked."""
    entries = await _list(parts, f"{INVOICES}/{invoice}/glEntries/")
    found = {account_text(entry) for entry in entries if entry.get("type") in _REVENUE}
    return found.pop() if len(found) == 1 else ""


def _kept(ticket: TicketRecord, **values: Any) -> KeptTicket:
    return KeptTicket(**{**structs.asdict(ticket), **values})


async def _list(parts: AuditContext, path: str) -> list[dict[str, Any]]:
    try:
        return await parts.reader.list(path)
    except ConnectWiseError as error:
        if error.waiting_helps:
            raise
        return []


async def _info(parts: AuditContext) -> dict[str, Any]:
    try:
        found = await parts.reader.get(_INFO)
    except ConnectWiseError as error:
        if error.waiting_helps:
            raise
        return {}
    return found if isinstance(found, dict) else {}
