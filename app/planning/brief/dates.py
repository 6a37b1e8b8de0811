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


def days_of(inputs: BriefInputs, phases: Sequence[Phase]) -> Days:
    """First and last day of the work."""
    calendar = Calendar.of(inputs.chart)
    named = _named(inputs)
    booked = _booked(inputs)
    field_start, field_end = day_of(inputs.ticket.estimated_start_date), day_of(inputs.ticket.required_date)
    starts = [(day, Source("scheduleEntries", day.isoformat())) for day in booked[:1]]
    starts += [(field_start, Source("estimatedStartDate", field_start.isoformat()))] if field_start else []
    starts += [(one.day.first, Source(one.source, one.quote)) for one in named if one.kind is not DayKind.END]
    starts += [(phase.start, Source("phases", phase.name)) for phase in phases if phase.start]
    ends = (
        [(booked[-1], Source("scheduleEntries", booked[-1].isoformat()))]
        if len(booked) > 1 or (booked and not inputs.is_project)
        else []
    )
    ends += [(field_end, Source("requiredDate", field_end.isoformat()))] if field_end else []
    ends += [(one.day.last, Source(one.source, one.quote)) for one in named if one.kind is not DayKind.START]
    ends += [(phase.end, Source("phases", phase.name)) for phase in phases if phase.end]
    end = _widest(ends, inputs, named, last=True)
    start = _widest(starts, inputs, named, last=False)
    if start is None:
        first = calendar.next(inputs.today)
        start = proposed(
            min(first, end.value) if end and end.value else first, Source("derived", "the day of the decision")
        )
    if end is None or (end.value is not None and start.value is not None and end.value < start.value):
        begin = start.value or inputs.today
        end = proposed(
            later(begin, inputs.chart.project.default_days, calendar),
            Source("chart: project.default_days", str(inputs.chart.project.default_days)),
        )
    return start, end


def _widest(
    found: list[tuple[date, Source]], inputs: BriefInputs, named: Sequence[WorkDay], *, last: bool
) -> BriefField[date] | None:
    """The first, or last, of the days; settled where a record gives it."""
    if not found:
        return None
    day = max(one for one, _ in found) if last else min(one for one, _ in found)
    sources = tuple(dict.fromkeys(source for one, source in found if one == day))
    if any(source.place in ("scheduleEntries", "estimatedStartDate", "requiredDate") for source in sources):
        return settled(day, *sources)
    unsure = any(one.day.ambiguous and day in (one.day.first, one.day.last) for one in named)
    message = f"The numeric date may be read in two ways; read as {inputs.date_order}." if unsure else ""
    return BriefField(day, FieldState.PROPOSED, sources, message)


def _named(inputs: BriefInputs) -> list[WorkDay]:
    """The days of the text that are no payment dates."""
    plan = inputs.stated_plan
    kept = [one for one in inputs.sentences if plan is None or one.written[:200] != plan.quote]
    return work_days(kept, inputs.today, inputs.date_order)


def _booked(inputs: BriefInputs) -> list[date]:
    days = {
        day
        for entry in inputs.ticket.schedule_entries
        for text in (entry.date_start, entry.date_end)
        if (day := day_of(text))
    }
    return sorted(days)
