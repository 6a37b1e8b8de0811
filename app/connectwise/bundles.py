"""Many reads in one request: POST /system/bundles, by the contract's BundleRequestsCollection.

A bundle names each list by its resource type and its parent's id, and is answered with one status for each. Which resource
types a version knows and how many requests a bundle may hold is not public. So a record that does not show where it
belongs is rejected; a read without a usable answer is sent as a single request; a refused bundle is halved, and finally
bundles are given up. Bundles hold reads only: no entity, no action.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.connectwise.errors import ConnectWiseError, Forbidden, NotFound
from app.connectwise.responses import error_of_status

PATH = "/system/bundles"
NEWEST_FIRST = "id desc"
_PAGE = 1000
_FEWEST = 5
"""Smaller bundles are not worth their risk."""
_PAUSE = 600.0
_RESOURCES = (
    (re.compile(r"/service/tickets/(\d+)/notes\Z"), "servicenote"),
    (re.compile(r"/service/tickets/(\d+)/tasks\Z"), "servicetask"),
    (re.compile(r"/schedule/entries\Z"), "scheduleentry"),
    (re.compile(r"/time/entries\Z"), "timeentry"),
    (re.compile(r"/procurement/products\Z"), "productitem"),
    (re.compile(r"/project/projects\Z"), "project"),
)
_SINGLE_RESOURCES = ((re.compile(r"/company/companies/(\d+)\Z"), "company"),)

Records = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list to read, or with `single` one record. `belongs`: a member and its value that each record must show."""

    path: str
    belongs: tuple[str, int]
    conditions: str = ""
    fields: Sequence[str] = ()
    single: bool = False
    most: int = 0
    """The newest records of the list, at most so many; 0: all of them."""


class Bundling:
    """Size of bundles; adapts to refusals while the process runs."""

    def __init__(self, size: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size if size > 1 else 0
        self._clock = clock
        self._paused_until = float("-inf")

    @property
    def size(self) -> int:
        """Reads in one bundle; 0 while bundles are not used."""
        return self._size if self._clock() >= self._paused_until else 0

    def refused(self, error: ConnectWiseError, tried: int) -> None:
        """Adapt to a refused bundle of `tried` reads: use smaller ones from now on, or none.

        Where waiting may help, use none for ten minutes and smaller ones then.
        """
        smaller = min(self._size, tried // 2)
        if error.waiting_helps:
            self._paused_until = self._clock() + _PAUSE
            self._size = max(smaller, min(self._size, _FEWEST))
        elif isinstance(error, Forbidden | NotFound) or error.status in (405, 501) or smaller < _FEWEST:
            self._size = 0
        else:
            self._size = smaller


def resource_of(wanted: Wanted) -> tuple[str, int | None] | None:
    """The resource type and the parent's id, or with `single` its own; None when a read cannot travel in a bundle."""
    for pattern, resource in _SINGLE_RESOURCES if wanted.single else _RESOURCES:
        if match := pattern.match(wanted.path):
            return resource, int(match[1]) if match.groups() else None
    return None


def bundle_body(wanted: Sequence[Wanted], version: str) -> dict[str, Any]:
    """The body of a bundle of reads that `resource_of` knows."""
    return {"requests": [_request(number, one, version) for number, one in enumerate(wanted, 1)]}


def _request(number: int, wanted: Wanted, version: str) -> dict[str, Any]:
    resource, record = resource_of(wanted) or ("", None)
    asked: dict[str, Any] = {} if wanted.single else {"page": {"page": 1, "pageSize": wanted.most or _PAGE}}
    if record is not None:
        asked["id" if wanted.single else "parentId"] = record
    filters = {"conditions": str(wanted.conditions), "orderBy": NEWEST_FIRST if wanted.most else ""}
    if shown := {name: value for name, value in filters.items() if value}:
        asked["filters"] = shown
    if wanted.fields:
        asked["fields"] = ",".join(wanted.fields)
    return {"version": version, "sequenceNumber": number, "resourceType": resource, "apiRequest": asked}


def parse_bundle(answer: Any, wanted: Sequence[Wanted]) -> list[Records | ConnectWiseError | None]:
    """The answers of a bundle in the order of its reads; None where a read must be repeated as a single request."""
    results = answer.get("results") if isinstance(answer, dict) else None
    found: dict[Any, dict[str, Any]] = {}
    for result in results if isinstance(results, list) else ():
        if isinstance(result, dict) and isinstance(result.get("sequenceNumber"), int):
            found[result["sequenceNumber"]] = result
    return [_one(found.get(number), one) for number, one in enumerate(wanted, 1)]


def _one(result: dict[str, Any] | None, wanted: Wanted) -> Records | ConnectWiseError | None:
    if result is None:
        return None
    status = result.get("statusCode")
    if status in (403, 404):
        return error_of_status(status, f"GET {wanted.path}")
    count = result.get("count")
    entities = result.get("entities", [] if count == 0 else None)
    good = status in (None, 200, 201) and result.get("success") is not False and result.get("error") is None
    if not good or not isinstance(entities, list) or len(entities) > (wanted.most or _PAGE - 1):
        return None
    whole = not isinstance(count, int) or count == len(entities)
    belong = all(_belongs(entity, *wanted.belongs) for entity in entities) and (not wanted.single or len(entities) == 1)
    return entities if whole and belong else None


def _belongs(record: Any, member: str, value: int) -> bool:
    for name in member.split("/"):
        record = record.get(name) if isinstance(record, dict) else None
    return bool(record == value)
