"""Which plan a decision leads to."""

from __future__ import annotations

from datetime import datetime

from app.chart import Chart, Decision
from app.domain.enums import Outcome
from app.planning.blockers import Case
from app.planning.mini_project_plan import plan_mini_project
from app.planning.model import Plan
from app.planning.project_plan import plan_project
from app.planning.reference_lists import ReferenceLists


def plan_for_decision(
    decision: Decision, case: Case, catalogue: ReferenceLists, chart: Chart, *, decision_id: str, now: datetime, note: str,
    outcome: Outcome | None = None,
) -> Plan:  # fmt: skip
    """The ordered steps for a decision, or for the `outcome` that a person chose instead. Service tickets are left alone."""
    chosen = outcome or decision.outcome
    if chosen is Outcome.MINI_PROJECT:
        return plan_mini_project(decision.facts, case, catalogue, chart, decision_id=decision_id, note=note)
    if chosen is Outcome.PROJECT:
        return plan_project(decision, case, catalogue, chart, decision_id=decision_id, now=now, note=note)
    return Plan()
