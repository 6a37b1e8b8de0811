"""Past tickets in bulk, for the audit: pages of tickets, what lies beside them by condition, texts where they are wanted.

    async for page in cases(manage, Scope(since, until)):        # lists of at most 1,000 cases
        async for case in with_texts(manage, chosen(page)):      # the same cases with notes and tasks
            …

A case has the form that `fetch_case` gives, with `timeEntries`, and with the moment at which each thing was entered
(`dateEntered`, for notes `dateCreated`), so that it can be looked at as it was at any time. Until `with_texts` has filled
them, `notes`, `tasks` and `initialDescription` are empty and named in `unread`.

1,000 tickets cost one request for themselves and, with what lies beside them, usually 5 to 18; texts cost 40 more for
1,000 tickets in bundles of 50. Nothing is kept: at most three pages are in memory at once. Everything only reads.
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
from app.connectwise.bundles import Wanted
from app.connectwise.client import ConnectWiseClient
from app.connectwise.conditions import Condition, all_of, among, any_of, eq, ge, in_, lt
from app.connectwise.errors import ConnectWiseError, ResponseTooLarge, ServerError, Unreachable
from app.connectwise.record_mapping import (
    NOTE_FIELDS,
    OPPORTUNITY_FIELDS,
    PRODUCT_FIELDS,
    SCHEDULE_FIELDS,
    TASK_FIELDS,
    TIME_FIELDS,
    Record,
    case_of,
    id_of,
    opportunity,
    told,
    whole,
)
from app.connectwise.ticket_loader import SCHEDULE_TYPE_TICKET, readable
from app.connectwise.transport import query_text

TICKETS = "/service/tickets"
TICKET_FIELDS = (
    "id", "summary", "recordType", "board/id", "board/name", "status/id", "status/name", "type/id", "type/name", "subType/id", "subType/name",
    "item/id", "item/name", "team/id", "team/name", "company/id", "company/identifier", "company/name", "contact/id", "contact/name",
    "owner/id", "owner/identifier", "priority/id", "priority/name", "source/name", "agreement/id", "agreement/name", "opportunity/id",
    "opportunity/name", "department/id", "department/name", "location/id", "severity", "impact", "budgetHours", "actualHours",
    "estimatedStartDate", "requiredDate", "resources", "poNumber", "billTime", "billExpenses", "billProducts", "billingMethod",
    "billingAmount", "hourlyRate", "closedFlag", "closedDate", "parentTicketId", "hasChildTicket", "mergedParentTicket/id",
    "hasMergedChildTicketFlag", "customFields", "_info/dateEntered", "_info/lastUpdated",
)  # fmt: skip
"""What the chart, the plans and hindsight read of a ticket; a whole one is several times as large."""

PAGE = 1000
_SMALLEST_PAGE = 125
_ADDRESS_ROOM = 900
"""Characters of a condition for companies and boards; beyond it they are sorted out here instead of there."""
_TEXTS = ("notes", "tasks")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which tickets: entered from `since` up to, not including, `until`; boards, companies and statuses by id or name.

    Empty means all. Raises ValueError for times without a zone, or for names that cannot stand in a condition.
    """

    since: datetime
    until: datetime
    boards: Sequence[int | str] = ()
    companies: Sequence[int | str] = ()
    statuses: Sequence[int | str] = ()

    def __post_init__(self) -> None:
        if len(query_text({"conditions": self.condition})) > 2 * _ADDRESS_ROOM:
            raise ValueError("The names of boards, companies and statuses are too long for one request.")

    @property
    def condition(self) -> Condition:
        """The condition for ConnectWise; lists too long for an address are left to `has`."""
        parts = [ge("dateEntered", self.since), lt("dateEntered", self.until)]
        for member, chosen in self._chosen():
            if chosen and len(query_text({"": _one_of(member, chosen)})) <= _ADDRESS_ROOM:
                parts.append(_one_of(member, chosen))
        return all_of(*parts)

    def has(self, ticket: Mapping[str, Any]) -> bool:
        """Whether a ticket is of the chosen boards, companies and statuses."""
        for member, chosen in self._chosen():
            reference = ticket.get(member)
            shown = reference if isinstance(reference, Mapping) else {}
            names = {one.lower() for one in chosen if isinstance(one, str)}
            if chosen and shown.get("id") not in chosen and str(shown.get("name") or "").lower() not in names:
                return False
        return True

    def _chosen(self) -> Iterator[tuple[str, Sequence[int | str]]]:
        yield from (("board", self.boards), ("company", self.companies), ("status", self.statuses))


async def count(manage: ConnectWiseClient, scope: Scope) -> int:
    """How many tickets a scope has, for a progress bar."""
    return await manage.count(TICKETS, scope.condition)


async def tickets(
    manage: ConnectWiseClient, scope: Scope, *, after: int = 0, size: int = PAGE, fields: Sequence[str] = TICKET_FIELDS
) -> AsyncGenerator[list[Record], None]:
    """Pages of tickets in the order of their ids, from the first id greater than `after`.

    A page that ConnectWise cannot give in time is asked for in halves, down to 125 tickets, before its error is raised;
    `after` of the last id that came then goes on where it stopped.
    """
    while True:
        try:
            async for page in manage.pages(TICKETS, scope.condition, fields=fields, size=size, after=after):
                after = max(after, *(whole(one.get("id")) or 0 for one in page))
                if kept := [one for one in page if whole(one.get("id")) and scope.has(one)]:
                    yield kept
            return
        except (ResponseTooLarge, ServerError, Unreachable):
            if size <= _SMALLEST_PAGE:
                raise
            size //= 2


async def cases(
    manage: ConnectWiseClient, scope: Scope, *, after: int = 0, size: int = PAGE, agreements: Agreements | None = None
) -> AsyncGenerator[list[Record], None]:
    """Pages of cases without texts, in the order of the tickets' ids; the next page is fetched while this one is used."""
    known = agreements or Agreements(manage)

    async def filled() -> AsyncGenerator[list[Record], None]:
        pages = _ahead(tickets(manage, scope, after=after, size=size))
        try:
            async for page in pages:
                yield await fill(manage, page, agreements=known)
        finally:
            await pages.aclose()

    ready = _ahead(filled())
    try:
        async for page in ready:
            yield page
    finally:
        await ready.aclose()


async def fill(
    manage: ConnectWiseClient, page: Sequence[Record], *, agreements: Agreements | None = None
) -> list[Record]:
    """The cases of some tickets: schedule, time, products, agreements and opportunities, all in bulk."""
    known = agreements or Agreements(manage)
    ids = [int(ticket["id"]) for ticket in page]
    scheduled = eq("type/id", SCHEDULE_TYPE_TICKET)
    agreed = {number for ticket in page if (number := id_of(ticket.get("agreement")))}
    entries, times, products, opportunities, agreements_read = await asyncio.gather(
        _by_ticket(manage, "/schedule/entries", "objectId", ids, scheduled, SCHEDULE_FIELDS),
        _by_ticket(manage, "/time/entries", "chargeToId", ids, eq("chargeToType", "ServiceTicket"), TIME_FIELDS),
        _by_ticket(manage, "/procurement/products", "chargeToId", ids, eq("chargeToType", "Ticket"), PRODUCT_FIELDS),
        _opportunities(manage, page),
        _settled(known.read(agreed)),
    )

    def beside(ticket: Record) -> dict[str, Any]:
        number, agreement, offer = int(ticket["id"]), id_of(ticket.get("agreement")), id_of(ticket.get("opportunity"))
        return {
            "notes": None, "tasks": None,
            "scheduleEntries": _of(entries, number), "timeEntries": _of(times, number), "products": _of(products, number),
            "agreement": {} if agreement is None else (agreements_read or {}).get(agreement),
            "opportunity": {} if offer is None else (opportunities or {}).get(offer),
        }  # fmt: skip

    return [case_of(ticket, beside(ticket)) for ticket in page]


async def with_texts(
    manage: ConnectWiseClient, chosen: Iterable[Record], *, own_mark: str = ""
) -> AsyncGenerator[Record, None]:
    """The cases with their notes, tasks and first description, in the order they came in; read by bundles, several at
    a time. A case whose texts cannot be read keeps them in `unread`; notes that hold `own_mark` are our own, no evidence."""
    source = iter(chosen)
    at_once = max(1, (manage.bundling.size or 2 * manage.config.max_concurrency) // len(_TEXTS))
    running: list[asyncio.Task[list[Record]]] = []
    try:
        while True:
            while len(running) < max(2, manage.config.max_concurrency) and (group := list(islice(source, at_once))):
                running.append(asyncio.create_task(_texts(manage, group, own_mark)))
            if not running:
                return
            for case in await running[0]:
                yield case
            running.pop(0)
    finally:
        await _stop(running)


async def _texts(manage: ConnectWiseClient, group: Sequence[Record], own_mark: str) -> list[Record]:
    wanted = [one for case in group for one in _text_lists(int(case["id"]))]
    found = iter(await manage.bundle(wanted))
    return [told(case, {name: readable(next(found)) for name in _TEXTS}, own_mark=own_mark) for case in group]


def _text_lists(ticket_id: int) -> tuple[Wanted, Wanted]:
    at, belongs = f"{TICKETS}/{ticket_id}", ("ticketId", ticket_id)
    return Wanted(f"{at}/notes", belongs, "", NOTE_FIELDS), Wanted(f"{at}/tasks", belongs, "", TASK_FIELDS)


async def _by_ticket(
    manage: ConnectWiseClient, path: str, member: str, ids: Sequence[int], kind: Condition, fields: Sequence[str]
) -> dict[int, list[Record]] | None:
    """Records by the ticket they belong to; None when they may not be read."""
    wanted = set(ids)

    async def part(condition: Condition) -> list[Record]:
        return [
            record
            async for page in manage.pages(path, all_of(kind, condition), fields=fields)
            for record in page
            if record.get(member) in wanted
        ]

    parts = await _settled(asyncio.gather(*(part(one) for one in among(member, ids))))
    if parts is None:
        return None
    found: defaultdict[int, list[Record]] = defaultdict(list)
    for record in chain.from_iterable(parts):
        found[record[member]].append(record)
    return found


async def _opportunities(manage: ConnectWiseClient, page: Sequence[Record]) -> dict[int, Record] | None:
    ids = {number for ticket in page if (number := id_of(ticket.get("opportunity")))}
    found: dict[int, Record] = {}
    for condition in among("id", sorted(ids)):
        records = await _settled(manage.list("/sales/opportunities", condition, fields=OPPORTUNITY_FIELDS))
        if records is None:
            return None
        found |= {record["id"]: opportunity(record) for record in records if whole(record.get("id"))}
    return found


async def _settled(part: Awaitable[T]) -> T | None:
    """A part that was read; None when this API member may not read it."""
    try:
        return await part
    except ConnectWiseError as error:
        readable(error)
        return None


def _of(found: dict[int, list[Record]] | None, ticket_id: int) -> list[Record] | None:
    return None if found is None else found.get(ticket_id, [])


def _one_of(member: str, chosen: Sequence[int | str]) -> Condition:
    ids = [one for one in chosen if isinstance(one, int)]
    names = [one for one in chosen if isinstance(one, str)]
    parts = [in_(f"{member}/{key}", values) for key, values in (("id", ids), ("name", names)) if values]
    return any_of(*parts) if len(parts) > 1 else parts[0]


async def _ahead(source: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """Passes on what comes, while the next one is already under way."""
    running = [asyncio.ensure_future(anext(source))]
    try:
        while True:
            try:
                now = await running[0]
            except StopAsyncIteration:
                return
            running = [asyncio.ensure_future(anext(source))]
            yield now
    finally:
        await _stop(running)
        await source.aclose()


async def _stop(running: Sequence[asyncio.Future[Any]]) -> None:
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
