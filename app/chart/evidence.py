"""What the ticket and the records beside it say, read once: sentences with their meanings, dates, people, money.

Reads any JSON: absent, null or of another type than expected is as if it were not there. What was read keeps its place
(`summary`, `notes[0].text`, `scheduleEntries[91]`), so that each reason can name it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from app.chart.periods import Periods, day_of, periods_of
from app.chart.reader import Reader
from app.chart.text import Sentence, own_words, sentences
from app.chart.times import TimePoint, time_points

_ORDERED = ("accepted", "fixed_price", "chargeable", "single_billing", "covered")
"""Meanings that hold although the sentence looks back: what was agreed last week is agreed."""
_MOST_NOTES = 12


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of one meaning in one sentence."""

    meaning: str
    words: str
    sentence: Sentence

    @property
    def source(self) -> str:
        return self.sentence.source


@dataclass(frozen=True, slots=True)
class Booking:
    """One schedule entry."""

    member: str
    start: date | None
    end: date | None
    hours: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Line:
    """One product line."""

    description: str
    amount: Decimal
    source: str


@dataclass
class Evidence:
    """Everything that the rows look at."""

    today: date
    periods: Periods
    hits: dict[str, list[Hit]] = field(default_factory=dict)
    points: list[tuple[TimePoint, Sentence]] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    tasks: list[tuple[str, Decimal, str]] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    contacts: list[str] = field(default_factory=list)
    board: str = ""
    type: str = ""
    agreement: str = ""
    opportunity: str = ""
    opportunity_won: bool = False
    opportunity_amount: Decimal | None = None
    budget_hours: Decimal | None = None
    sentences: list[Sentence] = field(default_factory=list)
    case: Mapping[str, Any] = field(default_factory=dict)

    def of(self, *meanings: str) -> list[Hit]:
        """The hits of these meanings, in the order they were read."""
        return [hit for meaning in meanings for hit in self.hits.get(meaning, [])]


def read_evidence(
    case: Mapping[str, Any], reader: Reader, *, now: datetime | None, cycle: str, first_day: int
) -> Evidence:
    """Reads a case. `now`: when the ticket is judged; without it, when the ticket was entered."""
    today = now.date() if now else _entered(case)
    evidence = Evidence(today, periods_of(case, today, default_cycle=cycle, default_day=first_day), case=case)
    _read_fields(case, evidence)
    _read_records(case, evidence)
    masked = _names_of(case)
    for text, source in _texts(case):
        for sentence in sentences(own_words(text) if source != "summary" else text, source, masked=masked):
            _read_sentence(sentence, evidence, reader)
    return evidence


def _entered(case: Mapping[str, Any]) -> date:
    info = case.get("_info")
    entered = case.get("dateEntered") or (info.get("dateEntered") if isinstance(info, Mapping) else None)
    return day_of(entered) or datetime(2000, 1, 1, tzinfo=UTC).date()


def _texts(case: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for member in ("summary", "initialDescription"):
        if isinstance(value := case.get(member), str):
            yield value, member
    for number, note in enumerate(_items(case, "notes")[:_MOST_NOTES]):
        if isinstance(value := note.get("text"), str):
            yield value, f"notes[{number}].text"
    opportunity = case.get("opportunity")
    if isinstance(opportunity, Mapping) and _is_won(opportunity) and isinstance(value := opportunity.get("name"), str):
        yield value, "opportunity.name"


def _read_sentence(sentence: Sentence, evidence: Evidence, reader: Reader) -> None:
    """Keeps the meanings of a sentence; looks ahead and orders count, looking back and musing do not."""
    found = reader.read(sentence.words)
    if "instruction" in found:
        found = {meaning: words for meaning, words in found.items() if meaning in _ORDERED}
    aside = "wish" in found or "history" in found or "someone_else" in found
    if "someone_else" in found and not sentence.source.startswith("summary"):
        found = {meaning: words for meaning, words in found.items() if meaning in ("fault", "request", "someone_else")}
    if aside and not ("history" in found and "accepted" in found):
        kept: tuple[str, ...] = ("fault", "request", "wish", "history", "someone_else", "one_person", "vague")
        kept += () if "wish" in found and "accepted" not in found else _ORDERED
        found = {meaning: words for meaning, words in found.items() if meaning in kept}
    else:
        evidence.points += [(point, sentence) for point in time_points(sentence.words, evidence.today)]
    for meaning, words in found.items():
        evidence.hits.setdefault(meaning, []).append(Hit(meaning, words, sentence))
    evidence.sentences.append(sentence)


def _read_fields(case: Mapping[str, Any], evidence: Evidence) -> None:
    evidence.board = _name(case.get("board"))
    evidence.type = _name(case.get("type"))
    evidence.agreement = _name(case.get("agreement"))
    evidence.budget_hours = _decimal(case.get("budgetHours"))
    opportunity = case.get("opportunity")
    if isinstance(opportunity, Mapping):
        evidence.opportunity = _name(opportunity)
        evidence.opportunity_won = _is_won(opportunity)
        evidence.opportunity_amount = _decimal(opportunity.get("expectedRevenue"))
    evidence.contacts = [name for contact in _items(case, "contactsCc") if (name := _name(contact))]


def _read_records(case: Mapping[str, Any], evidence: Evidence) -> None:
    for number, entry in enumerate(_items(case, "scheduleEntries")):
        source = f"scheduleEntries[{entry.get('id') or number}]"
        member = entry.get("member")
        name = member if isinstance(member, str) else _name(member, "identifier")
        hours = _decimal(entry.get("hours")) or Decimal(0)
        evidence.bookings.append(
            Booking(name, day_of(entry.get("dateStart")), day_of(entry.get("dateEnd")), hours, source)
        )
    for number, product in enumerate(_items(case, "products")):
        quantity = _decimal(product.get("quantity"))
        price = _decimal(product.get("price")) or Decimal(0)
        amount = price * (Decimal(1) if quantity is None else quantity)
        evidence.lines.append(Line(_text(product.get("description")), amount, f"products[{number}]"))
    for number, task in enumerate(_items(case, "tasks")):
        summary = _text(task.get("summary")) or _text(task.get("notes"))
        evidence.tasks.append((summary, _decimal(task.get("budgetHours")) or Decimal(0), f"tasks[{number}]"))
    named = [booking.member for booking in evidence.bookings if booking.member]
    resources = case.get("resources")
    named += [part.strip() for part in resources.split(",")] if isinstance(resources, str) else []
    evidence.members = list(dict.fromkeys(name for name in named if name))


def _names_of(case: Mapping[str, Any]) -> re.Pattern[str] | None:
    """The customer's and contacts' names: words in them say nothing about the work."""
    names = [
        _name(case.get("company")),
        _name(case.get("contact")),
        *(_name(item) for item in _items(case, "contactsCc")),
    ]
    long_ones = sorted({re.escape(name) for name in names if len(name) > 3}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(long_ones[:30])})(?!\w)", re.IGNORECASE) if long_ones else None


_WON = re.compile(r"\b(?:won|gewonnen|gagn|ganad|closed won|accepted|ordered|signed|sold|beauftragt|sign)", re.I)


def _is_won(opportunity: Mapping[str, Any]) -> bool:
    return bool(_WON.search(_name(opportunity.get("stage")) or _text(opportunity.get("stage"))))


def _items(case: Mapping[str, Any], member: str) -> list[Mapping[str, Any]]:
    value = case.get(member)
    return [item for item in value[:500] if isinstance(item, Mapping)] if isinstance(value, list) else []


def _name(value: Any, member: str = "name") -> str:
    return _text(value.get(member)) if isinstance(value, Mapping) else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**12 else None
