"""Manual actions of a plan as records: a payment each, with customer, amount and day."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.chart import Chart
from app.domain.ticket import TicketRecord
from app.planning import Brief, Plan
from app.planning.amounts import words
from app.planning.brief.model import Payment
from app.planning.manual_actions import Language, ManualAction, manual_action

_OF_PAYMENTS = ("close-payments", "payments-by-hand", "progress-invoices")
"""Actions that name every payment in one sentence; as records each payment is done by itself."""
_AMOUNTS = ("amount", "price", "cap")


def action_records(plan: Plan, ticket: TicketRecord, chart: Chart) -> list[dict[str, Any]]:
    """`[{"key", "text", "values", "customer", "amount", "currency", "due"}]`, stored with the decision."""
    customer = ticket.company.name if ticket.company else ""
    currency = (plan.brief.currency.value if plan.brief else None) or ""
    common = {"customer": customer[:200], "currency": currency}
    return [record | common for record in _records(plan, chart.note_language)]


def _records(plan: Plan, language: Language) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for action in plan.actions:
        for record in _of_action(action, plan.brief, language):
            if record["text"] not in seen:
                seen.add(record["text"])
                yield record


def _of_action(action: ManualAction, brief: Brief | None, language: Language) -> Iterator[dict[str, Any]]:
    payments = (brief.payments.value or ()) if brief else ()
    if action.key not in _OF_PAYMENTS or not payments:
        yield action.to_json(language) | {"amount": _amount(action), "due": None}
        return
    for payment in payments:
        single = manual_action(action.key, names=(_shown(payment),))
        due = payment.due.isoformat() if payment.due else None
        yield single.to_json(language) | {"amount": f"{payment.amount:.2f}", "due": due}


def _amount(action: ManualAction) -> str | None:
    found = (action.values.get(name) for name in _AMOUNTS)
    amount = next((value for value in found if isinstance(value, Decimal)), None)
    return None if amount is None else f"{amount:.2f}"


def _shown(payment: Payment) -> str:
    due = f", {payment.due.isoformat()}" if payment.due else ""
    return f"{payment.label}: {words(payment.amount)}{due}"
