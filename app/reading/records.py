"""Evidence from the ticket's fields and related records: bookings, product lines, tasks, agreement, opportunity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from app.domain.billing_periods import day_of
from app.domain.customer_records import Agreement
from app.domain.numbers import decimal_of
from app.domain.reference import Reference
from app.domain.sale_records import Opportunity
from app.domain.ticket import TicketRecord
from app.domain.vocabulary import is_labour, is_won
from app.domain.work_records import ScheduleEntry
from app.reading.evidence import Booking, Evidence, ProductLine, TaskBudget

_LONGEST_NAME = 300
_LONGEST_RESOURCES = 2000
_LONGEST_MASKED, _MOST_MASKED = 80, 30
_LARGEST_ID = 10**12
_COVERING = re.compile(
    r"all[- ]?in\b|all inclusive|unlimited|full|managed serv|gold|platinum|premium|complete|flat|rundum|tout compris|total",
    re.I,
)
_NOT_COVERING = re.compile(
    r"retainer|block|remote support only|essential|hours|time\b|money|basic|co-managed|stunden|kontingent|heures|horas|bolsa",
    re.I,
)
_LEGAL_FORM = re.compile(
    r"[\s,]+(?:ltd|limited|inc|llc|llp|plc|corp|co|company|group|holding|gmbh(?: & co\.? kg)?|ag|kg|ohg|e\.? ?v\.?|sa|sas|sarl|s\.?l\.?|s\.?a\.?"
    r"|bv|cic)\.?$",
    re.I,
)


def read_records(ticket: TicketRecord, evidence: Evidence) -> None:
    """Adds the evidence of fields and related records."""
    evidence.board = short_name(ticket.board)
    evidence.type = short_name(ticket.type)
    evidence.agreement = short_name(ticket.agreement)
    evidence.agreement_covers = ticket.agreement is not None and _covers_time(ticket.agreement)
    evidence.budget_hours = decimal_of(ticket.budget_hours)
    if opportunity := ticket.opportunity:
        evidence.opportunity = short_name(opportunity)
        evidence.opportunity_won = is_won(opportunity)
        evidence.opportunity_amount = decimal_of(opportunity.expected_revenue)
    evidence.contacts = [name for contact in ticket.contacts_cc if (name := short_name(contact))]
    evidence.bookings = [_booking(entry, number) for number, entry in enumerate(ticket.schedule_entries)]
    evidence.lines = list(_product_lines(ticket))
    evidence.tasks = [
        TaskBudget(task.summary[:_LONGEST_NAME], decimal_of(task.budget_hours) or Decimal(0), f"tasks[{number}]")
        for number, task in enumerate(ticket.tasks)
    ]
    members = [booking.member for booking in evidence.bookings]
    members += [part.strip() for part in ticket.resources[:_LONGEST_RESOURCES].split(",")]
    evidence.members = list(dict.fromkeys(filter(None, members)))


def record_texts(ticket: TicketRecord) -> Iterator[tuple[str, str]]:
    """Each record as a short text with its path, as a reader may quote it."""
    for source, name in (
        ("board.name", short_name(ticket.board)), ("type.name", short_name(ticket.type)),
        ("agreement", short_name(ticket.agreement)), ("opportunity.name", short_name(ticket.opportunity)),
    ):  # fmt: skip
        if name:
            yield source, name
    for line in _product_lines(ticket):
        yield line.source, f"{line.description}, {line.amount.normalize():f}"
    for number, task in enumerate(ticket.tasks):
        yield f"tasks[{number}]", f"{task.summary[:_LONGEST_NAME]}, {decimal_of(task.budget_hours) or 0:f} h"
    for number, entry in enumerate(ticket.schedule_entries):
        booking = _booking(entry, number)
        yield booking.source, f"{booking.member}, {booking.start} to {booking.end}, {booking.hours:f} h"


def masked_names(ticket: TicketRecord) -> tuple[str, ...]:
    """Names of the customer and the contacts; words in them carry no information about the work."""
    people = (ticket.company, ticket.contact, *ticket.contacts_cc)
    return _spellings(tuple(filter(None, map(short_name, people))))


def short_name(reference: Reference | Agreement | Opportunity | None) -> str:
    """The first characters of a reference's name; empty where there is none."""
    return reference.name[:_LONGEST_NAME] if reference else ""


def _covers_time(agreement: Agreement) -> bool:
    """By the agreement's setting where the service knows it, else by its kind."""
    if agreement.cover_agreement_time is not None:
        return agreement.cover_agreement_time
    name = short_name(agreement)
    return bool(_COVERING.search(f"{name} {agreement.type[:_LONGEST_NAME]}")) and not _NOT_COVERING.search(name)


def _booking(entry: ScheduleEntry, number: int) -> Booking:
    shown = entry.id if entry.id and entry.id < _LARGEST_ID else number
    return Booking(
        entry.member[:_LONGEST_NAME],
        day_of(entry.date_start),
        day_of(entry.date_end),
        decimal_of(entry.hours) or Decimal(0),
        f"scheduleEntries[{shown}]",
        entry.date_start[:_LONGEST_NAME],
    )


def _product_lines(ticket: TicketRecord) -> Iterator[ProductLine]:
    for number, product in enumerate(ticket.products):
        quantity = decimal_of(product.quantity)
        amount = (decimal_of(product.price) or Decimal(0)) * (Decimal(1) if quantity is None else quantity)
        yield ProductLine(product.description[:_LONGEST_NAME], amount, f"products[{number}]", is_labour(product))


@lru_cache(maxsize=4096)
def _spellings(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names with and without the form of the company, longest first."""
    every = [*names, *(_LEGAL_FORM.sub("", name) for name in names)]
    masked = {name.strip()[:_LONGEST_MASKED] for name in every if len(name.strip()) > 3}
    return tuple(sorted(masked, key=len, reverse=True)[:_MOST_MASKED])


def name_pattern(spellings: tuple[str, ...], text: str) -> re.Pattern[str] | None:
    """Finds those names that occur in a text; most texts hold none, and then no sentence is searched for them."""
    lower = text.lower()
    return _any_name(tuple([name for name in spellings if name.lower() in lower]))


@lru_cache(maxsize=4096)
def _any_name(names: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", re.IGNORECASE) if names else None
