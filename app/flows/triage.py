"""Decides one ticket: fetch it, fill in the chart, plan, and keep the decision with its evidence and steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.chart import Chart, Decision, Outcome, decide, note, watches
from app.flows.config import FlowParts
from app.journal import DecisionRow, RunRow
from app.journal.moments import new_id
from app.manage import fetch_case
from app.plan import Catalogue, ListNeeded, Plan, make_plan

_BOARDS = "/service/boards"


@dataclass(frozen=True, slots=True)
class Classified:
    """One ticket, decided and planned; nothing is written anywhere by this."""

    decision: Decision
    plan: Plan
    case: Mapping[str, Any]
    left_alone: str | None = None
    """Why the chart is not applied to tickets like this one; None when it is."""


async def classify(
    parts: FlowParts, ticket_id: int, *, outcome: Outcome | None = None, decision_id: str = "preview"
) -> Classified:
    """Reads the ticket and what lies beside it, decides and plans. `outcome` is a person's word over the chart's."""
    chart = parts.chart.current()
    case = await fetch_case(parts.reader, ticket_id, agreements=parts.agreements)
    left_alone = await _left_alone(parts, case, chart)
    decision = decide(case, chart)
    plan = await _plan(parts, decision, case, chart, outcome=outcome, decision_id=decision_id)
    return Classified(decision, plan, case, left_alone)


async def triage(parts: FlowParts, run: RunRow) -> DecisionRow | None:
    """Decides the ticket of a run and keeps the decision; None when the chart leaves tickets like this alone."""
    decision_id = new_id(parts.now())
    asked = Outcome(run.outcome) if run.outcome else None
    classified = await classify(parts, run.ticket_id, outcome=asked, decision_id=decision_id)
    if classified.left_alone and run.trigger in ("callback", "reconcile"):
        await parts.runs.end(run, said=classified.left_alone, now=parts.now())
        return None
    row = _row(parts, run, classified, decision_id)
    steps = [step.to_json() for step in classified.plan.steps]
    await parts.decisions.record(run, row, steps, chart_text=parts.chart.current().text)
    return row


async def _left_alone(parts: FlowParts, case: Mapping[str, Any], chart: Chart) -> str | None:
    board_id = (case.get("board") or {}).get("id")
    boards = await parts.catalogue.read(_BOARDS)
    board = next((board for board in boards if board.get("id") == board_id), None)
    return watches(case, board or {}, chart)


async def _plan(
    parts: FlowParts,
    decision: Decision,
    case: Mapping[str, Any],
    chart: Chart,
    *,
    outcome: Outcome | None,
    decision_id: str,
) -> Plan:
    """Plans with the lists that planning asks for; a name that is not found is looked for once in fresh lists."""
    text = note(decision)
    for fresh in (False, True):
        lists: dict[str, Sequence[Mapping[str, Any]]] = {}
        while True:
            try:
                plan = make_plan(
                    decision, case, Catalogue(lists), chart,
                    decision_id=decision_id, outcome=outcome, now=parts.now(), note=text,
                )  # fmt: skip
                break
            except ListNeeded as needed:
                lists[needed.path] = await parts.catalogue.readable(needed.path, fresh=fresh)
        if not plan.problems:
            return plan
    return plan


def _row(parts: FlowParts, run: RunRow, classified: Classified, decision_id: str) -> DecisionRow:
    outcome = run.outcome or classified.decision.outcome.value
    document = classified.decision.to_json()
    document |= {
        "summary": str(classified.case.get("summary") or "")[:100],
        "problems": [{"code": problem.code, "text": problem.text} for problem in classified.plan.problems],
        "todos": list(classified.plan.todos),
        "asked": {"outcome": run.outcome, "reason": run.reason} if run.outcome or run.reason else None,
    }
    status, said = _standing(run, outcome, classified)
    return DecisionRow(
        id=decision_id, ticket_id=run.ticket_id, decided_at=parts.now(), trigger=run.trigger, mode=run.mode,
        outcome=outcome, status=status, said=said, project_id=None, document=document, evidence=dict(classified.case),
    )  # fmt: skip


def _standing(run: RunRow, outcome: str, classified: Classified) -> tuple[str, str]:
    """What happens next with a fresh decision, and the sentence that says why."""
    if outcome == Outcome.REVIEW.value:
        return "awaiting-review", classified.decision.question or "The evidence does not settle it."
    if classified.plan.problems:
        return "awaiting-review", " ".join(problem.text for problem in classified.plan.problems)
    if not classified.plan.steps:
        return "nothing-to-do", "The ticket stays as it is."
    if run.mode == "dry-run":
        return "planned", "Dry run: nothing was written."
    if run.mode == "review":
        return "awaiting-review", "Review mode: a person approves each plan."
    return "running", ""
