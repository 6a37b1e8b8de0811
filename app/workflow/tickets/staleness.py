"""Checks that a plan that waited still matches current data, before it is applied.

The plan's inputs are compared by digest. Where one differs, the plan is made again: a change that alters nothing of what
is written or billed does not matter. The guard step checks the ticket's own members.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.chart import Chart, decide
from app.connectwise import NotAServiceTicket, NotFound
from app.domain.facts import JobFacts
from app.domain.ticket import TicketRecord
from app.planning import Plan
from app.planning.model import StepKind
from app.planning.texts import plain
from app.storage import DecisionRow, StepRow
from app.workflow.context import WorkflowContext
from app.workflow.tickets.classify import CACHED, FRESH, load, plan_for
from app.workflow.tickets.plan_inputs import TICKET, Lists, changed_inputs, list_paths, plan_inputs
from app.workflow.tickets.ticket_head import case_json

_MONEY = (
    "billingMethod", "billingAmount", "billSeparatelyFlag", "downpayment", "hourlyRate", "customerPO", "poNumber", "poAmount", "budgetHours",
)  # fmt: skip
_DAYS = ("estimatedStart", "estimatedEnd", "scheduledStart", "scheduledEnd")
"""Days that the ticket does not name move with the calendar."""


@dataclass(frozen=True, slots=True)
class _Current:
    """What the plan would be made from now."""

    ticket: TicketRecord
    chart: Chart
    lists: Lists
    changed: Sequence[str]
    """Names of inputs that differ from those of the plan."""


async def stale_reason(context: WorkflowContext, decision: DecisionRow, steps: Sequence[StepRow]) -> str:
    """Why the plan must not be applied as it is, as a sentence, or empty."""
    try:
        ticket = await load(context, decision.ticket_id)
    except (NotFound, NotAServiceTicket):
        return ""  # the guard step reports it
    current = await _current(context, decision, ticket)
    if not current.changed:
        return ""
    made = await _plan_again(context, decision, current, _evidence(decision), lists_from=FRESH)
    if _lists_matter(decision, steps, current) and (reason := _changed_writes(decision, steps, made)):
        return reason
    return await _changed_ticket(context, decision, current, made)


async def _current(context: WorkflowContext, decision: DecisionRow, ticket: TicketRecord) -> _Current:
    chart, references = context.chart.current(), context.references
    lists = {path: await references.readable(path, fresh=True) for path in list_paths(decision.inputs)}
    now = plan_inputs(ticket, chart, lists)
    return _Current(ticket, chart, lists, changed_inputs(decision.inputs, now))


def _lists_matter(decision: DecisionRow, steps: Sequence[StepRow], current: _Current) -> bool:
    """Whether lists or chart have changed.

    A plan of release 0.1.0 has no digests; once part of it is written, only the ticket can still make it outdated, since
    another version of this program may plan otherwise from the same data.
    """
    if not decision.inputs:
        return not any(row.written_at for row in steps)
    return any(name != TICKET for name in current.changed)


async def _changed_ticket(context: WorkflowContext, decision: DecisionRow, current: _Current, made: Plan) -> str:
    """What is billed otherwise by the current ticket, as a sentence, or empty."""
    evidence, ticket = _evidence(decision), current.ticket
    then, now = (decide(case_json(each), current.chart).facts for each in (evidence, ticket))
    again = await _plan_again(context, decision, current, ticket, lists_from=CACHED)
    if then.po_number == now.po_number and _money(made) == _money(again):
        return ""
    if lost := [name for name in ticket.unread if name not in evidence.unread]:
        return f"Evidence of the decision can no longer be read: {', '.join(lost)}."
    changed = "; ".join(_changes(then, now)) or "what is billed or left to a person"
    return f"Changed in the ticket since the decision: {changed}."


async def _plan_again(
    context: WorkflowContext,
    decision: DecisionRow,
    current: _Current,
    ticket: TicketRecord,
    *,
    lists_from: Sequence[bool],
) -> Plan:
    """The plan by what `ticket` says, in the place that the ticket had at the decision."""
    plan, _ = await plan_for(
        context, decide(case_json(ticket), current.chart), _evidence(decision), current.chart,
        outcome=decision.outcome, decision_id=decision.id, lists_from=lists_from, known=current.lists,
    )  # fmt: skip
    return plan


def _evidence(decision: DecisionRow) -> TicketRecord:
    return TicketRecord.from_json(decision.evidence)


def _changed_writes(decision: DecisionRow, steps: Sequence[StepRow], made: Plan) -> str:
    """What current lists and the current chart make of the same ticket otherwise, as a sentence, or empty."""
    known = {problem["text"] for problem in decision.document.get("problems") or []}
    if problems := [problem.text for problem in made.problems if problem.text not in known]:
        return " ".join(problems)
    before, after = _writes([row.step for row in steps]), _writes([step.to_json() for step in made.steps])
    other = changed_inputs(before, after)
    if not other:
        return ""
    return f"ConnectWise's lists or the chart have changed since the decision; of the plan differs: {', '.join(other)}."


def _writes(steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the steps write, by key, without the notes and the days."""
    return {
        step["key"]: (step["path"], _without_days(step["body"]), _without_days(step["wish"]))
        for step in json.loads(json.dumps(list(steps)))
        if step["method"] != "GET" and step["kind"] != StepKind.NOTE
    }


def _without_days(body: Any) -> Any:
    return {name: value for name, value in body.items() if name not in _DAYS} if isinstance(body, dict) else body


def _money(plan: Plan) -> Any:
    """Amounts, hours and order numbers that the plan writes, step by step, and what it leaves to a person."""
    written = [
        (step.key, [(name, part[name]) for name in _MONEY if name in part])
        for step in plan.steps
        for part in (step.body, step.wish)
        if step.kind is not StepKind.NOTE and isinstance(part, Mapping)
    ]
    return [each for each in written if each[1]], plan.todos, [problem.text for problem in plan.problems]


def _changes(then: JobFacts, now: JobFacts) -> Iterator[str]:
    """The values that the ticket states otherwise, each with the old and the new one."""
    for name, before, after in zip(_NAMES, _values(then), _values(now), strict=True):
        if before != after:
            yield f"{name} {before or 'not named'}, now {after or 'not named'}"


_NAMES = ("price", "other prices", "limit", "rate an hour", "hours", "order number", "instalments")


def _values(facts: JobFacts) -> tuple[str, ...]:
    stages = [stage.amount if stage.amount is not None else stage.share for stage in facts.stages]
    return (
        _shown(facts.fixed_price), _shown(*facts.other_prices), _shown(facts.cap), _shown(facts.hourly_rate), _shown(facts.hours),
        plain(facts.po_number or ""), _shown(*stages),
    )  # fmt: skip


def _shown(*numbers: Any) -> str:
    return " + ".join(f"{number:,f}" for number in numbers if number is not None)
