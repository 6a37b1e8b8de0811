"""From evidence to billing method and amounts, on the project and on its phases."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.chart import BillingMethod, Chart, JobFacts
from app.plan.common import money
from app.plan.structure import Phase


@dataclass(frozen=True, slots=True)
class Money:
    """How the project is billed. `whole`: the price of everything; `amount`: what stands on the project itself."""

    method: BillingMethod
    amount: Decimal | None = None
    whole: Decimal | None = None
    by_phase: bool = False
    """Instalments are fixed-fee phases, billed separately when they close; the project itself bills the rest."""
    todos: tuple[str, ...] = field(default=())


def money_of(facts: JobFacts, chart: Chart) -> Money:
    """The chart's billing rules, from the strongest evidence down: fixed price, cap, agreed rate, else actual rates."""
    rules = chart.project.billing
    todos = _todos(facts)
    if facts.fixed_price is not None:
        instalments = [stage for stage in facts.stages if stage.amount is not None or stage.share is not None]
        by_phase = rules.stages_become_phases and rules.fixed_price is BillingMethod.FIXED_FEE and len(instalments) > 1
        rest = Decimal(0) if by_phase else facts.fixed_price
        return Money(rules.fixed_price, rest, facts.fixed_price, by_phase, todos)
    if facts.cap is not None:
        return Money(rules.cap, facts.cap, facts.cap, todos=todos)
    if facts.hourly_rate is not None:
        rate = f"Set the agreed rate of {facts.hourly_rate} an hour on the project; the API has no member for it there."
        return Money(rules.agreed_rate, todos=(*todos, rate))
    return Money(rules.otherwise, todos=todos)


def phase_money(phase: Phase, price: Money, chart: Chart) -> dict[str, Any]:
    """The billing members of a phase: its own only where it is an instalment, else the project's hold."""
    if not price.by_phase or phase.amount is None:
        return {}
    rules = chart.project.billing
    return {
        "billSeparatelyFlag": True,
        "billingMethod": BillingMethod.FIXED_FEE.value,
        "billingAmount": money(phase.amount),
        "billPhaseClosedFlag": True,
        "billTime": rules.bill_time,
        "billExpenses": rules.bill_expenses,
        "billProducts": rules.bill_products,
    }


def _todos(facts: JobFacts) -> tuple[str, ...]:
    todos = []
    if facts.progress_billing:
        todos.append(
            "Create the progress invoices in ConnectWise as the stages are reached; its API cannot create them."
        )
    if facts.restricted:
        todos.append("Restrict the project to its team; access to the project is set by security roles in ConnectWise.")
    if len(facts.contacts) > 1:
        todos.append("Say which contact stands for which phase; project contacts carry no phase.")
    return tuple(todos)
