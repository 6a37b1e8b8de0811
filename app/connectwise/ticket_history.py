"""Past tickets in bulk, for the audit: pages of tickets, related records by condition, texts where they are needed.

    async for page in records(client, Scope(since, until)):      # lists of at most 1,000 records
        async for record in with_texts(client, chosen(page)):    # the same records with notes and tasks
            …

A record is the one that `load_ticket` gives, with time entries, and with the moment at which each part was entered
(`date_entered`, for notes `date_created`), so that it can be seen as it was at any time. Until `with_texts` has filled
them, notes, tasks and the description are empty and named in `unread`.

1,000 tickets cost one request for themselves and, with related records, usually 5 to 18; texts cost 40 more for 1,000
tickets in bundles of 50. Nothing is cached: at most three pages are in memory at once. Nothing is written.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any, TypeVar

from app.connectwise.agreements import Agreements
from app.connectwise.bundle_reads import SCHEDULE_TYPE_TICKET, Wanted
from app.connectwise.client import ConnectWiseClient
from app.connectwise.conditions import Condition, all_of, among, any_of, eq, ge, in_, lt
from app.connectwise.errors import ConnectWiseError, ResponseTooLarge, ServerError, Unreachable
from app.connectwise.prefetch import cancel_all, read_ahead
from app.connectwise.record_mapping import (
    NOTE_FIELDS,
    OPPORTUNITY_FIELDS,
    PRODUCT_FIELDS,
    SCHEDULE_FIELDS,
    TASK_FIELDS,
    TEXT_LISTS,
    TIME_FIELDS,
    Record,
    id_of,
    opportunity,
    ticket_record,
    whole,
)
from app.connectwise.record_mapping import with_texts as map_texts
from app.connectwise.reference_cache import ReferenceCache
from app.connectwise.ticket_loader import OPPORTUNITY_STATUSES, readable
from app.connectwise.transport import query_text
from app.domain.customer_records import Agreement
from app.domain.sale_records import Opportunity
from app.domain.ticket import TicketRecord

TICKETS = "/service/tickets"
TICKET_FIELDS = (
    "id", "summary", "recordType", "board/id", "board/name", "status/id", "status/name", "type/id", "type/name", "subType/id", "subType/name",
    "item/id", "item/name", "team/id", "team/name", "company/id", "company/identifier", "company/name", "contact/id", "contact/name",
    "owner/id", "owner/identifier", "priority/id", "priority/name", "source/name", "agreement/id", "agreement/name", "opportunity/id",
    "opportunity/name", "department/id", "department/name", "location/id", "severity", "impact", "budgetHours", "actualHours",
    "estimatedStartDate", "requiredDate", "resources", "poNumber", "billTime", "billExpenses", "billProducts", "billingMethod",
    "billingAmount", "hourlyRate", "currency/id", "currency/name", "currency/currencyCode", "currency/currencyIdentifier",
    "closedFlag", "closedDate", "parentTicketId", "hasChildTicket", "mergedParentTicket/id",
    "hasMergedChildTicketFlag", "customFields", "_info/dateEntered", "_info/lastUpdated",
)  # fmt: skip
"""Members that the chart and the audit read; a whole ticket is several times as large."""

PAGE = 1000
_SMALLEST_PAGE = 125
_ADDRESS_ROOM = 900
"""Characters of a condition for companies and boards; longer lists are filtered after reading."""

_ADDRESS = 1770
"""Characters of an address for conditions on ids and the names of members together; ConnectWise refuses much longer ones."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scope:
    """Tickets entered from `since` until `until` (exclusive); boards, companies and statuses by id or name, empty: all.

    Raises ValueError for times without a zone and for names that a condition cannot hold.
    """

    since: datetime
    until: datetime
    boards: Sequence[int | str] = ()
    companies: Sequence[int | str] = ()
    statuses: Sequence[int | str] = ()

    def __post_init__(self) -> None:
        if len(query_text({"conditions": self.condition})) > 2 * _ADDRESS_ROOM:
            raise ValueError(
                "The names of boards, companies and statuses are too long for one request. Use ids, or fewer names."
            )

    @property
    def condition(self) -> Condition:
        """The condition for ConnectWise; lists too long for a URL are left to `has`."""
        parts = [ge("dateEntered", self.since), lt("dateEntered", self.until)]
        for member, chosen in self._chosen():
            if chosen and len(query_text({"": _one_of(member, chosen)})) <= _ADDRESS_ROOM:
                parts.append(_one_of(member, chosen))
        return all_of(*parts)

    def has(self, ticket: Mapping[str, Any]) -> bool:
        """Whether a ticket has one of the chosen boards, companies and statuses."""
        for member, chosen in self._chosen():
            reference = ticket.get(member)
            shown = reference if isinstance(reference, Mapping) else {}
            names = {one.lower() for one in chosen if isinstance(one, str)}
            if chosen and shown.get("id") not in chosen and str(shown.get("name") or "").lower() not in names:
                return False
        return True

    def _chosen(self) -> Iterator[tuple[str, Sequence[int | str]]]:
        yield from (("board", self.boards), ("company", self.companies), ("status", self.statuses))


async def count(client: ConnectWiseClient, scope: Scope) -> int:
    """Number of tickets of a scope, for a progress bar."""
    return await client.count(TICKETS, scope.condition)


async def tickets(
    client: ConnectWiseClient, scope: Scope, *, after: int = 0, size: int = PAGE, fields: Sequence[str] = TICKET_FIELDS
) -> AsyncGenerator[list[Record], None]:
    """Pages of tickets in the order of their ids, from the first id greater than `after`.

    A page that ConnectWise cannot deliver in time is requested in halves, down to 125 tickets, before its error is raised.
    `after`: the last id that was read, to resume.
    """
    while True:
        try:
            async for page in client.pages(TICKETS, scope.condition, fields=fields, size=size, after=after):
                after = max(after, *(whole(one.get("id")) or 0 for one in page))
                if kept := [one for one in page if whole(one.get("id")) and scope.has(one)]:
                    yield kept
            return
        except (ResponseTooLarge, ServerError, Unreachable):
            if size <= _SMALLEST_PAGE:
                raise
            size //= 2


async def records(
    client: ConnectWiseClient, scope: Scope, *, after: int = 0, size: int = PAGE, agreements: Agreements | None = None
) -> AsyncGenerator[list[TicketRecord], None]:
    """Pages of records without texts, in the order of the tickets' ids; the next page is read while this one is used."""
    known, references = agreements or Agreements(client), ReferenceCache(client)

    async def filled() -> AsyncGenerator[list[TicketRecord], None]:
        pages = read_ahead(tickets(client, scope, after=after, size=size))
        try:
            async for page in pages:
                yield await fill(client, page, agreements=known, references=references)
        finally:
            await pages.aclose()

    ready = read_ahead(filled())
    try:
        async for page in ready:
            yield page
    finally:
        await ready.aclose()


@dataclass(frozen=True, slots=True)
class _Related:
    """Related records of a page, by the id of their ticket or by their own; None: they may not be read."""

    entries: Mapping[int, list[Record]] | None
    times: Mapping[int, list[Record]] | None
    products: Mapping[int, list[Record]] | None
    opportunities: Mapping[int, Opportunity] | None
    agreements: Mapping[int, Agreement] | None

    def record(self, ticket: Record) -> TicketRecord:
        """The record of one ticket of the page."""
        number = int(ticket["id"])
        by_ticket = (("scheduleEntries", self.entries), ("timeEntries", self.times), ("products", self.products))
        lists = {name: None if found is None else found.get(number, []) for name, found in by_ticket}
        agreed_id, sale_id = id_of(ticket.get("agreement")), id_of(ticket.get("opportunity"))
        agreement = (self.agreements or {}).get(agreed_id or 0)
        opportunity = (self.opportunities or {}).get(sale_id or 0)
        parts = (("agreement", agreed_id, agreement), ("opportunity", sale_id, opportunity))
        unread = [name for name, wanted, part in parts if wanted and part is None]
        texts = dict.fromkeys(TEXT_LISTS)
        return ticket_record(ticket, {**texts, **lists}, agreement=agreement, opportunity=opportunity, unread=unread)


async def fill(
    client: ConnectWiseClient, page: Sequence[Record], *, agreements: Agreements | None = None,
    references: ReferenceCache | None = None,
) -> list[TicketRecord]:  # fmt: skip
    """The records of some tickets: schedule, time, products, agreements and opportunities, all in bulk."""
    known = agreements or Agreements(client)
    ids = [int(ticket["id"]) for ticket in page]
    scheduled = eq("type/id", SCHEDULE_TYPE_TICKET)
    agreed = {number for ticket in page if (number := id_of(ticket.get("agreement")))}
    found = await asyncio.gather(
        _by_ticket(client, "/schedule/entries", "objectId", ids, scheduled, SCHEDULE_FIELDS),
        _by_ticket(client, "/time/entries", "chargeToId", ids, eq("chargeToType", "ServiceTicket"), TIME_FIELDS),
        _by_ticket(client, "/procurement/products", "chargeToId", ids, eq("chargeToType", "Ticket"), PRODUCT_FIELDS),
        _opportunities(client, page, references or ReferenceCache(client)),
        _settled(known.read(agreed)),
    )
    related = _Related(*found)
    return [related.record(ticket) for ticket in page]


async def with_texts(
    client: ConnectWiseClient, chosen: Iterable[TicketRecord], *, own_mark: str = ""
) -> AsyncGenerator[TicketRecord, None]:
    """The records with notes, tasks and first description, in their order; read in bundles, several at a time.

    A record whose texts cannot be read keeps them in `unread`. Notes that contain `own_mark` are left out.
    """
    source = iter(chosen)
    at_once = max(1, (client.bundling.size or 2 * client.config.max_concurrency) // len(TEXT_LISTS))
    running: list[asyncio.Task[list[TicketRecord]]] = []
    try:
        while True:
            while len(running) < max(2, client.config.max_concurrency) and (group := list(islice(source, at_once))):
                running.append(asyncio.create_task(_texts(client, group, own_mark)))
            if not running:
                return
            for record in await running[0]:
                yield record
            running.pop(0)
    finally:
        await cancel_all(running)


async def _texts(client: ConnectWiseClient, group: Sequence[TicketRecord], own_mark: str) -> list[TicketRecord]:
    wanted = [read for record in group for read in _text_lists(record.id or 0)]
    found = iter(await client.bundle(wanted))
    return [
        map_texts(record, {name: readable(next(found)) for name in TEXT_LISTS}, own_mark=own_mark) for record in group
    ]


def _text_lists(ticket_id: int) -> tuple[Wanted, Wanted]:
    at, belongs = f"{TICKETS}/{ticket_id}", ("ticketId", ticket_id)
    return Wanted(f"{at}/notes", belongs, "", NOTE_FIELDS), Wanted(f"{at}/tasks", belongs, "", TASK_FIELDS)


async def _by_ticket(
    client: ConnectWiseClient, path: str, member: str, ids: Sequence[int], kind: Condition, fields: Sequence[str]
) -> dict[int, list[Record]] | None:
    """Records by their ticket; None if they may not be read."""
    wanted = set(ids)
    room = min(1500, _ADDRESS - len(query_text({"fields": ",".join(fields)})))

    async def part(condition: Condition) -> list[Record]:
        return [
            record
            async for page in client.pages(path, all_of(kind, condition), fields=fields)
            for record in page
            if record.get(member) in wanted
        ]

    parts = await _settled(asyncio.gather(*(part(ids_in) for ids_in in among(member, ids, most_characters=room))))
    if parts is None:
        return None
    found: defaultdict[int, list[Record]] = defaultdict(list)
    for record in chain.from_iterable(parts):
        found[record[member]].append(record)
    return found


async def _opportunities(
    client: ConnectWiseClient, page: Sequence[Record], references: ReferenceCache
) -> dict[int, Opportunity] | None:
    """Opportunities by id, with the flags of their statuses where those can be read; None when they may not be read."""
    ids = {number for ticket in page if (number := id_of(ticket.get("opportunity")))}
    found: dict[int, Opportunity] = {}
    statuses = await _settled(references.read(OPPORTUNITY_STATUSES)) if ids else None
    for condition in among("id", sorted(ids)):
        records = await _settled(client.list("/sales/opportunities", condition, fields=OPPORTUNITY_FIELDS))
        if records is None:
            return None
        found |= {record["id"]: opportunity(record, statuses or ()) for record in records if whole(record.get("id"))}
    return found


async def _settled(part: Awaitable[T]) -> T | None:
    """A part that was read; None if this API member may not read it."""
    try:
        return await part
    except ConnectWiseError as error:
        readable(error)
        return None


def _one_of(member: str, chosen: Sequence[int | str]) -> Condition:
    ids = [one for one in chosen if isinstance(one, int)]
    names = [one for one in chosen if isinstance(one, str)]
    parts = [in_(f"{member}/{key}", values) for key, values in (("id", ids), ("name", names)) if values]
    return any_of(*parts) if len(parts) > 1 else parts[0]
