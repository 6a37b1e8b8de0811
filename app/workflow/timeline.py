"""The timeline of a ticket: decisions, what people did, and what was written, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.enums import DecisionStatus, Outcome, RunState
from app.storage import DecisionRow, RunRow, StepRow, TrailEntry
from app.storage.clock import parse_instant
from app.workflow.context import WorkflowContext

SERVICE = "Service"
"""Who does what no person does."""
_MOST = 60
_SAME_ACT = timedelta(seconds=2)
"""Between the instants of an act and of the run that it started."""
_TRIGGERS = {
    "callback": "after ConnectWise's callback", "reconcile": "found by reconciliation", "update": "after a change of the ticket",
    "reclassify": "at a person's request",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event. `who`: a person's name or the service; `reason`: a person's words."""

    at: datetime
    who: str
    what: str
    reason: str = ""
    decision_id: str = ""


async def ticket_timeline(context: WorkflowContext, ticket_id: int) -> list[TimelineEntry]:
    """What happened to a ticket, newest first."""
    rows = await context.decisions.page(ticket_id=ticket_id, limit=_MOST, with_evidence=False)
    runs = await context.runs.of_ticket(ticket_id)
    steps = await context.steps.of_decisions([row.id for row in rows])
    trail = await context.trail.page(ticket_id=ticket_id, limit=_MOST)
    entries = [*map(_decision, rows), *_written(rows, steps), *_failed(runs), *_acts(trail, runs, rows)]
    return sorted(entries, key=lambda entry: (entry.at, entry.decision_id), reverse=True)[:_MOST]


def _decision(row: DecisionRow) -> TimelineEntry:
    outcome = (
        "needs review"
        if row.outcome is Outcome.REVIEW
        else row.outcome.value.replace("service-ticket", "service ticket")
    )
    what = f"Decided: {outcome}, {_TRIGGERS.get(row.trigger, row.trigger)}"
    return TimelineEntry(row.decided_at, SERVICE, what, decision_id=row.id)


def _written(rows: Iterable[DecisionRow], steps: list[StepRow]) -> Iterator[TimelineEntry]:
    """One entry for the writes of each run, at its last write."""
    for row in rows:
        for is_undo in (False, True):
            done = [
                step for step in steps
                if step.decision_id == row.id and step.written_at and step.key.startswith("undo-") is is_undo
            ]  # fmt: skip
            if done:
                at = max(parse_instant(step.written_at) for step in done if step.written_at)
                number = f"{len(done)} {'change' if len(done) == 1 else 'changes'}"
                what = f"{'Undone' if is_undo else 'Written to ConnectWise'}: {number}"
                if not is_undo and row.status is DecisionStatus.FAILED:
                    what = f"{what}, then stopped"
                yield TimelineEntry(at, SERVICE, what, decision_id=row.id)


def _failed(runs: Iterable[RunRow]) -> Iterator[TimelineEntry]:
    for run in runs:
        if run.state is RunState.FAILED:
            yield TimelineEntry(run.created_at, SERVICE, f"Failed: {run.message}", decision_id=run.decision_id or "")


def _acts(trail: Iterable[TrailEntry], runs: list[RunRow], rows: list[DecisionRow]) -> Iterator[TimelineEntry]:
    """What people did, with the reason that they gave."""
    reasons = [(run.requested_by, run.created_at, run.reason) for run in runs if run.reason]
    rejections = [row.document["rejected"] for row in rows if row.document.get("rejected")]
    reasons += [(each["by"], parse_instant(each["at"]), each["reason"]) for each in rejections]
    for entry in trail:
        what = entry.what[:1].upper() + entry.what[1:]
        if entry.detail and entry.what in ("chose the outcome", "reclassified the ticket", "changed the brief"):
            what = f"{what}: {entry.detail.replace('_', ' ')}"
        given = (reason for who, at, reason in reasons if who == entry.who and abs(at - entry.at) < _SAME_ACT)
        yield TimelineEntry(entry.at, entry.who, what, next(given, ""), entry.decision_id or "")
