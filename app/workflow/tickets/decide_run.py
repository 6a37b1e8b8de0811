"""Runs that decide: a classification, and the decision that it or a recheck stores."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from app.domain.enums import DecisionStatus, Mode, Outcome, RunKind, Trigger
from app.planning import Plan, Problem
from app.storage import DecisionRow, RunRow
from app.storage.decision_changes import recorded
from app.storage.ids import new_id
from app.workflow.context import WorkflowContext
from app.workflow.engine.results import Done
from app.workflow.tickets.classify import (
    Chosen,
    Classified,
    classify,
    decision_row,
    left_alone_reason,
    without_steps,
)
from app.workflow.tickets.mode_gate import AUTOMATIC, effective_mode, over_write_limit
from app.workflow.tickets.ticket_head import find_head

log = structlog.get_logger()


async def decide_ticket(context: WorkflowContext, run: RunRow) -> DecisionRow | Done:
    """Decides the ticket of a run. Returns the running decision, or the end of the run."""
    unwatched = await _still_left_alone(context, run)
    if unwatched:
        return Done(unwatched)
    decision_id = new_id(context.now())
    mode = effective_mode(context, run)
    fresh = mode is Mode.LIVE or run.trigger is Trigger.UPDATE
    automatic = run.trigger in AUTOMATIC
    classified = await classify(
        context, run.ticket_id, outcome=run.outcome, decision_id=decision_id, fresh_lists=fresh, automatic=automatic
    )
    if classified.left_alone and run.trigger in AUTOMATIC:
        return Done(classified.left_alone)
    chosen = Chosen(run.outcome or classified.decision.outcome)
    return await store_decision(context, run, classified, decision_id, chosen=chosen, mode=mode)


async def store_decision(
    context: WorkflowContext, run: RunRow, classified: Classified, decision_id: str, *, chosen: Chosen, mode: Mode
) -> DecisionRow | Done:
    """Stores a decision with its plan: immediately if it is to be applied now, else in the commit that ends the run."""
    plan = await without_repetition(context, run.ticket_id, classified.plan)
    classified = replace(classified, plan=plan)
    if chosen.outcome is Outcome.REVIEW:
        classified = without_steps(classified)
    row = decision_row(context, run, classified, decision_id, chosen=chosen, mode=mode)
    steps = [step.to_json() for step in classified.plan.steps]
    chart_text, recheck_after = classified.chart.text, _recheck_after(context, run, row)
    if row.status is DecisionStatus.RUNNING:
        limit = partial(over_write_limit, plan=steps, most=context.config.max_writes_per_hour)
        row = await context.decisions.start(
            run, row, steps, chart_text=chart_text, recheck_after=recheck_after, review_reason=limit
        )
    log.info(
        "decision.made", ticket=row.ticket_id, decision=row.id, outcome=row.outcome, status=row.status, mode=mode,
        trigger=row.trigger, steps=len(steps),
    )  # fmt: skip
    if row.status is DecisionStatus.RUNNING:
        return row
    return Done(row.message, also=recorded(run, row, steps, chart_text=chart_text, recheck_after=recheck_after))


def _recheck_after(context: WorkflowContext, run: RunRow, row: DecisionRow) -> datetime | None:
    """When to look again for records saved after the ticket; a project cannot grow any further."""
    first = run.kind is RunKind.CLASSIFY and run.trigger in AUTOMATIC
    if not (first and context.config.second_look) or row.outcome is Outcome.PROJECT:
        return None
    return row.decided_at + timedelta(seconds=context.config.second_look)


async def without_repetition(context: WorkflowContext, ticket_id: int, plan: Plan) -> Plan:
    """A problem in place of the steps where another decision is half applied; they would repeat its effects."""
    unfinished = await context.decisions.unfinished_of(ticket_id) if plan.steps else None
    if unfinished is None:
        return plan
    text = (
        f"The decision {unfinished} has failed half-way. Approve it to continue, or undo it, before a new plan is made."
    )
    return Plan(problems=(Problem("begun-before", text), *plan.problems), todos=plan.todos)


async def _still_left_alone(context: WorkflowContext, run: RunRow) -> str | None:
    """Whether a ticket that was left alone before still is, by one request instead of six."""
    if run.trigger not in AUTOMATIC or len(await context.runs.of_ticket(run.ticket_id, limit=2)) < 2:
        return None
    head = await find_head(context.reader, run.ticket_id)
    return await left_alone_reason(context, head) if head else None
