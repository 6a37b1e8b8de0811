"""Start and end of the work: the widest of fields, named work days and schedule. A deadline is an end; one visit ends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.domain.billing_periods import day_of
from app.planning.brief.inputs import BriefInputs
from app.planning.brief.model import BriefField, FieldState, Phase, Source, proposed, settled
from app.planning.working_days import Calendar, later
from app.reading.values.work_dates import DayKind, WorkDay, work_days

Days = tuple[BriefField[date], BriefField[date]]
DERIVED, DEFAULT_DAYS = "derived", "chart: project.default_days"
"""Places of days that nothing names."""
FoundDay = tuple[date, Source]


def days_of(inputs: BriefInputs, phases: Sequence[Phase]) -> Days:
    """First and last day of the work. A project needs both; on a mini-project a day that nothing names stays empty."""
    calendar, project = Calendar.of(inputs.chart), inputs.chart.project
    named, booked = _named(inputs), _booked(inputs)
    end = _widest(_ends(inputs, named, booked, phases), inputs, named, last=True)
    start = _widest(_starts(inputs, named, booked, phases), inputs, named, last=False)
    if not inputs.is_project:
        return start or settled(None), _not_before(start, end) or settled(None)
    if start is None:
        first = calendar.next(inputs.today)
        first = min(first, end.value) if end and end.value else first
        start = proposed(first, Source(DERIVED, "the day of the decision"))
    if end is None or (end.value is not None and start.value is not None and end.value < start.value):
        begin = start.value or inputs.today
        source = Source(DEFAULT_DAYS, str(project.default_days))
        end = proposed(later(begin, project.default_days, calendar), source)
    return start, end


def _not_before(start: BriefField[date] | None, end: BriefField[date] | None) -> BriefField[date] | None:
    """The end, unless it lies before the start."""
    if start and end and start.value and end.value and end.value < start.value:
        return None
    return end


def assumed(day: BriefField[date]) -> bool:
    """Whether nothing names the day of a project, so that it was assumed."""
    return bool(day.sources) and not day.by and all(source.place in (DERIVED, DEFAULT_DAYS) for source in day.sources)


def _starts(
    inputs: BriefInputs, named: Sequence[WorkDay], booked: Sequence[date], phases: Sequence[Phase]
) -> list[FoundDay]:
    field = day_of(inputs.ticket.estimated_start_date)
    starts = [(day, Source("scheduleEntries", day.isoformat())) for day in booked[:1]]
    starts += [(field, Source("estimatedStartDate", field.isoformat()))] if field else []
    starts += [(work.day.first, Source(work.source, work.quote)) for work in named if work.kind is not DayKind.END]
    return starts + [(phase.start, Source("phases", phase.name)) for phase in phases if phase.start]


def _ends(
    inputs: BriefInputs, named: Sequence[WorkDay], booked: Sequence[date], phases: Sequence[Phase]
) -> list[FoundDay]:
    field = day_of(inputs.ticket.required_date)
    by_schedule = len(booked) > 1 or (booked and not inputs.is_project)
    ends = [(booked[-1], Source("scheduleEntries", booked[-1].isoformat()))] if by_schedule else []
    ends += [(field, Source("requiredDate", field.isoformat()))] if field else []
    ends += [(work.day.last, Source(work.source, work.quote)) for work in named if work.kind is not DayKind.START]
    return ends + [(phase.end, Source("phases", phase.name)) for phase in phases if phase.end]


def _widest(
    found: list[FoundDay], inputs: BriefInputs, named: Sequence[WorkDay], *, last: bool
) -> BriefField[date] | None:
    """The first, or last, of the days; settled where a record gives it."""
    if not found:
        return None
    days = [day for day, _ in found]
    chosen = max(days) if last else min(days)
    sources = tuple(dict.fromkeys(source for day, source in found if day == chosen))
    if any(source.place in ("scheduleEntries", "estimatedStartDate", "requiredDate") for source in sources):
        return settled(chosen, *sources)
    unsure = any(work.day.ambiguous and chosen in (work.day.first, work.day.last) for work in named)
    message = f"The numeric date may be read in two ways; read as {inputs.date_order}." if unsure else ""
    return BriefField(chosen, FieldState.PROPOSED, sources, message)


def _named(inputs: BriefInputs) -> list[WorkDay]:
    """The days of the text that are no payment dates."""
    plan = inputs.stated_plan
    kept = [sentence for sentence in inputs.sentences if plan is None or sentence.written[:200] != plan.quote]
    return work_days(kept, inputs.today, inputs.date_order)


def _booked(inputs: BriefInputs) -> list[date]:
    days = {
        day
        for entry in inputs.ticket.schedule_entries
        for text in (entry.date_start, entry.date_end)
        if (day := day_of(text))
    }
    return sorted(days)
