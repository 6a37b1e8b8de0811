"""Fetches one ticket and what lies beside it, as one JSON object: the case that the chart reads.

A usual ticket takes five requests: the ticket, then its notes, schedule entries, tasks and products side by side. Only
what the ticket names is asked for on top: its agreement (kept for a while) and its opportunity.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from app.manage.client import Manage
from app.manage.conditions import all_of, eq
from app.manage.errors import Forbidden, NotAServiceTicket, NotFound, Refused

SCHEDULE_TYPE_TICKET = 4
"""ConnectWise's type of schedule entries for tickets, service and project alike (identifier S)."""

_AGREEMENT_FIELDS = ("id", "name", "type", "billingCycle", "billStartDate", "nextInvoiceDate", "startDate", "endDate",
                     "billTime", "coverAgreementTime", "agreementStatus", "periodType", "workType")  # fmt: skip
_COUNTED = ("notes", "timeentries", "scheduleentries", "documents", "configurations", "products", "tasks", "activities")


class Agreements:
    """Agreements by id, each asked for once; an agreement changes rarely and hangs on many tickets."""

    def __init__(self, manage: Manage) -> None:
        self._manage = manage
        self._known: dict[int, dict[str, Any]] = {}

    async def get(self, agreement_id: int) -> dict[str, Any]:
        """The agreement, with the names of its type and billing cycle as plain text."""
        if agreement_id not in self._known:
            if len(self._known) > 2000:
                self._known.clear()
            found = await self._manage.get(f"/finance/agreements/{agreement_id}", fields=_AGREEMENT_FIELDS)
            self._known[agreement_id] = found | {
                "type": _name(found.get("type")),
                "billingCycle": _name(found.get("billingCycle")),
            }
        return self._known[agreement_id]

    def forget(self) -> None:
        """Asks anew from now on."""
        self._known.clear()


async def fetch_case(manage: Manage, ticket_id: int, *, agreements: Agreements | None = None) -> dict[str, Any]:
    """The case of a service ticket; `unread` names what could not be read. Raises NotFound or NotAServiceTicket."""
    ticket = await _service_ticket(manage, ticket_id)
    parts: dict[str, Awaitable[Any]] = {
        "notes": manage.list(f"/service/tickets/{ticket_id}/notes"),
        "scheduleEntries": manage.list(
            "/schedule/entries", all_of(eq("type/id", SCHEDULE_TYPE_TICKET), eq("objectId", ticket_id))
        ),
        "tasks": manage.list(f"/service/tickets/{ticket_id}/tasks"),
        "products": manage.list(
            "/procurement/products", all_of(eq("chargeToType", "Ticket"), eq("chargeToId", ticket_id))
        ),
        "agreement": _agreement(agreements or Agreements(manage), ticket),
        "opportunity": _opportunity(manage, ticket),
    }
    read = dict(zip(parts, await asyncio.gather(*(_readable(part) for part in parts.values())), strict=True))
    return _case(ticket, read)


async def _service_ticket(manage: Manage, ticket_id: int) -> dict[str, Any]:
    """The ticket; current versions answer 404 on the service path for a ticket of a project, older ones show it."""
    ticket = await manage.find(f"/service/tickets/{ticket_id}")
    if ticket and str(ticket.get("recordType") or "ServiceTicket") == "ServiceTicket":
        return ticket
    if ticket or await manage.find(f"/project/tickets/{ticket_id}", fields=("id",)):
        raise NotAServiceTicket(f"Ticket {ticket_id} belongs to a project already.")
    raise NotFound(f"ConnectWise has no ticket {ticket_id}, or the API member cannot see it.", status=404)


async def fetch_counts(manage: Manage, ticket_id: int, *, kind: str = "service") -> dict[str, int | None]:
    """How much hangs on a ticket, by name; None where it cannot be read. `kind`: service or project."""
    paths = [f"/{kind}/tickets/{ticket_id}/{name}" for name in _COUNTED]
    counts = await asyncio.gather(*(_readable(manage.count(path)) for path in paths))
    return dict(zip(_COUNTED, counts, strict=True))


async def _agreement(agreements: Agreements, ticket: Mapping[str, Any]) -> dict[str, Any] | None:
    agreement_id = _id(ticket.get("agreement"))
    return await agreements.get(agreement_id) if agreement_id else None


async def _opportunity(manage: Manage, ticket: Mapping[str, Any]) -> dict[str, Any] | None:
    opportunity_id = _id(ticket.get("opportunity"))
    if not opportunity_id:
        return None
    found = await manage.get(f"/sales/opportunities/{opportunity_id}")
    stage = _name(found.get("stage")) or _name(found.get("status"))
    return {
        "id": opportunity_id, "name": found.get("name"), "stage": stage,
        "expectedRevenue": _revenue(found.get("expectedRevenue")),
    }  # fmt: skip


class _Unread:
    """Stands for a part that this API member cannot read or this version does not have."""


async def _readable(part: Awaitable[Any]) -> Any:
    try:
        return await part
    except (Forbidden, NotFound, Refused):
        return _Unread


def _case(ticket: dict[str, Any], read: Mapping[str, Any]) -> dict[str, Any]:
    notes = _items(read["notes"])
    request = next((note for note in notes if note.get("detailDescriptionFlag")), None)
    case = dict(ticket)
    case |= {
        "dateEntered": ticket.get("dateEntered") or _mapping(ticket.get("_info")).get("dateEntered"),
        "initialDescription": (request or {}).get("text") or ticket.get("initialDescription"),
        "notes": [_note(note) for note in notes if note is not request],
        "scheduleEntries": [_schedule_entry(entry) for entry in _items(read["scheduleEntries"])],
        "tasks": [_task(task) for task in _items(read["tasks"])],
        "products": [_product(product) for product in _items(read["products"])],
        "agreement": _or_reference(read["agreement"], ticket.get("agreement")),
        "opportunity": _or_reference(read["opportunity"], ticket.get("opportunity")),
        "unread": [name for name, part in read.items() if part is _Unread],
    }
    return case


def _items(part: Any) -> Sequence[Mapping[str, Any]]:
    return part if isinstance(part, list) else []


def _note(note: Mapping[str, Any]) -> dict[str, Any]:
    internal = bool(note.get("internalAnalysisFlag") or note.get("internalFlag"))
    return {
        "id": note.get("id"), "text": note.get("text"), "internal": internal,
        "dateCreated": note.get("dateCreated"), "member": _mapping(note.get("member")).get("identifier"),
    }  # fmt: skip


def _schedule_entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: entry.get(name) for name in ("id", "dateStart", "dateEnd", "hours")}
    return shown | {"member": _mapping(entry.get("member")).get("identifier"), "done": bool(entry.get("doneFlag"))}


def _task(task: Mapping[str, Any]) -> dict[str, Any]:
    summary = task.get("notes") or task.get("summary")
    return {
        "id": task.get("id"),
        "summary": summary,
        "budgetHours": task.get("budgetHours"),
        "closed": bool(task.get("closedFlag")),
    }


def _product(product: Mapping[str, Any]) -> dict[str, Any]:
    described = product.get("description") or _name(product.get("catalogItem"))
    return {
        "id": product.get("id"),
        "description": described,
        "quantity": product.get("quantity"),
        "price": product.get("price"),
    }


def _or_reference(part: Any, reference: Any) -> Any:
    """The record that was read; where it could not be, what the ticket itself says of it."""
    return part if isinstance(part, dict) else (reference or None)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _id(reference: Any) -> int | None:
    found = _mapping(reference).get("id")
    return found if isinstance(found, int) and found > 0 else None


def _name(value: Any) -> str | None:
    """The name of a reference, or the text itself."""
    if isinstance(value, Mapping):
        return str(value["name"]) if value.get("name") is not None else None
    return value if isinstance(value, str) else None


def _revenue(value: Any) -> Any:
    """ConnectWise gives a number or a reference to forecast figures; only a number is a figure to us."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
