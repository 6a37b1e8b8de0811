"""Runs one audit from its cursor: read a page, evaluate it, store it, until the last page or a cancellation.

1. Pages of tickets are read in the order of their ids with schedule, time, products and agreements, some in advance.
2. A worker process evaluates tickets that their fields settle and names those whose texts are needed.
3. Their notes and tasks are read, the rest is evaluated, and rows, evidence and cursor are stored in one commit.
A few pages are in progress at a time; they are stored in order, so the cursor never passes an unstored page.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import structlog

from app.audit.batch import BatchResult, Evaluated, encode_tickets, finish, look, pack, prepare
from app.audit.kept_ticket import SiteFacts
from app.audit.totals import Totals
from app.audit_jobs.context import AuditContext, AuditRequest
from app.audit_jobs.preflight import remarks_at_start
from app.audit_jobs.projects import read_projects
from app.audit_jobs.site_facts import read_site, with_booked_revenue, with_own_moves
from app.audit_jobs.totals import tallied
from app.audit_jobs.worker_pool import WorkerPool
from app.connectwise import Agreements, ConnectWiseError, ticket_history
from app.connectwise.prefetch import cancel_all
from app.domain.ticket import TicketRecord
from app.planning.texts import mark
from app.storage import StoreUnavailable
from app.storage.audits import AuditRow, KeptPage

log = structlog.get_logger()

_AHEAD = 4
"""Pages in evaluation while the next ones are read."""
_AT_ONCE = 200
"""Tickets evaluated together once their texts are read, so that little work is left after the last ones."""
_RENEW_SECONDS = 15.0

Progress = Callable[[AuditRow], None]


@dataclass(frozen=True, slots=True)
class _Page:
    """An evaluated page: results without and with texts, the packed tickets, the last ticket's id."""

    found: tuple[BatchResult, ...]
    evidence: bytes
    cursor: int


class AuditRun:
    """One run of an audit under this process's claim."""

    def __init__(self, parts: AuditContext, audit: AuditRow, pool: WorkerPool, progress: Progress) -> None:
        self._parts = parts
        self._pool = pool
        self._progress = progress
        self._began = time.monotonic()
        self._sent, self._bundled = parts.reader.metrics.sent, parts.reader.metrics.bundled
        self._before = dict(audit.counters)
        self._chart_text = ""
        self._site = SiteFacts()
        self._texts_turn = asyncio.Lock()
        self.audit = audit
        self.complete = False
        """Whether the last page is stored."""
        self.total = Totals()
        """Totals of all stored pages, including those of earlier runs."""

    async def pages(self) -> str:
        """Store all pages, or those until a cancellation. Returns the reason if the audit cannot start."""
        self._chart_text = await self._parts.audits.chart_text(self.audit.chart_sha256)
        asked, reader = AuditRequest.from_json(self.audit.asked), self._parts.reader
        cases = ticket_history.records(
            reader, asked.scope, after=self.audit.cursor, size=self._parts.page_size, agreements=Agreements(reader)
        )
        under_way: deque[asyncio.Task[_Page]] = deque()
        async with self._holding():
            first = asyncio.ensure_future(anext(cases, None))
            site = asyncio.create_task(read_site(self._parts))
            ready = asyncio.create_task(self._pool.run(prepare, self._chart_text))
            try:
                if refusal := await self._at_start(asked):
                    return refusal
                self._site = await site
                await self._note(asked=await self._with_facts(asked))
                await self._all(first, cases, under_way)
            finally:
                await cancel_all((first, ready, site, *under_way))
                await cases.aclose()
        return ""

    async def _with_facts(self, asked: AuditRequest) -> dict[str, Any]:
        """What the report says of the site: the time zone, and the projects of the range; read once."""
        kept = {**self.audit.asked, "time_zone": self._site.time_zone}
        if "projects" not in kept:
            kept["projects"] = await read_projects(self._parts, asked, self._chart_text)
        return kept

    async def _at_start(self, asked: AuditRequest) -> str:
        """Check the request while the first page is read. Returns the reason if there is nothing to do."""
        expected = self.audit.expected
        counted = (
            ticket_history.count(self._parts.reader, asked.scope) if expected is None else asyncio.sleep(0, expected)
        )
        (found, nothing), expected = await asyncio.gather(remarks_at_start(self._parts, self.audit), counted)
        fresh = [ticket for ticket in found if ticket not in self.audit.remarks]
        await self._note(remarks=[*self.audit.remarks, *fresh], expected=None if nothing else expected)
        self.total = await tallied(self._parts, self.audit.id)
        return nothing

    async def _all(
        self,
        coming: asyncio.Future[list[TicketRecord] | None],
        cases: AsyncGenerator[list[TicketRecord], None],
        under_way: deque[asyncio.Task[_Page]],
    ) -> None:
        """Evaluate pages as they are read and store them in order; reading and evaluation do not wait for each other."""
        last = False
        try:
            while under_way or not last:
                room = not last and len(under_way) < _AHEAD
                waits: list[asyncio.Future[Any]] = [*([coming] if room else []), *islice(under_way, 1)]
                done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                if under_way and under_way[0] in done:
                    await self._keep_first(under_way)
                    if self.audit.cancel and (under_way or not last):
                        return
                elif (page := coming.result()) is None:
                    last = True
                else:
                    under_way.append(asyncio.create_task(self._evaluated(page)))
                    coming = asyncio.ensure_future(anext(cases, None))
            self.complete = True
        except ConnectWiseError:
            await self._keep_all(under_way)
            raise
        finally:
            await cancel_all((coming,))

    async def _keep_all(self, under_way: deque[asyncio.Task[_Page]]) -> None:
        while under_way and not self.audit.cancel:
            await self._keep_first(under_way)

    async def _evaluated(self, tickets: Sequence[TicketRecord]) -> _Page:
        now = self.audit.created_at
        tickets = await with_booked_revenue(self._parts, await with_own_moves(self._parts, tickets))
        first = await self._pool.run(look, self._chart_text, now, encode_tickets(tickets), self._site)
        wanted = iter(first.wanted)
        evaluations: list[asyncio.Task[Evaluated]] = []
        try:
            async with aclosing(self._with_texts([tickets[place] for place, *_ in first.wanted])) as texts:
                async for part in texts:
                    its = list(islice(wanted, len(part)))
                    work = self._pool.run(finish, self._chart_text, now, encode_tickets(part), its, self._site)
                    evaluations.append(asyncio.create_task(work))
            rest = await asyncio.gather(*evaluations)
        finally:
            await cancel_all(evaluations)
        evidence = await asyncio.to_thread(pack, first.tickets, *(task.tickets for task in rest))
        return _Page((first.found, *(task.found for task in rest)), evidence, max(ticket.id or 0 for ticket in tickets))

    async def _with_texts(self, chosen: Sequence[TicketRecord]) -> AsyncGenerator[list[TicketRecord], None]:
        """Groups of tickets with their texts, one page after the other, so that evaluation is spread evenly.

        A page's turn ends when its last texts are requested.
        """
        await self._texts_turn.acquire()
        with ExitStack() as turn:
            turn.callback(self._texts_turn.release)
            asked = chain(chosen, _at_end(turn.close))
            part: list[TicketRecord] = []
            async with aclosing(
                ticket_history.with_texts(self._parts.reader, asked, own_mark=mark("").strip())
            ) as texts:
                async for ticket in texts:
                    part.append(ticket)
                    if len(part) == _AT_ONCE:
                        yield part
                        part = []
            if part:
                yield part

    async def _keep_first(self, under_way: deque[asyncio.Task[_Page]]) -> None:
        page = await under_way.popleft()
        tickets = [ticket for found in page.found for ticket in found.tickets]
        kept = KeptPage(tickets, page.evidence, page.cursor, self._counters())
        self.audit = await self._parts.audits.keep_page(self.audit, kept, now=self._parts.now())
        for found in page.found:
            self.total.merge(found.total)
        self._progress(self.audit)

    async def _note(self, **values: Any) -> None:
        self.audit = await self._parts.audits.note(self.audit, now=self._parts.now(), **values)
        self._progress(self.audit)

    def _counters(self) -> dict[str, Any]:
        """Requests and seconds of this audit so far, over all its runs."""
        metrics = self._parts.reader.metrics
        now = {
            "requests": metrics.sent - self._sent,
            "bundled": metrics.bundled - self._bundled,
            "seconds": round(time.monotonic() - self._began, 2),
        }
        return {name: value + self._before.get(name, 0) for name, value in now.items()}

    @asynccontextmanager
    async def _holding(self) -> AsyncIterator[None]:
        """Renew the lease while pages are read slowly."""
        task = asyncio.create_task(self._renew())
        try:
            yield
        finally:
            await cancel_all((task,))

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            with contextlib.suppress(StoreUnavailable):
                await self._parts.audits.renew(self.audit.id, self.audit.owner or "", now=self._parts.now())


def _at_end(then: Callable[[], None]) -> Iterator[TicketRecord]:
    """An empty iterator that calls a function when it is reached."""
    then()
    yield from ()
