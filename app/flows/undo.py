"""Takes an applied decision back: plans it once from what the journal recorded, then it is a run like any other."""

from __future__ import annotations

from app.flows.config import FlowParts
from app.journal import RunRow, StepRow
from app.plan import StepRecord, undo_plan
from app.plan.model import Step


async def prepare_undo(parts: FlowParts, run: RunRow, decision_id: str) -> list[StepRow]:
    """The steps of this undo; planned and kept at the first call, read from the journal afterwards."""
    steps = await parts.steps.of_run(run.id)
    if steps:
        return steps
    records = [_record(row) for row in await parts.steps.of_plan(decision_id) if row.started_at]
    plan = undo_plan(records, decision_id=decision_id, language=parts.chart.current().note_language)
    await parts.steps.add(run, [step.to_json() for step in plan.steps])
    return await parts.steps.of_run(run.id)


def _record(row: StepRow) -> StepRecord:
    step = Step.from_json(row.resolved or row.step)
    return StepRecord(step=step, status=row.status, before=row.before, result=row.result)
