"""Takes an applied decision back: plans it once from what the journal recorded, then it is a run like any other."""

from __future__ import annotations

from collections.abc import Sequence

from app.planning import StepRecord, undo_plan
from app.planning.model import Step, StepKind
from app.storage import RunRow, StepRow
from app.workflow.context import WorkflowContext
from app.workflow.steps.apply_plan import ENDED


async def prepare_undo(parts: WorkflowContext, run: RunRow, decision_id: str) -> list[StepRow]:
    """The steps of this undo; planned and kept at the first call, read from the journal afterwards."""
    steps = await parts.steps.of_run(run.id)
    if steps:
        return steps
    records = [_record(row) for row in await parts.steps.of_plan(decision_id) if row.started_at]
    plan = undo_plan(records, decision_id=decision_id, language=parts.chart.current().note_language)
    await parts.steps.add(run, [step.to_json() for step in plan.steps])
    return await parts.steps.of_run(run.id)


def standing_after(plan: Sequence[StepRow], undo: Sequence[StepRow]) -> str:
    """How a decision stands after its undo has ended: undone, or as before where all that it did was left.

    `undo`: the steps of every undo of it. A failed move that does not show any more was taken back by somebody else.
    """
    took = any(row.written_at and row.step["kind"] != StepKind.NOTE.value for row in undo)
    left = {row.step["kind"] for row in undo if row.status == "left"}
    if took or not left:
        return "undone"
    if all(row.status in ENDED for row in plan):
        return "applied"
    return "failed" if left & {StepKind.CONVERT_BACK.value, StepKind.REMOVE.value} else "undone"


def _record(row: StepRow) -> StepRecord:
    step = Step.from_json(row.resolved or row.step)
    return StepRecord(step=step, status=row.status, before=row.before, result=row.result)
