"""Conditions for list requests, built so that no value can change the condition.

The grammar (strings in double quotes, instants in brackets, references by slash) is the developer guide's. It has no
escape for a quote inside a string, so a value with a quote raises ValueError.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal

_MEMBER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_]*)*\Z")
_FORBIDDEN = re.compile(r"[\"'\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LARGEST = 2**53
"""Larger numbers may be rounded by JSON readers."""
_DENSE = 2.0
"""Ids at most this far apart on average are requested as one range."""

Value = str | int | float | bool | datetime | None


class Condition(str):
    """A condition built by this module; plain text is not one."""

    __slots__ = ()


def eq(member: str, value: Value) -> Condition:
    """The member has this value."""
    return _compare(member, "=", value)


def gt(member: str, value: Value) -> Condition:
    """The member is greater, or later."""
    return _compare(member, ">", value)


def ge(member: str, value: Value) -> Condition:
    """The member is not less, or not earlier."""
    return _compare(member, ">=", value)


def lt(member: str, value: Value) -> Condition:
    """The member is less, or earlier."""
    return _compare(member, "<", value)


def le(member: str, value: Value) -> Condition:
    """The member is not greater, or not later."""
    return _compare(member, "<=", value)


def contains(member: str, value: str) -> Condition:
    """The member's text contains this text."""
    return _compare(member, "contains", value)


def in_(member: str, values: Sequence[Value]) -> Condition:
    """The member is one of these; there must be at least one."""
    if not values:
        raise ValueError("A condition needs at least one value.")
    return Condition(f"{_member(member)} in ({','.join(_literal(value) for value in values)})")


def among(member: str, ids: Sequence[int], *, most_characters: int = 1500) -> Iterator[Condition]:
    """Conditions that together find all records whose member is one of these ids.

    One range where the ids are close together (it finds others between them as well), else lists that fit into a URL each.
    """
    wanted = sorted(set(ids))
    if not wanted:
        return
    if wanted[-1] - wanted[0] + 1 <= _DENSE * len(wanted):
        yield all_of(ge(member, wanted[0]), le(member, wanted[-1]))
        return
    at_once = max(1, most_characters // (len(str(wanted[-1])) + 1))
    for start in range(0, len(wanted), at_once):
        yield in_(member, wanted[start : start + at_once])


def all_of(*conditions: Condition) -> Condition:
    """All of these hold."""
    return Condition(" and ".join(f"({condition})" if " or " in condition else condition for condition in conditions))


def any_of(*conditions: Condition) -> Condition:
    """At least one of these holds."""
    return Condition(" or ".join(f"({condition})" for condition in conditions))


def _compare(member: str, operator: str, value: Value) -> Condition:
    return Condition(f"{_member(member)} {operator} {_literal(value)}")


def _member(name: str) -> str:
    if not _MEMBER.match(name):
        raise ValueError(f"Invalid member name {name!r}.")
    return name


def _literal(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return _instant(value)
    if _FORBIDDEN.search(value):
        raise ValueError(
            "Text in a condition must not hold quotes, backslashes or control characters. Use an id instead."
        )
    return f'"{value}"'


def _number(value: float) -> str:
    if not math.isfinite(value) or abs(value) > _LARGEST:
        raise ValueError("A number in a condition must be finite and below 2^53.")
    return format(Decimal(repr(value)), "f")


def _instant(value: datetime) -> str:
    """In UTC and whole seconds, rounded down, as ConnectWise stores instants."""
    if value.tzinfo is None:
        raise ValueError("An instant in a condition needs a time zone.")
    return f"[{value.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()}Z]"
