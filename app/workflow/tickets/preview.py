"""What an answer or an undo would do, found out without writing: the same plan as later, not stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.connectwise import ConnectWiseError
from app.domain.enums import Mode, Outcome
from app.planning import Plan, needs_brief, undo_plan
from app.planning.model import StepKind
from app.storage import DecisionRow, count_writes
from app.workflow.context import WorkflowContext
from app.workflow.tickets.classify import CACHED_ELSE_FRESH, decided, load, plan_for, with_plan_records
from app.workflow.tickets.decide_run import without_repetition
from app.workflow.tickets.undo import started_records
from app.workflow.write_pause import current_pause

_SILENT = (StepKind.GUARD, StepKind.COUNT)
"""Steps that only read."""


@dataclass(frozen=True, slots=True)
class OutcomePreview:
    """What choosing an outcome leads to. `result`: one sentence; `is_possible`: False where it cannot be planned now."""

    outcome: Outcome
    result: str
    steps: tuple[str, ...] = ()
    manual_actions: tuple[str, ...] = ()
    is_possible: bool = True


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """What an undo takes back, last change first, and what stays."""

    taken_back: tuple[str, ...]
    stays: tuple[str, ...]


async def preview_outcomes(
    context: WorkflowContext, row: DecisionRow, outcomes: Sequence[Outcome]
) -> list[OutcomePreview]:
    """What each outcome leads to, planned for the ticket as it is now. Reads ConnectWise, writes nothing."""
    try:
        chart, ticket = context.chart.current(), await load(context, row.ticket_id)
        decision = await decided(context, ticket, chart, send=False)
        plans = []
        for outcome in outcomes:
            full = await with_plan_records(context, ticket, outcome)
            plan, _ = await plan_for(
                context, decision, full, chart, outcome=outcome, decision_id=row.id, lists_from=CACHED_ELSE_FRESH
            )
            plans.append(await without_repetition(context, row.ticket_id, plan))
    except ConnectWiseError as error:
        return [OutcomePreview(outcome, f"Cannot be shown: {error}", is_possible=False) for outcome in outcomes]
    is_paused = await current_pause(context) is not None
    return [
        _preview(outcome, plan, context.config.mode, is_paused) for outcome, plan in zip(outcomes, plans, strict=True)
    ]


def _preview(outcome: Outcome, plan: Plan, mode: Mode, is_paused: bool) -> OutcomePreview:
    steps = tuple(step.title for step in plan.steps if step.kind not in _SILENT)
    todos, result = tuple(plan.todos), _result(plan, mode, is_paused)
    blocked = any(not needs_brief(problem.code) for problem in plan.problems)
    return OutcomePreview(outcome, result, steps, todos, is_possible=not blocked)


def _result(plan: Plan, mode: Mode, is_paused: bool) -> str:
    """The consequence in one sentence."""
    blockers = [problem.text for problem in plan.problems if not needs_brief(problem.code)]
    if blockers:
        return f"Cannot be applied: {' '.join(blockers)}"
    if plan.problems:
        return f"Opens the brief; nothing is written yet. {' '.join(problem.text for problem in plan.problems)}"
    if not plan.steps:
        return "The ticket stays as it is. Nothing is written."
    if mode is Mode.DRY_RUN:
        return "Dry run: recorded as a plan, nothing is written."
    if plan.proposals:
        names = ", ".join(name.replace("_", " ") for name in plan.proposals)
        return f"Makes a plan for you to check, since only the text says {names}. Nothing is written yet."
    writes = count_writes(step.to_json() for step in plan.steps)
    when = "once writing is resumed" if is_paused else "at once"
    return f"Writes to ConnectWise {when}: {writes} {'change' if writes == 1 else 'changes'}."


async def preview_undo(context: WorkflowContext, row: DecisionRow) -> UndoPreview:
    """What an undo of an applied or failed decision takes back. Reads our own rows only."""
    records = await started_records(context, row.id)
    plan = undo_plan(records, decision_id=row.id, language=context.chart.current().note_language)
    taken_back = tuple(step.title for step in plan.steps if step.kind not in (*_SILENT, StepKind.NOTE))
    stays = ["The notes that were written on the ticket; another note says that it was undone."]
    actions = await context.manual_actions.page(decision_id=row.id, limit=200)
    stays += [f"Done by {action.done_by}: {action.text}" for action in actions if action.done_by]
    stays.append("What people have changed or used since, such as a project with time on it. It is named afterwards.")
    return UndoPreview(taken_back, tuple(stays))
