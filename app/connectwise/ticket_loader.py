"""Fetches one ticket and what lies beside it, as one JSON object: the case that the chart reads.

A usual ticket takes five requests: the ticket, then its notes, schedule entries, tasks and products side by side; with
bundles two. Only what the ticket names is asked for on top: its agreement (kept for a while) and its opportunity.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

from app.connectwise.agreements import Agreements
from app.connectwise.bundles import Wanted
from app.connectwise.client import ConnectWiseClient
from app.connectwise.conditions import all_of, eq
from app.connectwise.errors import BadRequest, ConnectWiseError, Forbidden, NotAServiceTicket, NotFound
from app.connectwise.record_mapping import (
    OPPORTUNITY_FIELDS,
    TIME_FIELDS,
    Record,
    case_of,
    id_of,
    opportunity,
    time_entry,
)

SCHEDULE_TYPE_TICKET = 4
"""ConnectWise's type of schedule entries for tickets, service and project alike (identifier S)."""

_COMPANY_FIELDS = ("id", "name", "billToCompany", "billingContact", "billingSite", "billingTerms", "taxCode", "currency", "taxIdentifier",
                   "invoiceDeliveryMethod")  # fmt: skip


async def fetch_case(
    manage: ConnectWiseClient, ticket_id: int, *, agreements: Agreements | None = None, own_mark: str = ""
) -> Record:
    """The case of a service ticket; `unread` names what could not be read. Raises NotFound or NotAServiceTicket.

    A note that holds `own_mark` is our own and no evidence; it is left out.
    """
    ticket = await _service_ticket(manage, ticket_id)
    lists, agreed, offered = await asyncio.gather(
        _lists(manage, beside(ticket_id)),
        _readable(_agreement(agreements or Agreements(manage), ticket)),
        _readable(_opportunity(manage, ticket)),
    )
    return case_of(ticket, {**lists, "agreement": agreed, "opportunity": offered}, own_mark=own_mark)


async def fetch_for_conversion(manage: ConnectWiseClient, case: Mapping[str, Any]) -> Record:
    """The case with what only a conversion needs: its time entries (each says whether it is `invoiced`) and how its
    company is billed (`companyBilling`: billing terms, tax code, who pays). Two requests, side by side.

    `unread` names what could not be read, so that the plan can ask a person instead of guessing.
    """
    number, company = int(case["id"]), id_of(case.get("company"))
    times = manage.list("/time/entries", _charged("ServiceTicket", number), fields=TIME_FIELDS)
    billing = manage.get(f"/company/companies/{company}", fields=_COMPANY_FIELDS) if company else _nothing()
    entries, billed = await asyncio.gather(_readable(times), _readable(billing))
    unread = [name for name, part in (("timeEntries", entries), ("companyBilling", billed)) if part is None]
    return {
        **case,
        "timeEntries": [time_entry(one) for one in entries or ()],
        "companyBilling": billed or None,
        "unread": [*case.get("unread", ()), *unread],
    }


def beside(ticket_id: int) -> dict[str, Wanted]:
    """The lists that belong to a ticket's case, by their names there."""
    at = f"/service/tickets/{ticket_id}"
    scheduled = all_of(eq("type/id", SCHEDULE_TYPE_TICKET), eq("objectId", ticket_id))
    return {
        "notes": Wanted(f"{at}/notes", ("ticketId", ticket_id)),
        "scheduleEntries": Wanted("/schedule/entries", ("objectId", ticket_id), scheduled),
        "tasks": Wanted(f"{at}/tasks", ("ticketId", ticket_id)),
        "products": Wanted("/procurement/products", ("chargeToId", ticket_id), _charged("Ticket", ticket_id)),
    }


def readable(part: Any) -> Any:
    """A part that was read; None for one that this API member cannot read or this version does not have.

    Raises every other error: waiting may help then, and a case without that part would be another case.
    """
    if isinstance(part, Forbidden | NotFound | BadRequest):
        return None
    if isinstance(part, ConnectWiseError):
        raise part
    return part


async def _lists(manage: ConnectWiseClient, wanted: Mapping[str, Wanted]) -> dict[str, Any]:
    if manage.config.bundle_cases:
        parts = [readable(part) for part in await manage.bundle(list(wanted.values()))]
    else:
        parts = await asyncio.gather(*(_readable(manage.list(one.path, one.conditions)) for one in wanted.values()))
    return dict(zip(wanted, parts, strict=True))


async def _service_ticket(manage: ConnectWiseClient, ticket_id: int) -> Record:
    """The ticket; current versions answer 404 on the service path for a ticket of a project, older ones show it."""
    ticket = await manage.find(f"/service/tickets/{ticket_id}")
    if ticket is not None and ticket.get("recordType") not in ("ProjectTicket", "ProjectIssue"):
        return {**ticket, "id": ticket_id}
    if ticket or await manage.find(f"/project/tickets/{ticket_id}", fields=("id",)):
        raise NotAServiceTicket(f"Ticket {ticket_id} belongs to a project already.")
    raise NotFound(f"ConnectWise has no ticket {ticket_id}, or the API member cannot see it.", status=404)


async def _agreement(agreements: Agreements, ticket: Mapping[str, Any]) -> Record:
    number = id_of(ticket.get("agreement"))
    return await agreements.get(number) if number else {}


async def _opportunity(manage: ConnectWiseClient, ticket: Mapping[str, Any]) -> Record:
    number = id_of(ticket.get("opportunity"))
    return opportunity(await manage.get(f"/sales/opportunities/{number}", fields=OPPORTUNITY_FIELDS)) if number else {}


async def _readable(part: Awaitable[Any]) -> Any:
    try:
        return await part
    except ConnectWiseError as error:
        return readable(error)


async def _nothing() -> Record:
    return {}


def _charged(kind: str, ticket_id: int) -> str:
    return all_of(eq("chargeToType", kind), eq("chargeToId", ticket_id))
