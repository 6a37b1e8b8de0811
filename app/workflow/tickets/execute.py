"""Applies the plan of a running decision, or its undo."""

from __future__ import annotations

from dataclasses import replace

import structlog

from app.domain.enums import DecisionStatus, Outcome, RunKind
from app.storage import DecisionRow, RunRow, StepRow
from app.storage.decision_changes import closed_as_outdated, settled
from app.workflow.context import WorkflowContext
from app.workflow.engine.results import Done, RunResult, Wait
from app.workflow.errors import RunAborted, WriteOutcomeUnknown
from app.workflow.note_signature import note_signature
from app.workflow.steps.apply_plan import apply_plan, created_paths, guarded_write, unknown_until
from app.workflow.tickets.late_writes import keep_doubts
from app.workflow.tickets.mode_gate import (
    AUTOMATIC,
    PAUSED,
    PAUSED_POLL,
    REVIEW_MODE,
    over_write_limit,
    writes_paused,
)
from app.workflow.tickets.staleness import stale_reason
from app.workflow.tickets.undo import question, status_after_undo, undo_steps
from app.workflow.write_pause import current_pause

log = structlog.get_logger()


async def execute_decision(context: WorkflowContext, run: RunRow, decision: DecisionRow, *, resumed: bool) -> RunResult:
    """Applies or undoes the decision of a run. `resumed`: the plan was made by an earlier run or attempt.

    Raises what stopped a step: a WorkflowError or a ConnectWiseError.
    """
    if writes_paused(context, run):
        return Wait(context.now() + PAUSED_POLL, PAUSED, is_attempt=False)
    if pause := await current_pause(context):
        return Wait(context.now() + PAUSED_POLL, pause.sentence, is_attempt=False)
    run = replace(run, decision_id=decision.id)
    if run.kind is RunKind.UNDO:
        await keep_doubts(context, run, await context.steps.of_plan(decision.id))
        steps = await undo_steps(context, run, decision.id)
        await keep_doubts(context, run, steps)
    else:
        steps = await context.steps.of_plan(decision.id)
        if reason := await _review_reason(context, run, decision.id, steps):
            log.warning("writes.await-review", ticket=run.ticket_id, decision=decision.id)
            return _settled(context, decision.id, DecisionStatus.AWAITING_REVIEW, reason)
        await keep_doubts(context, run, steps)
        if resumed and (outdated := await _outdated(context, decision, steps)):
            return outdated
    signature = note_signature(run, decision.document, context.chart.current().note_language)
    return await _applied(context, run, decision.id, await apply_plan(context, run, steps, signature=signature))


async def _outdated(context: WorkflowContext, decision: DecisionRow, steps: list[StepRow]) -> RunResult | None:
    """The end of a run whose plan no longer matches current data; None while it does.

    A ticket of whose plan nothing was written is decided again; a half-applied plan is for a person to undo.
    """
    if not guarded_write(steps):
        return None
    if until := max(filter(None, (unknown_until(context, row) for row in steps)), default=None):
        raise WriteOutcomeUnknown(until)
    reason = await stale_reason(context, decision, steps)
    if not reason:
        return None
    if any(row.written_at for row in steps):
        stays = f" What was made before stays: {', '.join(paths)}." if (paths := created_paths(steps)) else ""
        raise RunAborted(f"{reason} The ticket stays as it is.{stays} Undo the decision, then run the ticket again.")
    asked = decision.document.get("asked") or {}
    outcome = Outcome(asked["outcome"]) if asked.get("outcome") else None
    chosen = (outcome, asked.get("reason") or "", asked.get("by") or "")
    log.warning("decision.outdated", ticket=decision.ticket_id, decision=decision.id)
    change = closed_as_outdated(decision, reason=reason, asked=chosen, now=context.now())
    return Done(reason, also=change)


async def _review_reason(context: WorkflowContext, run: RunRow, decision_id: str, steps: list[StepRow]) -> str | None:
    """Why the plan of a classification waits for a person after all, before its first write; else None."""
    if run.kind is not RunKind.CLASSIFY or any(row.written_at for row in steps):
        return None
    if run.trigger in AUTOMATIC and context.config.mode == "review":
        return REVIEW_MODE
    reserved = await context.steps.reserved_writes(context.now(), except_for=decision_id)
    return over_write_limit(reserved, [row.step for row in steps], most=context.config.max_writes_per_hour)


async def _applied(context: WorkflowContext, run: RunRow, decision_id: str, messages: list[str]) -> Done:
    plan, status = await context.steps.of_plan(decision_id), DecisionStatus.APPLIED
    if run.kind is RunKind.UNDO:
        undo = await context.steps.of_undo(decision_id)
        status = status_after_undo(plan, undo)
        if status is not DecisionStatus.UNDONE:
            messages = list(filter(None, ("Nothing was undone.", *messages, question(undo))))
    project = next((row.result for row in plan if row.key == "project"), None)
    project_id = project.get("id") if isinstance(project, dict) and status is DecisionStatus.APPLIED else None
    log.info("decision.settled", ticket=run.ticket_id, decision=decision_id, status=status)
    return _settled(context, decision_id, status, " ".join(messages), project_id=project_id)


def _settled(
    context: WorkflowContext, decision_id: str, status: DecisionStatus, message: str, *, project_id: int | None = None
) -> Done:
    change = settled(decision_id, to=status, message=message, now=context.now(), project_id=project_id)
    return Done(message or status, also=change)
