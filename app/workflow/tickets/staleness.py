"""Checks that a plan that waited still matches current data, before it is applied.

The plan's inputs are compared by digest. Where one differs, the plan is made again: a change that alters nothing of what
is written or billed does not matter. The guard step checks the ticket's own members.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from dataclasses import fields as dataclass_fields
from decimal import Decimal
from typing import Any

from msgspec import structs

from app.chart import Chart, decide
from app.connectwise import NotAServiceTicket, NotFound
from app.domain.reference import id_of
from app.domain.ticket import TicketRecord
from app.planning import Plan
from app.planning.amounts import words as amount_words
from app.planning.brief.model import BillingSheet, BriefField
from app.planning.model import StepKind
from app.planning.paths import PRODUCTS
from app.planning.texts import plain
from app.storage import DecisionRow, StepRow
from app.workflow.context import WorkflowContext
from app.workflow.tickets.classify import CACHED, FRESH, load_full, plan_for
from app.workflow.tickets.plan_inputs import TICKET, Lists, changed_inputs, list_paths, plan_inputs

_PLACE = ("board", "status", "type", "sub_type", "item", "team", "location", "department", "owner")
"""Members of the ticket that the guard step checks, or that people change while they work on it."""
_NOT_COMPARED = ("name", "description")
"""Fields that change no money, hours, days or people; the guard step checks the summary."""
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
        ticket = await load_full(context, decision.ticket_id, outcome=decision.outcome)
    except (NotFound, NotAServiceTicket):
        return ""  # the guard step reports it
    evidence = _evidence(decision, ticket)
    current = await _current(context, decision, _without_own_writes(ticket, evidence, steps))
    if not current.changed:
        return ""
    made = await _plan_again(context, decision, current, evidence, lists_from=FRESH)
    if _lists_matter(decision, steps, current) and (reason := _changed_writes(decision, steps, made)):
        return reason
    return await _changed_ticket(context, decision, current, made)


async def _current(context: WorkflowContext, decision: DecisionRow, ticket: TicketRecord) -> _Current:
    chart, references = context.chart.current(), context.references
    lists = await references.current(list_paths(decision.inputs))
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
    evidence, ticket = _evidence(decision, current.ticket), current.ticket
    again = await _plan_again(context, decision, current, ticket, lists_from=CACHED)
    changed = "; ".join(_changed_fields(made, again)) or _left_to_person(made, again)
    if not changed:
        return ""
    if lost := [name for name in ticket.unread if name not in evidence.unread]:
        return f"Evidence of the decision can no longer be read: {', '.join(lost)}."
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
    evidence = _evidence(decision, ticket)
    placed = structs.replace(ticket, **{name: getattr(evidence, name) for name in _PLACE})
    if id_of(ticket.agreement) != id_of(evidence.agreement):
        placed = structs.replace(placed, agreement=evidence.agreement)  # the guard step reports it
    plan, _ = await plan_for(
        context, decide(ticket, current.chart), placed, current.chart,
        outcome=decision.outcome, decision_id=decision.id, lists_from=lists_from, known=current.lists,
    )  # fmt: skip
    return plan


def _without_own_writes(ticket: TicketRecord, evidence: TicketRecord, steps: Sequence[StepRow]) -> TicketRecord:
    """The ticket as it would be without what this plan has already written elsewhere: flags of product lines, the new project."""
    written = [row.step for row in steps if row.written_at]
    if not written:
        return ticket
    lines = {step["path"] for step in written if step["path"].startswith(PRODUCTS)}
    before = {f"{PRODUCTS}/{line.id}": line for line in evidence.products}
    products = [
        structs.replace(line, billable_option=was.billable_option, internal_notes=was.internal_notes)
        if (path := f"{PRODUCTS}/{line.id}") in lines and (was := before.get(path)) else line
        for line in ticket.products
    ]  # fmt: skip
    return structs.replace(ticket, products=products, open_projects=evidence.open_projects)


def _evidence(decision: DecisionRow, ticket: TicketRecord) -> TicketRecord:
    """The ticket as it was decided. Release 0.1.0 did not read what `ticket` has of these records; it counts as unchanged."""
    evidence = TicketRecord.from_json(decision.evidence)
    if decision.inputs:
        return evidence
    later = {name: getattr(ticket, name) for name in ("company_billing", "open_projects", "opportunity")}
    return structs.replace(evidence, **later)


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


def _changed_fields(then: Plan, now: Plan) -> Iterator[str]:
    """The fields of the brief that the current ticket fills in otherwise, each with the old and the new value."""
    if then.brief is None or now.brief is None:
        return
    for (name, before), (_, after) in zip(then.brief.fields(), now.brief.fields(), strict=True):
        if name in _NOT_COMPARED or (before.value, before.is_open) == (after.value, after.is_open):
            continue
        yield f"{name.replace('_', ' ')} {_shown(before)}, now {_shown(after)}"


def _shown(field: BriefField[Any]) -> str:
    """The value of a field for a sentence; of a list, what its entries are called and worth."""
    if field.is_open:
        return f"{field.state.value} ({plain(field.message).rstrip('.')})"
    return _words(field.value) or "not named"


def _words(value: Any) -> str:
    if isinstance(value, BillingSheet):
        return " + ".join(
            f"{amount_words(line.amount)} by {line.reach.value.replace('_', ' ')}" for line in value.lines
        )
    if isinstance(value, tuple):
        return ", ".join(map(_words, value))
    if is_dataclass(value) and not isinstance(value, type):
        parts = (_words(getattr(value, each.name)) for each in dataclass_fields(value))
        return " ".join(part for part in parts if part)
    if isinstance(value, Decimal):
        return amount_words(value)
    return "" if value in (None, False) else plain(str(value))


def _left_to_person(then: Plan, now: Plan) -> str:
    """What the plan leaves to a person otherwise, or why it cannot be made any more."""
    known = {problem.text for problem in then.problems}
    if problems := [problem.text for problem in now.problems if problem.text not in known]:
        return " ".join(problems).rstrip(".")
    return "" if then.todos == now.todos else "what is left to a person"
