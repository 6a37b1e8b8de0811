"""Watches budget against actual hours of the projects made here: a note and a question at 80 and at 100 percent.

Runs within a recheck of the converted ticket: on its `updated` callbacks, and where the maintenance round finds changed hours. Each
note is a step of that run: it is stored before it is written, counts as a write of the hour, is found again by its mark and
read back. What was reported is in the steps and stored for each project, so a crash repeats nothing. Dry run writes no note.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import structlog

from app.connectwise import conditions
from app.domain.enums import DecisionStatus, Mode, Outcome, RunKind, Trigger
from app.domain.numbers import decimal_of
from app.planning.budget_watch import Crossing, PhaseHours, crossings, keys_of, watch_note
from app.planning.model import Look, Step, StepKind
from app.planning.texts import mark
from app.storage import DecisionRow, RunRow, StepRow
from app.storage.decision_changes import asked
from app.workflow.context import WorkflowContext
from app.workflow.engine.results import Done, Wait
from app.workflow.steps.apply_plan import apply_plan
from app.workflow.tickets.mode_gate import over_write_limit

log = structlog.get_logger()

_PROJECTS = "/project/projects"
_EVERY = timedelta(hours=1)
_RETRY = timedelta(minutes=10)
"""How long a note waits where the writes of the hour are used up."""
_KEY = "budget-note "
"""Before the reported limits in the key of a step."""
_MOST_PROJECTS = 200
"""Projects of one round, the latest first."""


async def watch_ticket(context: WorkflowContext, run: RunRow) -> Done | Wait | None:
    """The end of a recheck that reports a newly reached limit, or its wait for the write limit; None without a limit."""
    decision = await context.decisions.latest_of(run.ticket_id, status=DecisionStatus.APPLIED)
    if decision is None or decision.project_id is None or context.config.mode is Mode.DRY_RUN:
        return None
    run = replace(run, decision_id=decision.id)
    steps = await context.steps.of_run(run.id) or await _planned(context, run, decision.project_id)
    if not steps:
        return None
    if reason := await _over_limit(context, decision.id, steps):
        return Wait(context.now() + _RETRY, reason, is_attempt=False)
    await apply_plan(context, run, steps)
    return await _reported(context, run, decision, steps)


async def _planned(context: WorkflowContext, run: RunRow, project_id: int) -> list[StepRow]:
    """The step of a note about newly reached limits, stored with the run; none where there are none."""
    reported = frozenset(await context.key_value.get(_memory(project_id)) or ())
    found = crossings(await _phases(context, project_id), reported)
    if not found:
        return []
    text = watch_note(found, context.chart.current().note_language)
    await context.steps.add(run, [_note_step(str(run.decision_id), project_id, found, text).to_json()])
    return await context.steps.of_run(run.id)


async def _over_limit(context: WorkflowContext, decision_id: str, steps: list[StepRow]) -> str | None:
    if any(row.written_at for row in steps):
        return None
    reserved = await context.steps.reserved_writes(context.now(), except_for=decision_id)
    return over_write_limit(reserved, [row.step for row in steps], most=context.config.max_writes_per_hour)


async def _reported(context: WorkflowContext, run: RunRow, decision: DecisionRow, steps: list[StepRow]) -> Done:
    """Remembers the limits, and asks on the decision."""
    keys = {key for row in steps for key in row.key.removeprefix(_KEY).split()}
    name = _memory(decision.project_id or 0)
    await context.key_value.put(name, sorted({*(await context.key_value.get(name) or ()), *keys}))
    text = str(steps[0].step["body"]["text"]).rsplit("\n", 1)[0]
    question = " ".join(text.split("\n"))
    log.info("budget.reached", project=decision.project_id, decision=decision.id, limits=sorted(keys))
    change = asked(run, decision.id, question=question, now=context.now())
    return Done(question, also=change)


async def watch_budgets(context: WorkflowContext) -> None:
    """Once an hour: opens a recheck for the open projects made here whose actual hours have changed since the last round."""
    if context.config.mode is Mode.DRY_RUN:
        return
    if not await context.key_value.take_turn("budget-watch", now=context.now(), every=_EVERY):
        return
    made = await context.decisions.page(
        outcome=Outcome.PROJECT.value, status=DecisionStatus.APPLIED.value, limit=_MOST_PROJECTS
    )
    decisions = {decision.project_id: decision for decision in made if decision.project_id is not None}
    if not decisions:
        return
    still_open = conditions.all_of(conditions.in_("id", list(decisions)), conditions.eq("closedFlag", False))
    for project in await context.reader.list(_PROJECTS, still_open, fields=("id", "actualHours")):
        await _if_changed(context, decisions[int(project["id"])], float(project.get("actualHours") or 0))


async def _if_changed(context: WorkflowContext, decision: DecisionRow, hours: float) -> None:
    name = f"budget-hours:{decision.project_id}"
    if hours and await context.key_value.get(name) != hours:
        await context.runs.open(
            ticket_id=decision.ticket_id, kind=RunKind.RECHECK, trigger=Trigger.UPDATE, mode=context.config.mode,
            now=context.now(),
        )  # fmt: skip
        await context.key_value.put(name, hours)


async def _phases(context: WorkflowContext, project_id: int) -> list[PhaseHours]:
    fields = ("id", "description", "budgetHours", "actualHours")
    found = await context.reader.list(f"{_PROJECTS}/{project_id}/phases", fields=fields)
    return [
        PhaseHours(
            int(one["id"]), str(one.get("description") or one["id"]), decimal_of(one.get("budgetHours")),
            decimal_of(one.get("actualHours")) or Decimal(0),
        )
        for one in found
    ]  # fmt: skip


def _note_step(decision_id: str, project_id: int, found: tuple[Crossing, ...], text: str) -> Step:
    """One note on the project; an earlier attempt's note is found by its mark."""
    at = f"{_PROJECTS}/{project_id}/notes"
    own = f"{mark(decision_id)}, {', '.join(sorted(one.key for one in found))}"
    key = f"{_KEY}{' '.join(sorted(keys_of(found)))}"
    return Step(
        key, StepKind.NOTE, "Note that a phase has reached its budget", "POST", at,
        body={"text": f"{text}\n{own}"}, look=Look(at, contains={"text": own}),
    )  # fmt: skip


def _memory(project_id: int) -> str:
    return f"budget-watch:{project_id}"
