"""The same past tickets by another chart: which change, and by how much every figure does."""

from __future__ import annotations

from collections.abc import Awaitable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from app.audit.batch import again
from app.audit.evaluate import Row, agrees
from app.audit.report.figures import changes
from app.audit.totals import Tally
from app.audit_jobs.context import AuditContext
from app.audit_jobs.replay import again_beside
from app.audit_jobs.worker_pool import WorkerPool
from app.chart import Chart
from app.storage.audits import AuditRow
from app.workflow.errors import ConflictError


@dataclass(frozen=True, slots=True)
class Changed:
    """One ticket that another chart decides otherwise."""

    old: Row
    new: Row


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Totals by the audit's own chart and by the other one, each ticket that changes, and how many lacked their texts."""

    audit: AuditRow
    chart: Chart
    before: Tally
    after: Tally
    changed: list[Changed]

    @property
    def without_texts(self) -> int:
        """Tickets whose texts the other chart would have read and the audit did not."""
        return self.after.texts["unread-texts"]


async def what_if(parts: AuditContext, hands: WorkerPool, audit: AuditRow, chart: Chart) -> WhatIf:
    """Judges what an audit has kept by another chart. ConflictError when nothing is kept (any more)."""
    found = WhatIf(audit, chart, Tally(), Tally(), [])

    def judged(evidence: bytes) -> Awaitable[list[Row]]:
        return hands.do(again, chart.text, audit.created_at, evidence)

    async with aclosing(again_beside(parts, audit.id, judged)) as pairs:
        async for was, new in pairs:
            _compare(found, was, _held_against(was, new))
    if not found.before.tickets:
        raise ConflictError(f"The audit {audit.id} has kept no evidence: it saw no ticket, or its time was over.")
    return found


_SAID = ("chart", "rule", "why", "candidates", "settled_by", "rows", "texts", "unread", "there", "fields_said")


def _held_against(was: Row, new: Row) -> Row:
    """What another chart says of a ticket, held against the same records: what it turned out to be and what it came to stay as
    the audit found them, so that a figure changes only with a decision."""
    kept = {name: value for name, value in was.items() if name not in _SAID}
    said = {name: new[name] for name in _SAID if name in new}
    return {**kept, **said, "agrees": agrees(new["chart"], was["hindsight"])}


def _compare(found: WhatIf, was: Row, new: Row) -> None:
    found.before.add(was)
    found.after.add(new)
    if was["chart"] != new["chart"]:
        found.changed.append(Changed(was, new))


def what_if_json(found: WhatIf) -> dict[str, Any]:
    """What would change, for machines: both totals, every figure that differs and every changed ticket."""
    stamp, before, after = found.chart.stamp, found.before.to_json(), found.after.to_json()
    return {
        "audit": found.audit.id, "chart": {"version": stamp.version, "sha256": stamp.sha256}, "before": before,
        "after": after, "figures": changes(before, after), "without_texts": found.without_texts,
        "changed": [
            {
                "id": one.new["id"], "summary": one.new["summary"], "company": one.new["company"], "board": one.new["board"],
                "from": one.old["chart"], "to": one.new["chart"], "hindsight": one.new["hindsight"], "because": one.new["because"],
                "why": one.new["why"], "better": _verdict(one),
            }
            for one in found.changed
        ],
    }  # fmt: skip


def _verdict(one: Changed) -> bool | None:
    """Whether the change brings the ticket nearer to what it turned out to be; None where neither is right."""
    was = one.new["hindsight"]
    return None if was not in (one.old["chart"], one.new["chart"]) else one.new["chart"] == was
