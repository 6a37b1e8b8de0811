"""Reads the evidence of a ticket: records first, then each sentence with its meanings, dates and lengths of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from app.domain.billing_periods import day_of, periods_of
from app.domain.ticket import TicketRecord
from app.reading.evidence import Evidence, Mention
from app.reading.languages import other_languages
from app.reading.off_topic import drop_off_topic, is_unrelated_opportunity
from app.reading.phrases.matcher import PhraseReader
from app.reading.phrases.sentence_intents import SentenceIntent, SentenceReading
from app.reading.records import masked_names, name_pattern, read_records
from app.reading.segments import Sentence, sentences
from app.reading.sources import sender_text, ticket_texts
from app.reading.values.acceptance import acceptances
from app.reading.values.dates import SEASON, TimePoint, time_points
from app.reading.values.durations import spans
from app.reading.values.instalments import divided_billing

_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC).date()
"""Day of a ticket without a date of entry."""


def read_evidence(
    ticket: TicketRecord, reader: PhraseReader, *, now: datetime | None, cycle: str, first_day: int
) -> Evidence:
    """Reads a ticket as of `now`; without it, as of the day of entry."""
    today = now.date() if now else (day_of(ticket.date_entered) or _NO_DATE)
    evidence = Evidence(ticket, today, periods_of(ticket, today, default_cycle=cycle, default_day=first_day))
    read_records(ticket, evidence)
    _read_one_visit_line(evidence, reader)
    texts = ticket_texts(ticket)
    text_reader = _TextReader(evidence, reader, other_languages(tuple(text for text, _ in texts)), masked_names(ticket))
    text_reader.read(texts)
    drop_off_topic(evidence)
    _add_mentions(evidence, "parted", divided_billing(evidence.planned))
    _add_mentions(evidence, "accepted", acceptances(evidence.planned))
    if evidence.opportunity_won and is_unrelated_opportunity(evidence):
        evidence.opportunity_won = False
    if evidence.opportunity_won and evidence.opportunity:
        text_reader.read([(sender_text(evidence.opportunity), "opportunity.name")])
    return evidence


class _TextReader:
    """Reads texts into the evidence; a sentence that occurs twice is read once."""

    def __init__(
        self, evidence: Evidence, reader: PhraseReader, excluded: frozenset[str], masked: tuple[str, ...]
    ) -> None:
        self._evidence = evidence
        self._reader = reader
        self._excluded = excluded
        """Languages that the ticket is not written in."""
        self._masked = masked

    def read(self, texts: Iterable[tuple[str, str]]) -> None:
        """Reads texts with their sources."""
        known = {sentence.words for sentence in self._evidence.sentences}
        for text, source in texts:
            for sentence in sentences(text, source, name_pattern(self._masked, text)):
                if sentence.words not in known:
                    known.add(sentence.words)
                    _add_sentence(sentence, self._evidence, self._reader.interpret(sentence.words, self._excluded))


def _read_one_visit_line(evidence: Evidence, reader: PhraseReader) -> None:
    if len(evidence.lines) == 1 and "one_visit" in reader.interpret(evidence.lines[0].description.lower()).meanings:
        evidence.one_visit_line = evidence.lines[0]


def _add_sentence(sentence: Sentence, evidence: Evidence, reading: SentenceReading) -> None:
    """Adds what a sentence contains; dates and lengths of time only where it is about the requested work."""
    if reading.intent is not SentenceIntent.ASIDE:
        points = time_points(sentence.words, evidence.today)
        if reading.intent is SentenceIntent.UNDECIDED:
            evidence.undecided_dates += [(point, sentence) for point in points]
        else:
            evidence.dates += [(point, sentence) for point in _with_months(points, evidence)]
            if "term" not in reading.meanings:
                evidence.spans += [(span, sentence) for span in spans(sentence.words)]
        evidence.planned.append(sentence)
    evidence.sentences.append(sentence)
    for meaning, words in reading.meanings.items():
        evidence.mentions_by_meaning.setdefault(meaning, []).append(Mention(meaning, words, sentence))
    for meaning, (words, polarity) in reading.denied.items():
        evidence.denied.setdefault(meaning, []).append((Mention(meaning, words, sentence), polarity))


def _add_mentions(evidence: Evidence, meaning: str, found: Iterable[tuple[Sentence, str]]) -> None:
    for sentence, words in found:
        evidence.mentions_by_meaning.setdefault(meaning, []).append(Mention(meaning, words, sentence))


def _with_months(points: Iterable[TimePoint], evidence: Evidence) -> Iterator[TimePoint]:
    """The dates; a day without a month belongs to the month that was named last."""
    month = next((point.day for point, _ in reversed(evidence.dates) if _names_month(point)), None)
    for point in points:
        if _names_month(point):
            month = point.day
        elif point.month_open and month and (last := max(point.day, _day_in(month, point.day.day))) != point.day:
            yield replace(point, day=last)
            continue
        yield point


def _names_month(point: TimePoint) -> bool:
    return not point.month_open and point.days != SEASON


def _day_in(month: date, day: int) -> date:
    """The day of a month, or its 28th where the month is shorter."""
    try:
        return month.replace(day=day)
    except ValueError:
        return month.replace(day=28)
