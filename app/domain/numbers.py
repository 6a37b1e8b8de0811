"""Numbers of ConnectWise's JSON: finite and of a size that can be meant."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated

from msgspec import Meta

_LARGEST = 10**12

Number = Annotated[int, Meta(gt=-_LARGEST, lt=_LARGEST)] | Annotated[float, Meta(gt=-_LARGEST, lt=_LARGEST)]
"""A number as JSON has it; infinite, absurd and not-a-number values are absent."""


def decimal_of(number: float | None) -> Decimal | None:
    """The number in exact decimals as it is written; None where there is none."""
    return None if number is None else Decimal(number) if isinstance(number, int) else Decimal(str(number))


def number_of_text(text: str) -> int | float | None:
    """A number that is written as text, such as "12.5"; None for any other text."""
    try:
        number = Decimal(text[:40].strip())
    except (InvalidOperation, ValueError):
        return None
    if not number.is_finite() or abs(number) >= _LARGEST:
        return None
    return int(number) if number == number.to_integral_value() else float(number)
