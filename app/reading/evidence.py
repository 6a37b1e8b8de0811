"""What the ticket and the records beside it say, read once: sentences with their meanings, dates, people, money.

Reads any JSON: absent, null or of another type than expected is as if it were not there. What was read keeps its place
(`summary`, `notes[0].text`, `scheduleEntries[91]`), so that each reason can name it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from app.domain.billing_periods import Periods, day_of, periods_of
from app.domain.vocabulary import WON
from app.reading.json_members import decimal_of, items, name_of, text_of
from app.reading.languages import other_languages
from app.reading.off_topic import is_of_another_job, leave_out_beside
from app.reading.phrases.matcher import Reader
from app.reading.phrases.sentence_intents import SentenceIntent, SentenceReading
from app.reading.segments import Sentence, own_words, sentences
from app.reading.sources import told
from app.reading.values.acceptance import agreed_after
from app.reading.values.dates import SEASON, TimePoint, time_points
from app.reading.values.durations import Span, spans
from app.reading.values.instalments import billed_in_parts


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
    begins: str = ""
    """The start as written, to tell who comes on the same visit."""


@dataclass(frozen=True, slots=True)
class ProductLine:
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
    open_points: list[tuple[TimePoint, Sentence]] = field(default_factory=list)
    """Days of which the ticket itself says that they are open."""
    spans: list[tuple[Span, Sentence]] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    lines: list[ProductLine] = field(default_factory=list)
    one_visit_line: ProductLine | None = None
    """The only product line, where it is sold as one visit."""
    tasks: list[tuple[str, Decimal, str]] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    contacts: list[str] = field(default_factory=list)
    board: str = ""
    type: str = ""
    agreement: str = ""
    covers: bool = False
    """The agreement covers time by its kind or its own setting."""
    opportunity: str = ""
    opportunity_won: bool = False
    opportunity_amount: Decimal | None = None
    budget_hours: Decimal | None = None
    sentences: list[Sentence] = field(default_factory=list)
    planned: list[Sentence] = field(default_factory=list)
    """The sentences that speak of this job: not what is past, wished for or another's."""
    case: Mapping[str, Any] = field(default_factory=dict)

    def of(self, *meanings: str) -> list[Hit]:
        """The hits of these meanings, in the order they were read."""
        if len(meanings) == 1:
            return self.hits.get(meanings[0], [])
        return [hit for meaning in meanings if meaning in self.hits for hit in self.hits[meaning]]

    def ahead(self) -> list[tuple[TimePoint, Sentence]]:
        """The days named that are not past."""
        return [(point, sentence) for point, sentence in self.points if point.day >= self.today - timedelta(days=3)]


def read_evidence(
    case: Mapping[str, Any], reader: Reader, *, now: datetime | None, cycle: str, first_day: int
) -> Evidence:
    """Reads a case. `now`: when the ticket is judged; without it, when the ticket was entered."""
    today = now.date() if now else _entered(case)
    evidence = Evidence(today, periods_of(case, today, default_cycle=cycle, default_day=first_day), case=case)
    _read_fields(case, evidence)
    _read_records(case, evidence)
    if len(evidence.lines) == 1 and "one_visit" in reader.said(evidence.lines[0].description.lower()).meanings:
        evidence.one_visit_line = evidence.lines[0]
    texts = told(case)
    without = other_languages(tuple(said for said, _ in texts))
    masked = _names_of(case)
    _read_texts(texts, evidence, reader, without, masked)
    leave_out_beside(evidence)
    for sentence, words in billed_in_parts(evidence.planned):
        evidence.hits.setdefault("parted", []).append(Hit("parted", words, sentence))
    for sentence, words in agreed_after(evidence.planned):
        evidence.hits.setdefault("accepted", []).append(Hit("accepted", words, sentence))
    if evidence.opportunity_won and is_of_another_job(evidence):
        evidence.opportunity_won = False
    if evidence.opportunity_won and evidence.opportunity:
        _read_texts([(own_words(evidence.opportunity), "opportunity.name")], evidence, reader, without, masked)
    return evidence


def _read_texts(
    texts: Iterable[tuple[str, str]],
    evidence: Evidence,
    reader: Reader,
    without: frozenset[str],
    masked: re.Pattern[str] | None,
) -> None:
    """Reads each sentence once, however often it stands there."""
    read = {sentence.words for sentence in evidence.sentences}
    for said, source in texts:
        for sentence in sentences(said, source, masked):
            if sentence.words not in read:
                read.add(sentence.words)
                _read_sentence(sentence, evidence, reader.said(sentence.words, without))


def _entered(case: Mapping[str, Any]) -> date:
    info = case.get("_info")
    entered = case.get("dateEntered") or (info.get("dateEntered") if isinstance(info, dict) else None)
    return day_of(entered) or datetime(2000, 1, 1, tzinfo=UTC).date()


def _read_sentence(sentence: Sentence, evidence: Evidence, says: SentenceReading) -> None:
    """Keeps what a sentence says; the days and lengths of time only of one that speaks of this job, or leaves them open."""
    if says.speaks is not SentenceIntent.BESIDE:
        points = time_points(sentence.words, evidence.today)
        if says.speaks is SentenceIntent.LEAVES_OPEN:
            evidence.open_points += [(point, sentence) for point in points]
        else:
            evidence.points += [(point, sentence) for point in _in_their_months(points, evidence)]
            if "term" not in says.meanings:
                evidence.spans += [(span, sentence) for span in spans(sentence.words)]
        evidence.planned.append(sentence)
    evidence.sentences.append(sentence)
    for meaning, words in says.meanings.items():
        evidence.hits.setdefault(meaning, []).append(Hit(meaning, words, sentence))


def _in_their_months(points: Iterable[TimePoint], evidence: Evidence) -> Iterator[TimePoint]:
    """The points in time, those that name no month in the month that was named last."""
    named = next((point.day for point, _ in reversed(evidence.points) if _names_month(point)), None)
    for point in points:
        if _names_month(point):
            named = point.day
        elif point.month_open and named and (last := max(point.day, _day_in(named, point.day.day))) != point.day:
            yield replace(point, day=last)
            continue
        yield point


def _names_month(point: TimePoint) -> bool:
    return not point.month_open and point.days != SEASON


def _day_in(month: date, day: int) -> date:
    """That day of a month, or its 28th where it has none."""
    try:
        return month.replace(day=day)
    except ValueError:
        return month.replace(day=28)


def _read_fields(case: Mapping[str, Any], evidence: Evidence) -> None:
    evidence.board = name_of(case.get("board"))
    evidence.type = name_of(case.get("type"))
    _read_agreement(case.get("agreement"), evidence)
    evidence.budget_hours = decimal_of(case.get("budgetHours"))
    opportunity = case.get("opportunity")
    if isinstance(opportunity, dict):
        evidence.opportunity = name_of(opportunity)
        evidence.opportunity_won = _is_won(opportunity)
        evidence.opportunity_amount = decimal_of(opportunity.get("expectedRevenue"))
    evidence.contacts = [name for contact in items(case, "contactsCc") if (name := name_of(contact))]


_COVERING = re.compile(
    r"all[- ]?in\b|all inclusive|unlimited|full|managed serv|gold|platinum|premium|complete|flat|rundum|tout compris|total",
    re.I,
)
_NOT_COVERING = re.compile(
    r"retainer|block|remote support only|essential|hours|time\b|money|basic|co-managed|stunden|kontingent|heures|horas|bolsa",
    re.I,
)


def _read_agreement(agreement: Any, evidence: Evidence) -> None:
    """What the agreement covers: by its own setting where the service knows it, else by its kind."""
    evidence.agreement = name_of(agreement)
    if isinstance(agreement, dict):
        setting = agreement.get("coverAgreementTime")
        kind = f"{evidence.agreement} {name_of(agreement, 'type') or name_of(agreement.get('type'))}"
        by_kind = bool(_COVERING.search(kind)) and not _NOT_COVERING.search(evidence.agreement)
        evidence.covers = setting if isinstance(setting, bool) else by_kind


def _read_records(case: Mapping[str, Any], evidence: Evidence) -> None:
    for number, entry in enumerate(items(case, "scheduleEntries")):
        known = entry.get("id")
        source = f"scheduleEntries[{known if isinstance(known, int) and 0 < known < 10**12 else number}]"
        member = entry.get("member")
        name = text_of(member) or name_of(member, "identifier")
        hours = decimal_of(entry.get("hours")) or Decimal(0)
        evidence.bookings.append(
            Booking(
                name,
                day_of(entry.get("dateStart")),
                day_of(entry.get("dateEnd")),
                hours,
                source,
                text_of(entry.get("dateStart")),
            )
        )
    for number, product in enumerate(items(case, "products")):
        quantity = decimal_of(product.get("quantity"))
        price = decimal_of(product.get("price")) or Decimal(0)
        amount = price * (Decimal(1) if quantity is None else quantity)
        evidence.lines.append(ProductLine(text_of(product.get("description")), amount, f"products[{number}]"))
    for number, task in enumerate(items(case, "tasks")):
        summary = text_of(task.get("summary")) or text_of(task.get("notes"))
        evidence.tasks.append((summary, decimal_of(task.get("budgetHours")) or Decimal(0), f"tasks[{number}]"))
    named = [booking.member for booking in evidence.bookings if booking.member]
    named += [part.strip() for part in text_of(case.get("resources"), 2000).split(",")]
    evidence.members = list(dict.fromkeys(name for name in named if name))


def _names_of(case: Mapping[str, Any]) -> re.Pattern[str] | None:
    """The customer's and contacts' names: words in them say nothing about the work."""
    people = (case.get("company"), case.get("contact"), *items(case, "contactsCc"))
    return _any_of(tuple(filter(None, map(name_of, people))))


@lru_cache(maxsize=4096)
def _any_of(said: tuple[str, ...]) -> re.Pattern[str] | None:
    names = [*said, *(_LEGAL_FORM.sub("", name) for name in said)]
    long_ones = sorted({re.escape(name.strip()[:80]) for name in names if len(name.strip()) > 3}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(long_ones[:30])})(?!\w)", re.IGNORECASE) if long_ones else None


_LEGAL_FORM = re.compile(
    r"[\s,]+(?:ltd|limited|inc|llc|llp|plc|corp|co|company|group|holding|gmbh(?: & co\.? kg)?|ag|kg|ohg|e\.? ?v\.?|sa|sas|sarl|s\.?l\.?|s\.?a\.?"
    r"|bv|cic)\.?$",
    re.I,
)


def _is_won(opportunity: Mapping[str, Any]) -> bool:
    return bool(WON.search(name_of(opportunity.get("stage")) or text_of(opportunity.get("stage"))))
