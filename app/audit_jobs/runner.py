"""Carries one audit on from its cursor: read a page, judge it, keep it, until there is none or somebody cancels.

1. Pages of tickets come in the order of their ids, with schedule, time, products and agreements, the next ones ahead.
2. A process of its own judges what the fields settle and names the tickets whose texts are needed.
3. Their notes and tasks are fetched, the rest is judged as they come, and rows, evidence and cursor are kept in one commit.
At most a few pages are under way at a time; they are kept in order, so the cursor never runs ahead of what is kept.
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

from app import json_codec
from app.audit.batch import Case, Found, Judged, finish, look, packed, prepare
from app.audit.totals import Tally
from app.audit_jobs.context import AuditContext, AuditRequest
from app.audit_jobs.preflight import remarks_at_start
from app.audit_jobs.totals import tallied
from app.audit_jobs.worker_pool import WorkerPool, ended
from app.connectwise import Agreements, ConnectWiseError, ticket_history
from app.planning.texts import mark
from app.storage import StoreUnavailable
from app.storage.audits import AuditRow, KeptPage

log = structlog.get_logger()

_AHEAD = 4
"""Pages that are judged while the next ones are fetched."""
_AT_ONCE = 200
"""Tickets that are judged as soon as their texts are there, so that little is left to do once the last ones have come."""
_RENEW_SECONDS = 15.0

Told = Callable[[AuditRow], None]


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as it was judged: what its fields settled and what its texts did, the packed cases, the last ticket's id."""

    found: tuple[Found, ...]
    evidence: bytes
    cursor: int


class AuditRun:
    """One worker's hold on one audit."""

    def __init__(self, parts: AuditContext, audit: AuditRow, hands: WorkerPool, told: Told) -> None:
        self._parts = parts
        self._hands = hands
        self._told = told
        self._began = time.monotonic()
        self._sent, self._bundled = parts.reader.figures.sent, parts.reader.figures.bundled
        self._before = dict(audit.counters)
        self._chart_text = ""
        self._texts_turn = asyncio.Lock()
        self.audit = audit
        self.complete = False
        """Whether the last page was kept."""
        self.total = Tally()
        """What was found in all pages kept so far, also by those who worked on it before."""

    async def pages(self) -> str:
        """Keeps page after page up to the last one, or until the wish to cancel is seen. Returns why it cannot be done, if so."""
        self._chart_text = await self._parts.audits.chart_text(self.audit.chart_sha256)
        asked, reader = AuditRequest.from_json(self.audit.asked), self._parts.reader
        cases = ticket_history.cases(
            reader, asked.scope, after=self.audit.cursor, size=self._parts.page_size, agreements=Agreements(reader)
        )
        under_way: deque[asyncio.Task[_Page]] = deque()
        async with self._holding():
            first = asyncio.ensure_future(anext(cases, None))
            ready = asyncio.create_task(self._hands.do(prepare, self._chart_text))
            try:
                if refusal := await self._at_start(asked):
                    return refusal
                await self._all(first, cases, under_way)
            finally:
                await ended((first, ready, *under_way))
                await cases.aclose()
        return ""

    async def _at_start(self, asked: AuditRequest) -> str:
        """What must be known beforehand, asked for while the first page is on its way; why there is nothing to do, if so."""
        expected = self.audit.expected
        counted = (
            ticket_history.count(self._parts.reader, asked.scope) if expected is None else asyncio.sleep(0, expected)
        )
        (found, nothing), expected = await asyncio.gather(remarks_at_start(self._parts, self.audit), counted)
        fresh = [one for one in found if one not in self.audit.remarks]
        await self._note(remarks=[*self.audit.remarks, *fresh], expected=None if nothing else expected)
        self.total = await tallied(self._parts, self.audit.id)
        return nothing

    async def _all(
        self,
        coming: asyncio.Future[list[Case] | None],
        cases: AsyncGenerator[list[Case], None],
        under_way: deque[asyncio.Task[_Page]],
    ) -> None:
        """Begins on pages as they come and keeps them as they are done, in their order; neither waits for the other."""
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
                    under_way.append(asyncio.create_task(self._judged(page)))
                    coming = asyncio.ensure_future(anext(cases, None))
            self.complete = True
        except ConnectWiseError:
            await self._keep_all(under_way)
            raise
        finally:
            await ended((coming,))

    async def _keep_all(self, under_way: deque[asyncio.Task[_Page]]) -> None:
        while under_way and not self.audit.cancel:
            await self._keep_first(under_way)

    async def _judged(self, cases: Sequence[Case]) -> _Page:
        now, page = self.audit.created_at, json_codec.written(cases)
        first = await self._hands.do(look, self._chart_text, now, page)
        wanted = iter(first.wanted)
        judging: list[asyncio.Task[Judged]] = []
        try:
            async with aclosing(self._with_texts([cases[place] for place, *_ in first.wanted])) as texts:
                async for part in texts:
                    its = list(islice(wanted, len(part)))
                    work = self._hands.do(finish, self._chart_text, now, json_codec.written(part), its)
                    judging.append(asyncio.create_task(work))
            rest = await asyncio.gather(*judging)
        finally:
            await ended(judging)
        evidence = await asyncio.to_thread(packed, first.cases, *(one.cases for one in rest))
        return _Page((first.found, *(one.found for one in rest)), evidence, max(int(case["id"]) for case in cases))

    async def _with_texts(self, chosen: Sequence[Case]) -> AsyncGenerator[list[Case], None]:
        """Some at a time, one page after the other: all at once would come back, and want to be judged, all at once. A page's
        turn ends when nothing of it is left to be asked for."""
        await self._texts_turn.acquire()
        with ExitStack() as turn:
            turn.callback(self._texts_turn.release)
            asked = chain(chosen, _at_end(turn.close))
            part: list[Case] = []
            async with aclosing(
                ticket_history.with_texts(self._parts.reader, asked, own_mark=mark("").strip())
            ) as texts:
                async for case in texts:
                    part.append(case)
                    if len(part) == _AT_ONCE:
                        yield part
                        part = []
            if part:
                yield part

    async def _keep_first(self, under_way: deque[asyncio.Task[_Page]]) -> None:
        page = await under_way.popleft()
        tickets = [one for found in page.found for one in found.tickets]
        kept = KeptPage(tickets, page.evidence, page.cursor, self._counters())
        self.audit = await self._parts.audits.keep_page(self.audit, kept, now=self._parts.now())
        for found in page.found:
            self.total.merge(found.total)
        self._told(self.audit)

    async def _note(self, **values: Any) -> None:
        self.audit = await self._parts.audits.note(self.audit, now=self._parts.now(), **values)
        self._told(self.audit)

    def _counters(self) -> dict[str, Any]:
        """What this audit has cost so far, over all who have worked on it."""
        figures = self._parts.reader.figures
        now = {
            "requests": figures.sent - self._sent,
            "bundled": figures.bundled - self._bundled,
            "seconds": round(time.monotonic() - self._began, 2),
        }
        return {name: value + self._before.get(name, 0) for name, value in now.items()}

    @asynccontextmanager
    async def _holding(self) -> AsyncIterator[None]:
        """Keeps the lease while pages come slowly."""
        task = asyncio.create_task(self._renew())
        try:
            yield
        finally:
            await ended((task,))

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            with contextlib.suppress(StoreUnavailable):
                await self._parts.audits.renew(self.audit.id, self.audit.owner or "", now=self._parts.now())


def _at_end(then: Callable[[], None]) -> Iterator[Case]:
    """Yields nothing, and does something when it is come to."""
    then()
    yield from ()
