"""The records of the sandbox: tables by collection, parents, references, the ids that ConnectWise would give."""

from __future__ import annotations

import copy
import pickle
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from app.sandbox.engine.table import Before, Record, Table

__all__ = ["OF_BOARD", "Record", "Store", "Table", "clean", "instant", "shown"]

_REFERENCES = {
    "board": "/service/boards", "company": "/company/companies", "contact": "/company/contacts", "department": "/system/departments",
    "location": "/system/locations", "agreement": "/finance/agreements", "opportunity": "/sales/opportunities",
    "member": "/system/members", "owner": "/system/members", "manager": "/system/members", "project": "/project/projects",
    "phase": "/project/projects/{}/phases", "parentPhase": "/project/projects/{}/phases",
    "projectRole": "/project/securityRoles", "priority": "/service/priorities",
    "source": "/service/sources", "workRole": "/time/workRoles", "workType": "/time/workTypes", "billingTerms": "/finance/billingTerms",
    "billingCycle": "/finance/billingCycles", "serviceLocation": "/service/locations",
    "catalogItem": "/procurement/catalog", "currency": "/finance/currencies", "primarySalesRep": "/system/members",
    "secondarySalesRep": "/system/members", "stage": "/sales/stages", "projectTemplate": "/project/projectTemplates",
}  # fmt: skip
"""Which collection a reference member points to; `{}`: any parent."""
_BY_PLACE = {
    "/project/projects": {"status": "/project/statuses", "type": "/project/projectTypes"},
    "phases": {"status": "/project/phaseStatuses"},
    "/sales/opportunities": {"status": "/sales/opportunities/statuses", "type": "/sales/opportunities/types"},
    "forecast": {"status": "/sales/opportunities/statuses"},
    "/company/companies": {"status": "/company/companies/statuses"},
    "/finance/agreements": {"type": "/finance/agreements/types"},
    "/schedule/entries": {"type": "/schedule/types", "status": "/schedule/statuses"},
    "/project/projectTemplates": {"type": "/project/projectTypes"},
}
"""References that mean something else in some collections."""

OF_BOARD = {"status": "statuses", "type": "types", "subType": "subtypes", "item": "items", "team": "teams"}
"""Members of a ticket whose records belong to its board."""

_SHOWN = ("id", "name", "identifier")
_CHILD = re.compile(r"(/tickets)/(\d+)(/\w+)\Z")


def instant(moment: datetime) -> str:
    """As ConnectWise writes instants."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Store:
    """Tables by collection, such as `/service/boards` or `/service/boards/5/statuses`; tickets of both kinds in one."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._tables: dict[str, Table] = {}
        self._past: dict[str, Table] = {}
        self._ids: defaultdict[str, int] = defaultdict(lambda: 1)
        self._now = now
        self._before: Before | None = None

    def table(self, collection: str) -> Table:
        """The records of a collection by id."""
        if collection not in self._tables:
            self._tables[collection] = self.view(collection)
            self._tables[collection].before = self._before
        return self._tables[collection]

    def view(self, collection: str) -> Table:
        """The same, read-only. Child records of a packed ticket are assembled for this call."""
        found = self._tables.get(collection)
        if found is not None:
            return found
        child = _CHILD.match(collection)
        past = self._past.get(f"{child[1]}/*{child[3]}") if child else None
        if past is None or child is None:
            return Table()
        ids = past.packed_with("ticketId", (int(child[2]),))
        return Table((number, past.packed[number]) for number in ids)

    def past(self, collection: str) -> Table:
        """Child records of all packed tickets, by a name such as `/tickets/*/notes`."""
        return self._past.setdefault(collection, Table())

    def collections(self) -> Iterator[tuple[str, Table]]:
        """Every collection with records; child records of packed tickets as one collection."""
        yield from ((name, table) for name, table in list(self._tables.items()) if table)
        yield from ((name, table) for name, table in self._past.items() if table)

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Every write inside is undone at the end."""
        self._before, ids = [], dict(self._ids)
        for table in self._tables.values():
            table.before = self._before
        try:
            yield
        finally:
            undo, self._before = self._before, None
            self._ids.clear()
            self._ids.update(ids)
            for table in self._tables.values():
                table.before = None
            for table, number, held in reversed(undo):
                table.pop(number, None)
                if held is not None:
                    table[number] = held

    def next_id(self, collection: str) -> int:
        """A new id; ids are unique over all parents of one kind, as in ConnectWise."""
        kind = _kind(collection)
        self._ids[kind] += 1
        return self._ids[kind] - 1

    def add(
        self, collection: str, record: Mapping[str, Any], *, by: str = "setup", record_id: int | None = None
    ) -> Record:
        """Adds a record and gives it an id."""
        number = record_id or record.get("id") or self.next_id(collection)
        info = self._entered(by)
        added = {**copy.deepcopy(dict(record)), "id": number}
        added["_info"] = info | dict(record.get("_info") or {})
        self.table(collection)[number] = added
        return added

    def _entered(self, by: str) -> Record:
        moment = instant(self._now())
        return {"lastUpdated": moment, "updatedBy": by, "dateEntered": moment, "enteredBy": by}

    def saved(self) -> bytes:
        """All living records and the next ids, for `restore`."""
        return pickle.dumps(({name: table.live for name, table in self._tables.items()}, dict(self._ids)))

    def restore(self, saved: bytes) -> None:
        """Fills an empty store with what `saved` gave, as if entered at this moment: faster than to add every record."""
        tables, ids = pickle.loads(saved)  # noqa: S301 - written by this process
        self._ids.update(ids)
        entered = self._entered("setup")
        for name, records in tables.items():
            table = self.table(name)
            for number, record in records.items():
                record["_info"] = dict(entered)
                table.live[number] = record

    def start_ids(self, collection: str, at: int) -> None:
        """Lets the ids of a kind begin elsewhere."""
        self._ids[_kind(collection)] = at

    def touch(self, record: Record, by: str) -> None:
        """Records the member and time of a change."""
        record["_info"] = {**record.get("_info", {}), "lastUpdated": instant(self._now()), "updatedBy": by}

    def find(self, collection: str, reference: Mapping[str, Any]) -> Record | None:
        """The record behind a reference by id, identifier or name, read-only."""
        table = self.view(collection)
        if isinstance(reference.get("id"), int):
            return table.peek(reference["id"])
        for key in ("identifier", "name"):
            wanted = reference.get(key)
            if isinstance(wanted, str):
                return next((row for row in table.rows() if str(row.get(key, "")).lower() == wanted.lower()), None)
        return None

    def resolve(
        self, member: str, reference: Mapping[str, Any], *, board_id: int | None = None, place: str = ""
    ) -> Record | None:
        """The record behind a reference member; None when there is none (or it belongs to another board)."""
        collection = _BY_PLACE.get(place, {}).get(member)
        if collection is None and member in OF_BOARD and board_id is not None:
            collection = f"/service/boards/{board_id}/{OF_BOARD[member]}"
        collection = collection or _REFERENCES.get(member)
        if collection is None:
            return dict(reference)
        if member == "projectRole" and "id" not in reference:
            reference = {"name": reference.get("identifier")}
        if "{}" not in collection:
            return self.find(collection, reference)
        start, end = collection.split("{}")
        matching = (name for name in list(self._tables) if name.startswith(start) and name.endswith(end))
        return next((found for name in matching if (found := self.find(name, reference))), None)

    def is_known_reference(self, member: str) -> bool:
        """Whether the sandbox can check what a reference member points to."""
        return member in _REFERENCES or member in OF_BOARD


def _kind(collection: str) -> str:
    trimmed = collection.rstrip("/")
    return trimmed.rsplit("/", 1)[-1] if trimmed.count("/") > 2 else trimmed


def shown(record: Mapping[str, Any]) -> Record:
    """A record as a reference shows it."""
    found = {name: record[name] for name in _SHOWN if record.get(name) is not None}
    if "firstName" in record:
        found["name"] = f"{record['firstName']} {record.get('lastName', '')}".strip()
    return found or dict(record)


def clean(record: Any) -> Any:
    """A record as answers show it: empty members and hidden ones (`~`) left out."""
    if isinstance(record, Mapping):
        return {name: clean(value) for name, value in record.items() if value is not None and not name.startswith("~")}
    if isinstance(record, list):
        return [clean(value) for value in record]
    return record
