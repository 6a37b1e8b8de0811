"""Undo of a decision: planned once from the recorded steps, then applied like any other plan."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.enums import DecisionStatus, StepStatus
from app.planning import StepRecord, undo_plan
from app.planning.model import Step, StepKind
from app.storage import RunRow, StepRow
from app.workflow.context import WorkflowContext
from app.workflow.steps.apply_plan import ENDED


async def undo_steps(context: WorkflowContext, run: RunRow, decision_id: str) -> list[StepRow]:
    """The steps of this undo, planned and stored at the first call."""
    steps = await context.steps.of_run(run.id)
    if steps:
        return steps
    records = await started_records(context, decision_id)
    insists = any(_is_asked(row) for row in await context.steps.of_undo(decision_id))
    language = context.chart.current().note_language
    plan = undo_plan(records, decision_id=decision_id, language=language, insists=insists)
    await context.steps.add(run, [step.to_json() for step in plan.steps])
    return await context.steps.of_run(run.id)


async def started_records(context: WorkflowContext, decision_id: str) -> list[StepRecord]:
    """The steps of a decision that were started, in their order: what an undo takes back."""
    return [_record(row) for row in await context.steps.of_plan(decision_id) if row.started_at]


def question(undo: Sequence[StepRow]) -> str:
    """What a person may do where the ticket was left because of members that workflow rules set as well."""
    if not any(_is_asked(row) for row in undo) or len({row.run_id for row in undo}) > 1:
        return ""
    return (
        "If a workflow rule made that change, undo the decision once more: the ticket is then moved back all the same."
    )


def _is_asked(row: StepRow) -> bool:
    return row.key in ("undo-move", "undo-convert") and row.status is StepStatus.LEFT and "changed since" in row.message


def status_after_undo(plan: Sequence[StepRow], undo: Sequence[StepRow]) -> DecisionStatus:
    """The status of a decision after its undo: undone, or as before where all its effects were left.

    `undo`: the steps of every undo of it. A failed move that no longer shows was undone by a person.
    """
    changed = any(row.written_at and row.step["kind"] != StepKind.NOTE for row in undo)
    left = {row.step["kind"] for row in undo if row.status is StepStatus.LEFT}
    if changed or not left:
        return DecisionStatus.UNDONE
    if all(row.status in ENDED for row in plan):
        return DecisionStatus.APPLIED
    kept = left & {StepKind.CONVERT_BACK.value, StepKind.REMOVE.value}
    return DecisionStatus.FAILED if kept else DecisionStatus.UNDONE


def _record(row: StepRow) -> StepRecord:
    step = Step.from_json(row.resolved or row.step)
    return StepRecord(step=step, status=row.status, before=row.before, result=row.result)
