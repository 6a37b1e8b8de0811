"""The queue of tickets: tabs with counts, and a card for each ticket's newest decision that says why it waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.enums import DecisionStatus, Outcome
from app.storage import DecisionRow
from app.workflow.context import WorkflowContext
from app.workflow.tickets.mode_gate import exceeds_write_limit
from app.workflow.views import LARGEST_ID, status_of


class Tab(StrEnum):
    """A tab of the queue."""

    NEEDS_YOU = "needs-you"
    PLANNED = "planned"
    DONE = "done"
    ALL = "all"


class WaitsFor(StrEnum):
    """What a ticket needs from a person."""

    QUESTION = "question"
    BRIEF = "brief"
    APPROVAL = "approval"
    FAILURE = "failure"
    LIMIT = "limit"


_STATUSES: Mapping[Tab, tuple[DecisionStatus, ...]] = {
    Tab.NEEDS_YOU: (DecisionStatus.AWAITING_REVIEW, DecisionStatus.FAILED),
    Tab.PLANNED: (DecisionStatus.PLANNED, DecisionStatus.RUNNING),
    Tab.DONE: (DecisionStatus.APPLIED, DecisionStatus.NO_CHANGE, DecisionStatus.REJECTED, DecisionStatus.UNDONE),
    Tab.ALL: (),
}
_BATCH = 200
_MOST_SEARCHED = 4000
"""Decisions that one search reads; a search for something older names its ticket number."""


@dataclass(frozen=True, slots=True)
class Card:
    """One ticket of the queue. `waits_for`: None where no person is needed; `why`: the reason as a sentence."""

    ticket_id: int
    decision_id: str
    customer: str
    summary: str
    decided_at: datetime
    outcome: Outcome
    status: DecisionStatus
    status_text: str
    waits_for: WaitsFor | None
    why: str


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some cards, newest first. `has_more`: older ones follow; `counts`: tickets by tab, whatever is searched for."""

    cards: tuple[Card, ...]
    has_more: bool
    counts: Mapping[Tab, int]


async def read_queue(context: WorkflowContext, tab: Tab, *, search: str = "", limit: int = 30) -> QueuePage:
    """The first cards of a tab. `search`: a ticket number, or words of the summary and the customer."""
    found = await context.queue.counts()
    counts = {
        each: sum(found.get(status, 0) for status in statuses or DecisionStatus) for each, statuses in _STATUSES.items()
    }
    rows = await _rows(context, _STATUSES[tab], search.strip(), limit + 1)
    return QueuePage(tuple(map(card_of, rows[:limit])), len(rows) > limit, counts)


async def queue_version(context: WorkflowContext) -> str:
    """Changes whenever a card may show something else."""
    number, latest = await context.queue.version()
    return f"{number}-{latest}"


async def _rows(
    context: WorkflowContext, statuses: tuple[DecisionStatus, ...], search: str, limit: int
) -> list[DecisionRow]:
    number = search.lstrip("#")
    if number.isdecimal() and number.isascii():
        ticket_id = int(number[:20])
        known = 0 < ticket_id <= LARGEST_ID
        return await context.queue.page(statuses=statuses, ticket_id=ticket_id, limit=limit) if known else []
    if not search:
        return await context.queue.page(statuses=statuses, limit=limit)
    terms, kept, before = search.casefold().split(), list[DecisionRow](), ""
    for _ in range(_MOST_SEARCHED // _BATCH):
        batch = await context.queue.page(statuses=statuses, words=search, limit=_BATCH, before=before)
        kept += [row for row in batch if _matches(row, terms)]
        if len(kept) >= limit or len(batch) < _BATCH:
            break
        before = batch[-1].id
    return kept[:limit]


def _matches(row: DecisionRow, terms: list[str]) -> bool:
    document = row.document
    text = f"{row.ticket_id} {document.get('summary', '')} {document.get('customer', '')}".casefold()
    return all(term in text for term in terms)


def card_of(row: DecisionRow) -> Card:
    """The card of a decision."""
    return Card(
        ticket_id=row.ticket_id, decision_id=row.id, customer=row.document.get("customer", ""),
        summary=row.document.get("summary", ""), decided_at=row.decided_at, outcome=row.outcome, status=row.status,
        status_text=status_of(row), waits_for=waits_for(row), why=_why(row),
    )  # fmt: skip


def waits_for(row: DecisionRow) -> WaitsFor | None:
    """What the decision needs from a person; None where it needs nothing."""
    if row.status is DecisionStatus.FAILED:
        return WaitsFor.FAILURE
    if row.status is not DecisionStatus.AWAITING_REVIEW:
        return None
    if row.outcome is Outcome.REVIEW:
        return WaitsFor.QUESTION
    if (row.document.get("brief") or {}).get("waits_for"):
        return WaitsFor.BRIEF
    return WaitsFor.LIMIT if exceeds_write_limit(row.message) else WaitsFor.APPROVAL


def _why(row: DecisionRow) -> str:
    if waits_for(row) is WaitsFor.QUESTION:
        return row.document.get("question") or row.message
    if waits_for(row) is not None:
        return row.message
    return str(row.document.get("rule") or row.message)
