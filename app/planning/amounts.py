"""Money and hours: exact parts, and the form in which ConnectWise takes them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
QUARTER = Decimal("0.25")
_MOST_MONEY = Decimal(10) ** 10
_MOST_HOURS = Decimal(100_000)


def cents(amount: Decimal) -> Decimal:
    """The amount in whole cents."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def usable(amount: Decimal | None) -> Decimal | None:
    """An amount in cents that can stand on an invoice; None for nothing, zero, less, or more than anyone bills."""
    if amount is None or not amount.is_finite() or not 0 < amount < _MOST_MONEY:
        return None
    return cents(amount) or None


def usable_hours(hours: Decimal | None) -> Decimal | None:
    """Budget hours that can be planned with, to a hundredth; None for nothing, zero, less, or more than anyone works."""
    if hours is None or not hours.is_finite() or not 0 < hours <= _MOST_HOURS:
        return None
    return cents(hours) or None


def number(value: Decimal) -> float:
    """A value of at most two decimals as ConnectWise takes it."""
    return float(cents(value))


def words(amount: Decimal) -> str:
    """An amount for people."""
    return f"{cents(amount):,.2f}"


def split(total: Decimal, weights: Sequence[Decimal], *, step: Decimal = CENT) -> list[Decimal]:
    """Parts of `total` by weight, in whole steps but for the last, that add up to it exactly; none is negative."""
    whole = sum(weights, Decimal(0))
    if whole <= 0:
        weights, whole = [Decimal(1)] * len(weights), Decimal(len(weights))
    parts: list[Decimal] = []
    given = reached = Decimal(0)
    for weight in weights[:-1]:
        reached += weight
        exact = total * reached / whole
        upto = min(total, max(given, (exact / step).quantize(Decimal(1), ROUND_HALF_UP) * step))
        parts.append(upto - given)
        given = upto
    return [*parts, total - given] if weights else []
