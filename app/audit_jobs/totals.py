"""Totals and suggestions of an audit, streamed from the database, so that memory use is constant."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import aclosing
from typing import Any

from app.audit.batch import unpack
from app.audit.threshold_search import (
    Picker,
    Sampled,
    Step,
    best,
    can_tell,
    count,
    is_better,
    is_problem,
    outcomes_of_steps,
    steps,
    suggestions,
    tried,
)
from app.audit.totals import Totals
from app.audit_jobs.context import AuditContext
from app.audit_jobs.replay import replay
from app.audit_jobs.worker_pool import WorkerPool
from app.chart import Chart, parse_chart
from app.storage.audits import AuditRow


async def tallied(parts: AuditContext, audit_id: str) -> Totals:
    """The totals of an audit so far."""
    total = Totals()
    async for rows in parts.audits.rows(audit_id):
        for row in rows:
            total.add(row)
    return total


async def suggested(parts: AuditContext, audit: AuditRow, pool: WorkerPool) -> list[dict[str, Any]]:
    """Thresholds that would fit these tickets better, with what they would change."""
    counts = {True: 0, False: 0}
    async for rows in parts.audits.rows(audit.id):
        for row in rows:
            if can_tell(row):
                counts[is_problem(row)] += 1
    if not counts[True]:
        return []
    text = await parts.audits.chart_text(audit.chart_sha256)
    sample = [ticket async for ticket in _sampled(parts, audit, counts)]
    problems = [ticket for ticket in sample if ticket.decided != ticket.actual]
    chart: Chart = parse_chart(text)
    first = await asyncio.gather(*(pool.run(tried, text, step, problems) for step in steps(chart)))
    promising: list[Step] = [step for step, change in zip(steps(chart), first, strict=True) if is_better(change)]
    every = await asyncio.gather(*(pool.run(tried, text, step, sample) for step in promising))
    chosen = [step for step, _ in best(list(zip(promising, every, strict=True)))]
    return suggestions(await _on_every_ticket(parts, audit, pool, text, chosen)) if chosen else []


async def _on_every_ticket(
    parts: AuditContext, audit: AuditRow, pool: WorkerPool, text: str, chosen: list[Step]
) -> list[tuple[Step, Counter[str]]]:
    """The changes of each step over all tickets."""
    changes: list[Counter[str]] = [Counter() for _ in chosen]

    def decide_again(evidence: bytes) -> Awaitable[list[dict[str, Any]]]:
        return pool.run(outcomes_of_steps, text, chosen, audit.created_at, evidence)

    async with aclosing(replay(parts, audit.id, decide_again)) as pairs:
        async for row, new in pairs:
            for change, one in zip(changes, new["outcomes"], strict=True):
                count(change, row, one)
    return list(zip(chosen, changes, strict=True))


async def _sampled(parts: AuditContext, audit: AuditRow, counts: Mapping[bool, int]) -> AsyncIterator[Sampled]:
    """The sampled tickets with their actual outcome."""
    picker = Picker(counts[True], counts[False])
    picked: dict[int, tuple[int, dict[str, Any]]] = {}
    async for rows in parts.audits.rows(audit.id):
        picked |= {row["id"]: (weight, row) for row in rows if (weight := picker.weight(row))}
    async for evidence in parts.audits.pages(audit.id):
        for ticket in unpack(evidence):
            if (found := picked.get(ticket.id or 0)) is not None:
                weight, row = found
                yield Sampled(ticket, row["hindsight"], row["chart"], weight)
