"""The scheduling row: one level of schedule and hours, or several resources and budgets by phase?"""

from __future__ import annotations

from app.chart.rows.row_score import SMALL_NUMBER, RowScore, Thresholds, add_mentions
from app.reading.evidence import Evidence
from app.reading.values.people import named_workers
from app.reading.values.shares import hours_by_part


def score_scheduling(evidence: Evidence, limits: Thresholds, score: RowScore) -> None:
    """One level of schedule and hours, or several resources and budgets by phase?"""
    helping = bool(evidence.mentions("helper_only"))
    booked = list(dict.fromkeys(booking.member for booking in evidence.bookings if booking.member))
    if limits.members <= len(booked) <= SMALL_NUMBER and limits.size.small:
        score.stay_small("small_job_booked", limits.size.small)
    elif len(booked) >= limits.members and not (helping and _same_visit(evidence)):
        text = f"{len(booked)} members are scheduled"
        score.add_project(
            "members_booked", text, "scheduleEntries", ", ".join(booked), f"scheduling.members = {limits.members}"
        )
    elif booked:
        text = "One member is scheduled" if len(booked) == 1 else "The others only help on the same visit"
        score.add_service("member_booked", text, evidence.bookings[0].source, ", ".join(booked))
    elif limits.members <= len(evidence.members) <= SMALL_NUMBER and limits.size.small:
        score.stay_small("small_job_named", limits.size.small)
    elif len(evidence.members) >= limits.members and not helping:
        score.add_project("resources_named", "Several resources are named", "resources", ", ".join(evidence.members))
    _budgets(evidence, limits, score)
    _people(evidence, score)
    score.undecided = bool(evidence.mentions("open_people"))


def _budgets(evidence: Evidence, limits: Thresholds, score: RowScore) -> None:
    """Separate hours for tasks, phases or parts of the work."""
    budgeted = [task for task in evidence.tasks if task.hours > 0]
    hours = sum(task.hours for task in budgeted)
    if len(budgeted) >= limits.tasks_with_budget and hours > limits.check_list_hours:
        text = f"{len(budgeted)} tasks have separate budgets"
        sign = "many_budgeted_tasks" if len(budgeted) > limits.tasks_with_budget else "budgeted_tasks"
        score.add_project(sign, text, budgeted[0].source, "; ".join(task.summary for task in budgeted))
        score.planned = True
    add_mentions(evidence, score, "Budgets by phase", "phase_budgets")
    for sentence in evidence.planned:
        total, words = hours_by_part(sentence.words)
        if total > limits.check_list_hours:
            score.add_project("hours_by_part", "Budgets by phase", sentence.source, words)


def _same_visit(evidence: Evidence) -> bool:
    """Whether all members have the same start times: the same visits."""
    starts: dict[str, set[str]] = {}
    for booking in evidence.bookings:
        starts.setdefault(booking.member, set()).add(booking.start_time)
    return len({frozenset(begins) for begins in starts.values()}) == 1


def _people(evidence: Evidence, score: RowScore) -> None:
    helping = bool(evidence.mentions("helper_only"))
    for mention in evidence.mentions("many_people")[:2]:
        if helping:
            score.add_service("helper_only", "The second person only helps or learns", mention.source, mention.words)
        else:
            score.add_project("many_people", "Several people are to do the work", mention.source, mention.words)
    workers = named_workers(evidence.planned)
    if workers and not helping:
        sign = "workers_named" if workers.strong else "workers_implied"
        score.add_project(sign, "Several people are named for the work", workers.source, workers.words)
    if alone := evidence.mentions("one_person"):
        score.add_service("one_person", "One person does it", alone[0].source, alone[0].words)
