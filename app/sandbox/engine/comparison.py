"""Comparisons of conditions: case-insensitive, dates compared as instants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any


class BadCondition(Exception):
    """A condition that cannot be read."""

    def __init__(self) -> None:
        super().__init__("Expected a boolean value for the conditions.")


def value_at(record: Any, names: tuple[str, ...]) -> Any:
    """The member at a path of names, in any case; every object has `lastUpdated` and `dateEntered` by its `_info`."""
    for place, name in enumerate(names):
        if not isinstance(record, Mapping):
            return None
        record = record[name] if name in record else _by_other_name(record, name, top=place == 0)
    return record


def _by_other_name(record: Mapping[str, Any], name: str, *, top: bool) -> Any:
    lowered = name.lower()
    found = next((value for key, value in record.items() if key.lower() == lowered), None)
    if found is None and top and lowered in ("lastupdated", "dateentered"):
        info = record.get("_info") or {}
        return info.get("lastUpdated" if lowered == "lastupdated" else "dateEntered")
    return found


def instant_of(text: str) -> datetime:
    """The moment of a text; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadCondition from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def like(wanted: str) -> Callable[[Any], bool]:
    """Whether a text is like a pattern: * and % stand for any text. Never slower than text times parts."""
    parts = wanted.lower().replace("%", "*").split("*")

    def test(found: Any) -> bool:
        text = str("" if found is None else found).lower()
        if len(parts) == 1:
            return text == parts[0]
        if not text.startswith(parts[0]) or not text.endswith(parts[-1]):
            return False
        at, end = len(parts[0]), len(text) - len(parts[-1])
        for part in parts[1:-1]:
            at = text.find(part, at)
            if at < 0:
                return False
            at += len(part)
        return at <= end

    return test


def equal(found: Any, wanted: Any) -> bool:
    """Whether they are the same; an absent flag is False."""
    if isinstance(wanted, datetime):
        return _moment(found) == wanted
    if isinstance(wanted, str) and isinstance(found, str):
        return found.lower() == wanted.lower()
    if isinstance(wanted, bool) or isinstance(found, bool):
        return bool(found) is wanted if wanted is False else found is wanted
    return bool(found == wanted)


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any], Callable[[Any], bool]]:
    def of(wanted: Any) -> Callable[[Any], bool]:
        if isinstance(wanted, datetime):
            return lambda found: (moment := _moment(found)) is not None and test(moment, wanted)
        if isinstance(wanted, bool) or wanted is None:
            raise BadCondition
        kinds = (str,) if isinstance(wanted, str) else (int, float)
        return lambda found: isinstance(found, kinds) and not isinstance(found, bool) and test(found, wanted)

    return of


def _moment(found: Any) -> datetime | None:
    if not isinstance(found, str):
        return None
    try:
        return instant_of(found)
    except BadCondition:
        return None


COMPARISONS: dict[str, Callable[[Any], Callable[[Any], bool]]] = {
    "=": lambda wanted: lambda found: equal(found, wanted),
    "!=": lambda wanted: lambda found: not equal(found, wanted),
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
}
