"""From evidence to billing: the project's method and amount, what its phases bill by themselves, what is left to a person.

Source: API schemas Project and ProjectPhase (2026.11). A phase shows the project's method and amount unless it is billed
separately, so the amounts of separately billed phases and the project's own add up to the whole price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from app.chart import Chart
from app.chart.schema.target_settings import Billing
from app.domain.enums import BillingMethod
from app.domain.facts import JobFacts, Stage
from app.planning.amounts import CENT, number, split, usable, words
from app.planning.blockers import Case, as_record, id_of, name_of, reference
from app.planning.manual_actions import ManualAction, todo
from app.planning.model import Problem
from app.planning.texts import cut, plain

_WITH_AMOUNT = (BillingMethod.FIXED_FEE, BillingMethod.NOT_TO_EXCEED)
_SHORT_PO = 25
_PO = 50
_MOST_NAMED = 5
_HALF_PERCENT = Decimal("0.005")
"""Shares that differ by less are equal ones, rounded: a third has no end."""


@dataclass(frozen=True, slots=True)
class Money:
    """How the project is billed. `amount` stands on the project itself, `parts` on its phases, both in cents."""

    method: BillingMethod
    amount: Decimal | None = None
    whole: Decimal | None = None
    """The price of everything, or the cap."""
    parts: tuple[Decimal | None, ...] = ()
    """Instalments, one for each stage: fixed-fee phases, billed separately when they close. None: no part of its own."""
    rate: Decimal | None = None
    """An agreed rate an hour; the phases carry it, since the project has no member for it."""
    problems: tuple[Problem, ...] = ()
    todos: tuple[ManualAction, ...] = ()

    @property
    def by_phase(self) -> bool:
        """Whether the phases bill something of their own."""
        return self.rate is not None or any(part is not None for part in self.parts)

    @property
    def priced(self) -> bool:
        """Whether a price, a cap or a rate is agreed."""
        return self.whole is not None or self.by_phase


def money_of(facts: JobFacts, chart: Chart) -> Money:
    """The chart's billing rules, from the strongest evidence down: fixed price, cap, agreed rate, else actual rates."""
    price = _by_method(facts, chart)
    return replace(price, problems=(*price.problems, *_rivals(facts)), todos=(*price.todos, *_doubts(facts)))


def _rivals(facts: JobFacts) -> tuple[Problem, ...]:
    """Two prices for one job: nothing is written until a person has chosen."""
    others = [amount for one in facts.other_prices if (amount := usable(one)) is not None]
    price = usable(facts.fixed_price)
    if not others or price is None:
        return ()
    text = f"The ticket names more than one price: {words(price)}, and also {', '.join(map(words, others[:_MOST_NAMED]))}. "
    text += "Correct the ticket, its products or its opportunity so that they name one, and run the ticket again."
    return (Problem("prices-differ", text),)


def _doubts(facts: JobFacts) -> tuple[ManualAction, ...]:
    """Money of the ticket that is not written: a price without its amount, amounts beside what is agreed."""
    unknown = (todo("price-open"),) if facts.price_open and usable(facts.fixed_price) is None else ()
    return (*unknown, *((todo("left-out", names=facts.left_out),) if facts.left_out else ()))


def _by_method(facts: JobFacts, chart: Chart) -> Money:
    rules = chart.project.billing
    if (price := usable(facts.fixed_price)) is not None:
        return _fixed(price, facts, rules)
    rate = usable(facts.hourly_rate)
    if (cap := usable(facts.cap)) is not None:
        todos = () if rate is None else (todo("rate-by-hand", rate=rate, method=rules.cap),)
        return Money(rules.cap, cap if rules.cap in _WITH_AMOUNT else None, cap, todos=todos)
    if rate is not None:
        carried = rules.agreed_rate is BillingMethod.OVERRIDE_RATE
        todos = () if carried else (todo("rate-by-hand", rate=rate, method=rules.agreed_rate),)
        return Money(rules.agreed_rate, rate=rate if carried else None, todos=todos)
    parts = tuple(usable(stage.amount) for stage in facts.stages) if _staged(facts, rules) else ()
    return Money(rules.otherwise, parts=parts if any(parts) else ())


def _fixed(price: Decimal, facts: JobFacts, rules: Billing) -> Money:
    method = rules.fixed_price
    if method not in _WITH_AMOUNT:
        return Money(method, whole=price, todos=(todo("price-otherwise", price=price, method=method),))
    if not _staged(facts, rules) or method is not BillingMethod.FIXED_FEE:
        return Money(method, price, price, todos=_split_todo(price, facts))
    parts, rest = instalments(price, facts.stages)
    strange = [stage.name for stage in facts.stages if stage.amount and usable(stage.amount) is None]
    if rest < 0 or strange:
        text = (
            f"The instalments add up to {words(price - rest)}, but the agreed price is {words(price)}. "
            if rest < 0
            else f"The instalment “{plain(strange[0])}” has an amount that cannot be billed. "
        )
        text += "Correct the ticket's products or the price and run the ticket again."
        return Money(method, price, price, problems=(Problem("amounts-differ", text),))
    return Money(method, rest, price, parts)


def _staged(facts: JobFacts, rules: Billing) -> bool:
    """Whether stages with amounts or shares of their own become phases."""
    priced = any(usable(stage.amount) or stage.share for stage in facts.stages)
    return rules.stages_become_phases and len(facts.stages) > 1 and priced


def instalments(whole: Decimal, stages: Sequence[Stage]) -> tuple[tuple[Decimal | None, ...], Decimal]:
    """The stages' parts and what is left for the project; below zero where the stages claim more than the whole.

    A single stage without a part of its own takes what the others leave.
    """
    shares = [stage.share for stage in stages]
    if all(share is not None and stage.amount is None for share, stage in zip(shares, stages, strict=True)):
        known = [share or Decimal(0) for share in shares]
        if abs(sum(known, Decimal(-1))) <= Decimal("0.02"):
            equal = known and max(known) - min(known) < _HALF_PERCENT
            return tuple(split(whole, [Decimal(1)] * len(known) if equal else known)), Decimal(0)
    parts: list[Decimal | None] = [_part(whole, stage) for stage in stages]
    rest = whole - sum((part for part in parts if part is not None), Decimal(0))
    open_ones = [number for number, part in enumerate(parts) if part is None]
    last = parts[-1]
    if len(open_ones) == 1 and rest > 0:
        parts[open_ones[0]] = rest
        rest = Decimal(0)
    elif last is not None and not open_ones and abs(rest) <= CENT * len(parts) and last + rest >= 0:
        parts[-1] = last + rest
        rest = Decimal(0)
    return tuple(parts), rest


def _part(whole: Decimal, stage: Stage) -> Decimal | None:
    if stage.amount is not None:
        return usable(stage.amount) or Decimal(0)
    return usable(whole * stage.share) if stage.share else None


def project_billing(price: Money, facts: JobFacts, case: Case, chart: Chart) -> dict[str, Any]:
    """The billing members of the project; terms are by id and added by the caller."""
    rules = chart.project.billing
    body: dict[str, Any] = {
        "billingMethod": price.method.value,
        "billingRateType": rules.rate_type,
        **_flags(rules),
        "billProjectAfterClosedFlag": rules.bill_after_close,
        "billUnapprovedTimeAndExpense": rules.bill_unapproved,
    }
    if price.amount is not None:
        body["billingAmount"] = number(price.amount)
    if rules.down_payment and price.amount and price.method is BillingMethod.FIXED_FEE and not price.by_phase:
        body["downpayment"] = number(price.amount * rules.down_payment)
    if rules.restrict_down_payment:
        body["restrictDownPaymentFlag"] = True
    if facts.po_number:
        body["customerPO"] = cut(facts.po_number, _PO)
        if price.whole is not None:
            body["poAmount"] = number(price.whole)
    if keeps_agreement(price, chart) and (agreement := reference(case.get("agreement"))):
        body["agreement"] = agreement
    for name in ("opportunity", "currency"):
        if found := reference(case.get(name)):
            body[name] = found
    return body | _tax(case, rules)


def phase_billing(amount: Decimal | None, price: Money, facts: JobFacts, case: Case, chart: Chart) -> dict[str, Any]:
    """The billing members of a phase: its own where it is an instalment or carries the agreed rate, else the project's hold."""
    rules = chart.project.billing
    if amount is None and price.rate is None:
        return {}
    body: dict[str, Any] = {"billSeparatelyFlag": True, **_flags(rules), **_tax(case, rules)}
    if amount is None and price.rate is not None:
        return body | {"billingMethod": BillingMethod.OVERRIDE_RATE.value, "hourlyRate": number(price.rate)}
    part = amount or Decimal(0)
    body |= {"billingMethod": BillingMethod.FIXED_FEE.value, "billingAmount": number(part), "billPhaseClosedFlag": True}
    if facts.po_number and len(facts.po_number) <= _SHORT_PO:
        body |= {"poNumber": facts.po_number, "poAmount": number(part)}
    return body


def ticket_flags(chart: Chart) -> dict[str, Any]:
    """The billing flags that the API can write on a project ticket."""
    return _flags(chart.project.billing)


def keeps_agreement(price: Money, chart: Chart) -> bool:
    """Whether project and ticket stay on the ticket's agreement, which would cover their time."""
    rule = chart.project.billing.agreement
    return rule == "keep" or (rule == "remove-when-priced" and not price.priced)


def billing_todos(price: Money, facts: JobFacts, case: Case, chart: Chart) -> list[ManualAction]:
    """What of the billing ConnectWise's API cannot do."""
    todos = list(price.todos)
    fixed = price.method is BillingMethod.FIXED_FEE
    if any(price.parts):
        todos.append(todo("close-phases"))
    elif facts.progress_billing and not (fixed and any(one.key in ("split", "split-over") for one in price.todos)):
        todos.append(todo("fixed-in-parts" if fixed else "rates-in-parts"))
    if price.method is not BillingMethod.ACTUAL_RATES:
        todos.append(todo("own-method"))
    agreement = case.get("agreement")
    if id_of(agreement) and not keeps_agreement(price, chart):
        todos.append(todo("agreement-off", name=name_of(agreement)))
    return todos


def mini_project_todos(facts: JobFacts, case: Case) -> list[ManualAction]:
    """What finance has to do on a mini-project: its billing method and agreement are set by hand."""
    todos = []
    price, others = usable(facts.fixed_price), [one for one in facts.other_prices if usable(one) is not None]
    if price is not None and others:
        names = tuple(words(one) for one in (price, *others[:_MOST_NAMED]))
        todos.append(todo("mini-prices-differ", names=names))
    elif price is not None:
        todos.append(todo("mini-price", price=price))
    elif (cap := usable(facts.cap)) is not None:
        todos.append(todo("mini-cap", cap=cap))
    elif (rate := usable(facts.hourly_rate)) is not None:
        todos.append(todo("mini-rate", rate=rate))
    if todos and id_of(case.get("agreement")):
        todos.append(todo("mini-agreement", name=name_of(case.get("agreement"))))
    return [*todos, *_doubts(facts)]


def _split_todo(price: Decimal, facts: JobFacts) -> tuple[ManualAction, ...]:
    if not facts.progress_billing:
        return ()
    names = tuple(stage.name for stage in facts.stages)
    return (todo("split-over", price=price, names=names) if names else todo("split", price=price),)


def _flags(rules: Billing) -> dict[str, Any]:
    return {"billTime": rules.bill_time, "billExpenses": rules.bill_expenses, "billProducts": rules.bill_products}


def _tax(case: Case, rules: Billing) -> dict[str, Any]:
    """The chart's tax code by name (the API has no list of them here), else the agreement's."""
    if rules.tax_code:
        return {"taxCode": {"name": rules.tax_code}}
    known = reference(as_record(case.get("agreement")).get("taxCode"))
    return {"taxCode": known} if known else {}
