"""The records of the sandbox: tables by collection, parents, references, the ids that ConnectWise would give."""

from __future__ import annotations

import copy
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

Record = dict[str, Any]

_REFERENCES = {
    "board": "/service/boards", "company": "/company/companies", "contact": "/company/contacts", "department": "/system/departments",
    "location": "/system/locations", "agreement": "/finance/agreements", "opportunity": "/sales/opportunities",
    "member": "/system/members", "owner": "/system/members", "manager": "/system/members", "project": "/project/projects",
    "phase": "/project/projects/{}/phases", "parentPhase": "/project/projects/{}/phases",
    "projectRole": "/project/securityRoles", "priority": "/service/priorities",
    "source": "/service/sources", "workRole": "/time/workRoles", "workType": "/time/workTypes", "billingTerms": "/finance/billingTerms",
    "billingCycle": "/finance/billingCycles",
}  # fmt: skip
"""Which collection a reference member points to; `{}`: any parent."""

OF_BOARD = {"status": "statuses", "type": "types", "subType": "subtypes", "item": "items", "team": "teams"}
"""Members of a ticket whose records belong to its board."""

_SHOWN = ("id", "name", "identifier")


def instant(moment: datetime) -> str:
    """As ConnectWise writes instants."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Store:
    """Tables by collection, such as `/service/boards` or `/service/boards/5/statuses`; tickets of both kinds in one."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._tables: defaultdict[str, dict[int, Record]] = defaultdict(dict)
        self._ids: defaultdict[str, itertools.count[int]] = defaultdict(lambda: itertools.count(1))
        self._now = now

    def table(self, collection: str) -> dict[int, Record]:
        """The records of a collection by id."""
        return self._tables[collection]

    def collections(self) -> Iterator[tuple[str, dict[int, Record]]]:
        """Every collection that has records."""
        return ((name, table) for name, table in self._tables.items() if table)

    def add(
        self, collection: str, record: Mapping[str, Any], *, by: str = "setup", record_id: int | None = None
    ) -> Record:
        """Adds a record and gives it an id; ids are unique over all parents of one kind, as in ConnectWise."""
        kind = collection.rsplit("/", 1)[-1] if collection.count("/") > 2 else collection
        number = record_id or record.get("id") or next(self._ids[kind])
        moment = instant(self._now())
        info = {"lastUpdated": moment, "updatedBy": by, "dateEntered": moment, "enteredBy": by}
        added = {**copy.deepcopy(dict(record)), "id": number}
        added["_info"] = info | dict(record.get("_info") or {})
        self._tables[collection][number] = added
        return added

    def start_ids(self, kind: str, at: int) -> None:
        """Lets the ids of a kind begin elsewhere."""
        self._ids[kind] = itertools.count(at)

    def touch(self, record: Record, by: str) -> None:
        """Notes who changed a record, and when."""
        record["_info"] = {**record.get("_info", {}), "lastUpdated": instant(self._now()), "updatedBy": by}

    def find(self, collection: str, reference: Mapping[str, Any]) -> Record | None:
        """The record that a reference means: by id, identifier or name."""
        table = self._tables.get(collection, {})
        if isinstance(reference.get("id"), int):
            return table.get(reference["id"])
        for key in ("identifier", "name"):
            wanted = reference.get(key)
            if isinstance(wanted, str):
                return next(
                    (record for record in table.values() if str(record.get(key, "")).lower() == wanted.lower()), None
                )
        return None

    def resolve(self, member: str, reference: Mapping[str, Any], *, board_id: int | None = None) -> Record | None:
        """The record behind a reference member; None when there is none (or it belongs to another board)."""
        if member in OF_BOARD and board_id is not None:
            return self.find(f"/service/boards/{board_id}/{OF_BOARD[member]}", reference)
        collection = _REFERENCES.get(member)
        if collection is None:
            return dict(reference)
        if "{}" not in collection:
            return self.find(collection, reference)
        start, end = collection.split("{}")
        matching = (name for name in list(self._tables) if name.startswith(start) and name.endswith(end))
        return next((found for name in matching if (found := self.find(name, reference))), None)

    def is_known_reference(self, member: str) -> bool:
        """Whether the sandbox can check what a reference member points to."""
        return member in _REFERENCES or member in OF_BOARD


def shown(record: Mapping[str, Any]) -> Record:
    """A record as a reference shows it."""
    return {name: record[name] for name in _SHOWN if record.get(name) is not None and name != "description"} or dict(
        record
    )


def clean(record: Any) -> Any:
    """A record as answers show it: empty members left out."""
    if isinstance(record, Mapping):
        return {name: clean(value) for name, value in record.items() if value is not None and not name.startswith("~")}
    if isinstance(record, list):
        return [clean(value) for value in record]
    return record
