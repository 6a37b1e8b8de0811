"""Applies another chart to the tickets of an audit: which change, and every figure that differs."""

from __future__ import annotations

from collections.abc import Awaitable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from app.audit.batch import evaluate_kept
from app.audit.evaluate import Row, agrees
from app.audit.report.figures import changes
from app.audit.totals import Totals
from app.audit_jobs.context import AuditContext
from app.audit_jobs.replay import replay
from app.audit_jobs.worker_pool import WorkerPool
from app.chart import Chart
from app.storage.audits import AuditRow
from app.workflow.errors import ConflictError


@dataclass(frozen=True, slots=True)
class Changed:
    """One ticket with another outcome."""

    old: Row
    new: Row


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Totals by the audit's chart and by the other one, and each ticket that changes."""

    audit: AuditRow
    chart: Chart
    before: Totals
    after: Totals
    changed: list[Changed]

    @property
    def without_texts(self) -> int:
        """Number of tickets whose texts the other chart needs and the audit did not read."""
        return self.after.texts["unread-texts"]


async def what_if(parts: AuditContext, pool: WorkerPool, audit: AuditRow, chart: Chart) -> WhatIf:
    """Evaluate the kept tickets of an audit by another chart. Raises ConflictError if none are kept."""
    found = WhatIf(audit, chart, Totals(), Totals(), [])

    def judged(evidence: bytes) -> Awaitable[list[Row]]:
        return pool.run(evaluate_kept, chart.text, audit.created_at, evidence)

    async with aclosing(replay(parts, audit.id, judged)) as pairs:
        async for was, new in pairs:
            _compare(found, was, _with_actual(was, new))
    if not found.before.tickets:
        raise ConflictError(f"The audit {audit.id} has kept no evidence: it saw no ticket, or its time was over.")
    return found


_OF_THE_CHART = ("chart", "rule", "why", "candidates", "settled_by", "rows", "texts", "unread", "fields_said")


def _with_actual(was: Row, new: Row) -> Row:
    """The other chart's decision on a ticket with the actual outcome and amounts of the audit, so that figures change only
    with a decision."""
    kept = {name: value for name, value in was.items() if name not in _OF_THE_CHART}
    outcome = {name: new[name] for name in _OF_THE_CHART if name in new}
    known = None if was.get("own_move") else agrees(new["chart"], was["hindsight"])
    return {**kept, **outcome, "agrees": known}


def _compare(found: WhatIf, was: Row, new: Row) -> None:
    found.before.add(was)
    found.after.add(new)
    if was["chart"] != new["chart"]:
        found.changed.append(Changed(was, new))


def what_if_json(found: WhatIf) -> dict[str, Any]:
    """The changes as JSON: both totals, every figure that differs and every changed ticket."""
    stamp, before, after = found.chart.stamp, found.before.to_json(), found.after.to_json()
    return {
        "audit": found.audit.id, "chart": {"version": stamp.version, "sha256": stamp.sha256}, "before": before,
        "after": after, "figures": changes(before, after), "without_texts": found.without_texts,
        "changed": [
            {
                "id": ticket.new["id"], "summary": ticket.new["summary"], "company": ticket.new["company"], "board": ticket.new["board"],
                "from": ticket.old["chart"], "to": ticket.new["chart"], "hindsight": ticket.new["hindsight"], "because": ticket.new["because"],
                "why": ticket.new["why"], "better": _verdict(ticket),
            }
            for ticket in found.changed
        ],
    }  # fmt: skip


def _verdict(one: Changed) -> bool | None:
    """Whether the change is right by the records; None where neither outcome is."""
    was = one.new["hindsight"]
    return None if was not in (one.old["chart"], one.new["chart"]) else one.new["chart"] == was
