"""Evaluates the kept evidence of an audit again, a few pages at a time, each ticket with its earlier row."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

from app.audit.evaluate import Row
from app.audit_jobs.context import AuditContext
from app.connectwise.prefetch import cancel_all

_AHEAD = 4


async def replay(
    parts: AuditContext, audit_id: str, work: Callable[[bytes], Awaitable[list[dict[str, Any]]]]
) -> AsyncGenerator[tuple[Row, dict[str, Any]], None]:
    """Pairs of a ticket's earlier row and the new result of `work`, which takes a page of evidence and returns one result
    with an `id` for each ticket."""
    running: deque[asyncio.Future[list[dict[str, Any]]]] = deque()
    old: dict[int, Row] = {}
    try:
        async with aclosing(parts.audits.rows(audit_id)) as kept, aclosing(parts.audits.pages(audit_id)) as pages:
            more = True
            while more or running:
                while more and len(running) < _AHEAD:
                    evidence = await anext(pages, None)
                    more = evidence is not None
                    if evidence is not None:
                        running.append(asyncio.ensure_future(work(evidence)))
                if not running:
                    return
                for new in await running.popleft():
                    while new["id"] not in old:
                        old.update({one["id"]: one for one in await anext(kept)})
                    yield old.pop(new["id"]), new
    finally:
        await cancel_all(running)
