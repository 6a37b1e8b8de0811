"""Related records weigh more than text: schedule, products, tasks, opportunity, agreement, billing period."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from app.domain.billing_periods import periods_of
from app.domain.enums import Criterion, Outcome, PointsTo
from app.domain.ticket import TicketRecord
from tests.support.tickets import booked, decided, side

FLAT = [
    {"description": "Switch", "quantity": 1, "price": 400},
    {"description": "Installation, flat", "quantity": 1, "price": 180},
]


def test_product_lines_alone_show_a_sold_job() -> None:
    assert decided("See lines.", "Order", products=FLAT).outcome is Outcome.MINI_PROJECT


def test_stage_payments_among_the_products_make_a_project() -> None:
    lines = [{"description": f"Tills - instalment {one} of 3", "quantity": 1, "price": 900} for one in (1, 2, 3)]

    decision = decided("See lines.", "Order", products=lines)

    assert decision.outcome is Outcome.PROJECT
    assert side(decision, Criterion.BILLING) is PointsTo.PROJECT


def test_members_booked_in_several_periods_make_a_project() -> None:
    entries = [booked("kim", "2026-02-03"), booked("lou", "2026-03-10"), booked("kim", "2026-04-14")]

    assert decided("Dates are in.", "Schedule", scheduleEntries=entries).outcome is Outcome.PROJECT


def test_many_hands_in_an_outage_stay_service_work() -> None:
    entries = [booked("kim", "2026-01-15"), booked("lou", "2026-01-15"), booked("sam", "2026-01-16")]

    assert (
        decided("Cluster is down, nobody can work.", "Outage", scheduleEntries=entries).outcome
        is Outcome.SERVICE_TICKET
    )


def test_waiting_for_a_part_is_not_duration() -> None:
    entries = [booked("kim", "2026-01-15", hours=1), booked("kim", "2026-03-02", hours=1)]

    assert (
        decided("Door reader broken, part ordered.", "Reader", scheduleEntries=entries).outcome
        is Outcome.SERVICE_TICKET
    )


def test_whoever_only_lifts_or_learns_is_no_second_resource() -> None:
    entries = [booked("kim", "2026-01-20", hours=2), booked("trainee", "2026-01-20", hours=2)]
    text = "Quote 61 signed, $720 flat: mount the screen. Our trainee comes along to learn. One invoice."

    assert decided(text, "Screen", scheduleEntries=entries).outcome is Outcome.MINI_PROJECT


def test_a_schedule_that_contradicts_the_words_is_asked_about() -> None:
    entries = [booked("kim", "2026-02-03"), booked("lou", "2026-03-10"), booked("sam", "2026-04-14")]
    text = "Please book quote 12: one day, one engineer, $900, one invoice."

    assert decided(text, "Quote 12", scheduleEntries=entries).outcome is Outcome.REVIEW


@pytest.mark.parametrize(
    ("stage", "outcome"),
    [("Won", Outcome.MINI_PROJECT), ("Prospect", Outcome.SERVICE_TICKET), ("Lost", Outcome.SERVICE_TICKET)],
)
def test_only_a_won_opportunity_is_sold(stage: str, outcome: Outcome) -> None:
    opportunity = {"name": "Door entry", "stage": stage, "expectedRevenue": 600}

    assert decided("Please call me on Monday.", "Door", opportunity=opportunity).outcome is outcome


SEVERAL = "Order 881, fixed 900, one invoice: readers on 20 January, reprogramming on 20 February."


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"billingPeriod": {"cycle": "Quarterly", "start": "2026-01-01"}}, PointsTo.UNKNOWN, id="period given"),
        pytest.param({"agreement": {"name": "Care", "billingCycle": "Quarterly", "billStartDate": "2025-10-01"}}, PointsTo.UNKNOWN,
                     id="cycle of the agreement"),
    ],
)  # fmt: skip
def test_the_period_is_the_customers(changes: dict[str, Any], expected: PointsTo) -> None:
    decision = decided(SEVERAL, "Readers", **changes)

    assert (decision.outcome, side(decision, Criterion.DURATION)) == (Outcome.MINI_PROJECT, expected)


@pytest.mark.parametrize(
    ("start", "first_days"),
    [
        pytest.param("2025-08-31", ["2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"], id="the last day of each month"),
        pytest.param("2025-09-30", ["2025-12-30", "2026-01-30", "2026-02-28", "2026-03-30", "2026-04-30"], id="the 30th"),
        pytest.param("2025-08-28", ["2025-12-28", "2026-01-28", "2026-02-28", "2026-03-28", "2026-04-28"], id="the 28th"),
    ],
)  # fmt: skip
def test_periods_that_begin_at_the_end_of_a_month(start: str, first_days: list[str]) -> None:
    agreement = {"billingCycle": "Monthly", "billStartDate": start}
    periods = periods_of(
        TicketRecord.from_json({"agreement": agreement}), date(2026, 1, 15), default_cycle="Monthly", default_day=1
    )
    days = [date.fromisoformat(day) for day in first_days]
    for first, after in pairwise(days):
        last = after - timedelta(days=1)
        assert periods.bounds(first) == periods.bounds(last) == (first, last)


def test_a_cycle_that_does_not_come_round_leaves_the_periods_to_the_chart() -> None:
    agreement = {"billingCycle": "NotRecurring", "billStartDate": "2025-08-15"}
    periods = periods_of(
        TicketRecord.from_json({"agreement": agreement}), date(2026, 1, 15), default_cycle="Monthly", default_day=1
    )
    assert (periods.source, periods.bounds(date(2026, 1, 15))) == ("chart", (date(2026, 1, 1), date(2026, 1, 31)))


def test_two_days_can_lie_in_two_periods_from_the_26th_to_the_25th() -> None:
    entries = [booked("kim", "2026-01-20"), booked("kim", "2026-01-30")]
    period = {"cycle": "Monthly", "start": "2025-12-26"}

    decision = decided("Order 881 confirmed.", "Readers", scheduleEntries=entries, billingPeriod=period)

    assert side(decision, Criterion.DURATION) is PointsTo.PROJECT


def test_an_install_that_the_agreement_covers_is_service_work() -> None:
    agreement = {"name": "Managed Services - All In", "type": "Managed Services", "coverAgreementTime": True}
    text = "The replacement printer is here, please install it in the office."

    assert decided(text, "Printer", agreement=agreement).outcome is Outcome.SERVICE_TICKET
    assert decided(text, "Printer", agreement=agreement | {"coverAgreementTime": False}).outcome is Outcome.REVIEW
