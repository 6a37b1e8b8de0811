"""Facts of a ticket by the built-in readers: exact ones from records, and those of the phrases with their polarity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from app.domain.enums import FactType, Polarity, Reader
from app.domain.facts import Fact, FactValue
from app.reading.evidence import Evidence, Mention
from app.reading.values.fact_values import value_of
from app.reading.values.instalments import STAGE_LINE

FACT_OF_MEANING: Mapping[str, FactType] = {
    "accepted": FactType.QUOTE_ACCEPTED,
    "approved": FactType.SIGNED,
    "referenced": FactType.PURCHASE_ORDER,
    "fixed_price": FactType.FIXED_PRICE,
    "chargeable": FactType.CHARGEABLE,
    "covered": FactType.COVERED,
    "fault": FactType.FAULT,
    "request": FactType.REQUEST,
    "overhaul": FactType.REPLACEMENT,
    "waves": FactType.SEVERAL_VISITS,
    "one_visit": FactType.ONE_VISIT,
    "many_people": FactType.SEVERAL_PEOPLE,
    "one_person": FactType.ONE_PERSON,
    "long_span": FactType.WORK_PERIOD,
    "progress_billing": FactType.STAGED_BILLING,
    "parted": FactType.STAGED_BILLING,
    "single_billing": FactType.SINGLE_INVOICE,
    "own_team": FactType.OWN_TEAM,
    "discretion": FactType.DISCRETION,
    "stage_contacts": FactType.CONTACTS_BY_PART,
    "phase_budgets": FactType.HOURS_BY_PART,
    "money": FactType.AMOUNT,
    "kind_migration": FactType.WORK_KIND,
    "kind_install": FactType.WORK_KIND,
    "kind_consulting": FactType.WORK_KIND,
}
"""The type of fact that a phrase of a meaning states. Other meanings only place the sentence, and state no fact."""

MEANING_OF_FACT: Mapping[FactType, str] = {
    **{kind: meaning for meaning, kind in reversed([*FACT_OF_MEANING.items()]) if kind is not FactType.WORK_KIND},
    FactType.NO_CHARGE: "covered",
    FactType.QUESTION_ONLY: "request",
}
"""The meaning under which the chart weighs a fact of a further reader; a type without one is recorded and weighs nothing."""

_KINDS = {"kind_migration": "migration", "kind_install": "installation", "kind_consulting": "consulting"}
_CERTAIN, _PHRASE = 1.0, 0.8
_AFFIRMED, _MODEL, _RECORD = Polarity.AFFIRMED, Reader.MODEL, Reader.RECORD
_MOST = 200


def facts_of(evidence: Evidence) -> tuple[Fact, ...]:
    """The facts of records and phrases, records first."""
    return tuple([*_recorded(evidence), *_stated(evidence)][:_MOST])


def _stated(evidence: Evidence) -> Iterator[Fact]:
    for meaning, mentions in evidence.mentions_by_meaning.items():
        if kind := FACT_OF_MEANING.get(meaning):
            for mention in mentions:
                yield _fact(kind, mention, evidence, _AFFIRMED)
    for meaning, denied in evidence.denied.items():
        if kind := FACT_OF_MEANING.get(meaning):
            for mention, polarity in denied:
                yield _fact(kind, mention, evidence, polarity)


def _fact(kind: FactType, mention: Mention, evidence: Evidence, polarity: Polarity) -> Fact:
    name = _KINDS.get(mention.meaning)
    value = FactValue(name=name) if name else value_of(kind, mention.words, evidence.today)
    reader = mention.reader
    return Fact(kind, polarity, value, mention.words, mention.source, reader, _CERTAIN if reader is _MODEL else _PHRASE)


def _recorded(evidence: Evidence) -> Iterator[Fact]:
    if evidence.opportunity_won:
        value = FactValue(amount=evidence.opportunity_amount) if evidence.opportunity_amount is not None else None
        yield _record(FactType.QUOTE_ACCEPTED, value, evidence.opportunity, "opportunity.stage")
    if order := evidence.ticket.po_number.strip():
        yield _record(FactType.PURCHASE_ORDER, FactValue(name=order[:50]), order[:50], "poNumber")
    if evidence.agreement and evidence.agreement_covers:
        yield _record(FactType.COVERED, None, evidence.agreement, "agreement")
    if evidence.budget_hours:
        hours = evidence.budget_hours
        yield _record(FactType.BUDGET_HOURS, FactValue(hours=hours), f"{hours:f}", "budgetHours")
    yield from _lines(evidence)
    yield from _tasks(evidence)
    yield from _schedule(evidence)


def _lines(evidence: Evidence) -> Iterator[Fact]:
    for line in evidence.lines:
        if line.is_labour and line.amount > 0:
            yield _record(FactType.AMOUNT, FactValue(amount=line.amount), line.description, line.source)
    stages = [line for line in evidence.lines if STAGE_LINE.search(line.description)]
    if len(stages) >= 2:
        names = "; ".join(line.description for line in stages)
        yield _record(FactType.STAGED_BILLING, FactValue(count=len(stages)), names[:160], stages[0].source)


def _tasks(evidence: Evidence) -> Iterator[Fact]:
    budgeted = [task for task in evidence.tasks if task.hours > 0]
    if len(budgeted) >= 2:
        value = FactValue(hours=sum((task.hours for task in budgeted), Decimal(0)), count=len(budgeted))
        names = "; ".join(task.summary for task in budgeted)
        yield _record(FactType.HOURS_BY_PART, value, names[:160], budgeted[0].source)


def _schedule(evidence: Evidence) -> Iterator[Fact]:
    members = list(dict.fromkeys(booking.member for booking in evidence.bookings if booking.member))
    if members:
        kind = FactType.SEVERAL_PEOPLE if len(members) > 1 else FactType.ONE_PERSON
        value = FactValue(count=len(members))
        yield _record(kind, value, ", ".join(members)[:160], "scheduleEntries")
    days = sorted(booking.start for booking in evidence.bookings if booking.start)
    if days:
        value = FactValue(first_day=days[0], last_day=days[-1])
        yield _record(FactType.WORK_PERIOD, value, f"{days[0]} to {days[-1]}", "scheduleEntries")


def _record(kind: FactType, value: FactValue | None, quote: str, source: str) -> Fact:
    return Fact(kind, _AFFIRMED, value, quote, source, _RECORD, _CERTAIN)
