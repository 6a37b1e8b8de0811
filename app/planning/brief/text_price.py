"""The price that a text gives to a sale: one total, or amounts that do not reconcile.

A sum of parts that equals the total is not a second total; neither is a gross price next to the net price.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from app.planning.amounts import cents, words
from app.planning.brief.model import Source
from app.reading.values.billing_amounts import Role, TaxBasis
from app.reading.values.billing_statements import AmountStatement, BillingText, SaleState
from app.reading.values.payment_parts import StatedPlan

_PRICES = (Role.TOTAL, Role.PRICE)
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,3})?) ?(?:%|percent|per cent|prozent|pour cent|por ciento)")
_LOW, _HIGH = Decimal("1.02"), Decimal("1.28")
"""Between these lies a price with tax as a multiple of the price without."""
_MOST_COMBINED = 6


@dataclass(frozen=True, slots=True)
class TextPrice:
    """The agreed price by the text. `total`: None where nothing is named or the amounts do not reconcile."""

    total: Decimal | None = None
    parts: tuple[Decimal, ...] = ()
    """Agreed amounts that the total is made of."""
    goods: Decimal = Decimal(0)
    """Hardware or licences within the total."""
    rivals: tuple[AmountStatement, ...] = ()
    """Agreed amounts that cannot all be the total."""
    message: str = ""
    gross_only: bool = False
    unreadable: bool = False
    """A unit price without its quantity."""
    sources: tuple[Source, ...] = ()
    rounded: bool = False


def source_of(statement: AmountStatement) -> Source:
    """The place of an amount with the words around it."""
    return Source(statement.source, statement.quote)


def text_price(text: BillingText, plan: StatedPlan | None) -> TextPrice:
    """Reconciles the agreed amounts of a text."""
    in_plan = plan.used if plan else frozenset()
    agreed = [
        statement
        for statement in text.amounts
        if statement.state is SaleState.AGREED and (statement.sentence, statement.amount.start) not in in_plan
    ]
    prices = [statement for statement in agreed if statement.amount.role in _PRICES and statement.amount.value > 0]
    net = _without_gross(prices, _values(agreed, Role.TAX))
    discounted = _discounted(agreed, net)
    if isinstance(discounted, TextPrice):
        return discounted
    if not net:
        return _without_price(text, agreed, plan, discounted, _values(agreed, Role.GOODS), _values(agreed, Role.OPTION))
    return _of_prices(agreed, net)


def _values(statements: Sequence[AmountStatement], role: Role) -> list[Decimal]:
    """The amounts of one role."""
    return [statement.amount.value for statement in statements if statement.amount.role is role]


def _of_prices(agreed: Sequence[AmountStatement], net: Sequence[AmountStatement]) -> TextPrice:
    """The total that the agreed amounts add up to, or why they do not."""
    sources = tuple(source_of(price) for price in net)
    goods, options = _values(agreed, Role.GOODS), _values(agreed, Role.OPTION)
    values = list(dict.fromkeys(price.amount.value for price in net))
    units = _unit_sums(agreed)
    total = _reconciled(values, [*options, *goods, *units])
    if total is not None and any(unit not in values for unit in units) and total != sum([*values, *units], -total):
        message = f"The text names {words(total)} and {words(sum(units, Decimal(0)))} by units; it does not state which of them is the price."
        return TextPrice(None, (*values, *units), rivals=tuple(net), message=message, sources=sources)
    gross_only = all(price.amount.tax is TaxBasis.GROSS for price in net)
    of_goods = sum(goods, Decimal(0))
    if total is None:
        amounts = "; ".join(f"{words(price.amount.value)} ({price.source})" for price in net)
        message = f"The text names amounts that do not add up to one price: {amounts}."
        return TextPrice(None, tuple(values), of_goods, tuple(net), message, gross_only, sources=sources)
    contained = [part.amount.value for part in agreed if part.amount.role is Role.PART and _of_goods(part)]
    return TextPrice(
        total + _outside(values, total, goods), (*values, *options, *goods), sum(contained, Decimal(0)) + of_goods,
        gross_only=gross_only, sources=sources, rounded=any(price.amount.rounded for price in net),
    )  # fmt: skip


def _unit_sums(agreed: Sequence[AmountStatement]) -> list[Decimal]:
    """Units times their price, where the quantity is named."""
    units = [statement.amount for statement in agreed if statement.amount.role is Role.UNIT]
    return [amount.value * amount.quantity for amount in units if amount.quantity]


_GOODS = r"(?:hardware|equipment|licen\w+|lizenz\w*|gerät\w*|material\w*|matériel\w*|equip\w*|laptops?|switch\w*|servers?|software)"
_GOODS_BEHIND = re.compile(rf"[^,;.]{{0,30}}{_GOODS}")
_GOODS_BEFORE = re.compile(rf"{_GOODS}[^,;.]{{0,20}}$")


def _of_goods(part: AmountStatement) -> bool:
    text = part.written.lower()
    return bool(_GOODS_BEHIND.match(text, part.amount.end) or _GOODS_BEFORE.search(text[: part.amount.start]))


def _without_gross(prices: Sequence[AmountStatement], taxes: Sequence[Decimal]) -> list[AmountStatement]:
    """The prices without those that are another of them with its tax."""
    values = [price.amount.value for price in prices]

    def taxed(price: AmountStatement) -> bool:
        if any(price.amount.value == value + tax for value in values for tax in taxes):
            return True
        named = price.amount.tax is TaxBasis.GROSS
        return named and any(
            _LOW * other.amount.value <= price.amount.value <= _HIGH * other.amount.value
            for other in prices
            if other is not price
        )

    return [price for price in prices if not taxed(price)]


def _discounted(agreed: Sequence[AmountStatement], net: Sequence[AmountStatement]) -> Decimal | TextPrice | None:
    """The price after a discount from a base price, a conflict where the text's own sum is wrong, or None without a base."""
    base = next((statement for statement in agreed if statement.amount.role is Role.BASE), None)
    if base is None:
        return None
    behind = base.written[base.amount.end :]
    percent = _PERCENT.search(behind.lower())
    amounts = [
        statement.amount.value
        for statement in agreed
        if statement.amount.role is Role.DISCOUNT and statement.sentence == base.sentence
    ]
    if percent:
        expected = cents(base.amount.value * (1 - Decimal(percent[1].replace(",", ".")) / 100))
    elif amounts:
        expected = base.amount.value - sum(map(abs, amounts), Decimal(0))
    else:
        message = f"The text takes something from {words(base.amount.value)} ({base.source}) without an amount."
        return None if net else TextPrice(None, (), rivals=(base,), message=message, sources=(source_of(base),))
    stated = {price.amount.value for price in net}
    if not stated or expected in stated:
        return expected if not stated or len(stated) == 1 else None
    named = ", ".join(words(value) for value in sorted(stated))
    message = f"{words(base.amount.value)} less the discount is {words(expected)}, but the text ({base.source}) names {named}."
    return TextPrice(
        None, (expected, *stated), rivals=tuple(net), message=message, sources=(source_of(base), *map(source_of, net))
    )


def _without_price(
    text: BillingText, agreed: Sequence[AmountStatement], plan: StatedPlan | None, discounted: Decimal | None,
    goods: Sequence[Decimal], options: Sequence[Decimal],
) -> TextPrice:  # fmt: skip
    """A price worked out: after a discount, units times their price, the sum of payments, a purchase order's amount."""
    if discounted is not None:
        return TextPrice(discounted, (discounted,))
    if units := [statement for statement in agreed if statement.amount.role is Role.UNIT]:
        return _by_units(units)
    if plan is not None and all(payment.amount is not None for payment in plan.payments) and text.accepted:
        total = sum((payment.amount for payment in plan.payments if payment.amount), Decimal(0))
        return TextPrice(total, (total,), sources=(Source(plan.source, plan.quote),))
    ordered = [statement for statement in agreed if statement.amount.role is Role.PO]
    if ordered and not any(statement.amount.role in (Role.CAP, Role.RATE, Role.DAY_RATE) for statement in agreed):
        return _by_order(text, ordered[0])
    rest = (*goods, *options)
    return TextPrice(sum(rest, Decimal(0)), rest, sum(goods, Decimal(0))) if rest else TextPrice()


def _by_order(text: BillingText, ordered: AmountStatement) -> TextPrice:
    """The amount of a purchase order as the price, unless the text names a higher one: the order may be short of it."""
    value, source = ordered.amount.value, source_of(ordered)
    higher = [statement for statement in text.of(*_PRICES, Role.PAST) if statement.amount.value > value]
    if higher:
        message = f"The purchase order is for {words(value)}, and the text names {words(higher[0].amount.value)} ({higher[0].source})."
        return TextPrice(
            None, (value,), rivals=(ordered, *higher), message=message, sources=(source, source_of(higher[0]))
        )
    return TextPrice(value, (value,), sources=(source,))


def _by_units(units: Sequence[AmountStatement]) -> TextPrice:
    """The sum of units times their price; unreadable where a quantity is not named."""
    sources = tuple(map(source_of, units))
    if any(unit.amount.quantity is None for unit in units):
        return TextPrice(unreadable=True, sources=sources)
    total = sum((unit.amount.value * (unit.amount.quantity or 1) for unit in units), Decimal(0))
    return TextPrice(total, (total, *(unit.amount.value for unit in units)), sources=sources)


def _reconciled(values: Sequence[Decimal], others_named: Sequence[Decimal]) -> Decimal | None:
    """The one price among amounts: the only one, or the one that others add up to."""
    if len(values) == 1:
        return values[0]
    largest = max(values)
    others = [value for value in values if value != largest]
    for chosen in _combined([*others, *others_named]):
        if set(others) <= set(chosen) and sum(chosen, Decimal(0)) == largest:
            return largest
    return None


def _combined(values: Sequence[Decimal]) -> Iterable[tuple[Decimal, ...]]:
    for size in range(1, min(len(values), _MOST_COMBINED) + 1):
        yield from combinations(values[:_MOST_COMBINED], size)


def _outside(values: Sequence[Decimal], total: Decimal, goods: Sequence[Decimal]) -> Decimal:
    """Goods named next to a single price of the work, which does not contain them."""
    return sum(goods, Decimal(0)) if len(values) == 1 and goods and total not in goods else Decimal(0)
