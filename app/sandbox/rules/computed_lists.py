"""Lists computed from other collections: related records of a ticket, teams, places, the general ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.sandbox.engine.api_errors import not_found
from app.sandbox.engine.api_request import ApiRequest
from app.sandbox.engine.listing import Source
from app.sandbox.engine.store import Record, Store, Table, shown
from app.sandbox.engine.switches import Switches
from app.sandbox.rules.tickets import TABLE, Tickets

_RELATED = {
    "scheduleentries": ("/schedule/entries", "objectId", {"description": "name"}),
    "timeentries": ("/time/entries", "chargeToId", {}),
    "products": ("/procurement/products", "chargeToId", {"description": "description"}),
    "documents": ("/system/documents", "~recordId", {"name": "title"}),
    "activities": ("/sales/activities", "~ticketId", {"name": "name"}),
}  # fmt: skip
"""Reference lists under a ticket: collection, member with the ticket id, members shown."""
_NOTE = (
    "text",
    "detailDescriptionFlag",
    "internalAnalysisFlag",
    "resolutionFlag",
    "issueFlag",
    "member",
    "contact",
    "_info",
)


class ComputedLists:
    """Finds the source of a derived list."""

    def __init__(self, store: Store, switches: Switches, tickets: Tickets) -> None:
        self._store = store
        self._switches = switches
        self._tickets = tickets
        self._lists: dict[str, Callable[[ApiRequest], Source]] = {
            "/system/info/departments": lambda _: self._renamed("/system/departments", ("id", "name")),
            "/system/info/locations": lambda _: self._renamed("/system/locations", ("id", "name", "locationFlag")),
            "/system/info/members": lambda _: self._renamed("/system/members", ("id", "identifier", "firstName", "lastName",
                                                                               "licenseClass", "defaultEmail", "inactiveFlag")),
            "/system/info/departmentlocations": lambda _: _computed(self._places()),
            "/system/locations/{parentId}/departments": lambda request: self._places_of("location", request),
            "/system/departments/{parentId}/locations": lambda request: self._places_of("department", request),
            "/service/teams": lambda _: self._teams(),
            "/project/boards/{parentId}/teams": self._board_teams,
            "/service/tickets/info": lambda _: self._ticket_infos(),
            "/service/tickets/calculateSla": lambda _: tickets.source("service"),
            "/project/ticketnotes": lambda _: self._project_notes(),
            "/finance/glAccounts": lambda _: self._gl_accounts(),
            "/system/audittrail": self._audit_trail,
            "/system/documents": self._documents,
        }  # fmt: skip

    def source(self, request: ApiRequest, template: str) -> Source | None:
        """The source of a derived list; None for any other."""
        make = self._lists.get(template)
        if make is not None:
            return make(request)
        parts = template.strip("/").split("/")
        if parts[1:2] != ["tickets"] or len(parts) != 4:
            return None
        if parts[-1] in _RELATED:
            return self._related(parts[0], parts[-1], request.number())
        return self._all_notes(parts[0], request.number()) if parts[-1] == "allNotes" else None

    def attached(self, place: str, member: str, ticket_id: int) -> Table:
        """The records of a table that belong to a ticket, read-only."""
        table = self._store.table(place)
        found = Table((number, table.packed[number]) for number in self._past(table, member, ticket_id))
        found.live = {
            number: record for number, record in table.live.items()
            if record.get(member) == ticket_id and self._tickets.is_shown(record)
        }  # fmt: skip
        return found

    def _past(self, table: Table, member: str, ticket_id: int) -> list[int]:
        return table.packed_with(member, (ticket_id,)) if table.packed and not member.startswith("~") else []

    def _related(self, kind: str, name: str, ticket_id: int) -> Source:
        self._tickets.peek(kind, ticket_id)
        place, member, shows = _RELATED[name]

        def show(record: Record) -> Record:
            return {"id": record["id"], **{own: record.get(theirs) for own, theirs in shows.items()}}

        return Source(self.attached(place, member, ticket_id), show)

    def _all_notes(self, kind: str, ticket_id: int) -> Source:
        """The ticket's notes, its time entries' notes, and the notes of its children."""
        if not self._switches.all_notes:
            raise not_found("endpoint")
        ticket = self._tickets.peek(kind, ticket_id)
        rows = self._tickets.all() if ticket.get("hasChildTicket") else ()
        children = [row["id"] for row in rows if row.get("parentTicketId") == ticket_id]
        found = []
        for number in (ticket_id, *children):
            owner = self._store.table(TABLE).peek(number) or {}
            reference = {"id": number, "summary": owner.get("summary")}
            notes = filter(self._tickets.is_shown, self._store.view(f"{TABLE}/{number}/notes").rows())
            found += [_note(note, reference, "TicketNote") | {"bundledFlag": number != ticket_id} for note in notes]
            entries = self.attached("/time/entries", "chargeToId", number).rows()
            timed = (entry | {"text": entry["notes"]} for entry in entries if entry.get("notes"))
            found += [_note(entry, reference, "TimeEntryNote") for entry in timed]
        return _computed({**note, "id": number} for number, note in enumerate(found, 1))

    def _project_notes(self) -> Source:
        found = []
        for ticket in self._tickets.all():
            if ticket["recordType"] != "ServiceTicket":
                reference = {"id": ticket["id"], "summary": ticket.get("summary")}
                notes = self._store.view(f"{TABLE}/{ticket['id']}/notes").rows()
                found += [_note(note, reference, "TicketNote") for note in notes]
        return _computed(found)

    def _renamed(self, place: str, names: tuple[str, ...]) -> Source:
        return Source(self._store.table(place), lambda one: {name: one.get(name) for name in names})

    def _places(self) -> list[Record]:
        departments = self._store.view("/system/departments")
        return [
            {"id": location["id"] * 1000 + number, "department": shown(departments[number]), "location": shown(location)}
            for location in self._store.view("/system/locations").rows()
            for number in location.get("departmentIds", ()) if number in departments
        ]  # fmt: skip

    def _places_of(self, member: str, request: ApiRequest) -> Source:
        if request.number() not in self._store.view(f"/system/{member}s"):
            raise not_found(f"{member.capitalize()} {request.number()}")
        return _computed(place for place in self._places() if place[member]["id"] == request.number())

    def _teams(self) -> Source:
        return _computed(
            {"id": team["id"], "name": team["name"], "leader": team.get("teamLeader"), "department": board["department"],
             "location": board["location"]}
            for board in self._store.view("/service/boards").rows()
            for team in self._store.view(f"/service/boards/{board['id']}/teams").rows()
        )  # fmt: skip

    def _board_teams(self, request: ApiRequest) -> Source:
        board = self._store.view("/service/boards").peek(request.number())
        if board is None or not board.get("projectFlag"):
            raise not_found(f"Board {request.number()}")
        names = ("id", "name", "defaultFlag")
        place = {"department": board["department"], "location": board["location"]}
        rows = self._store.view(f"/service/boards/{board['id']}/teams").rows()
        return _computed({name: team.get(name) for name in names} | place for team in rows)

    def _ticket_infos(self) -> Source:
        source = self._tickets.source("service")
        names = ("id", "company", "summary")
        return Source(source.table, lambda one: {name: one.get(name) for name in names}, source.among, source.name)

    def _gl_accounts(self) -> Source:
        mapping = self._switches.gl_mapping
        return _computed(
            {**row, "segment1": "4000 Managed Services"} if _led_away(row, mapping) else row
            for row in self._store.view("/finance/glAccounts").rows()
            if mapping != "empty" and not (mapping == "department-missing" and _is_of(row, "Department"))
        )

    def _audit_trail(self, request: ApiRequest) -> Source:
        wanted = {"~type": request.query.get("type"), "~of": request.query.get("id")}
        return Source(
            self._store.table("/system/audittrail"), _without_id,
            lambda line: all(value is None or str(line.get(name)) == value for name, value in wanted.items()),
        )  # fmt: skip

    def _documents(self, request: ApiRequest) -> Source:
        wanted = {"~recordType": request.query.get("recordType"), "~recordId": request.query.get("recordId")}
        return Source(
            self._store.table("/system/documents"),
            among=lambda one: all(value is None or str(one.get(name)) == value for name, value in wanted.items()),
        )


def _computed(records: Iterable[Record]) -> Source:
    table = Table()
    table.live = {record["id"]: record for record in records}
    return Source(table)


def _without_id(line: Record) -> Record:
    shown_line = {name: value for name, value in line.items() if name not in ("id", "_info")}
    return shown_line | {"enteredDate": line["_info"]["dateEntered"]}


def _note(note: Mapping[str, Any], ticket: Record, kind: str) -> Record:
    shown_note = {name: note.get(name) for name in _NOTE} | {"noteType": kind, "ticket": ticket, "id": note["id"]}
    times = {"timeStart": note.get("timeStart"), "timeEnd": note.get("timeEnd")} if kind == "TimeEntryNote" else {}
    return shown_note | times


def _is_of(row: Record, kind: str) -> bool:
    return row["mappedType"]["name"] == kind and "Professional Services" in row.get("segment1", "")


def _led_away(row: Record, mapping: str) -> bool:
    kind = {"department-elsewhere": "Department", "type-elsewhere": "Service Type"}.get(mapping)
    return kind is not None and _is_of(row, kind)
