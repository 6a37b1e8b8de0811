"""Past projects in bulk, for the audit: pages of projects, their phases in bundles, their tickets by condition."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Any

from msgspec import structs

from app.connectwise.bundle_reads import Wanted
from app.connectwise.client import ConnectWiseClient
from app.connectwise.conditions import among
from app.connectwise.errors import ConnectWiseError
from app.connectwise.record_mapping import OPPORTUNITY_FIELDS, Record, currency, entered, id_of, opportunity, whole
from app.connectwise.reference_cache import ReferenceCache
from app.connectwise.ticket_loader import OPPORTUNITY_STATUSES, readable
from app.domain.project_records import PastProject

PROJECTS = "/project/projects"
_TICKETS = "/project/tickets"
_FIELDS = (
    "id", "name", "description", "company/id", "company/name", "type/id", "type/name", "department/id", "department/name", "location/id",
    "agreement/id", "agreement/name", "currency/id", "currency/name", "currency/currencyCode", "opportunity/id", "opportunity/name",
    "billingMethod", "billingAmount", "budgetHours", "actualHours", "closedFlag", "_info/dateEntered",
)  # fmt: skip


async def past_projects(
    client: ConnectWiseClient, since: datetime, until: datetime
) -> AsyncGenerator[list[PastProject], None]:
    """Pages of the projects that were entered from `since` until `until` (exclusive), with phases, tickets and sale."""
    references = ReferenceCache(client)
    async for page in client.pages(PROJECTS, fields=_FIELDS):
        chosen = [record for record in page if whole(record.get("id")) and _is_between(entered(record), since, until)]
        if chosen:
            yield await _filled(client, references, chosen)


async def _filled(
    client: ConnectWiseClient, references: ReferenceCache, records: Sequence[Record]
) -> list[PastProject]:
    numbers = [int(record["id"]) for record in records]
    wanted = [
        Wanted(f"{PROJECTS}/{number}/phases", ("projectId", number), "", ("id", "projectId")) for number in numbers
    ]
    phases = await client.bundle(wanted)
    tickets = await _tickets(client, numbers)
    sales = await _sales(client, references, records)
    return [
        structs.replace(
            PastProject.from_json(
                {
                    **record,
                    "opportunity": None,
                    "currency": currency(record.get("currency")),
                    "dateEntered": entered(record),
                }
            ),
            phases=None if (found := readable(of_project)) is None else len(found),
            tickets=None if tickets is None else tickets[number],
            opportunity=sales.get(id_of(record.get("opportunity")) or 0),
        )
        for number, record, of_project in zip(numbers, records, phases, strict=True)
    ]


async def _tickets(client: ConnectWiseClient, numbers: Sequence[int]) -> Counter[int] | None:
    """Number of tickets by project; None where they may not be read."""
    found: Counter[int] = Counter()
    try:
        for condition in among("project/id", numbers):
            async for page in client.pages(_TICKETS, condition, fields=("id", "project/id")):
                found.update(id_of(record.get("project")) or 0 for record in page)
    except ConnectWiseError as error:
        readable(error)
        return None
    return found


async def _sales(client: ConnectWiseClient, references: ReferenceCache, records: Sequence[Record]) -> dict[int, Any]:
    ids = sorted({number for record in records if (number := id_of(record.get("opportunity")))})
    try:
        statuses = await references.read(OPPORTUNITY_STATUSES) if ids else ()
        found = [
            record
            for condition in among("id", ids)
            for record in await client.list("/sales/opportunities", condition, fields=OPPORTUNITY_FIELDS)
        ]
    except ConnectWiseError as error:
        readable(error)
        return {}
    return {record["id"]: opportunity(record, statuses or ()) for record in found if whole(record.get("id"))}


def _is_between(written: Any, since: datetime, until: datetime) -> bool:
    try:
        moment = datetime.fromisoformat(str(written))
    except ValueError:
        return False
    return moment.tzinfo is not None and since <= moment < until
