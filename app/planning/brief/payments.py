"""The payment plan of a fee: its own list, apart from the phases of work. The payments add up to the fee; the last takes the remainder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from app.planning.amounts import CENT, cents, words
from app.planning.brief.inputs import BriefInputs
from app.planning.brief.lines import LineKind, SaleLine, sale_lines, tolerance
from app.planning.brief.model import (
    BriefField,
    FieldState,
    Method,
    Payment,
    PaymentForm,
    Source,
    conflict,
    proposed,
    settled,
)
from app.planning.brief.sale import Sold
from app.planning.brief.text_price import source_of
from app.planning.texts import plain
from app.reading.values.billing_statements import SaleState
from app.reading.values.billing_words import Role
from app.reading.values.payment_parts import StatedPayment, StatedPlan

Payments = BriefField[tuple[Payment, ...]]


def payments_of(inputs: BriefInputs, sold: Sold, fee: BriefField[Decimal], method: BriefField[Method]) -> Payments:
    """The payments by product lines of stages, else by the text; of the whole price where product lines bill it."""
    stages = [line for line in sold.ordered if line.kind is LineKind.STAGE]
    every = [line for line in sale_lines(inputs.ticket, inputs.chart, inputs.in_force) if line.kind is LineKind.STAGE]
    if stages and (unpriced := [line for line in every if not line.amount]):
        named = ", ".join(f"“{plain(line.text)}”" for line in unpriced)
        return conflict(f"These instalments have no readable price: {named} (products).", *_sources_of(unpriced))
    if fee.value is None and not fee.is_open and method.value == "FixedFee" and sold.total and not sold.conflicts:
        fee = BriefField(sold.total, FieldState.SETTLED if sold.recorded else FieldState.PROPOSED, sold.sources)
    if fee.value is None:
        return settled(())
    plan = inputs.stated_plan
    if len(stages) >= 2:
        return _by_lines(stages, fee.value, plan)
    if plan is None:
        return settled(())
    source = Source(plan.source, plan.quote)
    parts = split_payments(fee.value, plan.payments)
    if parts is None:
        total = sum((payment.amount for payment in plan.payments if payment.amount), Decimal(0))
        return conflict(
            f"The payments add up to {words(total)} ({plan.source}), the fee is {words(fee.value)}.",
            source,
            *fee.sources,
        )
    state = FieldState.SETTLED if fee.state is FieldState.SETTLED else FieldState.PROPOSED
    return BriefField(parts, state, (source,))


def _by_lines(stages: Sequence[SaleLine], fee: Decimal, plan: StatedPlan | None) -> Payments:
    sources = _sources_of(stages)
    total = sum((line.amount for line in stages), Decimal(0))
    if abs(total - fee) > tolerance(len(stages)):
        return conflict(f"The stage lines add up to {words(total)} (products), the fee is {words(fee)}.", *sources)
    stated = [StatedPayment(line.text, line.amount) for line in stages]
    dues = (
        [payment.due for payment in plan.payments]
        if plan and len(plan.payments) == len(stages)
        else [None] * len(stages)
    )
    parts = split_payments(fee, stated) or ()
    return settled(
        tuple(Payment(part.label, part.amount, due) for part, due in zip(parts, dues, strict=True)), *sources
    )


def _sources_of(lines: Sequence[SaleLine]) -> tuple[Source, ...]:
    return tuple(Source(line.place, line.text) for line in lines)


def split_payments(fee: Decimal, stated: Sequence[StatedPayment]) -> tuple[Payment, ...] | None:
    """Amounts in cents that add up to the fee exactly; None where they cannot."""
    amounts: list[Decimal | None] = []
    for one in stated:
        if one.share is not None:
            exact = fee * one.share.numerator / one.share.denominator
            amounts.append(exact.quantize(CENT, ROUND_HALF_UP))
        else:
            amounts.append(cents(one.amount) if one.amount is not None else None)
    rest = fee - sum((amount for amount in amounts if amount is not None), Decimal(0))
    unknown = [number for number, amount in enumerate(amounts) if amount is None]
    if len(unknown) == 1 and rest > 0:
        amounts[unknown[0]] = rest
    elif unknown or not amounts:
        return None
    elif rest:
        slack = CENT * len(amounts)
        last = amounts[-1]
        if abs(rest) > slack or last is None or last + rest <= 0:
            return None
        amounts[-1] = last + rest
    if any(amount is None or amount <= 0 for amount in amounts):
        return None
    return tuple(
        Payment(payment.label[:100], amount, payment.due)
        for payment, amount in zip(stated, amounts, strict=True)
        if amount is not None
    )


def form_of(inputs: BriefInputs, plan: Payments) -> BriefField[PaymentForm]:
    """How payments are billed by the chart; nothing without payments."""
    form: PaymentForm = inputs.chart.project.billing.payments
    return settled(form, Source("chart: project.billing.payments", form)) if plan.value else settled(None)


def received_of(inputs: BriefInputs) -> BriefField[Decimal]:
    """A deposit that is paid already, by the text."""
    found = [statement for statement in inputs.text.of(Role.RECEIVED) if statement.state is not SaleState.REFUSED]
    if not found:
        return settled(None)
    return proposed(cents(found[0].amount.value), source_of(found[0]))


def earliest_due(payments: Sequence[Payment]) -> date | None:
    """The first due date of a plan."""
    return min((payment.due for payment in payments if payment.due), default=None)
