"""What a request does to the records: the general way, and the rules that ConnectWise has for some of them."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from app.sandbox.callbacks import Outbox
from app.sandbox.contract import Operation, complaints, contract
from app.sandbox.conversion import Conversion
from app.sandbox.faults import Switches
from app.sandbox.lists import _filtered
from app.sandbox.patching import apply
from app.sandbox.projects import Projects
from app.sandbox.refusals import Refusal, invalid, not_found
from app.sandbox.store import Record, Store, shown
from app.sandbox.tickets import Tickets

Special = Callable[[Operation, Any, Mapping[str, str]], tuple[int, Any]]

_RELATED = {
    "scheduleentries": ("/schedule/entries", "objectId"), "timeentries": ("/time/entries", "chargeToId"),
    "products": ("/procurement/products", "chargeToId"), "documents": ("/system/documents", "recordId"),
    "activities": ("/sales/activities", "ticketId"),
}  # fmt: skip
"""Lists under a ticket that show records kept elsewhere."""
_LEVELS = {"ticket": ("owner", "board", "project", "phase", "status", "ticket", "integratortag")}


class Rules:
    """Reads and changes records; what has rules of its own is asked first."""

    def __init__(self, store: Store, switches: Switches, outbox: Outbox, now: Callable[[], datetime]) -> None:
        self._store = store
        self._switches = switches
        self._outbox = outbox
        self.tickets = Tickets(store, switches, outbox)
        self.projects = Projects(store, now)
        self._conversion = Conversion(store, switches, outbox, self.tickets)
        self._specials: dict[tuple[str, str], Special] = {
            ("POST", "/service/tickets/{parentId}/convert"): self._conversion.to_project,
            ("POST", "/project/tickets/{parentId}/convert"): self._conversion.to_service,
            ("POST", "/service/tickets/search"): self._search,
            ("POST", "/project/tickets/search"): self._search,
            ("POST", "/system/bundles"): self._bundle,
            ("POST", "/project/projects/{parentId}/applyTemplate/{id}"): self.projects.apply_template,
            ("GET", "/project/projects/{id}/projectWorkplan"): self.projects.workplan,
            ("GET", "/project/projects/{id}/projectRecap"): self.projects.recap,
            ("GET", "/service/tickets/{id}/finance"): self.tickets.finance,
            ("GET", "/project/tickets/{id}/finance"): self.tickets.finance,
        }

    def special(self, asked: Operation) -> Special | None:
        """The own way of an endpoint that is more than a record or a list."""
        return self._specials.get((asked.method, asked.template))

    def records(self, asked: Operation) -> Iterable[Record]:
        """The records of a list or count request."""
        template = asked.template.removesuffix("/count").rstrip("/")
        parts = template.strip("/").split("/")
        if parts[1:2] == ["tickets"] and len(parts) == 2:
            return self.tickets.of_kind(parts[0])
        if parts[1:2] == ["tickets"]:
            self.tickets.need(parts[0], int(asked.params[0]))
            if parts[-1] in _RELATED:
                return self._related(parts[-1], int(asked.params[0]))
        records = self._store.table(self._collection(template, asked.params)).values()
        return [self._shown(template, asked.params, record) for record in records]

    def record(self, asked: Operation, body: Any, who: str) -> tuple[int, Any]:
        """GET, POST, PUT, PATCH and DELETE of one record."""
        if asked.method == "POST":
            return 201, self._create(asked, body, who)
        collection, record = self._one(asked)
        if asked.method == "GET":
            return 200, self._shown(asked.template, asked.params, record)
        if asked.method == "DELETE":
            self._delete(collection, record, who)
            return 204, None
        changed = self._changed(asked, record, body)
        self._check(asked.template, changed, body, before=record)
        record.clear()
        record.update(changed)
        self._store.touch(record, who)
        if collection == "/tickets":
            self._outbox.raise_event("updated", record, by=who)
        return 200, self._shown(asked.template, asked.params, record)

    def _one(self, asked: Operation) -> tuple[str, Record]:
        parts = asked.template.strip("/").split("/")
        number = asked.params[-1] if asked.params else "1"
        if not number.lstrip("-").isdigit():
            raise not_found("Record")
        if parts[1] == "tickets" and len(parts) == 3:
            return "/tickets", self.tickets.need(parts[0], int(number))
        template = re.sub(r"/\{\w+\}\Z", "", asked.template) if asked.params else asked.template
        collection = self._collection(template, asked.params[:-1])
        record = self._store.table(collection).get(int(number))
        if record is None:
            raise not_found(f"{parts[-2] if len(parts) > 1 else 'Record'} {number}")
        return collection, record

    def _create(self, asked: Operation, body: dict[str, Any], who: str) -> Record:
        parts = asked.template.strip("/").split("/")
        collection = self._collection(asked.template.rstrip("/"), asked.params)
        if parts[1:] == ["tickets"]:
            return self.tickets.create(body, who, kind=parts[0])
        record = self._resolved(copy.deepcopy(body))
        if collection == "/system/callbacks":
            self._check_callback(record)
        elif collection == "/project/projects":
            record = self.projects.prepared_project(record)
        elif parts[-1] == "phases":
            record = self.projects.prepared_phase(record, int(asked.params[0]))
        elif parts[:2] == ["project", "projects"] and len(parts) > 2:
            self.projects.need(int(asked.params[0]))
            record["projectId"] = int(asked.params[0])
        elif parts[1:2] == ["tickets"]:
            record = self._under_ticket(parts, int(asked.params[0]), record)
        return self._shown(asked.template, asked.params, self._store.add(collection, record, by=who))

    def _under_ticket(self, parts: list[str], ticket_id: int, record: Record) -> Record:
        self.tickets.need(parts[0], ticket_id)
        return record | {"ticketId": ticket_id} if parts[-1] in ("notes", "tasks") else record

    def _changed(self, asked: Operation, record: Record, body: Any) -> Record:
        if asked.method == "PUT":
            return {**self._resolved(copy.deepcopy(body)), "id": record["id"], "_info": record.get("_info", {})}
        changed = apply(record, body, self._switches)
        schema = contract()["paths"][asked.template]["get"].get("response", {})
        touched = {str(operation.get("path", "")).strip("/").split("/")[0] for operation in body}
        found = list(complaints({name: changed[name] for name in touched if name in changed}, schema, require=False))
        if found:
            raise Refusal(
                400, "ConnectWiseApi" if found[0].code == "ConnectWiseApi" else "InvalidObject", found[0].message
            )
        board = changed.get("board") or {}
        return self._resolved(changed, board_id=board.get("id"), only=touched)

    def _check(self, template: str, changed: Record, body: Any, *, before: Record) -> None:
        if template.startswith(("/service/tickets", "/project/tickets")) and template.count("/") == 3:
            touched = (
                {str(operation.get("path", "")).strip("/").split("/")[0] for operation in body}
                if isinstance(body, list)
                else set(changed)
            )
            self.tickets.check_move(changed, before, touched)

    def _resolved(self, record: Record, *, board_id: int | None = None, only: set[str] | None = None) -> Record:
        """References expanded; one that points nowhere is refused."""
        for name, value in list(record.items()):
            if isinstance(value, Mapping) and self._store.is_known_reference(name) and (only is None or name in only):
                found = self._store.resolve(name, value, board_id=board_id)
                if found is None:
                    raise invalid(
                        "ticket", f"{name}/name", message=f"{name} was not found on the board or in the system."
                    )
                record[name] = (
                    {"id": found["id"], "identifier": found["name"]} if name == "projectRole" else shown(found)
                )
        return record

    def _delete(self, collection: str, record: Record, who: str) -> None:
        if collection == "/project/projects" and any(
            (ticket.get("project") or {}).get("id") == record["id"] for ticket in self.tickets.all()
        ):
            raise Refusal(400, "InvalidObject", "The project has tickets.")
        self._store.table(collection).pop(record["id"])
        if collection == "/tickets":
            self._outbox.raise_event("deleted", record, by=who)

    def _related(self, name: str, ticket_id: int) -> list[Record]:
        collection, member = _RELATED[name]
        return [shown(record) for record in self._store.table(collection).values() if record.get(member) == ticket_id]

    def _collection(self, template: str, params: tuple[str, ...]) -> str:
        values = iter(params)
        filled = re.sub(r"\{\w+\}", lambda _: next(values), template)
        filled = re.sub(r"\A/(?:service|project)/tickets(?=/|\Z)", "/tickets", filled)
        return re.sub(r"\A/project/boards/", "/service/boards/", filled)

    def _shown(self, template: str, params: tuple[str, ...], record: Record) -> Record:
        if "/projects/{parentId}/phases" in template:
            return self.projects.shown_phase(record, int(params[0]))
        if (
            template.startswith(("/service/tickets", "/project/tickets"))
            and template.count("/") <= 3
            and "recordType" in record
        ):
            return self.tickets.shown(record)
        return record

    def _search(self, asked: Operation, body: Any, query: Mapping[str, str]) -> tuple[int, Any]:
        kind = asked.template.split("/")[1]
        return 200, _filtered(self.tickets.of_kind(kind), {"conditions": str((body or {}).get("conditions") or "")})

    def _bundle(self, _asked: Operation, _body: Any, _query: Mapping[str, str]) -> tuple[int, Any]:
        raise Refusal(400, "ConnectWiseApi", "Bundles are switched off here.")

    def _check_callback(self, record: Record) -> None:
        url = str(record.get("url") or "")
        host = url.split("//", 1)[-1].split("/", 1)[0].split(":", maxsplit=1)[0]
        if not url.startswith(("http://", "https://")) or (
            host in ("localhost", "127.0.0.1") and not self._switches.loopback_callbacks
        ):
            raise invalid("callback", "url", code="InvalidField", message="Invalid URL")
        levels = _LEVELS.get(str(record.get("type")).lower())
        if levels is not None and str(record.get("level")).lower() not in levels:
            raise invalid("callback", "level", code="InvalidObject")
        record["objectId"] = record.get("objectId") or 1
        same = ("url", "type", "level", "objectId")
        if any(
            all(entry.get(name) == record.get(name) for name in same)
            for entry in self._store.table("/system/callbacks").values()
        ):
            raise invalid("callback", "objectId", code="ObjectExists")
        record |= {
            "payloadVersion": "3.0.0",
            "memberId": 101,
            "inactiveFlag": bool(record.get("inactiveFlag")),
            "connectWiseID": f"cb-{record['url'][-8:]}",
        }
