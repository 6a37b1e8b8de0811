"""A second look at a decided ticket that was changed, or whose billing period is over: has it outgrown its kind?

A change leads to at most one new decision, since the decision keeps what was seen; nothing is moved back that a
person has put somewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.connectwise import Forbidden
from app.planning.model import StepKind
from app.storage import DecisionRow, RunRow
from app.storage.ids import new_id
from app.workflow.context import WorkflowContext
from app.workflow.steps.record_diff import member_at, same
from app.workflow.tickets.classify import Chosen, Classified, classify, record
from app.workflow.tickets.scope_growth import RANKS, growth, larger_than, last_updated, next_recheck, observed_state_of

_HEAD = ("id", "recordType", "board", "type", "closedFlag", "_info")
GONE = "The ticket was deleted in ConnectWise."


async def look(parts: WorkflowContext, run: RunRow) -> None:
    """Ends the run with a new decision in review, or with the sentence that says why there is none."""
    latest = await parts.decisions.latest_of(run.ticket_id)
    head = await parts.reader.find(f"/service/tickets/{run.ticket_id}", fields=_HEAD)
    if head is None and await is_gone(parts, run.ticket_id):
        await parts.decisions.ticket_gone(run, message=GONE, now=parts.now())
        return
    if latest is None:
        await parts.runs.end(run, message="There is no decision to look at again.", now=parts.now())
        return
    moved = await moved_away(parts, run.ticket_id, head or {})
    blockers = _needs_no_look(latest, head) or moved
    if blockers is None:
        await _compare(parts, run, latest)
        return
    observed_state = latest.observed_state | ({"updated": last_updated(head)} if head else {})
    recheck_at = latest.recheck_at if head and not moved and head.get("closedFlag") is not True else None
    note = moved if latest.status == "applied" else None
    await parts.decisions.seen(
        run,
        latest.id,
        observed_state=observed_state,
        recheck_at=recheck_at,
        message=blockers,
        now=parts.now(),
        note=note,
    )


async def is_gone(parts: WorkflowContext, ticket_id: int) -> bool:
    """Whether ConnectWise has the ticket neither as a service ticket nor as one of a project."""
    for kind in ("service", "project"):
        try:
            if await parts.reader.find(f"/{kind}/tickets/{ticket_id}", fields=("id",)):
                return False
        except Forbidden:
            return False
    return True


async def _compare(parts: WorkflowContext, run: RunRow, latest: DecisionRow) -> None:
    decision_id = new_id(parts.now())
    classified = await classify(parts, run.ticket_id, decision_id=decision_id)
    observed_state = observed_state_of(classified.case, classified.decision, classified.chart, parts.now())
    grown = growth(latest.observed_state, observed_state, classified.decision, classified.case)
    chosen = _chosen(latest, classified, grown)
    if chosen is None or (classified.left_alone and latest.outcome == "service-ticket"):
        recheck_at = next_recheck(classified.case, classified.chart, parts.now())
        message = "Nothing that matters has changed."
        await parts.decisions.seen(
            run, latest.id, observed_state=observed_state, recheck_at=recheck_at, message=message, now=parts.now()
        )
        return
    await record(parts, run, classified, decision_id, chosen=chosen, mode=_mode(run))


def _needs_no_look(latest: DecisionRow, head: Mapping[str, Any] | None) -> str | None:
    """Why the ticket need not be read as a whole, or None when it must be."""
    if head is None or str(head.get("recordType") or "ServiceTicket") != "ServiceTicket":
        return "The ticket belongs to a project."
    if latest.status in ("running", "failed"):
        return f"The decision {latest.id} is {latest.status}; a person goes on with it or undoes it first."
    if head.get("closedFlag") is True:
        return "The ticket is closed."
    return None


async def moved_away(parts: WorkflowContext, ticket_id: int, head: Mapping[str, Any]) -> str | None:
    """The sentence that says so, when a person has moved a ticket elsewhere that we had moved."""
    applied = await parts.decisions.latest_of(ticket_id, status="applied")
    steps = await parts.steps.of_plan(applied.id) if applied else []
    for wish in (row.step["wish"] for row in steps if row.step["kind"] == StepKind.PATCH.value):
        member = "board" if wish.get("board") else "type"
        if wish.get(member) and member_at(head, member) is not None and not same(wish[member], head[member]):
            return f"A person has changed the ticket's {member} since we moved it; it is left as it is."
    return None


def _chosen(latest: DecisionRow, classified: Classified, grown: list[str]) -> Chosen | None:
    """What the new decision is to be, or None when there is nothing new to decide."""
    fresh = classified.decision
    outcome, before = fresh.outcome.value, latest.outcome
    news = bool(grown) or outcome != latest.document.get("outcome")
    settles = before == "review" and outcome != "review"
    larger = RANKS.get(outcome, -1) > RANKS.get(before, 2)
    if news and (settles or larger):
        return Chosen(outcome=outcome, grown=grown)
    if not grown or (before not in RANKS and outcome != "review"):
        return None
    if outcome == "review":
        return Chosen(outcome="review", grown=grown)
    next_kind = larger_than(before)
    if next_kind is None:
        return None
    question = f"{' '.join(grown)} Does it stay a {before.replace('-', ' ')}?"
    return Chosen(outcome="review", grown=grown, candidates=(before, next_kind), question=question)


def _mode(run: RunRow) -> str:
    """In review by default: what a person knows about the ticket's course is not in it."""
    return "dry-run" if run.mode == "dry-run" else "review"
