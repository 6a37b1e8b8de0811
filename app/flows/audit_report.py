"""Totals, remarks, suggestions and files of an audit, streamed from the journal, so that memory does not grow with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from app.audit.by_page import unpacked
from app.audit.separating import Picker, Sampled, Step, can_tell, is_better, is_problem, steps, suggestions, tried
from app.audit.tally import Tally
from app.chart import Chart, parse_chart
from app.flows.audit_hands import Hands
from app.flows.audit_parts import AuditParts
from app.journal.audits import AuditRow


async def tallied(parts: AuditParts, audit_id: str) -> Tally:
    """The totals of what an audit has found so far."""
    total = Tally()
    async for rows in parts.audits.rows(audit_id):
        for row in rows:
            total.add(row)
    return total


async def suggested(parts: AuditParts, audit: AuditRow, hands: Hands) -> list[dict[str, Any]]:
    """Thresholds that would tell this owner's tickets apart better, with what they would change."""
    counts = {True: 0, False: 0}
    async for rows in parts.audits.rows(audit.id):
        for row in rows:
            if can_tell(row):
                counts[is_problem(row)] += 1
    if not counts[True]:
        return []
    text = await parts.audits.chart_text(audit.chart_sha256)
    sample = [one async for one in _sampled(parts, audit, counts)]
    problems = [one for one in sample if one.said != one.was]
    chart: Chart = parse_chart(text)
    first = await asyncio.gather(*(hands.do(tried, text, step, problems) for step in steps(chart)))
    promising: list[Step] = [step for step, change in zip(steps(chart), first, strict=True) if is_better(change)]
    every = await asyncio.gather(*(hands.do(tried, text, step, sample) for step in promising))
    return suggestions(list(zip(promising, every, strict=True)))


async def _sampled(parts: AuditParts, audit: AuditRow, counts: Mapping[bool, int]) -> AsyncIterator[Sampled]:
    """The cases to try thresholds on, with what is known of them."""
    picker = Picker(counts[True], counts[False])
    picked: dict[int, tuple[int, dict[str, Any]]] = {}
    async for rows in parts.audits.rows(audit.id):
        picked |= {row["id"]: (weight, row) for row in rows if (weight := picker.weight(row))}
    async for evidence in parts.audits.pages(audit.id):
        for case in unpacked(evidence):
            if (found := picked.get(int(case["id"]))) is not None:
                weight, row = found
                yield Sampled(case, row["hindsight"], row["chart"], weight)
