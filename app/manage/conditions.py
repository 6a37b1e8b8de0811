"""Conditions for lists, built so that no value can break out of its place.

The grammar (strings in double quotes, instants in brackets, references by slash) is the developer guide's. It gives
no escape for a quote inside a string, so a value with a quote is refused here instead of being guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

_MEMBER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_]*)*\Z")
_FORBIDDEN = re.compile(r"[\"'\\\x00-\x1f\x7f]")

Value = str | int | float | bool | datetime | None


class Condition(str):
    """A condition that this module has built; plain text is not one."""

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


def contains(member: str, value: str) -> Condition:
    """The member's text contains this text."""
    return _compare(member, "contains", value)


def in_(member: str, values: Sequence[Value]) -> Condition:
    """The member is one of these; there must be at least one."""
    if not values:
        raise ValueError("a condition needs at least one value")
    return Condition(f"{_member(member)} in ({','.join(_literal(value) for value in values)})")


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
        raise ValueError(f"not a member name: {name!r}")
    return name


def _literal(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime):
        return f"[{value.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}]"
    if _FORBIDDEN.search(value):
        raise ValueError("a condition's text must not hold quotes, backslashes or control characters")
    return f'"{value}"'
