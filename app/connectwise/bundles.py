"""Many reads in one request: POST /system/bundles, by the contract's BundleRequestsCollection.

A bundle names each read by its resource type and ids, and is answered with one status for each. Which resource types a
version knows and how many requests a bundle may hold is not public. So a record that does not show where it belongs is
rejected; a read without a usable answer is sent as a single request; a type that is not answered twice in a row is not
bundled for a while; a refused bundle is halved, and finally bundles are given up. Bundles hold reads only: no entity, no
action.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from app.connectwise.bundle_reads import Wanted, resource_of
from app.connectwise.errors import ConnectWiseError, Forbidden, NotFound
from app.connectwise.responses import error_in_bundle

BUNDLES = "/system/bundles"
NEWEST_FIRST = "id desc"
_PAGE = 1000
_FEWEST = 5
"""Smaller bundles are not worth their risk."""
_PAUSE = 600.0
_DOUBTS = 2
_SHOWN_BY = {"chargeToId": ("chargeToId", "ticket/id")}
"""Members that show the same; 2026.11 takes `chargeToId` of a product in conditions only."""

Records = list[dict[str, Any]]


class Bundling:
    """Size of bundles and what they may hold; adapts to refusals while the process runs."""

    def __init__(self, size: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size if size > 1 else 0
        self._clock = clock
        self._paused_until = float("-inf")
        self._doubts: Counter[str] = Counter()
        self._left_until: dict[str, float] = {}

    @property
    def size(self) -> int:
        """Reads in one bundle; 0 while bundles are not used."""
        return self._size if self._clock() >= self._paused_until else 0

    def takes(self, wanted: Wanted) -> bool:
        """Whether a read may travel in a bundle at present."""
        resource = resource_of(wanted)
        return resource is not None and self._clock() >= self._left_until.get(resource.kind, float("-inf"))

    def answered(self, part: Iterable[tuple[Wanted, object | None]]) -> None:
        """Learns from the answers of a bundle which resource types it does not answer."""
        usable: dict[str, bool] = {}
        for wanted, answer in part:
            if resource := resource_of(wanted):
                usable[resource.kind] = usable.get(resource.kind, False) or answer is not None
        for kind, good in usable.items():
            self._doubts[kind] = 0 if good else self._doubts[kind] + 1
            if self._doubts[kind] >= _DOUBTS:
                self._left_until[kind] = self._clock() + _PAUSE

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


def bundle_body(wanted: Sequence[Wanted], version: str) -> dict[str, Any]:
    """The body of a bundle of reads that `resource_of` knows."""
    return {"requests": [_request(number, one, version) for number, one in enumerate(wanted, 1)]}


def _request(number: int, wanted: Wanted, version: str) -> dict[str, Any]:
    resource = resource_of(wanted)
    asked: dict[str, Any] = {} if wanted.single else {"page": {"page": 1, "pageSize": wanted.most or _PAGE}}
    ids = {"id": resource.record, "parentId": resource.parent} if resource else {}
    asked |= {name: value for name, value in ids.items() if value is not None}
    filters = {"conditions": str(wanted.conditions), "orderBy": NEWEST_FIRST if wanted.most else ""}
    if shown := {name: value for name, value in filters.items() if value}:
        asked["filters"] = shown
    if wanted.fields:
        asked["fields"] = ",".join(wanted.fields)
    kind = resource.kind if resource else ""
    return {"version": version, "sequenceNumber": number, "resourceType": kind, "apiRequest": asked}


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
        return error_in_bundle(status, result.get("error"), f"GET {wanted.path}", single=wanted.single)
    count = result.get("count")
    entities = result.get("entities", [] if count == 0 else None)
    good = status in (None, 200, 201) and result.get("success") is not False and result.get("error") is None
    if not good or not isinstance(entities, list) or len(entities) > (wanted.most or _PAGE - 1):
        return None
    whole = not isinstance(count, int) or count == len(entities)
    belong = all(isinstance(entity, dict) and _belongs(entity, wanted.belongs) for entity in entities)
    belong = belong and (not wanted.single or len(entities) == 1)
    return entities if whole and belong else None


def _belongs(record: dict[str, Any], shown: tuple[str, int] | None) -> bool:
    if shown is None:
        return True
    member, value = shown
    return any(_member(record, name) == value for name in _SHOWN_BY.get(member, (member,)))


def _member(record: Any, path: str) -> Any:
    for name in path.split("/"):
        record = record.get(name) if isinstance(record, dict) else None
    return record
