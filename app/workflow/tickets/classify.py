"""Decides one ticket: fetch it, fill in the chart, plan, and keep the decision with its evidence and steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from app.chart import Chart, Decision, decide, note, watches
from app.connectwise import fetch_case, fetch_for_conversion
from app.domain.enums import Outcome
from app.domain.ticket import TicketRecord
from app.planning import ListNeeded, Plan, Problem, ReferenceLists, brief_json, plan_for_decision
from app.planning.autonomy import waits_for_person
from app.planning.texts import mark
from app.storage import DecisionRow, RunRow
from app.storage.clock import moment_of
from app.storage.ids import new_id
from app.workflow.context import WorkflowContext
from app.workflow.steps.apply_plan import over_the_limit
from app.workflow.tickets.intake import INSTALLED, OVERLAP
from app.workflow.tickets.mode_gate import BY_ITSELF, mode_now
from app.workflow.tickets.scope_growth import entered, look_again_at, signs_of

log = structlog.get_logger()

REVIEW_MODE = "Review mode: a person approves each plan."
KEPT, FRESH, KEPT_ELSE_FRESH = (False,), (True,), (False, True)
"""Lists of ConnectWise for a plan: as they were read a while ago, as they are, or so where a name is not found in what is kept."""
_BOARDS = "/service/boards"
_HEAD = ("id", "board", "type", "status", "closedFlag")


@dataclass(frozen=True, slots=True)
class Classified:
    """One ticket, decided and planned; nothing is written anywhere by this."""

    decision: Decision
    plan: Plan
    case: Mapping[str, Any]
    chart: Chart
    left_alone: str | None = None
    """Why the chart is not applied to tickets like this one; None when it is."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What stands over the chart's word: a person's outcome, or the question that a grown ticket raises."""

    outcome: str
    grown: Sequence[str] = ()
    candidates: tuple[str, ...] | None = None
    question: str | None = None


async def classify(
    parts: WorkflowContext,
    ticket_id: int,
    *,
    outcome: Outcome | None = None,
    decision_id: str = "preview",
    fresh_lists: bool = False,
) -> Classified:
    """Reads the ticket and what lies beside it, decides and plans. `outcome` is a person's word over the chart's.

    `fresh_lists`: for a plan that is written at once, or made again because its lists had changed; what this process read a
    while ago may be of yesterday.
    """
    chart = parts.chart.current()
    case = await fetch_case(
        parts.reader, ticket_id, agreements=parts.agreements, references=parts.catalogue, own_mark=mark("").strip()
    )
    left_alone = await _left_alone(parts, case, chart)
    decision = decide(case, chart)
    if (outcome or decision.outcome) is Outcome.PROJECT:
        case = await fetch_for_conversion(parts.reader, case, references=parts.catalogue)
    lists = FRESH if fresh_lists else KEPT_ELSE_FRESH
    plan = await plan_for(parts, decision, case, chart, outcome=outcome, decision_id=decision_id, lists_from=lists)
    return Classified(decision, plan, case, chart, left_alone)


async def triage(parts: WorkflowContext, run: RunRow) -> DecisionRow | None:
    """Decides the ticket of a run and keeps the decision; None when the chart leaves tickets like this alone."""
    unwatched = await _still_left_alone(parts, run)
    if unwatched:
        await parts.runs.end(run, said=unwatched, now=parts.now())
        return None
    decision_id = new_id(parts.now())
    asked = Outcome(run.outcome) if run.outcome else None
    mode = mode_now(parts, run)
    fresh = mode == "live" or run.trigger == "update"
    classified = await classify(parts, run.ticket_id, outcome=asked, decision_id=decision_id, fresh_lists=fresh)
    left_alone = classified.left_alone or await _of_the_past(parts, run, classified.case)
    if left_alone and run.trigger in BY_ITSELF:
        await parts.runs.end(run, said=left_alone, now=parts.now())
        return None
    chosen = Chosen(run.outcome or classified.decision.outcome.value)
    return await record(parts, run, classified, decision_id, chosen=chosen, mode=mode)


async def record(
    parts: WorkflowContext, run: RunRow, classified: Classified, decision_id: str, *, chosen: Chosen, mode: str
) -> DecisionRow:
    """Keeps the decision with its plan. A run whose decision is not to be carried out now has ended by this."""
    plan = await _without_what_was_begun(parts, run.ticket_id, classified.plan)
    if chosen.outcome == Outcome.REVIEW.value:
        plan = replace(plan, steps=())
    row = _row(parts, run, replace(classified, plan=plan), decision_id, chosen=chosen, mode=mode)
    steps = [step.to_json() for step in plan.steps]
    second_look = _second_look(parts, run, row)
    asks_first = partial(over_the_limit, plan=steps, most=parts.config.max_writes_per_hour)
    row = await parts.decisions.record(
        run, row, steps, chart_text=classified.chart.text, second_look=second_look, asks_first=asks_first
    )
    log.info(
        "decision.made", ticket=row.ticket_id, decision=row.id, outcome=row.outcome, status=row.status, mode=mode,
        trigger=row.trigger, steps=len(steps),
    )  # fmt: skip
    return row


def _second_look(parts: WorkflowContext, run: RunRow, row: DecisionRow) -> datetime | None:
    """When to look once more for what was saved after the ticket; nothing makes a project larger."""
    first = run.kind == "triage" and run.trigger in BY_ITSELF
    if not (first and parts.config.second_look) or row.outcome == Outcome.PROJECT.value:
        return None
    return row.decided_at + timedelta(seconds=parts.config.second_look)


async def _without_what_was_begun(parts: WorkflowContext, ticket_id: int, plan: Plan) -> Plan:
    """A plan of what another decision has begun would do it twice: that one is carried on or taken back first."""
    begun = await parts.decisions.unfinished_of(ticket_id) if plan.steps else None
    if begun is None:
        return plan
    text = (
        f"The decision {begun} has failed half-way. Approve it to go on with it, or undo it, before a new plan is made."
    )
    return Plan(problems=(Problem("begun-before", text), *plan.problems), todos=plan.todos)


async def _of_the_past(parts: WorkflowContext, run: RunRow, case: Mapping[str, Any]) -> str | None:
    """The sweep's list may leave a date out, so that an old ticket looks like a new one."""
    installed, date = await parts.memory.recall(INSTALLED), entered(case)
    if run.trigger == "reconcile" and installed and date and date < moment_of(installed) - OVERLAP:
        return "Left alone: the ticket is older than this installation."
    return None


async def _still_left_alone(parts: WorkflowContext, run: RunRow) -> str | None:
    """Whether a ticket that was left alone before still is, found out in one request instead of six."""
    if run.trigger not in BY_ITSELF or len(await parts.runs.of_ticket(run.ticket_id, limit=2)) < 2:
        return None
    head = await parts.reader.find(f"/service/tickets/{run.ticket_id}", fields=_HEAD)
    return await _left_alone(parts, head, parts.chart.current()) if head else None


async def _left_alone(parts: WorkflowContext, case: Mapping[str, Any], chart: Chart) -> str | None:
    board_id = (case.get("board") or {}).get("id")
    boards = await parts.catalogue.read(_BOARDS)
    board = next((board for board in boards if board.get("id") == board_id), None)
    return watches(case, board or {}, chart)


async def plan_for(
    parts: WorkflowContext, decision: Decision, case: Mapping[str, Any], chart: Chart, *,
    outcome: Outcome | None, decision_id: str, lists_from: Sequence[bool],
) -> Plan:  # fmt: skip
    """Plans with the lists that planning asks for, FRESH or KEPT; KEPT_ELSE_FRESH once more where there is a problem."""
    text = note(decision, language=chart.note_language)
    for anew in lists_from:
        lists: dict[str, Sequence[Mapping[str, Any]]] = {}
        while True:
            try:
                plan = plan_for_decision(
                    decision, case, ReferenceLists(lists), chart,
                    decision_id=decision_id, outcome=outcome, now=parts.now(), note=text,
                )  # fmt: skip
                break
            except ListNeeded as needed:
                lists[needed.path] = await parts.catalogue.readable(needed.path, fresh=anew)
        if not plan.problems:
            return plan
    return plan


def _row(
    parts: WorkflowContext, run: RunRow, classified: Classified, decision_id: str, *, chosen: Chosen, mode: str
) -> DecisionRow:
    document = classified.decision.to_json()
    document |= {
        "summary": str(classified.case.get("summary") or "")[:100],
        "problems": [{"code": problem.code, "text": problem.text} for problem in classified.plan.problems],
        "todos": list(classified.plan.todos),
        "brief": _brief(classified),
        "asked": {"outcome": run.outcome, "reason": run.reason} if run.outcome or run.reason else None,
        "grown": list(chosen.grown),
        "read": [fact.to_json() for fact in classified.decision.facts.sources],
    }
    if chosen.outcome != Outcome.REVIEW.value:
        document["candidates"] = []
    if chosen.candidates is not None:
        document |= {"candidates": list(chosen.candidates), "question": chosen.question}
    status, said = _standing(chosen, classified, mode=mode, question=document["question"])
    if not classified.plan.steps and (unread := classified.case.get("unread")):
        said = f"{said} Decided without what could not be read: {', '.join(unread)}.".lstrip()
    now = parts.now()
    return DecisionRow(
        id=decision_id, ticket_id=run.ticket_id, decided_at=now, trigger=run.trigger, mode=mode,
        outcome=chosen.outcome, status=status, said=" ".join([*chosen.grown, said]).strip(), project_id=None,
        document=document, evidence=dict(classified.case),
        signs=signs_of(classified.case, classified.decision, classified.chart, now),
        look_at=look_again_at(classified.case, classified.chart, now),
    )  # fmt: skip


def _brief(classified: Classified) -> dict[str, Any] | None:
    """The brief as stored and shown."""
    plan, chart = classified.plan, classified.chart
    allowed = chart.project.billing.amounts_from_text == "allow"
    return brief_json(plan.brief, language=chart.note_language, amounts_from_text=allowed) if plan.brief else None


def _waits(chosen: Chosen, classified: Classified) -> str:
    """Why live mode does not carry the plan out by itself, as a sentence, or empty. A person's outcome is evidence enough."""
    plan = classified.plan
    if plan.proposals:
        return f"Proposed by the text alone, a person accepts it: {', '.join(plan.proposals)}."
    if chosen.outcome != classified.decision.outcome.value:
        return ""
    return waits_for_person(classified.decision, TicketRecord.from_json(classified.case), classified.chart)


def _standing(chosen: Chosen, classified: Classified, *, mode: str, question: str | None) -> tuple[str, str]:
    """What happens next with a fresh decision, and the sentence that says why."""
    plan = classified.plan
    if chosen.outcome == Outcome.REVIEW.value:
        return "awaiting-review", "" if chosen.question else question or "The evidence does not settle it."
    if plan.problems:
        return "awaiting-review", " ".join(problem.text for problem in plan.problems)
    if not plan.steps:
        return "nothing-to-do", "The ticket stays as it is."
    if mode == "dry-run":
        return "planned", "Dry run: nothing was written."
    if mode == "review":
        return "awaiting-review", REVIEW_MODE
    waits = _waits(chosen, classified)
    return ("awaiting-review", waits) if waits else ("running", "")
