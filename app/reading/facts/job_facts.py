"""Facts about the job: price, hours, dates, stages, people. Plans build the project from them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from app.domain.billing_periods import day_of
from app.domain.facts import JobFacts, Reason, Stage
from app.reading.evidence import Evidence
from app.reading.facts.agreed_price import agreed_money
from app.reading.facts.stages import last_of_month, stages_of
from app.reading.segments import word_set
from app.reading.values.people import part_contacts
from app.reading.values.shares import split_into_shares
from app.reading.values.work_hours import stated_hours

_PO = re.compile(
    r"(?<!\w)(?:p\.?o\.?|purchase order|bestell(?:ung|nummer|-?nr\.?)|bon de commande|bdc|bc|pedido|orden de compra)"
    r"\s?(?:no\.?|number|nr\.?|n°|núm\.?|ref\.?|:|#|-)?\s?([a-z]{0,4}[-/]?\d[\w/.-]{1,20}\w)"
)
_CLOSED = re.compile(
    r"only|solely|exclusively|nobody|no one|no-one|none|nur|ausschlie|niemand|seul|uniquement|exclusiv|solo|sólo|únicamente|nadie|access"
    r"|restrict|confiden|limited|restreint|réservé|zugriff|einsicht|see|know|hidden|visible|habilit|cleared|nda"
)


def job_facts(evidence: Evidence, *, kind: str | None) -> JobFacts:
    """Collects the facts with their sources; unknown facts are None."""
    sources: list[Reason] = []
    stages = stages_of(evidence, sources)
    money = agreed_money(evidence, stages, sources)
    start, end = _dates(evidence, stages)
    shared = any(stage.amount or stage.share for stage in stages)
    return JobFacts(
        kind=kind,
        fixed_price=money.price,
        other_prices=money.others,
        price_open=money.open,
        cap=money.cap,
        hourly_rate=money.rate,
        left_out=money.left_out,
        hours=_hours(evidence, sources),
        start=start,
        end=end,
        stages=stages,
        members=tuple(evidence.members),
        contacts=_contacts(evidence),
        po_number=_po_number(evidence, sources),
        restricted=any(_CLOSED.search(mention.words) for mention in evidence.mentions("own_team")),
        progress_billing=shared or bool(evidence.mentions("progress_billing")) or _is_shared(evidence),
        sources=tuple(sources),
    )


def _is_shared(evidence: Evidence) -> bool:
    return any(split_into_shares(sentence.words) for sentence in evidence.planned)


def _contacts(evidence: Evidence) -> tuple[str, ...]:
    named = [person for person, _ in part_contacts(evidence.planned)]
    return tuple(dict.fromkeys([*evidence.contacts, *named]))[:50]


def _dates(evidence: Evidence, stages: tuple[Stage, ...]) -> tuple[date | None, date | None]:
    """First and last day: of the schedule, else of the ticket's fields, the stages and the dates in the text."""
    days = sorted(booking.start for booking in evidence.bookings if booking.start)
    if days:
        return days[0], max(day for booking in evidence.bookings if (day := booking.end or booking.start))
    given_start, given_end = day_of(evidence.ticket.estimated_start_date), day_of(evidence.ticket.required_date)
    points = sorted((point for point, _ in evidence.dates if point.day >= evidence.today), key=lambda point: point.day)
    starts = [stage.start for stage in stages if stage.start] or [point.day for point in points[:1]]
    last = points[-1] if len(points) > 1 else None
    end = (last_of_month(last.day) if last.days == 30 else last.day) if last else None
    start = given_start or min(starts, default=None)
    end = given_end or max([day for day in (end, *(stage.end for stage in stages)) if day], default=None)
    return start, end if end and (start is None or end >= start) else None


def _hours(evidence: Evidence, sources: list[Reason]) -> Decimal | None:
    """Budget hours of the ticket, else of its tasks or schedule, else of the text."""
    if evidence.budget_hours and evidence.budget_hours > 0:
        sources.append(Reason("Budget hours", "budgetHours", str(evidence.budget_hours)))
        return evidence.budget_hours
    for source, total in (
        ("tasks", sum(task.hours for task in evidence.tasks)),
        ("scheduleEntries", sum(b.hours for b in evidence.bookings)),
    ):
        if total:
            sources.append(Reason("Hours", source, str(total)))
            return Decimal(total)
    if stated := stated_hours(evidence.planned):
        sources.append(Reason("Hours", stated.sentence.source, stated.written))
        return stated.hours
    return None


def _po_number(evidence: Evidence, sources: list[Reason]) -> str | None:
    if given := evidence.ticket.po_number[:200].strip():
        return given[:50]
    for sentence in evidence.planned:
        if "#" in word_set(sentence.words) and (match := _PO.search(sentence.words)):
            sources.append(Reason("Purchase order", sentence.source, match[0]))
            return match[1].upper()[:50]
    return None
