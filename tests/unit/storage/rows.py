"""Decisions for the tests of the storage, stored as a worker stores them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.domain.enums import DecisionStatus, Mode, Outcome, RunKind, Trigger
from app.storage import Database, DecisionRow, Decisions, RunRow, Runs
from app.storage.decision_changes import recorded
from app.storage.decisions import ReviewReason
from app.storage.ids import new_id

NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)


def decision(ticket: int = 4711, *, status: DecisionStatus = DecisionStatus.RUNNING) -> DecisionRow:
    """A decision that is not stored yet."""
    return DecisionRow(
        id=new_id(NOW), ticket_id=ticket, decided_at=NOW, trigger=Trigger.CALLBACK, mode=Mode.LIVE,
        outcome=Outcome.MINI_PROJECT, status=status, message="", project_id=None,
        document={"chart": {"sha256": "s", "version": "1"}}, evidence={"id": 1},
    )  # fmt: skip


async def claimed(database: Database, ticket: int) -> RunRow:
    """A classification of a ticket that a worker holds."""
    runs = Runs(database)
    opened = await runs.open(ticket_id=ticket, kind=RunKind.CLASSIFY, trigger=Trigger.CALLBACK, mode=Mode.LIVE, now=NOW)
    (run,) = await runs.claim("me", limit=1, now=NOW, only=opened.id)
    return run


async def store(
    database: Database,
    run: RunRow,
    row: DecisionRow,
    plan: list[dict[str, Any]],
    *,
    reason: ReviewReason = lambda _: None,
) -> DecisionRow:
    """Stores the decision of a held run, whose end is in the same commit unless the decision is running."""
    if row.status is DecisionStatus.RUNNING:
        row = await Decisions(database).start(
            run, row, plan, chart_text="version: 1", recheck_after=None, review_reason=reason
        )
    if row.status is not DecisionStatus.RUNNING:
        change = recorded(run, row, plan, chart_text="version: 1", recheck_after=None)
        await Runs(database).end(run, message=row.message, now=NOW, also=change)
    return row
