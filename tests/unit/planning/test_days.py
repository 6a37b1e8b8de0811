"""Estimated dates: what the evidence names stays, what is estimated falls on working days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.facts import JobFacts, Stage
from app.planning.working_days import Calendar, span_of, within
from tests.support.planning_factories import chart, project, step, steps_of

WEDNESDAY = date(2026, 6, 3)
MAYBE = st.none() | st.dates()


def test_without_any_date_a_project_starts_today_and_ends_on_a_working_day() -> None:
    span = span_of(JobFacts(), chart(project={"default_days": 31}), WEDNESDAY)
    assert (span.start, span.end) == (WEDNESDAY, date(2026, 7, 6))


def test_a_start_that_is_only_estimated_avoids_weekends_and_holidays() -> None:
    rules = chart(project={"days_off": [date(2026, 6, 8)]})
    assert span_of(JobFacts(), rules, date(2026, 6, 6)).start == date(2026, 6, 9)


def test_a_named_weekend_stays_as_it_is_named() -> None:
    span = span_of(JobFacts(start=date(2026, 6, 13), end=date(2026, 6, 14)), chart(), WEDNESDAY)
    assert (span.start, span.end) == (date(2026, 6, 13), date(2026, 6, 14))


def test_the_calendar_of_the_chart_says_which_days_are_worked_on() -> None:
    rules = chart(project={"working_days": ["Sun", "Mon", "Tue", "Wed", "Thu"]})
    assert Calendar.of(rules).next(date(2026, 6, 5)) == date(2026, 6, 7)


def test_an_end_before_today_pulls_the_start_along() -> None:
    span = span_of(JobFacts(end=date(2026, 5, 1)), chart(), WEDNESDAY)
    assert span.start == span.end == date(2026, 5, 1)


@given(start=MAYBE, end=MAYBE, days=st.lists(st.tuples(MAYBE, MAYBE), max_size=4), today=st.dates())
@settings(max_examples=150)
def test_the_end_is_never_before_the_start_and_phases_lie_within(
    start: date | None, end: date | None, days: list[tuple[date | None, date | None]], today: date
) -> None:
    stages = tuple(Stage(f"Stage {number}", start=first, end=last) for number, (first, last) in enumerate(days))
    span = span_of(JobFacts(start=start, end=end, stages=stages), chart(), today)
    assert span.start <= span.end
    for first, last in days:
        begins, ends = within(span, first, last)
        assert span.start <= (begins or span.start) <= (ends or span.end) <= span.end


def test_a_single_phase_has_the_dates_of_the_project() -> None:
    made = project(JobFacts(start=date(2026, 6, 10), end=date(2026, 7, 1)))
    body = step(made, "phase-1").body
    assert (body["scheduledStart"], body["scheduledEnd"]) == ("2026-06-10T00:00:00Z", "2026-07-01T00:00:00Z")


def test_stages_keep_the_dates_that_the_evidence_names_and_get_no_others() -> None:
    named = Stage("Wave 1", start=date(2026, 7, 1), end=date(2026, 7, 3))
    made = project(JobFacts(stages=(named, Stage("Wave 2"))))
    first, second = (one.body for one in steps_of(made, "phase-"))
    assert (first["scheduledStart"], first["scheduledEnd"]) == ("2026-07-01T00:00:00Z", "2026-07-03T00:00:00Z")
    assert "scheduledStart" not in second
    assert step(made, "project").body["estimatedEnd"] == "2026-07-03T00:00:00Z"


@pytest.mark.parametrize("day", [date.max, date.max - timedelta(days=3)], ids=["the last day", "near it"])
def test_the_end_of_time_is_no_fault(day: date) -> None:
    assert span_of(JobFacts(start=day), chart(), WEDNESDAY).end <= date.max
