"""Instants and exact amounts: hours and money are counted in hundredths."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

_MOST = Decimal(10) ** 12
_LONGEST = 40
"""Characters of an instant; longer texts are none."""


def instant(value: str) -> datetime | None:
    """An ISO instant; without a zone it is UTC, as in ConnectWise. None for any other text."""
    return _instant(value[:_LONGEST]) if value else None


@lru_cache(maxsize=8192)
def _instant(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def hundredths(number: float | Decimal | None) -> int:
    """A number in hundredths, rounded half up; 0 where there is none."""
    return _hundredths(str(number)) if number else 0


@lru_cache(maxsize=8192)
def _hundredths(written: str) -> int:
    try:
        number = Decimal(written)
    except InvalidOperation:
        return 0
    if not number.is_finite() or abs(number) > _MOST:
        return 0
    return whole(number * 100)


def product(left: int, right: int) -> int:
    """Hundredths of the product of two numbers in hundredths."""
    return whole(Decimal(left) * right / 100)


def whole(number: Decimal) -> int:
    """Rounded half up."""
    return int(number.to_integral_value(ROUND_HALF_UP))
