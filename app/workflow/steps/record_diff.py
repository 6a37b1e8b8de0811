"""Compares records of ConnectWise with desired values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any


def member_at(record: Any, path: str) -> Any:
    """The member at a path such as `contact/id`; None where a part of it is absent."""
    for name in path.split("/"):
        if not isinstance(record, Mapping):
            return None
        record = record.get(name)
    return record


def same(wanted: Any, found: Any) -> bool:
    """Whether `found` shows `wanted`: references by id, else identifier or name; numbers, dates by value."""
    if isinstance(wanted, Mapping):
        members = _key_of(wanted).items()
        return isinstance(found, Mapping) and all(same(value, found.get(name)) for name, value in members)
    if wanted is None or wanted == "":
        return found in (None, "", [], {})
    if isinstance(wanted, bool) or isinstance(found, bool):
        return wanted is found
    if isinstance(wanted, int | float | Decimal):
        return _number(wanted) == _number(found)
    if isinstance(wanted, str) and isinstance(found, str):
        return wanted.strip() == found.strip() or _same_instant(wanted, found)
    return bool(wanted == found)


def differences(wanted: Mapping[str, Any], record: Any) -> list[str]:
    """The members of `wanted` that the record does not show, in order."""
    return [path for path, value in wanted.items() if not same(value, member_at(record, path))]


def slice_of(record: Mapping[str, Any], members: Mapping[str, Any]) -> dict[str, Any]:
    """The record's own values of these members, without the links that come with references."""
    return {name: _bare(member_at(record, name)) for name in members}


def _key_of(reference: Mapping[str, Any]) -> Mapping[str, Any]:
    for name in ("id", "identifier", "name"):
        if reference.get(name) is not None:
            return {name: reference[name]}
    return reference


def _bare(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: inner for name, inner in value.items() if name != "_info"}
    return value


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _same_instant(wanted: str, found: str) -> bool:
    try:
        return _instant(wanted) == _instant(found)
    except ValueError:
        return False


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
