"""The six rows. Each looks at the evidence and gives a hint: how strongly, for which side, for which reasons.

Strengths: 3 a field or record says so; 2 an explicit statement; 1 a phrase that often means it. What a hint becomes,
a finding for a side or a contested row, is decided in `app.chart.combine` by the chart's thresholds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from app.chart.evidence import Evidence, Hit
from app.chart.model import Criterion, Reason

RECORD, STATEMENT, PHRASE = 3.0, 2.0, 1.0


@dataclass
class Hint:
    """What one row found. `project` and `service`: the strongest evidence for each side."""

    project: float = 0.0
    service: float = 0.0
    for_project: list[Reason] = field(default_factory=list)
    for_service: list[Reason] = field(default_factory=list)

    def to_project(self, strength: float, text: str, source: str, value: str = "", threshold: str = "") -> None:
        """Adds evidence for a project."""
        self.project = max(self.project, strength)
        self.for_project.append(Reason(text, source, value[:160], threshold))

    def to_service(self, strength: float, text: str, source: str, value: str = "", threshold: str = "") -> None:
        """Adds evidence for a service ticket."""
        self.service = max(self.service, strength)
        self.for_service.append(Reason(text, source, value[:160], threshold))


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What the chart file holds hints against."""

    members: int
    periods: int
    crossing_days: int
    tasks_with_budget: int


def duration(evidence: Evidence, limits: Thresholds) -> Hint:
    """One billing period by one resource, or several of either?"""
    hint = Hint()
    _booked_periods(evidence, limits, hint)
    _named_periods(evidence, limits, hint)
    _said(evidence, hint, PHRASE, "Work in stages over time", "waves")
    _said(evidence, hint, PHRASE + 0.5, "A long stretch of time", "long_span")
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
    planned = [(point, sentence) for point, sentence in evidence.points if not _is_choice(point.at, sentence.words)]
    planned = [(point, sentence) for point, sentence in planned if point.day >= evidence.today - timedelta(days=20)]
    indexes = {evidence.periods.index(point.day) for point, _ in planned}
    if len(indexes) < limits.periods:
        if planned:
            hint.to_service(
                PHRASE, "The days named lie in one billing period", planned[0][1].source, planned[0][0].written
            )
        return
    first, last = min(planned, key=lambda item: item[0].day), max(planned, key=lambda item: item[0].day)
    if last[0].day - first[0].day <= timedelta(days=limits.crossing_days):
        return
    strength = STATEMENT if len(indexes) > 2 else PHRASE + 0.5
    written = ", ".join(dict.fromkeys(point.written for point, _ in planned))
    text = f"Work named in {len(indexes)} billing periods"
    hint.to_project(strength, text, last[1].source, written, f"duration.periods = {limits.periods}")


def _is_choice(at: int, words: str) -> bool:
    return bool(re.search(r"\b(?:or|oder|ou|o)\s+(?:the\s|in\s|im\s|en\s|on\s|am\s)?\W*$", words[:at]))


def billing(evidence: Evidence, _limits: Thresholds) -> Hint:
    """All on one invoice when done, or instalments, milestones, a bill per stage?"""
    hint = Hint()
    stages = [line for line in evidence.lines if _STAGE_LINE.search(line.description)]
    if len(stages) >= 2:
        text = f"{len(stages)} product lines are stage payments"
        hint.to_project(RECORD, text, stages[0].source, "; ".join(line.description for line in stages))
    _said(evidence, hint, STATEMENT, "Billed in parts", "progress_billing")
    for sentence in evidence.sentences:
        if match := _SHARES.search(sentence.words):
            hint.to_project(STATEMENT, "The price is split into shares", sentence.source, match[0])
    single = evidence.of("single_billing")
    if single:
        hint.to_service(STATEMENT, "One invoice when done", single[0].source, single[0].words)
    return hint


_STAGE_LINE = re.compile(
    r"\b(?:stage|instal?lment|milestone|progress|deposit|balance|down payment|final payment|payment \d|invoice \d|tranche|rate \d"
    r"|abschlag|teilzahlung|anzahlung|schlusszahlung|restzahlung|meilenstein|acompte|solde|échéance|jalon|hito|anticipo|plazo"
    r"|pago \d|phase \d|part \d of \d|\d ?(?:st|nd|rd|th) (?:stage|part|payment))|\b\d{1,2} ?%",
    re.I,
)
_SHARES = re.compile(
    r"\b\d{2} ?%[^.]{2,80}\b\d{2} ?%|\b(?:50 ?/ ?50|30 ?/ ?40 ?/ ?30|40 ?/ ?40 ?/ ?20|30 ?/ ?30 ?/ ?40|40 ?/ ?30 ?/ ?30"
    r"|50 ?/ ?25 ?/ ?25|25 ?/ ?50 ?/ ?25|50 ?/ ?30 ?/ ?20|40 ?/ ?60|60 ?/ ?40|30 ?/ ?70|70 ?/ ?30)\b"
)


def scheduling(evidence: Evidence, limits: Thresholds) -> Hint:
    """One level of schedule and hours, or several resources and budgets by phase?"""
    hint = Hint()
    booked = list(dict.fromkeys(booking.member for booking in evidence.bookings if booking.member))
    if len(booked) >= limits.members:
        text = f"{len(booked)} members are scheduled"
        hint.to_project(RECORD, text, "scheduleEntries", ", ".join(booked), f"scheduling.members = {limits.members}")
    elif booked:
        hint.to_service(RECORD, "One member is scheduled", evidence.bookings[0].source, booked[0])
    if len(evidence.members) >= limits.members and len(booked) < limits.members:
        hint.to_project(PHRASE + 0.5, "Several resources are named", "resources", ", ".join(evidence.members))
    budgeted = [task for task in evidence.tasks if task[1] > 0]
    if len(budgeted) >= limits.tasks_with_budget:
        text = f"{len(budgeted)} tasks have budgets of their own"
        hint.to_project(STATEMENT, text, budgeted[0][2], "; ".join(task[0] for task in budgeted))
    _people(evidence, hint)
    _said(evidence, hint, PHRASE + 0.5, "Budgets by phase", "phase_budgets")
    return hint


def _people(evidence: Evidence, hint: Hint) -> None:
    lifting = {hit.sentence for hit in evidence.of("helper_only")}
    for hit in evidence.of("many_people"):
        if hit.sentence in lifting:
            hint.to_service(PHRASE, "The second person only helps or learns", hit.source, hit.words)
        else:
            hint.to_project(PHRASE + 0.5, "Several people are to do the work", hit.source, hit.words)
    for sentence in evidence.sentences:
        if sentence not in lifting and (match := _PAIR.search(sentence.written)):
            hint.to_project(PHRASE, "Several people are named for the work", sentence.source, match[0])
    if hit_list := evidence.of("one_person"):
        hint.to_service(STATEMENT, "One person does it", hit_list[0].source, hit_list[0].words)


_PAIR = re.compile(
    r"\b[A-ZÄÖÜÉ][a-zäöüéèñ]{2,14} ?(?:\+|&) ?(?:[A-ZÄÖÜÉ][a-zäöüéèñ]{2,14}|whoever|someone)\b"
    r"|\b[A-ZÄÖÜÉ][a-zäöüéèñ]{2,14} (?:does|macht|fait|hace|takes|handles|übernimmt)\b[^.]{3,60}\b[A-ZÄÖÜÉ][a-zäöüéèñ]{2,14} "
    r"(?:does|macht|fait|hace|the|takes|handles|den|die|das|le|la|el)\b|\bby [A-Z][a-z]{2,14},[^.]{3,40}\bby [A-Z][a-z]{2,14}\b"
)


def team(evidence: Evidence, _limits: Thresholds) -> Hint:
    """Team and access as on the board, or an own team or restricted access?"""
    hint = Hint()
    _said(evidence, hint, STATEMENT, "An own team or restricted access", "own_team")
    return hint


def contacts(evidence: Evidence, _limits: Thresholds) -> Hint:
    """One contact, or several by phase?"""
    hint = Hint()
    _said(evidence, hint, PHRASE + 0.5, "Contacts by site, stage or topic", "stage_contacts")
    for sentence in evidence.sentences:
        if len(_NAME_FOR.findall(sentence.written)) >= 2:
            hint.to_project(PHRASE + 0.5, "Several contacts, each for a part", sentence.source, sentence.written)
    if len(evidence.contacts) >= 2:
        hint.to_project(PHRASE, "Several contacts are in copy", "contactsCc", ", ".join(evidence.contacts))
    return hint


_NAME_FOR = re.compile(
    r"\b(?:(?:Mr|Mrs|Ms|Dr|Herr|Frau|M\.|Mme|Sr\.?|Sra\.?) )?[A-ZÄÖÜÉ][\wäöüéèñ-]{2,15}(?: [A-Z][\w-]{2,15})? ?"
    r"(?:\((?!\d)[^)]{2,25}\)|(?:is (?:the )?(?:contact|lead) )?(?:for|für|pour|para) (?:the |die |den |das |la |le |los |las )?[a-zA-Zä-ü]{3,15})"
    r"|\b(?:IT|HR|Personal|ERP|Facilities|Finance|Site|Money|Access|Network)\s?: ?(?:Mr |Mrs |Ms |Herr |Frau |Mme )?\w{2,15}"
)


def _said(evidence: Evidence, hint: Hint, strength: float, text: str, *meanings: str) -> None:
    for hit in evidence.of(*meanings)[:3]:
        hint.to_project(strength, text, hit.source, hit.words)


def first_of(hits: Iterable[Hit]) -> Hit | None:
    """The first hit, if there is one."""
    return next(iter(hits), None)


ROWS: dict[Criterion, Callable[[Evidence, Thresholds], Hint]] = {
    Criterion.DURATION: duration,
    Criterion.BILLING: billing,
    Criterion.SCHEDULING: scheduling,
    Criterion.TEAM: team,
    Criterion.CONTACTS: contacts,
}
"""Every row but finance, which stands in `app.chart.finance`."""
