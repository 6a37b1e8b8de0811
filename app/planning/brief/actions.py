"""Manual actions of a brief: what has to be billed or arranged by hand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from app.domain.enums import BillingMethod
from app.planning.amounts import words
from app.planning.brief.inputs import BriefInputs
from app.planning.brief.model import Brief, Payment, Reach
from app.planning.brief.sale import Sold
from app.planning.manual_actions import ManualAction, manual_action
from app.reading.values.billing_statements import SaleState
from app.reading.values.billing_words import Role

_MOST_NAMED, _MOST_QUOTED = 12, 5


def actions_of(inputs: BriefInputs, sold: Sold, brief: Brief) -> Iterator[ManualAction]:
    """The actions in the order in which a person does them."""
    yield from _money(inputs, sold, brief)
    yield from _payments(inputs, brief)
    if inputs.is_project:
        yield from _people(brief)
        if inputs.facts.restricted:
            yield manual_action("restrict")
    unread = tuple(inputs.ticket.unread)
    if unread:
        yield manual_action("unread", names=unread)


def _money(inputs: BriefInputs, sold: Sold, brief: Brief) -> Iterator[ManualAction]:
    method = brief.method.value
    if _billed_otherwise(sold, brief) and sold.total and method:
        yield manual_action("price-otherwise", price=sold.total, method=BillingMethod(method))
    if brief.rate.value is not None and method in ("NotToExceed", "FixedFee", "ActualRates"):
        yield manual_action("rate-by-hand", rate=brief.rate.value, method=BillingMethod(method))
    sheet = brief.billing_sheet.value
    for line in sheet.lines if sheet else ():
        if line.reach is Reach.AGREEMENT:
            yield manual_action("recurring", amount=line.amount, names=(line.text,))
    if brief.agreement.value == "remove" and inputs.ticket.agreement is not None:
        yield manual_action("agreement-off", name=inputs.ticket.agreement.name)
    if inputs.is_project and method not in (None, "ActualRates", "NoCharge"):
        yield manual_action("own-method")
    if quotes := _left_out(inputs, brief):
        yield manual_action("left-out", names=quotes)
    yield from _booked_time(inputs, brief)


def _billed_otherwise(sold: Sold, brief: Brief) -> bool:
    """Whether a sold price of work is billed by another method than a fee."""
    by_fee = brief.method.value in ("FixedFee", "NoCharge") or brief.fee.value is not None
    return sold.has_price and bool(sold.labour) and not by_fee


def _left_out(inputs: BriefInputs, brief: Brief) -> tuple[str, ...]:
    """Quotes of amounts of the text that are not billed: extras, budgets, further rates."""
    outside = [
        statement.quote
        for statement in inputs.text.of(Role.EXTRA, Role.BUDGET)
        if statement.state is not SaleState.REFUSED
    ]
    rates = [
        statement.quote
        for statement in inputs.text.of(Role.RATE)
        if statement.amount.value != brief.rate.value and not brief.rate.is_open
    ]
    return (*dict.fromkeys(outside), *dict.fromkeys(rates))[:_MOST_QUOTED]


def _booked_time(inputs: BriefInputs, brief: Brief) -> Iterator[ManualAction]:
    """Time that a person wants corrected and that the API cannot change."""
    if not brief.time.by or brief.time.value != "correct":
        return
    entries = inputs.ticket.time_entries
    fixed = [entry for entry in entries if entry.id is None or entry.invoiced]
    hours = sum((Decimal(str(entry.hours or 0)) for entry in fixed), Decimal(0))
    if hours or not entries:
        yield manual_action("time-booked", hours=hours or Decimal(str(inputs.ticket.actual_hours or 0)))


def _payments(inputs: BriefInputs, brief: Brief) -> Iterator[ManualAction]:
    payments = brief.payments.value or ()
    if payments:
        shown = tuple(map(_shown, payments[:_MOST_NAMED]))
        form = brief.payment_form.value
        if (
            not inputs.is_project
            or brief.fee.value is None
            or form == "manual"
            or (form == "downpayment" and len(payments) > 1)
        ):
            yield manual_action("payments-by-hand", names=shown)
        elif form == "progress":
            left = payments if not brief.payment_form.by else [payment for payment in payments if payment.due is None]
            if left:
                yield manual_action("progress-invoices", names=tuple(map(_shown, left[:_MOST_NAMED])))
        elif form == "milestones":
            yield manual_action("close-payments", names=shown)
    elif inputs.facts.progress_billing and inputs.is_project and brief.fee.value is None:
        yield manual_action("rates-in-parts")
    if brief.deposit_received.value:
        yield manual_action("deposit-received", amount=brief.deposit_received.value)


def _shown(payment: Payment) -> str:
    due = f", {payment.due.isoformat()}" if payment.due else ""
    return f"{payment.label}: {words(payment.amount)}{due}"


def _people(brief: Brief) -> Iterator[ManualAction]:
    contacts = brief.contacts.value or ()
    of_phases = {phase.contact for phase in brief.phases.value or () if phase.contact}
    for phase in brief.phases.value or ():
        if phase.contact:
            yield manual_action("contact-of-phase", phase=phase.name, contact=phase.contact)
    for person in contacts:
        if person.part and person.name not in of_phases:
            yield manual_action("contact-of-part", part=person.part, contact=person.name)
    strangers = tuple(person.name for person in contacts if person.id is None)
    if strangers:
        yield manual_action("add-contacts", names=strangers)
