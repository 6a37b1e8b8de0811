"""The six rows but finance. Each looks at the evidence and gives a hint: how strongly, for which side, for which reasons.

Strengths: 3 a field or record says so; 2 an explicit statement; 1 a phrase that often means it. Different kinds of
evidence for one side add up, half a point each. What a hint becomes, a finding for a side or a contested row, is
decided in `app.chart.combine` by the chart's thresholds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from app.chart.evidence import Evidence
from app.chart.model import Criterion, PointsTo, Reason
from app.chart.people import named_contacts, named_workers
from app.chart.shares import one_by_one, split_into_shares
from app.chart.text import Sentence
from app.chart.times import SEASON, TimePoint

RECORD, STATEMENT, LIKELY, PHRASE = 3.0, 2.0, 1.5, 1.0
_MORE = 0.5
"""What each further kind of evidence adds."""
_MOST_BY_WORDS = 2.5


@dataclass
class Hint:
    """What one row found. `project` and `service`: the evidence for each side."""

    project: float = 0.0
    service: float = 0.0
    for_project: list[Reason] = field(default_factory=list)
    for_service: list[Reason] = field(default_factory=list)
    undecided: bool = False
    """The ticket itself says that this is still open."""
    planned: bool = False
    """Somebody has planned the work in parts with hours of their own."""

    @property
    def project_first(self) -> tuple[Reason, ...]:
        """All reasons, those for a project first."""
        return (*self.for_project, *self.for_service)

    @property
    def service_first(self) -> tuple[Reason, ...]:
        """All reasons, those for a service ticket first."""
        return (*self.for_service, *self.for_project)

    def to_project(self, strength: float, text: str, source: str, value: str = "", threshold: str = "") -> None:
        """Adds evidence for a project."""
        self.project = _added(self.project, strength)
        self.for_project.append(Reason(text, source, value[:160], threshold, PointsTo.PROJECT))

    def to_service(self, strength: float, text: str, source: str, value: str = "", threshold: str = "") -> None:
        """Adds evidence for a service ticket."""
        self.service = _added(self.service, strength)
        self.for_service.append(Reason(text, source, value[:160], threshold, PointsTo.SERVICE))


def _added(known: float, strength: float) -> float:
    if not known or strength >= RECORD:
        return max(known, strength)
    return max(known, min(_MOST_BY_WORDS, max(known, strength) + _MORE))


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What the chart file holds hints against."""

    members: int
    periods: int
    crossing_days: int
    tasks_with_budget: int
    check_list_hours: float


def duration(evidence: Evidence, limits: Thresholds) -> Hint:
    """One billing period by one resource, or several of either?"""
    hint = Hint()
    _booked_periods(evidence, limits, hint)
    _named_periods(evidence, limits, hint)
    _open_until(evidence, hint)
    _long_spans(evidence, hint)
    _said(evidence, hint, LIKELY, "A long stretch of time", "long_span")
    _said(evidence, hint, PHRASE, "Work in stages over time", "waves")
    _said(evidence, hint, PHRASE, "Several sites or parts", "many_parts")
    for sentence in evidence.planned:
        if match := one_by_one(sentence.words):
            hint.to_project(PHRASE, "Work in stages over time", sentence.source, match[0])
    if visit := evidence.of("one_visit"):
        hint.to_service(PHRASE, "One visit", visit[0].source, visit[0].words)
    hint.undecided = _is_end_open(evidence, limits)
    return hint


def _booked_periods(evidence: Evidence, limits: Thresholds, hint: Hint) -> None:
    days = sorted({booking.start for booking in evidence.bookings if booking.start})
    if not days:
        return
    indexes = {evidence.periods.index(day) for day in days}
    shown = f"{days[0]} to {days[-1]}"
    if len(indexes) >= limits.periods and days[-1] - days[0] > timedelta(days=limits.crossing_days):
        text = f"Scheduled in {len(indexes)} billing periods"
        hint.to_project(RECORD, text, "scheduleEntries", shown, f"duration.periods = {limits.periods}")
    else:
        hint.to_service(RECORD, "Scheduled within one billing period", "scheduleEntries", shown)


def _named_periods(evidence: Evidence, limits: Thresholds, hint: Hint) -> None:
    """Days and months that the text plans for; those of one sentence joined by «or» are one choice."""
    planned = [
        (point, sentence) for point, sentence in evidence.ahead() if not _CHOICE.search(sentence.words[: point.at])
    ]
    if any(point.days == 1 for point, _ in planned):
        planned = [(point, sentence) for point, sentence in planned if point.days != SEASON]
        if evidence.of("one_visit") and len({point.day for point, _ in planned}) == 2:
            planned = [(point, sentence) for point, sentence in planned if point.days == 1]
    if not planned or _all_booked(evidence, planned):
        return
    first, last = min(planned, key=lambda item: item[0].day), max(planned, key=lambda item: item[0].day)
    indexes = {evidence.periods.index(point.day) for point, _ in planned}
    written = ", ".join(dict.fromkeys(point.written for point, _ in planned))
    if len(indexes) < limits.periods or last[0].day - first[0].day <= timedelta(days=limits.crossing_days):
        hint.to_service(PHRASE, "The days named lie in one billing period", first[1].source, written)
        return
    distant = evidence.periods.index(last[0].day) - evidence.periods.index(first[0].day) >= 2
    strength = STATEMENT if len(indexes) > 2 or (distant and first[1] == last[1]) else LIKELY
    text = f"Work named in {len(indexes)} billing periods"
    hint.to_project(strength, text, last[1].source, written, f"duration.periods = {limits.periods}")


def _all_booked(evidence: Evidence, planned: list[tuple[TimePoint, Sentence]]) -> bool:
    """Whether the schedule holds every day that the text names, and more than one: then the schedule tells how long it takes."""
    booked = {booking.start for booking in evidence.bookings if booking.start}
    exact = {point.day for point, _ in planned if point.days == 1}
    return len(exact) > 1 and exact <= booked


_CHOICE = re.compile(
    r"\b(?:or|oder|ou|o|latest|spätestens|au plus tard|a más tardar)\s+(?:the\s|in\s|im\s|en\s|on\s|am\s|by\s)?\W*$"
)


_UNTIL = re.compile(
    r"(?<!\w)(?:until|till|through to|up to|between now and|from now to|over to|bis|bis zum|bis zu|bis ende|jusqu'à|jusqu'en|jusqu'au|d'ici|d'ici à"
    r"|hasta|hasta finales de|hasta el)"
    r"\s+(?:the |end of |late |mid |early |ende |mitte |anfang |fin |finales de |mediados de |la |el |\d{1,2}\.? ?(?:de )?)*$"
)


def _open_until(evidence: Evidence, hint: Hint) -> None:
    """Work that goes on until a day two periods ahead or more begins now."""
    for point, sentence in evidence.points:
        periods = evidence.periods.index(point.day) - evidence.periods.index(evidence.today)
        if periods >= 2 and _UNTIL.search(sentence.words[: point.at]):
            hint.to_project(LIKELY, "A long stretch of time", sentence.source, point.written)
            return


def _is_end_open(evidence: Evidence, limits: Thresholds) -> bool:
    """Whether a day that the ticket leaves open would carry the work into a further billing period."""
    days = [point.day for point, _ in [*evidence.ahead(), *evidence.open_points]]
    opened = [point.day for point, _ in evidence.open_points if point.day >= evidence.today]
    if not opened or max(opened) - min(days) <= timedelta(days=limits.crossing_days):
        return False
    return len({evidence.periods.index(day) for day in days}) >= limits.periods


def _long_spans(evidence: Evidence, hint: Hint) -> None:
    """Lengths of time named for the work, held against the length of the customer's billing period."""
    begin, end = evidence.periods.bounds(evidence.today)
    period = (end - begin).days + 1
    for span, sentence in sorted(evidence.spans, key=lambda item: -item[0].days)[:1]:
        if span.days > period:
            strength = STATEMENT if span.days >= 2 * period else LIKELY
            hint.to_project(strength, "Longer than a billing period", sentence.source, span.written, f"{period} days")


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
    for sentence in evidence.planned:
        if match := split_into_shares(sentence.words):
            hint.to_project(STATEMENT, "The price is split into shares", sentence.source, match[0])
        elif (match := one_by_one(sentence.words)) and _BILLED.search(sentence.words):
            hint.to_project(STATEMENT, "Billed in parts", sentence.source, match[0])
    if single := evidence.of("single_billing"):
        hint.to_service(STATEMENT, "One invoice when done", single[0].source, single[0].words)
    hint.undecided = bool(evidence.of("open_progress_billing"))
    return hint


_OWN_CYCLE = {3: re.compile("quarter|quartal|trimestr"), 12: re.compile("year|jahr|annuel|annual|anual")}
"""A bill «every quarter» to a customer who is billed by quarter anyway says little. By the length of the period in months."""


def _is_own_cycle(words: str, evidence: Evidence) -> bool:
    own = _OWN_CYCLE.get(evidence.periods.months)
    return own is not None and own.search(words) is not None


_BILLED = re.compile(
    r"(?<!\w)(?:send (?:your|the|an) account|invoic|bill|pay|paid|charg|settl|rechnung|abrechn|zahl|factur|régl|paie|pag|cobr)"
)
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
    budgeted = [task for task in evidence.tasks if task[1] > 0]
    hours = sum(task[1] for task in budgeted)
    if len(budgeted) >= limits.tasks_with_budget and hours > limits.check_list_hours:
        text = f"{len(budgeted)} tasks have budgets of their own"
        strength = RECORD if len(budgeted) > limits.tasks_with_budget else STATEMENT
        hint.to_project(strength, text, budgeted[0][2], "; ".join(task[0] for task in budgeted))
        hint.planned = True
    _people(evidence, hint)
    _said(evidence, hint, LIKELY, "Budgets by phase", "phase_budgets")
    hint.undecided = bool(evidence.of("open_people"))
    return hint


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
    _said(evidence, hint, STATEMENT, "An own team or restricted access", "own_team")
    return hint


def contacts(evidence: Evidence, _limits: Thresholds) -> Hint:
    """One contact, or several by phase?"""
    hint = Hint()
    _said(evidence, hint, LIKELY, "Contacts by site, stage or topic", "stage_contacts")
    if named := named_contacts(evidence.planned):
        strength = LIKELY if named.strong else PHRASE
        hint.to_project(strength, "Several contacts, each for a part", named.source, named.words)
    if hint.project and len(evidence.contacts) >= 2:
        hint.to_project(PHRASE, "Several contacts are in copy", "contactsCc", ", ".join(evidence.contacts))
    return hint


def _said(evidence: Evidence, hint: Hint, strength: float, text: str, meaning: str) -> None:
    """A meaning counts once, and half a point more where several sentences say it."""
    for hit in evidence.of(meaning)[:2]:
        hint.to_project(strength, text, hit.source, hit.words)


ROWS: dict[Criterion, Callable[[Evidence, Thresholds], Hint]] = {
    Criterion.DURATION: duration,
    Criterion.BILLING: billing,
    Criterion.SCHEDULING: scheduling,
    Criterion.TEAM: team,
    Criterion.CONTACTS: contacts,
}
"""Every row but finance, which stands in `app.chart.finance`."""
