"""Fields and related records of a ticket as short lines for the model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from app.domain.billing_periods import Periods, day_of
from app.domain.customer_records import Agreement
from app.domain.numbers import decimal_of
from app.domain.reference import name_of
from app.domain.sale_records import Opportunity, Product
from app.domain.ticket import TicketRecord
from app.domain.vocabulary import is_won
from app.domain.work_records import ScheduleEntry

_MOST_RECORDS = 30
_MOST_FIELDS = 30
_LONGEST = 200
_TYPES_WITHOUT_WORDS = ("Password", "Button")

RecordLine = tuple[str, str, str, bool]


def field_lines(ticket: TicketRecord) -> Iterator[RecordLine]:
    """Custom fields with a value: caption and value."""
    for number, custom in enumerate(ticket.custom_fields[:_MOST_FIELDS]):
        value = "" if custom.value is None else _short(str(custom.value))
        if value and custom.type not in _TYPES_WITHOUT_WORDS:
            yield f"customFields[{number}]", "field", f"{_short(custom.caption)}: {value}", True


def record_lines(ticket: TicketRecord, periods: Periods, today: date) -> Iterator[RecordLine]:
    """Records as lines, in a fixed order."""
    for source, text in _records(ticket, periods, today):
        yield source, "record", text, True


def _records(ticket: TicketRecord, periods: Periods, today: date) -> Iterator[tuple[str, str]]:
    yield "dateEntered", f"ticket entered on {_day(today)}"
    yield "billingPeriod", _period_text(periods, today)
    if ticket.agreement:
        yield "agreement", _agreement_text(ticket.agreement)
    if ticket.opportunity:
        yield "opportunity", _opportunity_text(ticket.opportunity)
    for number, entry in enumerate(ticket.schedule_entries[:_MOST_RECORDS]):
        yield f"scheduleEntries[{entry.id or number}]", _schedule_text(entry)
    for number, task in enumerate(ticket.tasks[:_MOST_RECORDS]):
        hours = decimal_of(task.budget_hours)
        yield f"tasks[{number}]", f"task: {_short(task.summary)}" + (f", {hours:f} h" if hours else "")
    for number, product in enumerate(ticket.products[:_MOST_RECORDS]):
        if not product.cancelled:
            yield f"products[{number}]", _product_text(product)
    yield from _head(ticket)


def _head(ticket: TicketRecord) -> Iterator[tuple[str, str]]:
    """Single members of the ticket."""
    kinds = (("board", ticket.board), ("type", ticket.type), ("sub-type", ticket.sub_type), ("item", ticket.item))
    weak = ", ".join(f"{name} {_short(name_of(kind))}" for name, kind in kinds if name_of(kind))
    if weak:
        yield "board", f"set by rules and forms: {weak}"
    if hours := decimal_of(ticket.budget_hours):
        yield "budgetHours", f"budget hours (weak): {hours:f}"
    if ticket.resources:
        yield "resources", f"assigned members: {_short(ticket.resources)}"
    if ticket.po_number:
        yield "poNumber", f"purchase order of the customer: {_short(ticket.po_number)}"
    for source, name, value in (
        ("estimatedStartDate", "estimated start", ticket.estimated_start_date),
        ("requiredDate", "required by", ticket.required_date),
    ):
        if day := day_of(value):
            yield source, f"{name}: {_day(day)}"
    if ticket.contacts_cc:
        names = ", ".join(_short(name_of(contact)) for contact in ticket.contacts_cc[:_MOST_RECORDS])
        yield "contactsCc", f"in copy (no contacts by part): {names}"


def _period_text(periods: Periods, today: date) -> str:
    """The customer's billing period of the day of entry and the two that follow."""
    shown, day = [], today
    for _ in range(3):
        first, last = periods.bounds(day)
        shown.append(f"{first} to {last}")
        day = last + timedelta(days=1)
    return f"billing periods of the customer ({_short(periods.cycle)}): {shown[0]}; then {shown[1]}; then {shown[2]}"


def _agreement_text(agreement: Agreement) -> str:
    parts = [f"agreement: {_short(agreement.name)}"]
    parts += [f"type {_short(agreement.type)}"] if agreement.type else []
    parts += [f"billed {_short(agreement.billing_cycle)}"] if agreement.billing_cycle else []
    if agreement.cover_agreement_time is not None:
        parts.append("covers time" if agreement.cover_agreement_time else "does not cover time")
    return ", ".join(parts)


def _opportunity_text(opportunity: Opportunity) -> str:
    state = opportunity.stage or opportunity.status
    amount = decimal_of(opportunity.expected_revenue)
    parts = [f"opportunity: {_short(opportunity.name)}", f"stage {_short(state) or 'not known'}"]
    parts.append("won" if is_won(opportunity) else "not won")
    return ", ".join([*parts, *([f"revenue {amount:f}"] if amount else [])])


def _schedule_text(entry: ScheduleEntry) -> str:
    hours = decimal_of(entry.hours)
    start, end = _moment(entry.date_start), _moment(entry.date_end)
    text = f"scheduled: {_short(entry.member) or 'somebody'}, {start}" + (f" to {end}" if end else "")
    return text + (f", {hours:f} h" if hours else "")


def _product_text(product: Product) -> str:
    quantity, price = decimal_of(product.quantity), decimal_of(product.price)
    parts = [f"product line: {_short(product.description)}", f"quantity {1 if quantity is None else quantity:f}"]
    parts += [f"price each {price:f}"] if price is not None else []
    parts += [product.product_class] if product.product_class else []
    return ", ".join([*parts, *(["recurring"] if product.recurring else [])])


def _moment(text: str) -> str:
    """Day and time of an instant as it is written, with the weekday."""
    day = day_of(text)
    return f"{_day(day)} {text[11:16]}".rstrip() if day else _short(text)


def _day(day: date) -> str:
    return f"{day:%a} {day}"


def _short(text: str) -> str:
    return " ".join(text[:_LONGEST].split())
