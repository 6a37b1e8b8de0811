"""What a request does to the records: the general way, and the rules that ConnectWise has for some of them."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.sandbox import patching
from app.sandbox.ask import Ask, Special
from app.sandbox.callbacks import Outbox
from app.sandbox.contract import contract
from app.sandbox.conversion import Conversion
from app.sandbox.derived import Derived
from app.sandbox.lists import Page, Source, page
from app.sandbox.opportunities import Opportunities
from app.sandbox.projects import Projects
from app.sandbox.refusals import Refusal, invalid, not_found
from app.sandbox.registration import registered
from app.sandbox.shapes import Schema, complaints, resolved
from app.sandbox.store import Record, Store, shown
from app.sandbox.switches import Switches
from app.sandbox.templates import Templates
from app.sandbox.ticket_actions import TicketActions
from app.sandbox.tickets import CHANGES, Tickets

_ID_AT_END = re.compile(r"/\{\w+\}\Z")


class Rules:
    """Reads and changes records; what has rules of its own is asked first."""

    def __init__(self, store: Store, switches: Switches, outbox: Outbox, now: Callable[[], datetime]) -> None:
        self._store = store
        self._switches = switches
        self._outbox = outbox
        self.tickets = Tickets(store, switches, outbox, now)
        self.projects = Projects(store, switches, self.tickets)
        self.derived = Derived(store, switches, self.tickets)
        self._specials = self._with_ways_of_their_own()

    def _with_ways_of_their_own(self) -> dict[tuple[str, str], Special]:
        conversion = Conversion(self._store, self._switches, self._outbox, tickets=self.tickets, projects=self.projects)
        actions = TicketActions(self._store, self._outbox, self.tickets)
        templates = Templates(self._store, self.projects, self.tickets)
        opportunities = Opportunities(self._store, self.projects)
        return {
            ("POST", "/service/tickets/{parentId}/convert"): conversion.to_project,
            ("POST", "/project/tickets/{parentId}/convert"): conversion.to_service,
            ("POST", "/service/tickets/{parentId}/merge"): actions.merge,
            ("POST", "/service/tickets/{parentId}/attachChildren"): actions.attach,
            ("POST", "/service/tickets/{parentId}/detachChildren"): actions.detach,
            ("POST", "/service/tickets/{id}/copy"): actions.copy,
            ("POST", "/project/projects/{parentId}/applyTemplate/{id}"): templates.apply,
            ("POST", "/project/projects/{parentId}/applyTemplates"): templates.apply_many,
            ("GET", "/project/projects/{id}/projectWorkplan"): templates.workplan,
            ("GET", "/project/projectTemplates/{id}/workplan"): templates.template_plan,
            ("GET", "/project/projects/{id}/projectRecap"): self.projects.recap,
            ("GET", "/service/tickets/{id}/finance"): self.tickets.finance,
            ("GET", "/project/tickets/{id}/finance"): self.tickets.finance,
            ("POST", "/sales/opportunities/{id}/convertToProject"): opportunities.to_project,
            ("POST", "/time/entries/defaults"): lambda ask: (201, {"billableOption": "Billable", **ask.body}),
            ("DELETE", "/service/tickets/changelogs"): self._forget_changes,
        }

    def special(self, ask: Ask) -> Special | None:
        """The own way of an endpoint that is more than a record or a list."""
        return self._specials.get((ask.method, ask.template))

    def source(self, ask: Ask) -> Source:
        """Where the records of a list or count request come from."""
        template = ask.template.removesuffix("/count").rstrip("/")
        parts = template.strip("/").split("/")
        if parts[1:] == ["tickets"]:
            return self.tickets.source(parts[0])
        self._check_board(parts, ask)
        derived = self.derived.source(ask, template)
        if derived is not None:
            return derived
        self._check_parent(parts, ask)
        table = self._store.view(_collection(template, ask.params))
        among = None if self._switches.early_added_seconds == 0 else self.tickets.is_shown
        return Source(table, lambda record: self._shown(template, ask, record), among, name=template)

    def search(self, ask: Ask) -> list[Any]:
        """The tickets that the filters in a body leave; `page` and `pageSize` come with the address."""
        names = {"conditions": "conditions", "childconditions": "childConditions", "customfieldconditions": "customFieldConditions",
                 "orderBy": "orderBy"}  # fmt: skip
        filters = {names[name]: str(value) for name, value in (ask.body or {}).items() if value}
        found: Page = page(
            self.tickets.source(ask.template.split("/")[1]), {**ask.query, **filters}, forward=False, url=""
        )
        return found.records

    def record(self, ask: Ask) -> tuple[int, Any]:
        """GET, POST, PUT, PATCH and DELETE of one record."""
        if ask.method == "POST":
            return 201, self._create(ask)
        if ask.method == "GET":
            return 200, self._shown(ask.template, ask, self._peek(ask))
        collection, number = self._place(ask)
        if ask.method == "DELETE":
            self._delete(collection, number, ask)
            return 204, None
        record = self._taken(collection, number, ask)
        before = copy.deepcopy(record)
        changed = self._changed(ask, record, collection)
        self._check(collection, changed, before=before, touched=_touched(ask.body, changed))
        record.clear()
        record.update(changed)
        self._store.touch(record, ask.who)
        self._tell_changed(collection, record, ask)
        return 200, self._shown(ask.template, ask, record)

    def _peek(self, ask: Ask) -> Record:
        collection, number = self._place(ask)
        parts = ask.template.strip("/").split("/")
        if parts[1] == "tickets" and len(parts) <= 4 and parts[-1] in ("{id}", "info"):
            return self.tickets.peek(parts[0], number)
        if parts[-1] == "info":
            collection, number = "/system/info", 1
        template = _ID_AT_END.sub("", ask.template)
        derived = self.derived.source(ask, template) if ask.params else None
        found = derived.table.peek(number) if derived else self._store.view(collection).peek(number)
        if found is None or not self.tickets.is_shown(found):
            raise not_found(f"{parts[-2] if len(parts) > 1 else 'Record'} {number}")
        return derived.show(found) if derived else found

    def _place(self, ask: Ask) -> tuple[str, int]:
        number = ask.number(-1) if ask.params else 1
        parts = ask.template.strip("/").split("/")
        self._check_board(parts, ask)
        return _collection(_ID_AT_END.sub("", ask.template), ask.params[:-1]), number

    def _taken(self, collection: str, number: int, ask: Ask) -> Record:
        if collection == "/tickets":
            return self.tickets.need(ask.template.split("/")[1], number)
        if number not in self._store.table(collection):
            raise not_found(f"Record {number}")
        return self._store.table(collection)[number]

    def _create(self, ask: Ask) -> Record:
        parts = ask.template.strip("/").split("/")
        collection = _collection(ask.template.rstrip("/"), ask.params)
        if parts[1:] == ["tickets"]:
            body = self.projects.prepared_ticket(ask.body) if parts[0] == "project" else ask.body
            return self.tickets.create(body, ask.who, kind=parts[0])
        self._check_board(parts, ask)
        self._check_parent(parts, ask)
        record = self._resolved(copy.deepcopy(ask.body), ask, collection)
        if collection == "/system/callbacks":
            record = registered(record, self._store, self._switches)
        elif collection == "/project/projects":
            record = self.projects.prepared_project(record)
        elif parts[-1] == "phases":
            record = self.projects.prepared_phase(record, ask.number())
        elif parts[:2] == ["project", "projects"] and len(parts) > 2:
            record["projectId"] = ask.number()
        elif parts[1:2] == ["tickets"] and parts[-1] in ("notes", "tasks"):
            record["ticketId"] = ask.number()
        elif parts[1:2] == ["tickets"] and record.get("id") not in self._store.table("/company/configurations"):
            raise not_found(f"Configuration {record.get('id')}")
        elif collection == "/schedule/entries":
            self._check_schedule(record)
        made = self._store.add(collection, record, by=ask.who)
        if collection == "/schedule/entries" and made.get("addMemberToProjectFlag"):
            self.projects.add_member(made)
        if collection == "/project/projects":
            self._outbox.raise_event("added", made, by=ask.who, kind="project")
        return self._shown(ask.template, ask, made)

    def _changed(self, ask: Ask, record: Record, collection: str) -> Record:
        if ask.method == "PUT":
            kept: Record = {
                name: record[name] for name in ("id", "_info", "recordType", "projectId", "ticketId") if name in record
            }
            board = self._store.find("/service/boards", ask.body.get("board") or {}) or {}
            return {**self._resolved(copy.deepcopy(ask.body), ask, collection, board_id=board.get("id")), **kept}
        patching.check_billing(ask.body, collection, self._switches)
        changed = patching.apply(record, ask.body, self._switches, collection=collection)
        schema = _record_schema(ask)
        touched = _touched(ask.body, changed)
        found = list(complaints({name: changed[name] for name in touched if name in changed}, schema))
        if found:
            code = "ConnectWiseApi" if found[0].code == "ConnectWiseApi" else "InvalidObject"
            raise Refusal(400, code, f"{found[0].field}: {found[0].message}")
        board = changed.get("board") or {}
        return self._resolved(changed, ask, collection, board_id=board.get("id"), only=touched)

    def _check(self, collection: str, changed: Record, *, before: Record, touched: set[str]) -> None:
        if collection == "/tickets":
            self.tickets.check_move(changed, before, touched)
        elif collection == "/project/projects":
            self.projects.checked_project(changed)
        elif collection.endswith("/phases"):
            self.projects.checked_phase(changed)

    def _tell_changed(self, collection: str, record: Record, ask: Ask) -> None:
        if collection == "/project/projects":
            self._outbox.raise_event("updated", record, by=ask.who, kind="project")
        if collection != "/tickets":
            return
        silent = bool(record.pop("skipCallback", None)) and (
            ask.method == "PUT" or self._switches.skip_callback_by_patch
        )
        self.tickets.log(record, "Updated")
        if not silent:
            self._outbox.raise_event("updated", record, by=ask.who)

    def _resolved(
        self, record: Record, ask: Ask, collection: str, *, board_id: int | None = None, only: set[str] | None = None
    ) -> Record:
        """References expanded as far as their schema goes; one that points nowhere is refused."""
        place = collection if collection.count("/") <= 2 else collection.rsplit("/", 1)[-1]
        members = _record_schema(ask).get("properties", {})
        for name, value in list(record.items()):
            known = isinstance(value, Mapping) and self._store.is_known_reference(name)
            if not known or (only is not None and name not in only):
                continue
            found = self._store.resolve(name, value, board_id=board_id, place=place)
            if found is None:
                kind = collection.rsplit("/", 1)[-1].rstrip("s")
                raise invalid(kind, f"{name}/name", message=f"{name} was not found on the board or in the system.")
            reference = shown(found)
            if name == "projectRole":
                reference = {"id": found["id"], "identifier": found.get("name") or found.get("identifier")}
            allowed = resolved(members.get(name, {})).get("properties", reference)
            record[name] = {each: value for each, value in reference.items() if each in allowed}
        return record

    def _delete(self, collection: str, number: int, ask: Ask) -> None:
        record = self._taken(collection, number, ask)
        if collection == "/project/projects":
            self.projects.delete_project(number)
            self._outbox.raise_event("deleted", record, by=ask.who, kind="project")
        elif collection.endswith("/phases"):
            self.projects.delete_phase(ask.number(), number)
        elif collection == "/tickets" and record.get("hasChildTicket"):
            raise Refusal(409, "InvalidObject", "The ticket has children.")
        self._store.table(collection).pop(number)
        if collection == "/tickets":
            self.tickets.log(record, "Deleted")
            self._outbox.raise_event("deleted", record, by=ask.who)

    def _shown(self, template: str, ask: Ask, record: Record) -> Record:
        if "/projects/{parentId}/phases" in template:
            return self.projects.shown_phase(record, ask.number())
        if template == "/system/info":
            return {name: value for name, value in record.items() if name not in ("id", "_info")}
        if template.endswith("/tickets/{id}/info"):
            return {name: record.get(name) for name in ("id", "company", "summary")}
        if "recordType" in record and template.split("/")[2] == "tickets" and template.count("/") <= 3:
            return self.tickets.shown(record, path=template.split("/")[1])
        return record

    def _check_board(self, parts: list[str], ask: Ask) -> None:
        """Lists of a board that the member may not see are forbidden."""
        hidden = {name.lower() for name in self._switches.names("hidden_boards")}
        if hidden and parts[1] == "boards" and len(parts) > 2:
            board = self._store.find("/service/boards", {"id": ask.number(0)}) or {}
            if str(board.get("name", "")).lower() in hidden:
                raise Refusal(403, "Forbidden", "The member may not see this board.")

    def _check_parent(self, parts: list[str], ask: Ask) -> None:
        """What lies under a record needs that record."""
        if len(parts) < 4 or not ask.params:
            if parts[0] == "project" and parts[-1] == "billingRates":
                self.projects.need(ask.number())
            return
        if parts[1] == "tickets":
            self.tickets.peek(parts[0], ask.number())
        elif ask.number() not in self._store.view(f"/{parts[0]}/{parts[1]}"):
            raise not_found(f"{parts[1]} {ask.number()}")

    def _check_schedule(self, record: Record) -> None:
        kind = record["type"]
        if kind.get("identifier") == "S" and record.get("objectId") not in self._store.table("/tickets"):
            raise invalid("scheduleEntry", "objectId")

    def _forget_changes(self, _ask: Ask) -> tuple[int, Any]:
        self._store.table(CHANGES).clear()
        return 204, None


def _record_schema(ask: Ask) -> Schema:
    """The schema of the record that a request is about."""
    operations = contract()["paths"][ask.template]
    if ask.method == "POST":
        return resolved(operations["post"].get("request") or {})
    return resolved((operations.get("get") or operations["patch"]).get("response") or {})


def _collection(template: str, params: tuple[str, ...]) -> str:
    values = iter(params)
    filled = re.sub(r"\{\w+\}", lambda _: next(values, ""), template).rstrip("/")
    filled = re.sub(r"\A/(?:service|project)/tickets(?=/|\Z)", "/tickets", filled)
    filled = re.sub(r"\A/project/billingRates/(\w+)/", r"/project/\1/", filled)
    return re.sub(r"\A/project/boards/", "/service/boards/", filled)


def _touched(body: Any, changed: Record) -> set[str]:
    if not isinstance(body, list):
        return set(changed)
    return {str(operation.get("path", "")).strip("/").split("/")[0] for operation in body}
