"""Reads and writes of records: the general case, with the rules of single collections."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.sandbox.engine import json_patch
from app.sandbox.engine.api_errors import ApiError, invalid, not_found
from app.sandbox.engine.api_request import Action, ApiRequest
from app.sandbox.engine.contract import contract
from app.sandbox.engine.listing import Page, Source, page
from app.sandbox.engine.schema_check import Schema, resolved, schema_errors
from app.sandbox.engine.store import Record, Store, shown
from app.sandbox.engine.switches import Switches
from app.sandbox.rules.callback_delivery import CallbackOutbox
from app.sandbox.rules.callback_registration import registered
from app.sandbox.rules.computed_lists import ComputedLists
from app.sandbox.rules.conversion import Conversion
from app.sandbox.rules.opportunities import Opportunities
from app.sandbox.rules.project_templates import Templates
from app.sandbox.rules.projects import Projects
from app.sandbox.rules.ticket_actions import TicketActions
from app.sandbox.rules.tickets import CHANGES, Tickets

_ID_AT_END = re.compile(r"/\{\w+\}\Z")


class RecordRules:
    """Reads and changes records; actions and computed lists take precedence."""

    def __init__(self, store: Store, switches: Switches, outbox: CallbackOutbox, now: Callable[[], datetime]) -> None:
        self._store = store
        self._switches = switches
        self._outbox = outbox
        self.tickets = Tickets(store, switches, outbox, now)
        self.projects = Projects(store, switches, self.tickets)
        self.derived = ComputedLists(store, switches, self.tickets)
        self._actions = self._action_table()

    def _action_table(self) -> dict[tuple[str, str], Action]:
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
            ("POST", "/time/entries/defaults"): lambda request: (201, {"billableOption": "Billable", **request.body}),
            ("DELETE", "/service/tickets/changelogs"): self._forget_changes,
        }

    def action(self, request: ApiRequest) -> Action | None:
        """The handler of an endpoint that is neither a record nor a list."""
        return self._actions.get((request.method, request.template))

    def source(self, request: ApiRequest) -> Source:
        """Where the records of a list or count request come from."""
        template = request.template.removesuffix("/count").rstrip("/")
        parts = template.strip("/").split("/")
        if parts[1:] == ["tickets"]:
            return self.tickets.source(parts[0])
        self._check_board(parts, request)
        derived = self.derived.source(request, template)
        if derived is not None:
            return derived
        self._check_parent(parts, request)
        table = self._store.view(_collection(template, request.params))
        among = None if self._switches.early_added_seconds == 0 else self.tickets.is_shown
        return Source(table, lambda record: self._shown(template, request, record), among, name=template)

    def search(self, request: ApiRequest) -> list[Any]:
        """The tickets that the filters in a body leave; `page` and `pageSize` come with the address."""
        names = {"conditions": "conditions", "childconditions": "childConditions", "customfieldconditions": "customFieldConditions",
                 "orderBy": "orderBy"}  # fmt: skip
        filters = {names[name]: str(value) for name, value in (request.body or {}).items() if value}
        found: Page = page(
            self.tickets.source(request.template.split("/")[1]), {**request.query, **filters}, forward=False, url=""
        )
        return found.records

    def record(self, request: ApiRequest) -> tuple[int, Any]:
        """GET, POST, PUT, PATCH and DELETE of one record."""
        if request.method == "POST":
            return 201, self._create(request)
        if request.method == "GET":
            return 200, self._shown(request.template, request, self._peek(request))
        collection, number = self._place(request)
        if request.method == "DELETE":
            self._delete(collection, number, request)
            return 204, None
        record = self._taken(collection, number, request)
        before = copy.deepcopy(record)
        changed = self._changed(request, record, collection)
        self._check(collection, changed, before=before, touched=_touched(request.body, changed))
        record.clear()
        record.update(changed)
        self._store.touch(record, request.actor)
        self._tell_changed(collection, record, request)
        return 200, self._shown(request.template, request, record)

    def _peek(self, request: ApiRequest) -> Record:
        collection, number = self._place(request)
        parts = request.template.strip("/").split("/")
        if parts[1] == "tickets" and len(parts) <= 4 and parts[-1] in ("{id}", "info"):
            return self.tickets.peek(parts[0], number)
        if parts[-1] == "info":
            collection, number = "/system/info", 1
        template = _ID_AT_END.sub("", request.template)
        derived = self.derived.source(request, template) if request.params else None
        found = derived.table.peek(number) if derived else self._store.view(collection).peek(number)
        if found is None or not self.tickets.is_shown(found):
            raise not_found(f"{parts[-2] if len(parts) > 1 else 'Record'} {number}")
        return derived.show(found) if derived else found

    def _place(self, request: ApiRequest) -> tuple[str, int]:
        number = request.number(-1) if request.params else 1
        parts = request.template.strip("/").split("/")
        self._check_board(parts, request)
        return _collection(_ID_AT_END.sub("", request.template), request.params[:-1]), number

    def _taken(self, collection: str, number: int, request: ApiRequest) -> Record:
        if collection == "/tickets":
            return self.tickets.need(request.template.split("/")[1], number)
        if number not in self._store.table(collection):
            raise not_found(f"Record {number}")
        return self._store.table(collection)[number]

    def _create(self, request: ApiRequest) -> Record:
        parts = request.template.strip("/").split("/")
        collection = _collection(request.template.rstrip("/"), request.params)
        if parts[1:] == ["tickets"]:
            body = self.projects.prepared_ticket(request.body) if parts[0] == "project" else request.body
            return self.tickets.create(body, request.actor, kind=parts[0])
        self._check_board(parts, request)
        self._check_parent(parts, request)
        record = self._resolved(copy.deepcopy(request.body), request, collection)
        if collection == "/system/callbacks":
            record = registered(record, self._store, self._switches)
        elif collection == "/project/projects":
            record = self.projects.prepared_project(record)
        elif parts[-1] == "phases":
            record = self.projects.prepared_phase(record, request.number())
        elif parts[:2] == ["project", "projects"] and len(parts) > 2:
            record["projectId"] = request.number()
        elif parts[1:2] == ["tickets"] and parts[-1] in ("notes", "tasks"):
            record["ticketId"] = request.number()
        elif parts[1:2] == ["tickets"] and record.get("id") not in self._store.table("/company/configurations"):
            raise not_found(f"Configuration {record.get('id')}")
        elif collection == "/schedule/entries":
            self._check_schedule(record)
        made = self._store.add(collection, record, by=request.actor)
        if collection == "/schedule/entries" and made.get("addMemberToProjectFlag"):
            self.projects.add_member(made)
        if collection == "/project/projects":
            self._outbox.raise_event("added", made, by=request.actor, kind="project")
        return self._shown(request.template, request, made)

    def _changed(self, request: ApiRequest, record: Record, collection: str) -> Record:
        if request.method == "PUT":
            kept: Record = {
                name: record[name] for name in ("id", "_info", "recordType", "projectId", "ticketId") if name in record
            }
            board = self._store.find("/service/boards", request.body.get("board") or {}) or {}
            return {
                **self._resolved(copy.deepcopy(request.body), request, collection, board_id=board.get("id")),
                **kept,
            }
        json_patch.check_billing(request.body, collection, self._switches)
        changed = json_patch.apply(record, request.body, self._switches, collection=collection)
        schema = _record_schema(request)
        touched = _touched(request.body, changed)
        found = list(schema_errors({name: changed[name] for name in touched if name in changed}, schema))
        if found:
            code = "ConnectWiseApi" if found[0].code == "ConnectWiseApi" else "InvalidObject"
            raise ApiError(400, code, f"{found[0].field}: {found[0].message}")
        board = changed.get("board") or {}
        return self._resolved(changed, request, collection, board_id=board.get("id"), only=touched)

    def _check(self, collection: str, changed: Record, *, before: Record, touched: set[str]) -> None:
        if collection == "/tickets":
            self.tickets.check_move(changed, before, touched)
        elif collection == "/project/projects":
            self.projects.checked_project(changed)
        elif collection.endswith("/phases"):
            self.projects.checked_phase(changed)

    def _tell_changed(self, collection: str, record: Record, request: ApiRequest) -> None:
        if collection == "/project/projects":
            self._outbox.raise_event("updated", record, by=request.actor, kind="project")
        if collection != "/tickets":
            return
        silent = bool(record.pop("skipCallback", None)) and (
            request.method == "PUT" or self._switches.skip_callback_by_patch
        )
        self.tickets.log(record, "Updated")
        if not silent:
            self._outbox.raise_event("updated", record, by=request.actor)

    def _resolved(
        self,
        record: Record,
        request: ApiRequest,
        collection: str,
        *,
        board_id: int | None = None,
        only: set[str] | None = None,
    ) -> Record:
        """Expands references as their schema allows; refuses a reference without a record."""
        place = collection if collection.count("/") <= 2 else collection.rsplit("/", 1)[-1]
        members = _record_schema(request).get("properties", {})
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

    def _delete(self, collection: str, number: int, request: ApiRequest) -> None:
        record = self._taken(collection, number, request)
        if collection == "/project/projects":
            self.projects.delete_project(number)
            self._outbox.raise_event("deleted", record, by=request.actor, kind="project")
        elif collection.endswith("/phases"):
            self.projects.delete_phase(request.number(), number)
        elif collection == "/tickets" and record.get("hasChildTicket"):
            raise ApiError(409, "InvalidObject", "The ticket has children.")
        self._store.table(collection).pop(number)
        if collection == "/tickets":
            self.tickets.log(record, "Deleted")
            self._outbox.raise_event("deleted", record, by=request.actor)

    def _shown(self, template: str, request: ApiRequest, record: Record) -> Record:
        if "/projects/{parentId}/phases" in template:
            return self.projects.shown_phase(record, request.number())
        if template == "/system/info":
            return {name: value for name, value in record.items() if name not in ("id", "_info")}
        if template.endswith("/tickets/{id}/info"):
            return {name: record.get(name) for name in ("id", "company", "summary")}
        if "recordType" in record and template.split("/")[2] == "tickets" and template.count("/") <= 3:
            return self.tickets.shown(record, path=template.split("/")[1])
        return record

    def _check_board(self, parts: list[str], request: ApiRequest) -> None:
        """Lists of a board that the member may not see are forbidden."""
        hidden = {name.lower() for name in self._switches.names("hidden_boards")}
        if hidden and parts[1] == "boards" and len(parts) > 2:
            board = self._store.find("/service/boards", {"id": request.number(0)}) or {}
            if str(board.get("name", "")).lower() in hidden:
                raise ApiError(403, "Forbidden", "The member may not see this board.")

    def _check_parent(self, parts: list[str], request: ApiRequest) -> None:
        """Refuses a child path whose parent does not exist."""
        if len(parts) < 4 or not request.params:
            if parts[0] == "project" and parts[-1] == "billingRates":
                self.projects.need(request.number())
            return
        if parts[1] == "tickets":
            self.tickets.peek(parts[0], request.number())
        elif request.number() not in self._store.view(f"/{parts[0]}/{parts[1]}"):
            raise not_found(f"{parts[1]} {request.number()}")

    def _check_schedule(self, record: Record) -> None:
        kind = record["type"]
        if kind.get("identifier") == "S" and record.get("objectId") not in self._store.table("/tickets"):
            raise invalid("scheduleEntry", "objectId")

    def _forget_changes(self, _ask: ApiRequest) -> tuple[int, Any]:
        self._store.table(CHANGES).clear()
        return 204, None


def _record_schema(request: ApiRequest) -> Schema:
    """The schema of the record that a request is about."""
    operations = contract()["paths"][request.template]
    if request.method == "POST":
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
