"""Which plan a decision leads to: the brief first, then the steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.chart import Chart, Decision
from app.domain.enums import Outcome
from app.domain.ticket import TicketRecord
from app.planning.brief import PersonValue, build_brief
from app.planning.mini_project_plan import plan_mini_project
from app.planning.plan import Plan
from app.planning.project_plan import plan_project
from app.planning.reference_lists import ReferenceLists
from app.reading.values.work_dates import DateOrder


def plan_for_decision(
    decision: Decision, ticket: TicketRecord, lists: ReferenceLists, chart: Chart, *,
    decision_id: str, now: datetime, note: str, outcome: Outcome | None = None,
    person: Mapping[str, PersonValue] | None = None, date_order: DateOrder = "DMY",
    in_force: frozenset[str] = frozenset(),
) -> Plan:  # fmt: skip
    """The ordered steps for a decision, or for the `outcome` that a person chose instead. Service tickets are left alone.

    `person`: values of the brief that a person has entered. `date_order`: how numeric dates are read.
    `in_force`: the ticket's mini-project decisions that hold; lines that they set to DoNotBill are still sold.
    """
    chosen = outcome or decision.outcome
    if chosen not in (Outcome.MINI_PROJECT, Outcome.PROJECT):
        return Plan()
    brief = build_brief(
        ticket, decision.facts, chosen, chart, lists, now=now, person=person, date_order=date_order, in_force=in_force
    )
    if chosen is Outcome.MINI_PROJECT:
        return plan_mini_project(brief, ticket, lists, chart, decision_id=decision_id, note=note)
    return plan_project(brief, decision.facts, ticket, lists, chart, decision_id=decision_id, note=note)
