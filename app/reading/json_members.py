"""Members of any JSON as what they should be; whatever is of another type is as if it were not there.

A record is a dict: asking for the abstract Mapping, thousands of times a second, costs more than all else that is done here.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

_LONGEST = 300


def items(case: Mapping[str, Any], member: str) -> list[Mapping[str, Any]]:
    """The records of a list, at most 500."""
    value = case.get(member)
    return [item for item in value[:500] if isinstance(item, dict)] if isinstance(value, list) else []


def name_of(value: Any, member: str = "name") -> str:
    """The name of a reference."""
    return text_of(value.get(member)) if isinstance(value, dict) else ""


def text_of(value: Any, longest: int = _LONGEST) -> str:
    """The first characters of a text."""
    return value[:longest] if isinstance(value, str) else ""


def decimal_of(value: Any) -> Decimal | None:
    """A finite number, also one written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(value if isinstance(value, int) else str(value)[:40])
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() and abs(number) < 10**12 else None
