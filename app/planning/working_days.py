"""Estimated dates on working days of the chart's calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from app.chart import Chart
from app.domain.facts import JobFacts

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


def span_of(facts: JobFacts, chart: Chart, today: date) -> Span:
    """Estimated start and end: days that the evidence names stay as they are, others are working days of the calendar.

    The days of the stages lie within it.
    """
    calendar = Calendar.of(chart)
    named = [day for stage in facts.stages for day in (stage.start, stage.end) if day]
    end = _latest([facts.end, *named])
    start = facts.start or min([calendar.next(today), *([end] if end else [])])
    start = min([start, *named])
    if end is None or end < start:
        end = _later(start, chart.project.default_days, calendar) if end is None else start
    return Span(start, end)


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


def _latest(days: Iterable[date | None]) -> date | None:
    return max((each for each in days if each), default=None)


def _later(start: date, days: int, calendar: Calendar) -> date:
    try:
        return calendar.next(start + timedelta(days=days))
    except OverflowError:
        return date.max
