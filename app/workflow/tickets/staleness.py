"""Before a plan that waited is carried out: is what it was made from still so?

The guard looks at the ticket's own members; here the rest is read again: the money that the plan writes, from the ticket and
what lies beside it, and the lists of ConnectWise and the chart that gave it its ids.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.chart import decide
from app.connectwise import NotAServiceTicket, NotFound, fetch_case
from app.domain.enums import Outcome
from app.domain.facts import JobFacts
from app.planning import Plan
from app.planning.model import StepKind
from app.planning.texts import mark, plain
from app.storage import DecisionRow, StepRow
from app.workflow.context import WorkflowContext
from app.workflow.tickets.classify import FRESH, KEPT, plan_for

_MONEY = (
    "billingMethod", "billingAmount", "billSeparatelyFlag", "downpayment", "hourlyRate", "customerPO", "poNumber", "poAmount", "budgetHours",
)  # fmt: skip
_DAYS = ("estimatedStart", "estimatedEnd", "scheduledStart", "scheduledEnd")
"""Days that nobody has named move on with the calendar."""


async def outdated(parts: WorkflowContext, decision: DecisionRow, steps: Sequence[StepRow]) -> str:
    """Why the plan must not be carried out as it is, as a sentence, or empty.

    The plan is made twice more in the place that the ticket had then: from what the ticket said then, and from what it says now.
    """
    try:
        own_mark = mark("").strip()
        case = await fetch_case(
            parts.reader, decision.ticket_id, agreements=parts.agreements, references=parts.catalogue, own_mark=own_mark
        )
    except (NotFound, NotAServiceTicket):
        return ""  # the guard says so
    chart, outcome = parts.chart.current(), Outcome(decision.outcome)
    then, now = decide(decision.evidence, chart), decide(case, chart)
    place: dict[str, Any] = {"case": decision.evidence, "chart": chart, "outcome": outcome, "decision_id": decision.id}
    made = await plan_for(parts, then, **place, lists_from=FRESH)
    if why := _by_the_lists(decision, steps, made):
        return why
    anew = await plan_for(parts, now, **place, lists_from=KEPT)
    if then.facts.po_number != now.facts.po_number or _money(made) != _money(anew):
        if lost := [name for name in case["unread"] if name not in (decision.evidence.get("unread") or ())]:
            return f"What the decision rests on cannot be read any more: {', '.join(lost)}."
        changed = "; ".join(_changes(then.facts, now.facts)) or "what is billed or left to a person"
        return f"Changed in the ticket since the decision: {changed}."
    return ""


def _by_the_lists(decision: DecisionRow, steps: Sequence[StepRow], made: Plan) -> str:
    """What fresh lists and the present chart make of the same ticket otherwise, as a sentence, or empty."""
    known = {problem["text"] for problem in decision.document.get("problems") or []}
    if problems := [problem.text for problem in made.problems if problem.text not in known]:
        return " ".join(problems)
    before, after = _writes([row.step for row in steps]), _writes([step.to_json() for step in made.steps])
    other = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    if not other:
        return ""
    return f"ConnectWise's lists or the chart have changed since the decision; of the plan differs: {', '.join(other)}."


def _writes(steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the steps write, by key, without the notes and the days."""
    plain_json = json.loads(json.dumps(list(steps)))
    return {
        step["key"]: (step["path"], _without_days(step["body"]), _without_days(step["wish"]))
        for step in plain_json
        if step["method"] != "GET" and step["kind"] != StepKind.NOTE.value
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
    return [one for one in written if one[1]], plan.todos, [problem.text for problem in plan.problems]


def _changes(then: JobFacts, now: JobFacts) -> Iterator[str]:
    """What the ticket says otherwise, with both values."""
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
