"""Which page of a list comes next, and when paging makes no progress."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.connectwise.errors import InvalidResponse

Records = list[dict[str, Any]]


class ForwardPages:
    """Pages by the last id seen (forward-only)."""

    headers: Mapping[str, str] = {"pagination-type": "forward-only"}

    def __init__(self, after: int) -> None:
        self._last = after

    @property
    def query(self) -> dict[str, str | int]:
        return {"pageId": self._last} if self._last else {}

    def take(self, records: Records, *, full: bool, path: str) -> Records:
        ids = [record["id"] for record in records if isinstance(record.get("id"), int)]
        last = max(ids, default=0)
        if full and last <= self._last:
            raise InvalidResponse(f"Paging of {path} makes no progress: its records have no greater ids.")
        self._last = max(last, self._last)
        return records


class NumberedPages:
    """Pages by number, for lists with an order."""

    headers: Mapping[str, str] = {}

    def __init__(self, order_by: str) -> None:
        self._order_by = order_by
        self._number = 1
        self._seen: set[Any] = set()

    @property
    def query(self) -> dict[str, str | int]:
        return {"page": self._number, "orderBy": self._order_by}

    def take(self, records: Records, *, full: bool, path: str) -> Records:
        new = [record for record in records if not isinstance(record.get("id"), int) or record["id"] not in self._seen]
        if full and not any(isinstance(record.get("id"), int) for record in new):
            raise InvalidResponse(f"Paging of {path} makes no progress: a page repeats its records.")
        self._seen.update(record["id"] for record in new if isinstance(record.get("id"), int))
        self._number += 1
        return new


Paging = ForwardPages | NumberedPages
