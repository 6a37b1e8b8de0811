"""One table of records: living ones that may change, and packed ones of the past that take little memory.

A packed row is a tuple whose first element is the tuple of its member names. It is unpacked for reading, and becomes a
living record for good once it is read as `table[id]`.
"""

from __future__ import annotations

import copy
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any

Record = dict[str, Any]
Row = tuple[Any, ...]
Before = list[tuple["Table", int, Record | None]]
"""Values before a change, latest last."""

INFO = ("lastUpdated", "updatedBy", "dateEntered", "enteredBy")
_NAMES: dict[tuple[str, ...], tuple[str, ...]] = {}
"""Each combination of member names once: many rows share it."""
_ALWAYS = frozenset(("lastUpdated", "dateEntered"))


def pack(record: Mapping[str, Any]) -> Row:
    """A record as a packed row; `_info` must have exactly its four members."""
    names = tuple(record)
    names = _NAMES.setdefault(names, names)
    values = (tuple(each[name] for name in INFO) if key == "_info" else each for key, each in record.items())
    return (names, *values)


def unpack(row: Row) -> Record:
    """The record of a packed row. Its references are shared with other rows, so it is read-only."""
    record = dict(zip(row[0], row[1:], strict=False))
    record["_info"] = dict(zip(INFO, record["_info"], strict=False))
    return record


class Table(MutableMapping[int, Record]):
    """Records by id."""

    def __init__(self, packed: Iterable[tuple[int, Row]] = ()) -> None:
        self.live: dict[int, Record] = {}
        self.packed: dict[int, Row] = dict(packed)
        self.before: Before | None = None
        self._indexes: dict[str, tuple[list[Any], list[int]]] = {}
        self._found: dict[Any, list[int]] = {}

    def __getitem__(self, number: int) -> Record:
        if number not in self.live and number in self.packed:
            self._remember(number)
            self.live[number] = copy.deepcopy(unpack(self.packed.pop(number)))
        elif number in self.live:
            self._remember(number)
        return self.live[number]

    def __setitem__(self, number: int, record: Record) -> None:
        self._remember(number)
        self.packed.pop(number, None)
        self.live[number] = record

    def __delitem__(self, number: int) -> None:
        self._remember(number)
        if self.packed.pop(number, None) is None:
            del self.live[number]

    def __iter__(self) -> Iterator[int]:
        yield from sorted(self.packed)
        yield from self.live

    def __len__(self) -> int:
        return len(self.live) + len(self.packed)

    def __contains__(self, number: object) -> bool:
        return number in self.live or number in self.packed

    def peek(self, number: int) -> Record | None:
        """The record, read-only; a packed row stays packed."""
        found = self.live.get(number)
        if found is None and number in self.packed:
            return unpack(self.packed[number])
        return found

    def rows(self) -> Iterator[Record]:
        """Every record, read-only."""
        for row in self.packed.values():
            yield unpack(row)
        yield from self.live.values()

    def fill(self, rows: Iterable[tuple[int, Row]]) -> None:
        """Adds packed rows."""
        self.packed.update(rows)
        self._indexes.clear()
        self._found.clear()

    def packed_with(self, path: str, values: Iterable[Any]) -> list[int]:
        """Ids of the packed records whose member equals one of the values, in the order of the values."""
        keys, ids = self._index(path)
        found: list[int] = []
        for value in values:
            found += ids[bisect_left(keys, value) : bisect_right(keys, value)]
        return [number for number in found if number in self.packed]

    def packed_between(self, path: str, low: Any, high: Any) -> list[int]:
        """Ids of the packed records whose member lies between the two, both included; None: no bound."""
        keys, ids = self._index(path)
        start = 0 if low is None else bisect_left(keys, low)
        end = len(keys) if high is None else bisect_right(keys, high)
        return [number for number in ids[start:end] if number in self.packed]

    def remembered(self, key: Any) -> list[int] | None:
        """Packed ids that a search found before; some may be living by now."""
        return self._found.get(key)

    def remember(self, key: Any, ids: list[int]) -> None:
        """Keeps what a search found among the packed records, which never change."""
        if len(self._found) > 64:
            self._found.clear()
        self._found[key] = ids

    def _index(self, path: str) -> tuple[list[Any], list[int]]:
        if path not in self._indexes:
            pairs = sorted(
                (value, number) for number, row in self.packed.items() if (value := _member(row, path)) is not None
            )
            self._indexes[path] = ([value for value, _ in pairs], [number for _, number in pairs])
        return self._indexes[path]

    def _remember(self, number: int) -> None:
        if self.before is not None:
            held = self.peek(number)
            self.before.append((self, number, copy.deepcopy(held)))


def _member(row: Row, path: str) -> Any:
    names: tuple[str, ...] = row[0]
    if path in _ALWAYS:
        return row[names.index("_info") + 1][INFO.index(path)]
    first, _, rest = path.partition("/")
    value = row[names.index(first) + 1] if first in names else None
    return value.get(rest) if rest and value is not None else value
