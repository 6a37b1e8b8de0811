"""The rows billing, scheduling, team and contacts, and the list of all rows but finance.

Each looks at the evidence and gives a hint (`app.chart.hints`).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from app.chart.duration import duration
from app.chart.evidence import Evidence
from app.chart.hints import LIKELY, PHRASE, RECORD, STATEMENT, Hint, Thresholds, add_said
from app.chart.model import Criterion
from app.chart.people import listed_contacts, named_contacts, named_workers
from app.chart.shares import hours_by_part


def billing(evidence: Evidence, _limits: Thresholds) -> Hint:
    """All on one invoice when done, or instalments, milestones, a bill per stage?"""
    hint = Hint()
    stages = [line for line in evidence.lines if STAGE_LINE.search(line.description)]
    if len(stages) >= 2:
        text = f"{len(stages)} product lines are stage payments"
        hint.to_project(RECORD, text, stages[0].source, "; ".join(line.description for line in stages))
    for hit in evidence.of("progress_billing")[:2]:
        if not _is_own_cycle(hit.words, evidence):
            hint.to_project(STATEMENT, "Billed in parts", hit.source, hit.words)
        elif not evidence.bookings:
            hint.to_project(PHRASE, "Billed in parts", hit.source, hit.words)
    for hit in evidence.of("parted"):
        hint.to_project(STATEMENT, "Billed in parts", hit.source, hit.words)
    if single := evidence.of("single_billing"):
        hint.to_service(STATEMENT, "One invoice when done", single[0].source, single[0].words)
    hint.undecided = bool(evidence.of("open_progress_billing"))
    return hint


_OWN_CYCLE = {3: re.compile("quarter|quartal|trimestr"), 12: re.compile("year|jahr|annuel|annual|anual")}
"""A bill «every quarter» to a customer who is billed by quarter anyway says little. By the length of the period in months."""


def _is_own_cycle(words: str, evidence: Evidence) -> bool:
    own = _OWN_CYCLE.get(evidence.periods.months)
    return own is not None and own.search(words) is not None


STAGE_LINE = re.compile(
    r"\b(?:stage|payable (?:on|upon|after)|due (?:on|upon) (?:acceptance|completion|delivery)|zahlbar (?:bei|nach)|payable à|pagadero"
    r"|instal?lment|milestone|progress|deposit|balance|down payment|final payment|payment \d|invoice \d|tranche|rate \d"
    r"|abschlag|teilzahlung|anzahlung|schlusszahlung|schlussrechnung|restzahlung|meilenstein|teilrechnung|\d\. ?rate|acompte|solde"
    r"|échéance|jalon|situation|hito|anticipo|plazo|pago \d|fase \d|étape \d|phase \d|lot \d|los \d|part \d of \d"
    r"|\d ?(?:st|nd|rd|th) (?:stage|part|payment)|\d ?(?:/|of|von|de|sur) ?\d)|\b\d{1,2} ?%",
    re.I,
)
"""A product line that is one of several payments."""


def scheduling(evidence: Evidence, limits: Thresholds) -> Hint:
    """One level of schedule and hours, or several resources and budgets by phase?"""
    hint = Hint()
    helping = bool(evidence.of("helper_only"))
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
    hint.undecided = bool(evidence.of("open_people"))
    return hint


def _budgets(evidence: Evidence, limits: Thresholds, hint: Hint) -> None:
    """Hours of their own for tasks, phases or parts of the work."""
    budgeted = [task for task in evidence.tasks if task[1] > 0]
    hours = sum(task[1] for task in budgeted)
    if len(budgeted) >= limits.tasks_with_budget and hours > limits.check_list_hours:
        text = f"{len(budgeted)} tasks have budgets of their own"
        strength = RECORD if len(budgeted) > limits.tasks_with_budget else STATEMENT
        hint.to_project(strength, text, budgeted[0][2], "; ".join(task[0] for task in budgeted))
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
        starts.setdefault(booking.member, set()).add(booking.begins)
    return len({frozenset(begins) for begins in starts.values()}) == 1


def _people(evidence: Evidence, hint: Hint) -> None:
    helping = bool(evidence.of("helper_only"))
    for hit in evidence.of("many_people")[:2]:
        if helping:
            hint.to_service(PHRASE, "The second person only helps or learns", hit.source, hit.words)
        else:
            hint.to_project(LIKELY, "Several people are to do the work", hit.source, hit.words)
    workers = named_workers(evidence.planned)
    if workers and not helping:
        strength = LIKELY if workers.strong else PHRASE
        hint.to_project(strength, "Several people are named for the work", workers.source, workers.words)
    if alone := evidence.of("one_person"):
        hint.to_service(STATEMENT, "One person does it", alone[0].source, alone[0].words)


def team(evidence: Evidence, _limits: Thresholds) -> Hint:
    """Team and access as on the board, or an own team or restricted access?"""
    hint = Hint()
    add_said(evidence, hint, STATEMENT, "An own team or restricted access", "own_team")
    return hint


def contacts(evidence: Evidence, _limits: Thresholds) -> Hint:
    """One contact, or several by phase?"""
    hint = Hint()
    add_said(evidence, hint, LIKELY, "Contacts by site, stage or topic", "stage_contacts")
    if named := named_contacts(evidence.planned) or listed_contacts(evidence.planned):
        strength = LIKELY if named.strong else PHRASE
        hint.to_project(strength, "Several contacts, each for a part", named.source, named.words)
    if hint.project and len(evidence.contacts) >= 2:
        hint.to_project(PHRASE, "Several contacts are in copy", "contactsCc", ", ".join(evidence.contacts))
    return hint


ROWS: dict[Criterion, Callable[[Evidence, Thresholds], Hint]] = {
    Criterion.DURATION: duration,
    Criterion.BILLING: billing,
    Criterion.SCHEDULING: scheduling,
    Criterion.TEAM: team,
    Criterion.CONTACTS: contacts,
}
"""Every row but finance, which stands in `app.chart.finance`."""
