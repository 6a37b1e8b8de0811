"""JSON of any shape, read safely: what is absent or of another type is as if it were not there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

_MOST = Decimal(10) ** 12
_LONGEST = 40
"""Characters of an instant or a number; what is longer is none."""


def instant(value: Any) -> datetime | None:
    """An ISO instant; without a zone it is UTC, as ConnectWise means it. None for anything else."""
    return _instant(value[:_LONGEST]) if isinstance(value, str) else None


@lru_cache(maxsize=8192)
def _instant(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def name_of(value: Any) -> str:
    """The name of a reference, empty when there is none."""
    return text(value.get("name")) if isinstance(value, dict) else ""


def text(value: Any) -> str:
    """A text, empty when it is none."""
    return value if isinstance(value, str) else ""


def items(value: Any) -> list[Mapping[str, Any]]:
    """The records of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def hundredths(value: Any) -> int:
    """A number in hundredths, rounded half up; 0 for what is no number."""
    known = isinstance(value, int | float | str | Decimal) and not isinstance(value, bool)
    return _hundredths(written) if known and len(written := str(value)) <= _LONGEST else 0


@lru_cache(maxsize=8192)
def _hundredths(written: str) -> int:
    try:
        number = Decimal(written)
    except InvalidOperation:
        return 0
    if not number.is_finite() or abs(number) > _MOST:
        return 0
    return whole(number * 100)


def product(left: Any, right: Any) -> int:
    """Hundredths of the product of two numbers in hundredths."""
    return whole(Decimal(left) * right / 100)


def whole(number: Decimal) -> int:
    """Rounded half up."""
    return int(number.to_integral_value(ROUND_HALF_UP))
