"""Lists: conditions, order, pages, fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from app.sandbox.conditions import predicate, value_at
from app.sandbox.store import Record

_DEFAULT, _MOST = 25, 1000


def page(records: Iterable[Record], query: Mapping[str, str], *, forward: bool, url: str) -> tuple[list[Any], str]:
    """One page and its Link header."""
    found = _filtered(records, query)
    size = max(1, min(_MOST, _number(query.get("pageSize"), _DEFAULT)))
    if forward:
        after = _number(query.get("pageId"), 0)
        shown = sorted((record for record in found if record["id"] > after), key=lambda record: record["id"])[:size]
        return _trim_all(shown, query), f'<{url}?pageId={shown[-1]["id"] if shown else after}>; rel="next"'
    ordered = _ordered(found, query.get("orderBy", ""))
    number = max(1, _number(query.get("page"), 1))
    shown = ordered[(number - 1) * size : number * size]
    last = max(1, -(-len(ordered) // size))
    links = [("first", 1), ("prev", number - 1), ("next", number + 1), ("last", last)]
    wanted = [
        f'<{url}?page={place}>; rel="{name}"'
        for name, place in links
        if 1 <= place <= last and (name != "next" or number < last)
    ]
    return _trim_all(shown, query), ", ".join(wanted) if last > 1 else ""


def count(records: Iterable[Record], query: Mapping[str, str]) -> int:
    """How many records the conditions leave."""
    return len(_filtered(records, query))


def trimmed(record: Any, fields: str) -> Any:
    """A record with only the fields that were asked for; `board/name` keeps the name inside board."""
    if not fields or not isinstance(record, dict):
        return record
    shown: Record = {}
    for path in (part.strip() for part in fields.split(",")):
        value = value_at(record, path)
        if value is not None:
            _put(shown, path.split("/"), value)
    return shown


def _put(target: Record, names: list[str], value: Any) -> None:
    for name in names[:-1]:
        target = target.setdefault(name, {})
    target[names[-1]] = value


def _trim_all(records: list[Record], query: Mapping[str, str]) -> list[Any]:
    return [trimmed(record, query.get("fields", "")) for record in records]


def _filtered(records: Iterable[Record], query: Mapping[str, str]) -> list[Record]:
    test = predicate(query.get("conditions", ""))
    return [record for record in records if test(_with_info(record))]


def _with_info(record: Record) -> Mapping[str, Any]:
    """Conditions may name `lastUpdated` and `dateEntered` without `_info`, on every object."""
    info = record.get("_info") or {}
    return {"lastUpdated": info.get("lastUpdated"), "dateEntered": info.get("dateEntered")} | record


def _ordered(records: list[Record], order: str) -> list[Record]:
    for part in reversed([each.split() for each in order.split(",") if each.strip()]):
        records = sorted(records, key=partial(_key, part[0]), reverse=part[-1].lower() == "desc")
    return records


def _key(name: str, record: Record) -> tuple[int, float, str]:
    return _sortable(value_at(record, name))


def _sortable(value: Any) -> tuple[int, float, str]:
    if isinstance(value, int | float):
        return (0, float(value), "")
    return (1, 0.0, str(value or ""))


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() else default
