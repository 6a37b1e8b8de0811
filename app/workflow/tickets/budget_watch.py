"""Watches budget against actual hours of the projects made here: a note and a question at 80 and at 100 percent.

Runs on `updated` callbacks of a converted ticket and in the maintenance round. What was reported is stored for each project
after its note was written; the note carries a mark by which it is found again, so a crash between the two repeats nothing.
Dry run writes no note and stores nothing.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import structlog

from app.connectwise import conditions
from app.domain.enums import DecisionStatus, Mode, Outcome
from app.domain.numbers import decimal_of
from app.planning.budget_watch import Crossing, PhaseHours, crossings, keys_of, watch_note
from app.planning.model import Look, Step, StepKind
from app.planning.texts import mark
from app.storage import DecisionRow
from app.workflow.context import WorkflowContext
from app.workflow.steps.executor import StepExecutor
from app.workflow.write_pause import current_pause

log = structlog.get_logger()

_PROJECTS = "/project/projects"
_EVERY = timedelta(hours=1)
_MOST_PROJECTS = 200
"""Projects of one round, the latest first."""


async def watch_budget(context: WorkflowContext, decision: DecisionRow) -> str | None:
    """Compares the phases of the decision's project once; the question where a limit is newly reached, else None."""
    if decision.project_id is None or context.config.mode is Mode.DRY_RUN or await current_pause(context):
        return None
    name = f"budget-watch:{decision.project_id}"
    reported = frozenset(await context.key_value.get(name) or ())
    found = crossings(await _phases(context, decision.project_id), reported)
    if not found:
        return None
    text = watch_note(found, context.chart.current().note_language)
    await _write_note(context, decision, found, text)
    await context.key_value.put(name, sorted(reported | keys_of(found)))
    question = " ".join(text.split("\n"))
    await context.decisions.set_status(
        decision.id, to=DecisionStatus.APPLIED, message=question, now=context.now(), only_from=(DecisionStatus.APPLIED,)
    )
    log.info("budget.reached", project=decision.project_id, decision=decision.id, limits=[one.percent for one in found])
    return question


async def watch_ticket(context: WorkflowContext, ticket_id: int) -> str | None:
    """The same for the project that a ticket was converted into."""
    decision = await context.decisions.latest_of(ticket_id, status=DecisionStatus.APPLIED)
    return await watch_budget(context, decision) if decision is not None else None


async def watch_budgets(context: WorkflowContext) -> None:
    """Once an hour: the open projects made here whose actual hours have changed since the last round."""
    if context.config.mode is Mode.DRY_RUN or await current_pause(context):
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
        await watch_budget(context, decision)
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


async def _write_note(context: WorkflowContext, decision: DecisionRow, found: tuple[Crossing, ...], text: str) -> None:
    """One note on the project; an earlier attempt's note is found by its mark."""
    at = f"{_PROJECTS}/{decision.project_id}/notes"
    own = f"{mark(decision.id)}, {', '.join(sorted(one.key for one in found))}"
    step = Step(
        "budget-note", StepKind.NOTE, "Note that a phase has reached its budget", "POST", at,
        body={"text": f"{text}\n{own}"}, look=Look(at, contains={"text": own}),
    )  # fmt: skip
    await StepExecutor(context.writer).execute(step, _no_intent, {})


async def _no_intent(_before: Any) -> None:
    """The stored keys and the mark take the place of an intent."""
