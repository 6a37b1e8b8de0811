"""The size of a job: capacity of one resource, small jobs, thresholds that managers set."""

from __future__ import annotations

from typing import Any

import pytest

from app.chart import Decision, decide, parse_chart
from app.domain.enums import Criterion, Outcome, PointsTo
from tests.support.tickets import booked, decided, side, ticket_record

SOLD = "Order signed, fixed price 900, one invoice."
COVERED = {"name": "All In", "type": "Managed Services", "coverAgreementTime": True}
OVER_A_MONTHS_END = [booked("ali", "2026-01-26", hours=1), booked("eve", "2026-02-03", hours=1)]


def by_chart(text: str, chart: str, **changes: Any) -> Decision:
    return decide(ticket_record(text, **changes), parse_chart(chart))


@pytest.mark.parametrize(
    "hours",
    [
        {"budgetHours": 121},
        {"tasks": [{"summary": "Clean-up", "budgetHours": 121}]},
        {"scheduleEntries": [booked("ali", "2026-01-19", "2026-01-30", hours=121)]},
    ],
    ids=["budget", "tasks", "schedule"],
)
def test_more_hours_than_one_resource_has_in_a_month_make_a_project(hours: dict[str, Any]) -> None:
    decision = decided(SOLD, **hours)
    assert decision.outcome is Outcome.PROJECT
    reason = decision.findings[0].reasons[0]
    assert reason.threshold == "duration.hours_per_resource_and_month = 120"
    assert reason.value == "121 h"


def test_hours_of_the_text_count_like_those_of_a_field() -> None:
    assert decided(f"{SOLD} 121 hours.").outcome is Outcome.PROJECT
    assert decided(f"{SOLD} Survey 61 h, labels 60 h.").outcome is Outcome.PROJECT
    assert decided(f"{SOLD} We answer within 121 hours.").outcome is Outcome.MINI_PROJECT


def test_as_many_hours_as_one_resource_has_are_a_mini_project() -> None:
    assert decided(SOLD, budgetHours=120).outcome is Outcome.MINI_PROJECT


@pytest.mark.parametrize(
    ("cycle", "hours", "outcome"),
    [
        ("Quarterly", 360, Outcome.MINI_PROJECT), ("Quarterly", 361, Outcome.PROJECT),
        ("Weekly", 27, Outcome.MINI_PROJECT), ("Weekly", 28, Outcome.PROJECT),
    ],
)  # fmt: skip
def test_the_billing_cycle_scales_the_capacity(cycle: str, hours: int, outcome: Outcome) -> None:
    period = {"cycle": cycle, "start": "2026-01-12"}
    assert decided(SOLD, budgetHours=hours, billingPeriod=period).outcome is outcome


def test_hours_alone_move_no_repair_and_no_covered_work() -> None:
    assert decided("The server is down again.", "Server down", budgetHours=200).outcome is Outcome.SERVICE_TICKET
    text = "Please reset the passwords of everybody, covered by our agreement."
    assert decided(text, agreement=COVERED, budgetHours=200).outcome is Outcome.SERVICE_TICKET


def test_hours_beyond_capacity_of_unknown_work_are_a_question() -> None:
    decision = decided("Data centre.", "Data centre", budgetHours=200)
    assert decision.outcome is Outcome.REVIEW
    assert Outcome.PROJECT in decision.candidates


def test_two_short_visits_over_a_months_end_stay_a_small_job() -> None:
    decision = decided(SOLD, scheduleEntries=OVER_A_MONTHS_END)
    assert decision.outcome is Outcome.MINI_PROJECT
    rows = {finding.criterion: finding for finding in decision.findings}
    for criterion in (Criterion.DURATION, Criterion.SCHEDULING):
        assert rows[criterion].points_to is PointsTo.SERVICE
        assert any(reason.threshold == "small_job.hours = 8" for reason in rows[criterion].reasons)


@pytest.mark.parametrize(
    ("text", "hours"),
    [(SOLD, 4), (SOLD.replace("900", "1,000"), 1)],
    ids=["eight hours in all", "an amount of a thousand"],
)
def test_at_either_limit_a_job_is_not_small(text: str, hours: float) -> None:
    visits = [booked("ali", "2026-01-26", hours=hours), booked("ali", "2026-02-03", hours=hours)]
    assert decided(text.replace(", one invoice", ""), scheduleEntries=visits).outcome is Outcome.PROJECT


def test_three_visits_or_three_people_are_not_covered_by_the_small_job_rule() -> None:
    third = booked("kim", "2026-03-03", hours=1)
    assert decided(SOLD, scheduleEntries=[*OVER_A_MONTHS_END, third]).outcome is not Outcome.MINI_PROJECT


def test_parts_that_are_billed_one_by_one_make_a_project_of_a_small_job() -> None:
    text = "Order signed, 300 for each of the two shops, an invoice after each shop."
    assert decided(text, scheduleEntries=OVER_A_MONTHS_END).outcome is Outcome.PROJECT


def test_a_chart_may_switch_the_small_job_rule_off() -> None:
    text = SOLD.replace(", one invoice", "")
    decision = by_chart(text, "small_job: {hours: 0}", scheduleEntries=OVER_A_MONTHS_END)
    assert side(decision, Criterion.DURATION) is PointsTo.PROJECT


@pytest.mark.parametrize("hours", [{"budgetHours": 40}, {"tasks": [{"summary": "All", "budgetHours": 40}]}])
def test_a_manager_sets_the_hours_from_which_work_is_a_project(hours: dict[str, Any]) -> None:
    chart = "combination: {project_from_hours: 40}"
    decision = by_chart(SOLD, chart, **hours)
    assert decision.outcome is Outcome.PROJECT
    assert decision.settled_by == (Criterion.DURATION,)
    assert decision.rule == "The chart's threshold: combination.project_from_hours = 40."
    assert by_chart(f"{SOLD} 40 hours.", chart).outcome is Outcome.PROJECT
    assert by_chart(SOLD, chart, budgetHours=39).outcome is Outcome.MINI_PROJECT


def test_a_manager_sets_the_amount_from_which_work_is_a_project() -> None:
    chart = "combination: {project_from_amount: 5000}"
    assert by_chart("Order signed, fixed price 5,000, one invoice.", chart).outcome is Outcome.PROJECT
    assert by_chart("Order signed, fixed price 4,999, one invoice.", chart).outcome is Outcome.MINI_PROJECT


def test_a_manager_sets_the_hours_from_which_work_is_a_mini_project() -> None:
    chart = "combination: {mini_project_from_hours: 12}"
    text = "Please add the new users of the branch to the list."
    assert by_chart(text, chart, budgetHours=12).outcome is Outcome.MINI_PROJECT
    assert by_chart(text, chart, budgetHours=11).outcome is Outcome.SERVICE_TICKET


def test_thresholds_leave_repairs_and_covered_work_alone() -> None:
    chart = "combination: {mini_project_from_hours: 12, project_from_hours: 40, project_from_amount: 5000}"
    assert by_chart("The server is down.", chart, summary="Down", budgetHours=50).outcome is Outcome.SERVICE_TICKET
    text = "Please add the new users of the branch to the list, covered by our agreement."
    assert by_chart(text, chart, agreement=COVERED, budgetHours=50).outcome is Outcome.SERVICE_TICKET


def test_a_threshold_removes_the_smaller_candidates_of_a_question() -> None:
    text = "We bought a plotter. Can you install it for us next week?"
    open_question = by_chart(text, "version: '1'", budgetHours=12)
    assert Outcome.SERVICE_TICKET in open_question.candidates
    settled = by_chart(text, "combination: {mini_project_from_hours: 12}", budgetHours=12)
    assert Outcome.SERVICE_TICKET not in (settled.outcome, *settled.candidates)
