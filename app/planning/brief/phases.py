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
from app.reading.values.work_phases import stated_phases

_LONGEST_NAME = 100
_HOURS = re.compile(
    r"(?<![\d.,:–-])(?P<hours>\d{1,4}(?:[.,]\d{1,2})?) ?(?:man-?|work(?:ing)? ?|arbeits)?(?:h|hrs?|hours?|std\.?|stunden?"
    r"|heures?|horas?)(?!\w)(?! (?:notice|a day|per day|later|ago|before|response|am tag|pro tag|par jour|al día"
    r"|vorher|später|avant|antes|after|of downtime))"
)
_NO_BUDGET = re.compile(
    r"(?<!\w)(?:within|in under|less than|in less than|after|every|next|last|past|each|first|response\w*|answer\w*"
    r"|reply|sla|support hours|opening|open|24|innerhalb|binnen|nach|alle|letzten|reaktionszeit|antwort\w*|sous"
    r"|dans les|toutes les|délai|réponse|en menos de|dentro de|cada|respuesta|plazo|at|um|à|lasted|took"
    r"|down|outage|waited|dauert\w*|ausfall|panne|duró|depuis|seit|since)(?!\w)[^.;,]{0,30}$"
    r"|\d{1,2} (?:to|bis|à|a|and|und|et|y)\s$"
)


def phases_of(inputs: BriefInputs, contacts: Sequence[ContactPerson]) -> BriefField[tuple[Phase, ...]]:
    """The phases of a project; empty where a template brings them."""
    if not inputs.is_project:
        return settled(())
    tasks = [_named_task(one) for one in inputs.ticket.tasks]
    with_hours = [(name, hours) for name, hours in tasks if hours]
    if len(with_hours) >= 2:
        phases = [
            Phase(name, hours)
            for name, hours in zip(
                unique_names([name for name, _ in with_hours]), [hours for _, hours in with_hours], strict=True
            )
        ]
        return settled(_with_contacts(phases, contacts), Source("tasks", f"{len(phases)} tasks with budget"))
    members = [f"{one.get('firstName', '')} {one.get('lastName', '')}".strip() for one in inputs.lists.active(MEMBERS)]
    persons = [one.name for one in contacts] + [name for name in members if name]
    stated = stated_phases(inputs.sentences, inputs.today, persons)
    if stated is not None:
        names = unique_names([one.name for one in stated.phases])
        phases = [Phase(name, one.hours, one.start, one.end) for name, one in zip(names, stated.phases, strict=True)]
        return proposed(_with_contacts(phases, contacts), Source(stated.source, stated.quote))
    return settled((), Source("chart: project.phases", ", ".join(rule.name for rule in inputs.chart.project.phases)))


_AT_END = re.compile(rf"[\s:,–(-]*{_HOURS.pattern}\)?[\s.]*$", re.I)


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
    tasks = sum((_named_task(one)[1] or Decimal(0) for one in inputs.ticket.tasks), Decimal(0))
    if usable_hours(tasks):
        return settled(usable_hours(tasks), Source("tasks", f"{tasks:f}"))
    if usable_hours(listed):
        return proposed(usable_hours(listed), Source("phases", f"{listed:f}"))
    named = _named_hours(inputs)
    if named is not None:
        return named
    booked = sum((decimal_of(one.hours) or Decimal(0) for one in inputs.ticket.schedule_entries), Decimal(0))
    return proposed(usable_hours(booked), Source("scheduleEntries", f"{booked:f}")) if booked > 0 else settled(None)


def _named_hours(inputs: BriefInputs) -> BriefField[Decimal] | None:
    found: dict[Decimal, Source] = {}
    for sentence in inputs.sentences:
        words = sentence.written.lower()
        for match in _HOURS.finditer(words):
            hours = usable_hours(Decimal(match["hours"].replace(",", ".")))
            if hours is not None and not _NO_BUDGET.search(words[max(0, match.start() - 60) : match.start()]):
                found.setdefault(hours, Source(sentence.source, sentence.written[:160]))
    return proposed(next(iter(found)), *found.values()) if len(found) == 1 else None


def unique_names(names: Sequence[str]) -> list[str]:
    """Names as a phase takes them, each only once."""
    taken: list[str] = []
    for number, name in enumerate(names, 1):
        own = cut(name, _LONGEST_NAME) or f"Phase {number}"
        if own.casefold() in {each.casefold() for each in taken}:
            ending = f" ({number})"
            own = cut(name, _LONGEST_NAME - len(ending)) + ending
        taken.append(own)
    return taken


def _with_contacts(phases: Sequence[Phase], contacts: Sequence[ContactPerson]) -> tuple[Phase, ...]:
    """Each phase with the contact of the part that it names."""
    by_part = {one.part.casefold(): one.name for one in contacts if one.part}

    def contact(phase: Phase) -> str:
        name = phase.name.casefold()
        return next((person for part, person in by_part.items() if part in name or name in part), "")

    return tuple(Phase(one.name, one.hours, one.start, one.end, contact(one)) for one in phases)
