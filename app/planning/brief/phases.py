"""Phases of work and budget hours: by template, tasks, lists of the text, else the chart. Payments and amounts play no part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from app.domain.numbers import decimal_of
from app.domain.work_records import Task
from app.planning.amounts import QUARTER, split, usable_hours
from app.planning.brief.inputs import BriefInputs
from app.planning.brief.model import BriefField, ContactPerson, FieldState, Phase, Source, proposed, settled
from app.planning.paths import MEMBERS
from app.planning.texts import cut
from app.reading.values.hour_words import HOURS
from app.reading.values.work_hours import stated_hours
from app.reading.values.work_phases import stated_phases

_LONGEST_NAME = 100


def phases_of(inputs: BriefInputs, contacts: Sequence[ContactPerson]) -> BriefField[tuple[Phase, ...]]:
    """The phases of a project; empty where a template brings them."""
    if not inputs.is_project:
        return settled(())
    tasks = [_named_task(task) for task in inputs.ticket.tasks]
    with_hours = [(name, hours) for name, hours in tasks if hours]
    if len(with_hours) >= 2:
        phases = [
            Phase(name, hours)
            for name, hours in zip(
                unique_names([name for name, _ in with_hours]), [hours for _, hours in with_hours], strict=True
            )
        ]
        return settled(_with_contacts(phases, contacts), Source("tasks", f"{len(phases)} tasks with budget"))
    members = [
        f"{member.get('firstName', '')} {member.get('lastName', '')}".strip() for member in inputs.lists.active(MEMBERS)
    ]
    persons = [contact.name for contact in contacts] + [name for name in members if name]
    stated = stated_phases(inputs.sentences, inputs.today, persons)
    if stated is not None:
        names = unique_names([phase.name for phase in stated.phases])
        phases = [
            Phase(name, phase.hours, phase.start, phase.end) for name, phase in zip(names, stated.phases, strict=True)
        ]
        return proposed(_with_contacts(phases, contacts), Source(stated.source, stated.quote))
    return settled((), Source("chart: project.phases", ", ".join(rule.name for rule in inputs.chart.project.phases)))


_AT_END = re.compile(rf"[\s:,–(-]*{HOURS.pattern}\)?[\s.]*$", re.I)


def _named_task(task: Task) -> tuple[str, Decimal | None]:
    """A task's name and hours. ConnectWise's tasks have no member for hours; people write "Build (10 h)"."""
    hours = usable_hours(decimal_of(task.budget_hours))
    match = _AT_END.search(task.summary) if hours is None else None
    if match is None:
        return task.summary, hours
    return task.summary[: match.start()].strip() or task.summary, usable_hours(
        Decimal(match["hours"].replace(",", "."))
    )


def chart_phases(inputs: BriefInputs, hours: Decimal | None) -> tuple[Phase, ...]:
    """The phases of the chart with their shares of the budget."""
    rules = inputs.chart.project.phases
    names = unique_names([rule.name for rule in rules])
    parts = split(hours, [rule.share for rule in rules], step=QUARTER) if hours else [None] * len(rules)
    return tuple(Phase(name, part or None) for name, part in zip(names, parts, strict=True))


def budget_of(inputs: BriefInputs, phases: Sequence[Phase]) -> BriefField[Decimal]:
    """Budget hours: the ticket's field, its tasks, the phases, the one number of hours in the text that is a budget, the schedule."""
    given = usable_hours(decimal_of(inputs.ticket.budget_hours))
    listed = sum((phase.hours for phase in phases if phase.hours), Decimal(0))
    if given is not None:
        message = (
            f"The phases add up to {listed:f} h, the ticket's budget is {given:f} h."
            if listed and listed != given
            else ""
        )
        state = FieldState.PROPOSED if message else FieldState.SETTLED
        return BriefField(given, state, (Source("budgetHours", f"{given:f}"),), message)
    tasks = sum((_named_task(task)[1] or Decimal(0) for task in inputs.ticket.tasks), Decimal(0))
    if usable_hours(tasks):
        return settled(usable_hours(tasks), Source("tasks", f"{tasks:f}"))
    if usable_hours(listed):
        return proposed(usable_hours(listed), Source("phases", f"{listed:f}"))
    named = _named_hours(inputs)
    if named is not None:
        return named
    booked = sum((decimal_of(entry.hours) or Decimal(0) for entry in inputs.ticket.schedule_entries), Decimal(0))
    return proposed(usable_hours(booked), Source("scheduleEntries", f"{booked:f}")) if booked > 0 else settled(None)


def _named_hours(inputs: BriefInputs) -> BriefField[Decimal] | None:
    stated = stated_hours(inputs.sentences)
    hours = usable_hours(stated.hours) if stated else None
    if stated is None or hours is None:
        return None
    return proposed(hours, Source(stated.sentence.source, stated.sentence.written[:160]))


def unique_names(names: Sequence[str]) -> list[str]:
    """Names as a phase takes them, each only once."""
    taken: list[str] = []
    for number, name in enumerate(names, 1):
        title = cut(name, _LONGEST_NAME) or f"Phase {number}"
        if title.casefold() in {earlier.casefold() for earlier in taken}:
            ending = f" ({number})"
            title = cut(name, _LONGEST_NAME - len(ending)) + ending
        taken.append(title)
    return taken


def _with_contacts(phases: Sequence[Phase], contacts: Sequence[ContactPerson]) -> tuple[Phase, ...]:
    """Each phase with the contact of the part that it names."""
    by_part = {contact.part.casefold(): contact.name for contact in contacts if contact.part}

    def contact(phase: Phase) -> str:
        name = phase.name.casefold()
        return next((person for part, person in by_part.items() if part in name or name in part), "")

    return tuple(Phase(phase.name, phase.hours, phase.start, phase.end, contact(phase)) for phase in phases)
