"""Lists: which records the conditions leave, in which order, page by page, with which fields."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from app.sandbox.engine.api_errors import ApiError
from app.sandbox.engine.comparison import value_at
from app.sandbox.engine.conditions import Predicate, Term, child_predicate, condition
from app.sandbox.engine.store import Record, clean, instant
from app.sandbox.engine.table import Table, unpack

_DEFAULT, _MOST = 25, 1000
_INDEXED = ("objectId", "chargeToId", "ticketId", "ticket/id", "board/id", "company/id", "status/id", "agreement/id")
_WORTH_KEEPING = 2000
_DATED = ("lastUpdated", "dateEntered")


@dataclass(frozen=True)
class Source:
    """Source of a list. `show` renders a record; `among` selects the records that belong to the list."""

    table: Table
    show: Callable[[Record], Record] = field(default=lambda record: record)
    among: Predicate | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list with its Link header."""

    records: list[Any]
    links: str


def page(source: Source, query: Mapping[str, str], *, forward: bool, url: str, shifting: bool = False) -> Page:
    """One page. `shifting` drops one record per earlier page, as a deletion between two reads does."""
    size = max(1, min(_MOST, _number(query, "pageSize", _DEFAULT)))
    order = query.get("orderBy", "")
    if forward and order:
        raise ApiError(400, "InvalidObject", "Forward-only paging takes no orderBy.")
    ids = _ids(source, query)
    if forward:
        after = _number(query, "pageId", 0)
        begin = bisect_right(ids, after)
        chosen = ids[begin : begin + size]
        last = chosen[-1] if chosen else after
        link = f'<{url}?{urlencode({**query, "pageId": last})}>; rel="next"'
        return Page(_shown(source, chosen, query), link)
    ordered = _ordered(source, ids, order)
    number = max(1, _number(query, "page", 1))
    start = (number - 1) * size + (number - 1 if shifting else 0)
    chosen = ordered[start : start + size]
    return Page(_shown(source, chosen, query), _links(url, query, number, max(1, -(-len(ordered) // size))))


def count(source: Source, query: Mapping[str, str]) -> int:
    """How many records the conditions leave."""
    return len(_ids(source, query))


def trimmed(record: Any, fields: str) -> Any:
    """A record with only the requested fields; `board/name` keeps the name inside board."""
    if not fields or not isinstance(record, dict):
        return record
    shown: Record = {}
    for names in _paths(fields):
        value = value_at(record, names)
        if value is not None:
            _put(shown, names, value)
    return shown


def _links(url: str, query: Mapping[str, str], number: int, last: int) -> str:
    if last == 1:
        return ""
    places = {"first": 1, "prev": number - 1, "next": number + 1, "last": last}
    return ", ".join(
        f'<{url}?{urlencode({**query, "page": place})}>; rel="{name}"'
        for name, place in places.items()
        if 1 <= place <= last and (name != "next" or number < last)
    )


def _paths(fields: str) -> list[tuple[str, ...]]:
    return [tuple(part.strip().split("/")) for part in fields.split(",") if part.strip()]


def _put(target: Record, names: tuple[str, ...], value: Any) -> None:
    for name in names[:-1]:
        inner = target.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        target = inner
    target[names[-1]] = value


def _shown(source: Source, ids: Iterable[int], query: Mapping[str, str]) -> list[Any]:
    fields = query.get("fields", "")
    live = source.table.live
    records: list[Any] = []
    for number in ids:
        record = source.table.peek(number)
        if record is not None:
            shown = trimmed(source.show(record), fields)
            records.append(clean(shown) if number in live else shown)
    return records


def _ids(source: Source, query: Mapping[str, str]) -> list[int]:
    """The ids of all records that belong to the list and fulfil the conditions, by id."""
    texts = [query.get(name, "") for name in ("conditions", "childConditions", "customFieldConditions")]
    wanted = condition(texts[0])
    tests: list[Predicate] = [each for each in (source.among,) if each]
    tests += [wanted.test] if texts[0].strip() else []
    tests += [child_predicate(text) for text in texts[1:] if text.strip()]
    packed = _packed_ids(source, tests, wanted.terms, key=(source.name, *texts))
    live = [
        number for number, record in source.table.live.items()
        if all(test(record) for test in tests)
    ]  # fmt: skip
    return sorted(packed + live) if live else packed


def _packed_ids(source: Source, tests: list[Predicate], terms: tuple[Term, ...], *, key: Any) -> list[int]:
    table = source.table
    if not table.packed:
        return []
    if not tests:
        return sorted(table.packed)
    found = table.remembered(key)
    if found is None:
        candidates = _candidates(table, terms)
        found = [
            number for number in candidates
            if (record := unpack(table.packed[number])) and all(test(record) for test in tests)
        ]  # fmt: skip
        found.sort()
        if len(candidates) > _WORTH_KEEPING:
            table.remember(key, found)
    return [number for number in found if number in table.packed]


def _candidates(table: Table, terms: tuple[Term, ...]) -> list[int]:
    """As few packed ids as the terms allow without looking at each record."""
    chosen: list[int] | None = None
    for term in terms:
        found = _by_term(table, term)
        if found is not None and (chosen is None or len(found) < len(chosen)):
            chosen = found
    return list(table.packed) if chosen is None else chosen


def _by_term(table: Table, term: Term) -> list[int] | None:
    whole = all(value.__class__ is int for value in term.values)
    if term.operator in ("=", "in") and whole:
        values = dict.fromkeys(term.values)
        if term.member == "id":
            return [value for value in values if value in table.packed]
        return table.packed_with(term.member, values) if term.member in _INDEXED else None
    if term.member in _DATED and term.operator in (">", ">=", "<", "<="):
        bound = _second(term.values[0])
        low, high = (bound, None) if term.operator in (">", ">=") else (None, bound)
        return table.packed_between(term.member, low, high) if bound else None
    return None


def _second(value: Any) -> str | None:
    try:
        return instant(value) if isinstance(value, datetime) else None
    except OverflowError:
        return None


def _ordered(source: Source, ids: list[int], order: str) -> list[int]:
    parts = [each.split() for each in order.split(",") if each.strip()]
    if any(len(part) > 2 or part[-1].lower() not in (part[0].lower(), "asc", "desc") for part in parts):
        raise ApiError(400, "InvalidObject", "The orderBy cannot be read.")
    if not parts or [part[0].lower() for part in parts] == ["id"]:
        return ids[::-1] if parts and parts[0][-1].lower() == "desc" else ids
    records = {number: source.table.peek(number) or {} for number in ids}
    for part in reversed(parts):
        names = tuple(part[0].split("/"))
        ids = sorted(ids, key=partial(_key, records, names), reverse=part[-1].lower() == "desc")
    return ids


def _key(records: Mapping[int, Record], names: tuple[str, ...], number: int) -> tuple[int, float, str]:
    value = value_at(records[number], names)
    if isinstance(value, int | float):
        return (0, float(value), "")
    return (1, 0.0, str(value or ""))


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    """A number of the query; anything else is refused."""
    text = query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise ApiError(400, "InvalidObject", f"{name} is no number.")
    return int(text)
