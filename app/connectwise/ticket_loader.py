"""Loads one service ticket with its related records as a `TicketRecord`.

A usual ticket takes two requests where ConnectWise takes bundles: the ticket, then its notes, schedule entries, tasks and products;
otherwise five. Only what the ticket names is read in addition: its agreement (cached) and its opportunity, with the forecast by
a request of its own. A conversion needs further records; they travel in one more bundle.

What the API member cannot read is named in `TicketRecord.unread`; it never fails the ticket.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from msgspec import structs

from app.connectwise.agreements import Agreements
from app.connectwise.bundle_reads import SCHEDULE_TYPE_TICKET, Wanted
from app.connectwise.client import ConnectWiseClient
from app.connectwise.conditions import all_of, eq
from app.connectwise.errors import BadRequest, ConnectWiseError, Forbidden, NotAServiceTicket, NotFound
from app.connectwise.record_mapping import (
    COMPANY_FIELDS,
    OPPORTUNITY_FIELDS,
    PROJECT_FIELDS,
    TIME_FIELDS,
    Record,
    company,
    id_of,
    opportunity,
    project,
    ticket_record,
    time_entry,
)
from app.connectwise.reference_cache import ReferenceCache
from app.domain.customer_records import Agreement
from app.domain.reference import id_of as id_in
from app.domain.sale_records import Opportunity
from app.domain.ticket import TicketRecord

OPPORTUNITY_STATUSES = "/sales/opportunities/statuses"
COMPANY_STATUSES = "/company/companies/statuses"

_MOST_PROJECTS = 50
_SALE = "opportunityRecord"


async def load_ticket(
    client: ConnectWiseClient, ticket_id: int, *, agreements: Agreements | None = None,
    references: ReferenceCache | None = None, own_mark: str = "",
) -> TicketRecord:  # fmt: skip
    """A service ticket with its related records. Raises NotFound or NotAServiceTicket.

    `references`: caches the opportunity statuses. A note that contains `own_mark` was written by this service; it is no
    evidence and is left out.
    """
    ticket = await _service_ticket(client, ticket_id)
    sold, wanted = id_of(ticket.get("opportunity")), related_lists(ticket_id)
    if sold:
        wanted[_SALE] = Wanted(_opportunity_path(sold), ("id", sold), "", OPPORTUNITY_FIELDS, single=True)
    parts, agreed, revenue, statuses = await asyncio.gather(
        _parts(client, wanted),
        _agreement(agreements or Agreements(client), ticket),
        _forecast(client, sold),
        _statuses(references or ReferenceCache(client), OPPORTUNITY_STATUSES if sold else None),
    )
    record = parts.pop(_SALE, None)
    sale, unread = _opportunity(record[0] if record else None, revenue, statuses) if sold else (None, [])
    return ticket_record(
        ticket, parts, agreement=agreed[0], opportunity=sale, unread=[*agreed[1], *unread], own_mark=own_mark
    )


async def load_for_plan(
    client: ConnectWiseClient, ticket: TicketRecord, *, references: ReferenceCache | None = None
) -> TicketRecord:
    """The ticket with what only a conversion needs: time entries, how its company is billed and whether it may be served,
    the customer's open projects, the project of its opportunity.

    One request where ConnectWise takes bundles, else up to four. `unread` names what could not be read, so that the plan
    asks a person instead of guessing.
    """
    parts = await _parts(client, _for_plan(ticket))
    unread = [_UNREAD.get(name, name) for name, part in parts.items() if part is None]
    statuses = await _statuses(references or ReferenceCache(client), COMPANY_STATUSES) if parts.get("company") else ()
    if statuses is None:
        unread.append("companyStatuses")
    customer = [company(record, statuses or ()) for record in parts.get("company") or ()]
    sold = [project(record) for record in parts.get("opportunityProject") or ()]
    return structs.replace(
        ticket,
        time_entries=[time_entry(record) for record in parts.get("timeEntries") or ()],
        company_billing=customer[0] if customer else None,
        open_projects=[project(record) for record in parts.get("openProjects") or ()],
        opportunity=structs.replace(ticket.opportunity, project=sold[0]) if ticket.opportunity and sold else ticket.opportunity,
        unread=[*ticket.unread, *dict.fromkeys(unread)],
    )  # fmt: skip


def related_lists(ticket_id: int) -> dict[str, Wanted]:
    """The lists that belong to a ticket, by their names in the record."""
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

    Raises every other error: waiting may help then, and a ticket without that part would be another ticket.
    """
    if isinstance(part, Forbidden | NotFound | BadRequest):
        return None
    if isinstance(part, ConnectWiseError):
        raise part
    return part


_UNREAD = {"company": "companyBilling", "opportunityProject": "openProjects"}


def _for_plan(ticket: TicketRecord) -> dict[str, Wanted]:
    """The reads of a conversion, by name."""
    number, customer, sale = ticket.id or 0, id_in(ticket.company), id_in(ticket.opportunity)
    wanted = {
        "timeEntries": Wanted("/time/entries", ("chargeToId", number), _charged("ServiceTicket", number), TIME_FIELDS)
    }
    if customer:
        open_ones = all_of(eq("company/id", customer), eq("closedFlag", False))
        wanted["company"] = Wanted(f"/company/companies/{customer}", ("id", customer), "", COMPANY_FIELDS, single=True)
        wanted["openProjects"] = _projects("company/id", customer, open_ones)
    if sale:
        wanted["opportunityProject"] = _projects("opportunity/id", sale, eq("opportunity/id", sale))
    return wanted


def _projects(member: str, value: int, conditions: str) -> Wanted:
    return Wanted("/project/projects", (member, value), conditions, PROJECT_FIELDS, most=_MOST_PROJECTS)


async def _parts(client: ConnectWiseClient, wanted: Mapping[str, Wanted]) -> dict[str, Any]:
    """What could be read, by name; None where it could not."""
    answers = await client.bundle(list(wanted.values()))
    return {name: readable(answer) for name, answer in zip(wanted, answers, strict=True)}


async def _service_ticket(client: ConnectWiseClient, ticket_id: int) -> Record:
    """The ticket; current versions answer 404 on the service path for a ticket of a project, older ones show it."""
    ticket = await client.find(f"/service/tickets/{ticket_id}")
    if ticket is not None and ticket.get("recordType") not in ("ProjectTicket", "ProjectIssue"):
        return {**ticket, "id": ticket_id}
    if ticket or await client.find(f"/project/tickets/{ticket_id}", fields=("id",)):
        raise NotAServiceTicket(f"Ticket {ticket_id} belongs to a project already.")
    missing = NotFound(f"ConnectWise has no ticket {ticket_id}, or the API member cannot see it.", status=404)
    missing.of_a_record = True
    raise missing


async def _agreement(agreements: Agreements, ticket: Mapping[str, Any]) -> tuple[Agreement | None, list[str]]:
    """The agreement, if the ticket has one that can be read; and its name where it cannot."""
    number = id_of(ticket.get("agreement"))
    agreed: Agreement | None = await _readable(agreements.get(number)) if number else None
    return agreed, ["agreement"] if number and agreed is None else []


def _opportunity_path(number: int) -> str:
    return f"/sales/opportunities/{number}"


async def _forecast(client: ConnectWiseClient, opportunity_id: int | None) -> Any:
    """The forecast; its form does not show to which opportunity it belongs, so it does not travel in a bundle."""
    return await _readable(client.value(f"{_opportunity_path(opportunity_id)}/forecast")) if opportunity_id else None


def _opportunity(
    record: Record | None, revenue: Any, statuses: Sequence[Mapping[str, Any]] | None
) -> tuple[Opportunity | None, list[str]]:
    """The opportunity with its flags and forecast, if it can be read; and the names of what cannot."""
    if record is None:
        return None, ["opportunity"]
    parts = (("opportunityForecast", revenue), ("opportunityStatuses", statuses))
    return opportunity(record, statuses or (), revenue), [name for name, part in parts if part is None]


async def _statuses(references: ReferenceCache, path: str | None) -> Sequence[Mapping[str, Any]] | None:
    if path is None:
        return None
    statuses: Sequence[Mapping[str, Any]] | None = await _readable(references.read(path))
    return statuses


async def _readable(part: Awaitable[Any]) -> Any:
    try:
        return await part
    except ConnectWiseError as error:
        return readable(error)


def _charged(kind: str, ticket_id: int) -> str:
    return all_of(eq("chargeToType", kind), eq("chargeToId", ticket_id))
