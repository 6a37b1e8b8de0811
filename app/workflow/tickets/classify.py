"""Decides one ticket: load it, fill in the chart, plan, and describe the decision with its evidence and steps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from app.chart import Chart, Decision, decide, note, watches
from app.chart.second_reader import ReaderUse
from app.connectwise import load_for_plan, load_ticket
from app.domain.enums import DecisionStatus, Mode, Outcome
from app.domain.reference import id_of, name_of
from app.domain.ticket import TicketRecord
from app.planning import PersonValue, Plan, ReferenceLists, brief_json, needed_lists, plan_for_decision
from app.planning.autonomy import waits_for_person
from app.planning.texts import decisions_in, mark
from app.storage import A_PERSON, DecisionRow, RunRow
from app.workflow.context import WorkflowContext
from app.workflow.tickets.action_records import action_records
from app.workflow.tickets.entered_values import Entered, planning_values, unexpired
from app.workflow.tickets.intake import TOO_OLD, predates_installation
from app.workflow.tickets.mode_gate import REVIEW_MODE
from app.workflow.tickets.plan_inputs import Lists, plan_inputs
from app.workflow.tickets.scope_growth import next_recheck, observed_state_of
from app.workflow.tickets.ticket_head import instant

CACHED, FRESH, CACHED_ELSE_FRESH = (False,), (True,), (False, True)
"""Lists of ConnectWise for a plan: from the cache, read again, or read again where the cached ones lead to a problem."""
_BOARDS = "/service/boards"
_DECIDING = ThreadPoolExecutor(1, thread_name_prefix="decide")
"""The first decision compiles the phrases, and a hundred long notes take a second. One thread: several would be no faster and
take more turns from the threads that answer callbacks.
"""


@dataclass(frozen=True, slots=True)
class Classified:
    """One ticket, decided and planned; nothing is written by this."""

    decision: Decision
    plan: Plan
    ticket: TicketRecord
    chart: Chart
    left_alone: str | None = None
    """Why tickets like this are decided on a person's request only; None when they are decided automatically."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Digests of what the plan was made from."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The outcome of a decision: the chart's, a person's, or the question raised by a grown ticket."""

    outcome: Outcome
    grown: Sequence[str] = ()
    candidates: tuple[Outcome, ...] | None = None
    question: str | None = None


async def classify(
    context: WorkflowContext,
    ticket_id: int,
    *,
    outcome: Outcome | None = None,
    decision_id: str = "preview",
    fresh_lists: bool = False,
    automatic: bool = False,
) -> Classified:
    """Loads the ticket with its related records, decides and plans. `outcome`: a person's choice over the chart's.

    `fresh_lists`: for a plan that is executed immediately, or made again because its lists had changed; cached lists may be old.
    `automatic`: nobody has asked for this ticket; the text of one that is left alone is not sent to a model then.
    """
    chart = context.chart.current()
    ticket = await load(context, ticket_id)
    left_alone = await left_alone_reason(context, ticket)
    decision = await decided(context, ticket, chart, send=outcome is None, words_alone=automatic and bool(left_alone))
    ticket = await with_plan_records(context, ticket, outcome or decision.outcome)
    lists_from = FRESH if fresh_lists else CACHED_ELSE_FRESH
    plan, lists = await plan_for(
        context, decision, ticket, chart, outcome=outcome, decision_id=decision_id, lists_from=lists_from
    )
    return Classified(decision, plan, ticket, chart, left_alone, plan_inputs(ticket, chart, lists))


async def decided(
    context: WorkflowContext, ticket: TicketRecord, chart: Chart, *, send: bool, words_alone: bool = False
) -> Decision:
    """The decision by words, and by the model where it is on. `send`: ask the model if it has not answered before."""
    words = await asyncio.get_running_loop().run_in_executor(_DECIDING, decide, ticket, chart)
    if context.model is None or words_alone:
        return words
    return await context.model.decide(ticket, chart, words=words, send=send)


async def load(context: WorkflowContext, ticket_id: int) -> TicketRecord:
    """The ticket with its related records, without the notes of this service. Raises NotFound or NotAServiceTicket."""
    return await load_ticket(
        context.reader,
        ticket_id,
        agreements=context.agreements,
        references=context.references,
        own_mark=mark("").strip(),
    )


async def load_full(context: WorkflowContext, ticket_id: int, *, outcome: Outcome) -> TicketRecord:
    """As `load`, with the records that a plan for this outcome is made from."""
    return await with_plan_records(context, await load(context, ticket_id), outcome)


async def with_plan_records(context: WorkflowContext, ticket: TicketRecord, outcome: Outcome) -> TicketRecord:
    """The ticket with the records that a plan for this outcome is made from."""
    if outcome not in (Outcome.MINI_PROJECT, Outcome.PROJECT):
        return ticket
    return await load_for_plan(context.reader, ticket, references=context.references)


async def left_alone_reason(context: WorkflowContext, ticket: TicketRecord) -> str | None:
    """Why a ticket is decided on a person's request only; None when it is decided automatically."""
    boards = await context.references.read(_BOARDS)
    board = next((board for board in boards if board.get("id") == id_of(ticket.board)), None)
    if reason := watches(ticket, board or {}, context.chart.current()):
        return reason
    return TOO_OLD if await predates_installation(context, instant(ticket.date_entered)) else None


async def plan_for(
    context: WorkflowContext, decision: Decision, ticket: TicketRecord, chart: Chart, *,
    outcome: Outcome | None, decision_id: str, lists_from: Sequence[bool], known: Lists | None = None,
    entered: Entered | None = None,
) -> tuple[Plan, Lists]:  # fmt: skip
    """The plan and the lists that it was made from, by path. `known`: lists that need not be read.

    `entered`: values that people entered into the brief; None: those stored for the ticket, without acceptances of
    something else than the brief shows now.
    """
    values = await context.brief_values.of_ticket(ticket.id or 0) if entered is None else entered
    request = partial(_plan_with, context, decision, ticket, chart, outcome=outcome, decision_id=decision_id)
    plan, lists = await request(planning_values(values), lists_from=lists_from, known=known)
    kept = unexpired(values, plan.brief)
    if len(kept) == len(values):
        return plan, lists
    return await request(planning_values(kept), lists_from=lists_from, known=lists)


async def _plan_with(
    context: WorkflowContext, decision: Decision, ticket: TicketRecord, chart: Chart, person: Mapping[str, PersonValue],
    *, outcome: Outcome | None, decision_id: str, lists_from: Sequence[bool], known: Lists | None,
) -> tuple[Plan, Lists]:  # fmt: skip
    """The plan by these values of a person."""
    text, now, date_order = note(decision, language=chart.note_language), context.now(), context.config.date_order
    asked = partial(needed_lists, decision, ticket, now=now, outcome=outcome, person=person, date_order=date_order)
    in_force = await _billed_by(context, ticket)
    began, given = time.monotonic(), dict(known or {})
    for fresh in lists_from:
        lists = await _complete(context, given, lambda lists: asked(ReferenceLists(lists), chart))
        if fresh:
            current = await context.references.current((path for path in lists if path not in given), since=began)
            lists = await _complete(
                context, given | current, lambda lists: asked(ReferenceLists(lists), chart), since=began
            )
        plan = plan_for_decision(
            decision, ticket, ReferenceLists(lists), chart, decision_id=decision_id, outcome=outcome, now=now, note=text,
            person=person, date_order=date_order, in_force=in_force,
        )  # fmt: skip
        if not plan.problems:
            break
    return plan, lists


async def _billed_by(context: WorkflowContext, ticket: TicketRecord) -> frozenset[str]:
    """The mini-project decisions that hold and have set product lines of this ticket to DoNotBill."""
    marked = frozenset[str]().union(*(decisions_in(product.internal_notes) for product in ticket.products))
    if not marked or ticket.id is None:
        return frozenset()
    return marked & await context.decisions.in_force_of(ticket.id, Outcome.MINI_PROJECT)


async def _complete(
    context: WorkflowContext, known: Lists, needed: Callable[[Lists], Sequence[str]], *, since: float | None = None
) -> dict[str, Sequence[Mapping[str, Any]]]:
    """The known lists and those that a plan needs: read at `since` or later, or from the cache.

    A missing or forbidden list is empty.
    """
    lists = dict(known)
    while paths := needed(lists):
        if since is not None:
            lists |= await context.references.current(paths, since=since)
            continue
        records = await asyncio.gather(*(context.references.readable(path) for path in paths))
        lists |= dict(zip(paths, records, strict=True))
    return lists


def decision_row(
    context: WorkflowContext, run: RunRow, classified: Classified, decision_id: str, *, chosen: Chosen, mode: Mode
) -> DecisionRow:
    """The decision of a run, not stored yet."""
    document = _document(run, classified, chosen)
    status, message = _status(chosen, classified, mode=mode, question=document["question"])
    if not classified.plan.steps and (unread := classified.ticket.unread):
        message = f"{message} Decided without what could not be read: {', '.join(unread)}.".lstrip()
    now = context.now()
    return DecisionRow(
        id=decision_id, ticket_id=run.ticket_id, decided_at=now, trigger=run.trigger, mode=mode,
        outcome=chosen.outcome, status=status, message=" ".join([*chosen.grown, message]).strip(), project_id=None,
        document=document, evidence=classified.ticket.to_json(), inputs=dict(classified.inputs),
        observed_state=observed_state_of(classified.ticket, classified.decision, classified.chart, now),
        recheck_at=next_recheck(classified.ticket, classified.chart, now),
    )  # fmt: skip


def without_steps(classified: Classified) -> Classified:
    """The same without steps: a question has no plan."""
    return replace(classified, plan=replace(classified.plan, steps=()))


def _document(run: RunRow, classified: Classified, chosen: Chosen) -> dict[str, Any]:
    document = classified.decision.to_json()
    document |= {
        "summary": classified.ticket.summary[:100],
        "customer": name_of(classified.ticket.company)[:100],
        "problems": [{"code": problem.code, "text": problem.text} for problem in classified.plan.problems],
        "todos": list(classified.plan.todos),
        "actions": action_records(classified.plan, classified.ticket, classified.chart),
        "brief": _brief(classified),
        "asked": _asked(run),
        "grown": list(chosen.grown),
        "read": [fact.to_json() for fact in classified.decision.facts.sources],
    }
    if chosen.outcome is not Outcome.REVIEW:
        document["candidates"] = []
    if chosen.candidates is not None:
        document |= {"candidates": list(chosen.candidates), "question": chosen.question}
    return document


def _asked(run: RunRow) -> dict[str, Any] | None:
    """What a person asked for with this run, and who."""
    if not run.outcome and not run.reason:
        return None
    return {"outcome": run.outcome, "reason": run.reason, "by": run.requested_by or A_PERSON}


def _brief(classified: Classified) -> dict[str, Any] | None:
    """The brief as stored and shown."""
    plan, chart = classified.plan, classified.chart
    allowed = chart.project.billing.amounts_from_text == "allow"
    return brief_json(plan.brief, language=chart.note_language, amounts_from_text=allowed) if plan.brief else None


def _waits(chosen: Chosen, classified: Classified) -> str:
    """Why live mode needs a person for this plan, as a sentence; empty if it needs none.

    An outcome chosen by a person is evidence enough.
    """
    plan = classified.plan
    if plan.proposals:
        fields = dict(plan.brief.fields()) if plan.brief else {}
        why = [fields[name].message for name in plan.proposals if name in fields and fields[name].message]
        return " ".join([f"Needs review: only the text says {', '.join(plan.proposals)}.", *why])
    if chosen.outcome is not classified.decision.outcome:
        return ""
    model = classified.decision.model
    two_readers = model is not None and model.agrees and model.use != ReaderUse.SHADOW
    return waits_for_person(classified.decision, classified.ticket, classified.chart, has_model=two_readers)


def _status(chosen: Chosen, classified: Classified, *, mode: Mode, question: str | None) -> tuple[DecisionStatus, str]:
    """The status of a new decision, and the sentence that explains it."""
    plan = classified.plan
    if chosen.outcome is Outcome.REVIEW:
        message = "" if chosen.question else question or "The evidence does not settle it."
        return DecisionStatus.AWAITING_REVIEW, message
    if plan.problems:
        return DecisionStatus.AWAITING_REVIEW, " ".join(problem.text for problem in plan.problems)
    if not plan.steps:
        return DecisionStatus.NO_CHANGE, "The ticket stays as it is."
    if mode is Mode.DRY_RUN:
        return DecisionStatus.PLANNED, "Dry run: nothing was written."
    if waits := REVIEW_MODE if mode is Mode.REVIEW else _waits(chosen, classified):
        return DecisionStatus.AWAITING_REVIEW, waits
    return DecisionStatus.RUNNING, ""
