"""What people do with a brief: change its values, and approve it once nothing is open.

A change stores the values and the new plan in one commit: after a crash the decision shows both or neither.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from app.chart import decide
from app.connectwise import ConnectWiseError
from app.domain.enums import DecisionStatus, Mode, Outcome
from app.domain.ticket import TicketRecord
from app.planning import BriefError, Plan, apply_patch, brief_json
from app.planning.brief.model import Brief, PersonValue
from app.planning.brief.patch import CHOICES
from app.planning.paths import MEMBERS
from app.storage import A_PERSON, DecisionRow, EnteredValue, TrailEntry
from app.storage.brief_values import EDITABLE, NewPlan, Refusal
from app.workflow.context import WorkflowContext
from app.workflow.errors import BriefIncomplete, BriefProblem, BriefRejected, ConflictError, ConnectWiseUnavailable
from app.workflow.tickets.action_records import action_records
from app.workflow.tickets.classify import CACHED_ELSE_FRESH, plan_for
from app.workflow.tickets.decide_run import without_repetition
from app.workflow.tickets.entered_values import Entered, planning_values, stamped, stored_values
from app.workflow.tickets.plan_inputs import TICKET, plan_inputs
from app.workflow.views import status_of

log = structlog.get_logger()

_MOST_MEMBERS = 50
_MONEY = frozenset({"sold_total", "fee", "cap", "rate", "method", "currency", "payments", "tax_basis"})
"""Fields after whose change an earlier “accept” of the billing sheet does not hold."""
_PEOPLE = ("manager", "team")
_NO_BRIEF = "The decision has no brief. Answer which outcome it is first, or reclassify the ticket."
_REFUSALS = {
    Refusal.CHANGED: "Someone else has changed the brief since it was read. Open the decision again.",
    Refusal.BUSY: "The ticket is being decided at the moment. Try again in a few seconds.",
}


@dataclass(frozen=True, slots=True)
class _Change:
    """The ticket of a decision as it was decided, and the values that a person wants."""

    ticket: TicketRecord
    values: Entered


async def change_brief(context: WorkflowContext, row: DecisionRow, patch: Mapping[str, Any], *, by: str) -> None:
    """Settles fields in a person's name and plans again. BriefRejected for values that do not fit: nothing changes."""
    _check_editable(row)
    before = await context.brief_values.of_ticket(row.ticket_id)
    try:
        members = await _active_members(context)
        values = _changed_values(row, before, patch, by=by or A_PERSON, now=context.now(), members=members)
        plan, new_plan, entered = await _planned(context, row, _Change(TicketRecord.from_json(row.evidence), values))
    except ConnectWiseError as error:
        text = "ConnectWise cannot be read at the moment; nothing was changed. Try again."
        raise ConnectWiseUnavailable(f"{text} ({error})") from error
    fields = ", ".join(sorted(str(name)[:40] for name in patch))
    entry = TrailEntry(by or A_PERSON, "changed the brief", context.now(), row.ticket_id, row.id, fields[:500])
    refusal = await context.brief_values.store(row, stamped(entered, plan.brief), new_plan, entry=entry)
    if refusal is not None:
        raise ConflictError(_REFUSALS.get(refusal) or _not_editable(row))
    log.info("brief.changed", ticket=row.ticket_id, decision=row.id, by=entry.who, fields=sorted(map(str, patch)))


def check_complete(row: DecisionRow, *, shown: str = "") -> None:
    """Raises BriefIncomplete where fields are in conflict or missing, or the brief is not the one that was shown.

    `shown`: the digest (`brief.inputs`) of the brief that the person has seen; empty: not checked.
    """
    brief = row.document.get("brief") or {}
    if shown and shown != brief.get("inputs"):
        raise BriefIncomplete(
            "The brief has changed since it was shown. Open the decision again.", code="brief-changed"
        )
    problems = [
        BriefProblem(each["field"], each["message"], code=f"brief-{each['state']}")
        for each in brief.get("waits_for") or []
    ]
    if problems:
        named = " ".join(f"{_words(problem.field)}: {problem.message}" for problem in problems)
        raise BriefIncomplete(f"The brief is not complete. {named}", code="brief-open", problems=problems)


def accepted_document(row: DecisionRow, *, by: str, now: datetime) -> dict[str, Any] | None:
    """The document of an approved decision, with who accepted which proposals as shown; None where there are none."""
    brief = row.document.get("brief") or {}
    if not brief.get("needs_person"):
        return None
    accepted = {"by": by or A_PERSON, "at": now.isoformat(timespec="seconds"), "fields": brief["needs_person"]}
    return row.document | {"brief": brief | {"accepted": accepted}}


def _check_editable(row: DecisionRow) -> None:
    if row.status not in EDITABLE:
        raise ConflictError(_not_editable(row))
    if not row.document.get("brief"):
        raise ConflictError(_NO_BRIEF)
    if not row.evidence:
        raise ConflictError("The ticket texts of this decision were deleted (RETENTION_DAYS). Reclassify the ticket.")


def _not_editable(row: DecisionRow) -> str:
    return f"The decision is {status_of(row)}; only the brief of one that is planned or awaits review can be changed."


def _changed_values(
    row: DecisionRow,
    before: Entered,
    patch: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
    members: frozenset[str] | None,
) -> dict[str, EnteredValue]:
    unsafe = {str(name)[:60]: _UNSAFE for name, value in patch.items() if _is_unsafe(value) or _is_unsafe(name)}
    current = Brief(Outcome(row.outcome), person=planning_values(before))
    try:
        if unsafe:
            raise BriefError(unsafe)
        values: dict[str, PersonValue] = apply_patch(current, patch, by=by, at=now, members=members)
    except BriefError as error:
        raise BriefRejected(_problems(error.problems, members)) from None
    if _MONEY & patch.keys() and "billing_sheet" not in patch:
        values.pop("billing_sheet", None)
    return stored_values(values, before)


_UNSAFE = "Invalid text. Control characters and broken Unicode are not allowed."


def _is_unsafe(value: Any) -> bool:
    """Whether a text in the value has control characters other than line breaks and tabs, or halves of surrogate pairs."""
    if isinstance(value, str):
        return any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\r\t" for letter in value)
    if isinstance(value, Mapping):
        return any(_is_unsafe(name) or _is_unsafe(inner) for name, inner in value.items())
    return isinstance(value, list) and any(map(_is_unsafe, value))


def _problems(problems: Mapping[str, str], members: frozenset[str] | None) -> list[BriefProblem]:
    return [BriefProblem(name, text, allowed=_allowed(name, members)) for name, text in problems.items()]


def _allowed(field: str, members: frozenset[str] | None) -> Sequence[Any]:
    if field in _PEOPLE and members is not None:
        return sorted(members)[:_MOST_MEMBERS]
    return CHOICES.get(field, ())


async def _active_members(context: WorkflowContext) -> frozenset[str] | None:
    """Identifiers of active members in small letters; None where they cannot be read."""
    records = await context.references.readable(MEMBERS)
    names = (str(one.get("identifier") or "").casefold() for one in records if not one.get("inactiveFlag"))
    return frozenset(filter(None, names)) or None


async def _planned(context: WorkflowContext, row: DecisionRow, change: _Change) -> tuple[Plan, NewPlan, Entered]:
    """The plan by the changed values for the ticket as it was decided, for the outcome of the decision."""
    chart, ticket = context.chart.current(), change.ticket
    decision = decide(ticket, chart)
    plan, lists = await plan_for(
        context, decision, ticket, chart, outcome=row.outcome, decision_id=row.id, lists_from=CACHED_ELSE_FRESH,
        entered=change.values,
    )  # fmt: skip
    plan = await without_repetition(context, row.ticket_id, plan)
    allowed = chart.project.billing.amounts_from_text == "allow"
    brief = brief_json(plan.brief, language=chart.note_language, amounts_from_text=allowed) if plan.brief else None
    document = row.document | {
        "problems": [{"code": problem.code, "text": problem.text} for problem in plan.problems],
        "todos": list(plan.todos),
        "actions": action_records(plan, ticket, chart),
        "brief": brief or row.document.get("brief"),
    }
    inputs = plan_inputs(ticket, chart, lists) | {TICKET: row.inputs.get(TICKET, "")}
    status, message = _status(row, plan)
    message = " ".join([*document.get("grown", []), message])
    steps = [step.to_json() for step in plan.steps]
    return plan, NewPlan(status, message, document, inputs, steps), change.values


def _status(row: DecisionRow, plan: Plan) -> tuple[DecisionStatus, str]:
    """A changed brief is never applied by itself: it waits for an approval."""
    if plan.problems:
        return DecisionStatus.AWAITING_REVIEW, " ".join(problem.text for problem in plan.problems)
    if not plan.steps:
        return DecisionStatus.NO_CHANGE, "The ticket stays as it is."
    if row.mode is Mode.DRY_RUN:
        return DecisionStatus.PLANNED, "Dry run: nothing was written."
    if plan.proposals:
        names = ", ".join(map(_words, plan.proposals))
        message = f"The brief is complete. Check what only the text says ({names}), then approve."
        return DecisionStatus.AWAITING_REVIEW, message
    return DecisionStatus.AWAITING_REVIEW, "The brief is complete. Approve it to apply the plan."


def _words(field: str) -> str:
    return field.replace("_", " ").capitalize()
