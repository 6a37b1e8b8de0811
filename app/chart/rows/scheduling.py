"""The scheduling row: one level of schedule and hours, or several resources and budgets by phase?"""

from __future__ import annotations

from app.chart.rows.row_score import LIKELY, PHRASE, RECORD, STATEMENT, Hint, Thresholds, add_said
from app.reading.evidence import Evidence
from app.reading.values.people import named_workers
from app.reading.values.shares import hours_by_part


def scheduling(evidence: Evidence, limits: Thresholds) -> Hint:
    """One level of schedule and hours, or several resources and budgets by phase?"""
    hint = Hint()
    helping = bool(evidence.mentions("helper_only"))
    booked = list(dict.fromkeys(booking.member for booking in evidence.bookings if booking.member))
    if len(booked) >= limits.members and not (helping and _same_visit(evidence)):
        text = f"{len(booked)} members are scheduled"
        hint.to_project(RECORD, text, "scheduleEntries", ", ".join(booked), f"scheduling.members = {limits.members}")
    elif booked:
        text = "One member is scheduled" if len(booked) == 1 else "The others only help on the same visit"
        hint.to_service(RECORD, text, evidence.bookings[0].source, ", ".join(booked))
    elif len(evidence.members) >= limits.members and not helping:
        hint.to_project(LIKELY, "Several resources are named", "resources", ", ".join(evidence.members))
    _budgets(evidence, limits, hint)
    _people(evidence, hint)
    hint.undecided = bool(evidence.mentions("open_people"))
    return hint


def _budgets(evidence: Evidence, limits: Thresholds, hint: Hint) -> None:
    """Hours of their own for tasks, phases or parts of the work."""
    budgeted = [task for task in evidence.tasks if task.hours > 0]
    hours = sum(task.hours for task in budgeted)
    if len(budgeted) >= limits.tasks_with_budget and hours > limits.check_list_hours:
        text = f"{len(budgeted)} tasks have budgets of their own"
        strength = RECORD if len(budgeted) > limits.tasks_with_budget else STATEMENT
        hint.to_project(strength, text, budgeted[0].source, "; ".join(task.summary for task in budgeted))
        hint.planned = True
    add_said(evidence, hint, LIKELY, "Budgets by phase", "phase_budgets")
    for sentence in evidence.planned:
        total, words = hours_by_part(sentence.words)
        if total > limits.check_list_hours:
            hint.to_project(LIKELY, "Budgets by phase", sentence.source, words)


def _same_visit(evidence: Evidence) -> bool:
    """Everyone is booked for the same beginnings: one visit, or the same visits."""
    starts: dict[str, set[str]] = {}
    for booking in evidence.bookings:
        starts.setdefault(booking.member, set()).add(booking.start_time)
    return len({frozenset(begins) for begins in starts.values()}) == 1


def _people(evidence: Evidence, hint: Hint) -> None:
    helping = bool(evidence.mentions("helper_only"))
    for hit in evidence.mentions("many_people")[:2]:
        if helping:
            hint.to_service(PHRASE, "The second person only helps or learns", hit.source, hit.words)
        else:
            hint.to_project(LIKELY, "Several people are to do the work", hit.source, hit.words)
    workers = named_workers(evidence.planned)
    if workers and not helping:
        strength = LIKELY if workers.strong else PHRASE
        hint.to_project(strength, "Several people are named for the work", workers.source, workers.words)
    if alone := evidence.mentions("one_person"):
        hint.to_service(STATEMENT, "One person does it", alone[0].source, alone[0].words)
