"""The billing members of projects, phases and tickets, and the steps that keep product lines from billing twice.

Source: API schemas Project, ProjectPhase, Ticket and ProductItem (2026.11). A phase shows the project's method and amount unless
it is billed separately, so the amounts of separately billed phases and the project's own add up to the fee.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from app.chart.schema.target_settings import Billing
from app.domain.enums import BillingMethod
from app.domain.ticket import TicketRecord
from app.planning.amounts import number
from app.planning.blockers import linked, reference
from app.planning.brief.model import Brief, Payment
from app.planning.brief.sheet import lines_not_to_bill
from app.planning.model import Problem, Step, StepKind
from app.planning.paths import PRODUCTS
from app.planning.texts import cut, mark, plain
from app.planning.working_days import day

_SHORT_PO, _PO = 25, 50
_FREE = ("donotbill", "nocharge")
_MOST_NOTES = 1000
"""Source: API schema `ProductItem.internalNotes`."""


def line_steps(brief: Brief, ticket: TicketRecord, decision_id: str) -> tuple[list[Step], list[Problem]]:
    """Sets each product line that must not bill to DoNotBill, with our mark in its internal notes."""
    sheet = brief.billing_sheet.value
    steps: list[Step] = []
    problems: list[Problem] = []
    for line in lines_not_to_bill(sheet) if sheet else ():
        product = ticket.products[line.index or 0]
        if product.billable_option.casefold() in _FREE:
            continue
        if product.id is None:
            text = f"The product line “{plain(line.text)}” has no id, so it cannot be set to DoNotBill. Set it by hand and run the ticket again."
            problems.append(Problem("product-unknown", text))
            continue
        notes = _with_mark(product.internal_notes, mark(decision_id))
        restore = {
            "billableOption": product.billable_option or "Billable",
            "internalNotes": product.internal_notes or None,
        }
        steps.append(Step(
            f"line-{len(steps) + 1}", StepKind.PATCH, f"The product line “{plain(line.text)}” must not bill", "PATCH",
            f"{PRODUCTS}/{product.id}", wish={"billableOption": "DoNotBill", "internalNotes": notes}, restore=restore,
        ))  # fmt: skip
    return steps, problems


def _with_mark(notes: str, our_mark: str) -> str:
    """The internal notes of a product line with our mark as their last line; the mark is always whole."""
    return f"{notes.strip()[: _MOST_NOTES - len(our_mark) - 1]}\n{our_mark}".strip()


def project_billing(brief: Brief, ticket: TicketRecord, rules: Billing) -> dict[str, Any]:
    """The billing members of the project; terms are by id and added by the caller."""
    amount = own_amount(brief, rules)
    body: dict[str, Any] = {
        "billingMethod": api_method(brief),
        "billingRateType": rules.rate_type,
        **billing_flags(brief, rules),
        "billProjectAfterClosedFlag": rules.bill_after_close,
        "billUnapprovedTimeAndExpense": rules.bill_unapproved,
    }
    if amount is not None:
        body["billingAmount"] = number(amount)
    if (down := _down_payment(brief, rules)) is not None:
        body["downpayment"] = number(down)
    if rules.restrict_down_payment:
        body["restrictDownPaymentFlag"] = True
    if brief.po_number.value:
        body["customerPO"] = cut(brief.po_number.value, _PO)
    if brief.po_amount.value:
        body["poAmount"] = number(brief.po_amount.value)
    if brief.agreement.value == "keep" and (agreement := reference(ticket.agreement)):
        body["agreement"] = agreement
    for name in ("opportunity", "currency"):
        if found := reference(linked(ticket, name)):
            body[name] = found
    return body | tax_code(ticket, rules)


def api_method(brief: Brief) -> str:
    """The method as ConnectWise names it; work at no charge is billed by its flags."""
    method = brief.method.value
    return BillingMethod.ACTUAL_RATES.value if method in (None, "NoCharge") or not_by_fee(brief) else str(method)


def not_by_fee(brief: Brief) -> bool:
    """Whether a fixed price is billed by its product lines and not by a fee."""
    return brief.method.value == "FixedFee" and brief.fee.value is None


def billing_flags(brief: Brief, rules: Billing) -> dict[str, Any]:
    """How time, expenses and products are billed."""
    if brief.method.value == "NoCharge":
        return {"billTime": "NoCharge", "billExpenses": "NoCharge", "billProducts": "NoCharge"}
    time = "NoCharge" if not_by_fee(brief) else rules.bill_time
    return {"billTime": time, "billExpenses": rules.bill_expenses, "billProducts": rules.bill_products}


def own_amount(brief: Brief, rules: Billing) -> Decimal | None:
    """What the project bills itself: the fee without its milestones, or the cap."""
    if brief.method.value == "FixedFee" and brief.fee.value is not None:
        return brief.fee.value - sum((milestone.amount for milestone in milestones(brief, rules)), Decimal(0))
    if brief.method.value == "NotToExceed":
        return brief.cap.value or brief.fee.value or brief.sold_total.value
    return None


def milestones(brief: Brief, rules: Billing) -> Sequence[Payment]:
    """The payments that become fixed-fee phases."""
    form = brief.payment_form.value or rules.payments
    return (brief.payments.value or ()) if form == "milestones" and brief.fee.value is not None else ()


def _down_payment(brief: Brief, rules: Billing) -> Decimal | None:
    payments, fee = brief.payments.value or (), brief.fee.value
    if fee is None or milestones(brief, rules):
        return None
    if (brief.payment_form.value or rules.payments) == "downpayment" and len(payments) == 2:
        return payments[0].amount
    return fee * rules.down_payment if rules.down_payment and not payments else None


def payment_phase(payment: Payment, brief: Brief, ticket: TicketRecord, rules: Billing) -> dict[str, Any]:
    """The billing members of a milestone: zero hours, a fixed fee that is billed when the phase is closed."""
    body: dict[str, Any] = {
        "markAsMilestoneFlag": True, "budgetHours": 0.0, "billSeparatelyFlag": True, "billingMethod": BillingMethod.FIXED_FEE.value,
        "billingAmount": number(payment.amount), "billPhaseClosedFlag": True, **billing_flags(brief, rules), **tax_code(ticket, rules),
    }  # fmt: skip
    if payment.due is not None:
        body |= {"scheduledStart": day(payment.due), "scheduledEnd": day(payment.due), "deadlineDate": day(payment.due)}
    number_of_po = brief.po_number.value or ""
    if 0 < len(number_of_po) <= _SHORT_PO:
        body["poNumber"] = number_of_po
    return body


def phase_billing(brief: Brief, ticket: TicketRecord, rules: Billing, *, joins: bool) -> dict[str, Any]:
    """The billing members of a phase of work: its own rate, or, in a running project, its own fee; else the project's hold."""
    rate = brief.rate.value if brief.method.value == "OverrideRate" else None
    if rate is None and not joins:
        return {}
    body: dict[str, Any] = {"billSeparatelyFlag": True, **billing_flags(brief, rules), **tax_code(ticket, rules)}
    if rate is not None:
        return body | {"billingMethod": BillingMethod.OVERRIDE_RATE.value, "hourlyRate": number(rate)}
    amount = own_amount(brief, rules)
    body |= {"billingMethod": api_method(brief)} | ({"billingAmount": number(amount)} if amount is not None else {})
    if brief.po_number.value and len(brief.po_number.value) <= _SHORT_PO:
        body["poNumber"] = brief.po_number.value
    return body | ({"billPhaseClosedFlag": True} if amount is not None else {})


def ticket_billing(brief: Brief, ticket: TicketRecord, rules: Billing) -> dict[str, Any]:
    """The billing members of a mini-project's ticket; empty where nothing of the sale has to be written."""
    wish: dict[str, Any] = {}
    method = brief.method.value
    if method == "NoCharge" or not_by_fee(brief):
        wish |= billing_flags(brief, rules)
    elif method == "FixedFee" and brief.fee.value is not None:
        wish |= {"billingMethod": method, "billingAmount": number(brief.fee.value)}
    elif method == "NotToExceed" and (cap := brief.cap.value or brief.sold_total.value):
        wish |= {"billingMethod": method, "billingAmount": number(cap)}
    elif method == "OverrideRate" and brief.rate.value:
        wish |= {"billingMethod": method, "hourlyRate": number(brief.rate.value)}
    if brief.po_number.value and brief.po_number.value != ticket.po_number:
        wish["poNumber"] = brief.po_number.value
    if brief.agreement.value == "remove" and reference(ticket.agreement):
        wish["agreement"] = None
    if wish and method != "NoCharge" and "billTime" not in wish and ticket.bill_time not in ("", rules.bill_time):
        wish["billTime"] = rules.bill_time
    return wish


def tax_code(ticket: TicketRecord, rules: Billing) -> dict[str, Any]:
    """The chart's tax code by name (the API has no list of them here), else the agreement's."""
    if rules.tax_code:
        return {"taxCode": {"name": rules.tax_code}}
    known = reference(ticket.agreement.tax_code if ticket.agreement else None)
    return {"taxCode": known} if known else {}


def brief_problems(brief: Brief) -> Iterator[Problem]:
    """The fields that the plan waits for."""
    for name, field in brief.open_fields:
        yield Problem(f"brief-{name.replace('_', '-')}", f"{name.replace('_', ' ').capitalize()}: {field.message}")
