"""Estimated dates on working days of the chart's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.chart import Chart

_WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day; the last is never before the first."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked on. `weekdays`: 0 is Monday."""

    weekdays: frozenset[int]
    off: frozenset[date]

    @classmethod
    def of(cls, chart: Chart) -> Calendar:
        """The chart's working days and holidays."""
        return cls(
            frozenset(_WEEK.index(name) for name in chart.project.working_days), frozenset(chart.project.days_off)
        )

    def works(self, day: date) -> bool:
        """Whether a day is a working day."""
        return day.weekday() in self.weekdays and day not in self.off

    def next(self, day: date) -> date:
        """The day itself, or the next working day after it."""
        while not self.works(day) and day < date.max:
            day += timedelta(days=1)
        return day


def within(span: Span, start: date | None, end: date | None) -> tuple[date | None, date | None]:
    """A phase's days: inside the project's, the end never before the start."""
    if start:
        start = min(max(start, span.start), span.end)
    if end:
        end = min(max(end, start or span.start), span.end)
    return start, end


def day(moment: date) -> str:
    """A day as ConnectWise carries it on projects and phases."""
    return f"{moment.isoformat()}T00:00:00Z"


def later(start: date, days: int, calendar: Calendar) -> date:
    """A working day so many days after another; the last day of the calendar at the end of time."""
    try:
        return calendar.next(start + timedelta(days=days))
    except OverflowError:
        return date.max
