"""Rechecks a decided ticket that was changed, or whose billing period is over: has it outgrown its outcome?

A change leads to at most one new decision, since the decision stores what was observed; a ticket that a person has moved
is not moved back.
"""

from __future__ import annotations

from app.connectwise import Forbidden
from app.domain.enums import DecisionStatus, Mode, Outcome, RunState
from app.domain.reference import Reference
from app.domain.ticket import TicketRecord
from app.planning.model import StepKind
from app.storage import DecisionRow, RunRow
from app.storage.decision_changes import rechecked, ticket_deleted
from app.storage.ids import new_id
from app.workflow.context import WorkflowContext
from app.workflow.engine.results import Done, Wait
from app.workflow.steps.record_diff import same
from app.workflow.tickets.budget_watch import watch_ticket
from app.workflow.tickets.classify import Chosen, Classified, classify
from app.workflow.tickets.decide_run import store_decision
from app.workflow.tickets.intake import TOO_OLD, predates_installation
from app.workflow.tickets.scope_growth import RANKS, growth, next_larger, next_recheck, observed_state_of
from app.workflow.tickets.ticket_head import find_head, instant

DELETED = "The ticket was deleted in ConnectWise."


async def recheck_ticket(context: WorkflowContext, run: RunRow) -> DecisionRow | Done | Wait:
    """Ends with a new decision in review, or with the sentence that explains why there is none."""
    latest = await context.decisions.latest_of(run.ticket_id)
    head = await find_head(context.reader, run.ticket_id)
    if head is None and await is_deleted(context, run.ticket_id):
        change = ticket_deleted(run.ticket_id, message=DELETED, now=context.now())
        return Done(DELETED, state=RunState.MISSING, also=change)
    if latest is None:
        return Done("There is no decision to recheck.")
    if latest.project_id is not None and (watched := await watch_ticket(context, run)) is not None:
        return watched
    moved = await moved_away(context, run.ticket_id, head or TicketRecord())
    reason = _skip_reason(latest, head) or moved or await _too_old(context, head)
    if reason is None:
        return await _compare(context, run, latest)
    updated = {"updated": head.last_updated or None} if head else {}
    change = rechecked(
        latest.id,
        observed_state=latest.observed_state | updated,
        recheck_at=latest.recheck_at if head and not moved and head.closed_flag is not True else None,
        note=moved if latest.status is DecisionStatus.APPLIED else None,
        now=context.now(),
    )
    return Done(reason, also=change)


async def is_deleted(context: WorkflowContext, ticket_id: int) -> bool:
    """Whether ConnectWise has the ticket neither as a service ticket nor as one of a project."""
    for kind in ("service", "project"):
        try:
            if await context.reader.find(f"/{kind}/tickets/{ticket_id}", fields=("id",)):
                return False
        except Forbidden:
            return False
    return True


async def moved_away(context: WorkflowContext, ticket_id: int, ticket: TicketRecord) -> str | None:
    """The sentence for a ticket that this service had moved and a person has moved elsewhere."""
    applied = await context.decisions.latest_of(ticket_id, status=DecisionStatus.APPLIED)
    steps = await context.steps.of_plan(applied.id) if applied else []
    for desired in (row.step["wish"] for row in steps if row.step["kind"] == StepKind.PATCH):
        member = "board" if desired.get("board") else "type"
        found: Reference | None = getattr(ticket, member)
        if desired.get(member) and found is not None and not same(desired[member], found.to_json()):
            return f"A person has changed the ticket's {member} since we moved it; it is left as it is."
    return None


async def _compare(context: WorkflowContext, run: RunRow, latest: DecisionRow) -> DecisionRow | Done:
    decision_id = new_id(context.now())
    classified = await classify(context, run.ticket_id, decision_id=decision_id, automatic=True)
    state = observed_state_of(classified.ticket, classified.decision, classified.chart, context.now())
    grown = growth(latest.observed_state, state, classified.decision, classified.ticket)
    chosen = _chosen(latest, classified, grown)
    if chosen is None or (classified.left_alone and latest.outcome is Outcome.SERVICE_TICKET):
        recheck_at = next_recheck(classified.ticket, classified.chart, context.now())
        change = rechecked(latest.id, observed_state=state, recheck_at=recheck_at, now=context.now())
        return Done("Nothing that matters has changed.", also=change)
    # In review by default: what a person knows of the ticket's history is not in it.
    mode = Mode.DRY_RUN if run.mode is Mode.DRY_RUN else Mode.REVIEW
    return await store_decision(context, run, classified, decision_id, chosen=chosen, mode=mode)


def _skip_reason(latest: DecisionRow, head: TicketRecord | None) -> str | None:
    """Why the ticket need not be loaded as a whole, or None when it must be."""
    if head is None or (head.record_type or "ServiceTicket") != "ServiceTicket":
        return "The ticket belongs to a project."
    if latest.status in (DecisionStatus.RUNNING, DecisionStatus.FAILED):
        return f"The decision {latest.id} is {latest.status}; a person continues or undoes it first."
    if head.closed_flag is True:
        return "The ticket is closed."
    return None


async def _too_old(context: WorkflowContext, head: TicketRecord | None) -> str | None:
    entered = instant(head.date_entered) if head else None
    return TOO_OLD if await predates_installation(context, entered) else None


def _chosen(latest: DecisionRow, classified: Classified, grown: list[str]) -> Chosen | None:
    """The outcome of the new decision, or None when there is nothing new to decide."""
    outcome, before = classified.decision.outcome, latest.outcome
    changed = bool(grown) or outcome != latest.document.get("outcome")
    settles = before is Outcome.REVIEW and outcome is not Outcome.REVIEW
    larger = RANKS.get(outcome, -1) > RANKS.get(before, 2)
    if changed and (settles or larger):
        return Chosen(outcome=outcome, grown=grown)
    if not grown or (before not in RANKS and outcome is not Outcome.REVIEW):
        return None
    if outcome is Outcome.REVIEW:
        return Chosen(outcome=outcome, grown=grown)
    larger_outcome = next_larger(before)
    if larger_outcome is None:
        return None
    question = f"{' '.join(grown)} Does it stay a {before.replace('-', ' ')}?"
    return Chosen(outcome=Outcome.REVIEW, grown=grown, candidates=(before, larger_outcome), question=question)
