"""Digest, quiet hours in a time zone, retries."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.notify import QuietHours, Schedule
from app.notify.model import Kind
from app.notify.schedule import retry_at

NOW = datetime(2026, 12, 1, 21, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at", "quiet"),
    [
        ("22:00-07:00", time(21, 59), False),
        ("22:00-07:00", time(22, 0), True),
        ("22:00-07:00", time(0, 0), True),
        ("22:00-07:00", time(7, 0), False),
        ("12:00 - 13:30", time(13, 0), True),
        ("12:00-13:30", time(13, 30), False),
    ],
)
def test_quiet_hours_may_span_midnight(text: str, at: time, quiet: bool) -> None:
    hours = QuietHours.parse(text)
    assert hours is not None
    assert hours.contain(at) is quiet


@pytest.mark.parametrize("text", ["22-7", "25:00-07:00", "07:00-07:00", "late"])
def test_other_texts_are_no_quiet_hours(text: str) -> None:
    with pytest.raises(ValueError, match="such as 22:00-07:00"):
        QuietHours.parse(text)


def test_quiet_hours_are_in_the_services_time_zone() -> None:
    quiet = QuietHours.parse("22:00-07:00")
    assert Schedule(quiet=quiet, zone=ZoneInfo("Europe/Berlin")).is_quiet(NOW)
    assert not Schedule(quiet=quiet, zone=UTC).is_quiet(NOW)
    assert not Schedule(quiet=QuietHours.parse("")).is_quiet(NOW)


def test_reviews_are_collected_and_trouble_of_the_service_is_not() -> None:
    schedule = Schedule(digest=timedelta(minutes=5))
    assert schedule.due(Kind.REVIEW, now=NOW) == NOW + timedelta(minutes=5)
    assert schedule.due(Kind.AWAY, now=NOW) == NOW


def test_the_pause_between_attempts_doubles_up_to_an_hour() -> None:
    waits = [(retry_at(attempts, now=NOW) - NOW).total_seconds() for attempts in (1, 2, 3, 8, 500)]
    assert waits == [30, 60, 120, 3600, 3600]
