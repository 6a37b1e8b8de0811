"""Writes of records: create, replace, patch and delete, with the checks of single collections."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping

from app.sandbox.engine import json_patch
from app.sandbox.engine.api_errors import ApiError, invalid, not_found
from app.sandbox.engine.api_request import ApiRequest
from app.sandbox.engine.json_patch import CUSTOM_FIELD
from app.sandbox.engine.schema_check import resolved, schema_errors
from app.sandbox.engine.store import Record, Store, shown
from app.sandbox.engine.switches import Switches
from app.sandbox.rules.callback_delivery import CallbackOutbox
from app.sandbox.rules.callback_registration import registered
from app.sandbox.rules.invoices import TABLE as INVOICES
from app.sandbox.rules.invoices import Invoices
from app.sandbox.rules.products import TABLE as PRODUCTS
from app.sandbox.rules.products import Products
from app.sandbox.rules.projects import Projects
from app.sandbox.rules.record_paths import collection_of, parts_of, record_schema, touched_members
from app.sandbox.rules.record_reader import RecordReader
from app.sandbox.rules.tickets import Tickets
from app.sandbox.rules.time_entries import TABLE as TIME
from app.sandbox.rules.time_entries import TimeEntries
from app.sandbox.rules.workflow_rules import WorkflowRules

Prepare = Callable[[Record, ApiRequest], Record]
Check = Callable[[Record, Record, set[str]], None]
"""Checks a changed record against the one before; the last argument names the touched members."""


class RecordWriter:
    """Changes records. Rules of a collection are tables of functions by collection or last path segment."""

    def __init__(
        self, store: Store, switches: Switches, outbox: CallbackOutbox, *, tickets: Tickets, projects: Projects,
        reader: RecordReader,
    ) -> None:  # fmt: skip
        self._store = store
        self._switches = switches
        self._outbox = outbox
        self._tickets = tickets
        self._projects = projects
        self._reader = reader
        products = Products(store, switches)
        self._times = times = TimeEntries(store)
        self._workflow = WorkflowRules(store, switches, outbox)
        self._invoices = invoices = Invoices(store, switches)
        self._prepare: dict[str, Prepare] = {
            "/system/callbacks": lambda record, _: registered(record, store, switches),
            "/project/projects": lambda record, _: projects.prepared_project(record),
            "/schedule/entries": self._prepared_schedule,
            PRODUCTS: lambda record, _: products.prepared(record),
            INVOICES: lambda record, _: invoices.prepared(record),
            TIME: lambda record, _: times.prepared(record),
            "phases": lambda record, request: projects.prepared_phase(record, request.number()),
        }
        self._check: dict[str, Check] = {
            "/tickets": tickets.check_move,
            "/project/projects": lambda changed, _before, _touched: projects.checked_project(changed),
            "phases": lambda changed, _before, _touched: projects.checked_phase(changed),
            PRODUCTS: products.check_change,
            TIME: times.check_change,
        }

    def create(self, request: ApiRequest) -> Record:
        """The record of a POST as the path shows it."""
        parts = parts_of(request)
        collection = collection_of(request.template.rstrip("/"), request.params)
        if parts[1:] == ["tickets"]:
            body = self._projects.prepared_ticket(request.body) if parts[0] == "project" else request.body
            return self._tickets.create(body, request.actor, kind=parts[0])
        self._reader.check_board(parts, request)
        self._reader.check_parent(parts, request)
        record = self._resolved(copy.deepcopy(request.body), request, collection)
        prepare = self._prepare.get(collection) or self._prepare.get(parts[-1])
        record = prepare(record, request) if prepare else self._with_parent(record, parts, request)
        if collection.rsplit("/", 1)[-1] in self._switches.names("custom_fields_demanded"):
            record.setdefault("customFields", [CUSTOM_FIELD])
        made = self._store.add(collection, record, by=request.actor)
        self._add_hours(collection, {}, made, request.actor)
        if collection == "/schedule/entries" and made.get("addMemberToProjectFlag"):
            self._projects.add_member(made)
        if collection == "/project/projects":
            self._outbox.raise_event("added", made, by=request.actor, kind="project")
        return self._reader.shown(request.template, request, made)

    def change(self, request: ApiRequest) -> Record:
        """The record of a PUT or PATCH as the path shows it."""
        collection, number = self._reader.place(request)
        record = self._taken(collection, number, request)
        before = copy.deepcopy(record)
        changed = self._changed(request, record, collection)
        check = self._check.get(collection) or self._check.get(collection.rsplit("/", 1)[-1])
        if check:
            check(changed, before, touched_members(request.body, changed))
        record.clear()
        record.update(changed)
        self._store.touch(record, request.actor)
        self._announce(collection, record, request)
        self._add_hours(collection, before, record, request.actor)
        # A workflow rule runs after the answer was made, so the answer does not show its values.
        answer = copy.deepcopy(self._reader.shown(request.template, request, record))
        if collection == "/tickets":
            self._workflow.fire(record, arrived=record.get("board") != before.get("board"))
        return answer

    def delete(self, request: ApiRequest) -> None:
        """Removes the record of a DELETE; refuses one that others belong to."""
        collection, number = self._reader.place(request)
        record = self._taken(collection, number, request)
        if collection == "/project/projects":
            self._projects.delete_project(number)
            self._outbox.raise_event("deleted", record, by=request.actor, kind="project")
        elif collection.endswith("/phases"):
            self._projects.delete_phase(request.number(), number)
        elif collection == INVOICES:
            self._invoices.check_delete(record)
        elif collection == "/tickets" and record.get("hasChildTicket"):
            raise ApiError(409, "InvalidObject", "The ticket has children.")
        self._store.table(collection).pop(number)
        self._add_hours(collection, record, {}, request.actor)
        if collection == "/tickets":
            self._tickets.log(record, "Deleted")
            self._outbox.raise_event("deleted", record, by=request.actor)

    def _add_hours(self, collection: str, before: Record, after: Record, actor: str) -> None:
        """Carries the hours of a written time entry over to its ticket, phase and project."""
        if collection != TIME:
            return
        hours = float(after.get("actualHours") or 0) - float(before.get("actualHours") or 0)
        ticket = self._times.add_hours(after or before, hours)
        if ticket is not None and self._switches.time_updates_ticket:
            self._store.touch(ticket, actor)
            self._outbox.raise_event("updated", ticket, by=actor)

    def _with_parent(self, record: Record, parts: list[str], request: ApiRequest) -> Record:
        if parts[:2] == ["project", "projects"] and len(parts) > 2:
            record["projectId"] = request.number()
        elif parts[1:2] == ["tickets"] and parts[-1] in ("notes", "tasks"):
            record["ticketId"] = request.number()
        elif parts[1:2] == ["tickets"] and record.get("id") not in self._store.table("/company/configurations"):
            raise not_found(f"Configuration {record.get('id')}")
        return record

    def _taken(self, collection: str, number: int, request: ApiRequest) -> Record:
        if collection == "/tickets":
            return self._tickets.need(request.template.split("/")[1], number)
        if number not in self._store.table(collection):
            raise not_found(f"Record {number}")
        return self._store.table(collection)[number]

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
        json_patch.check_custom_fields(record, request.body, collection, self._switches)
        changed = json_patch.apply(record, request.body, self._switches, collection=collection)
        touched = touched_members(request.body, changed)
        found = list(
            schema_errors({name: changed[name] for name in touched if name in changed}, record_schema(request))
        )
        if found:
            code = "ConnectWiseApi" if found[0].code == "ConnectWiseApi" else "InvalidObject"
            raise ApiError(400, code, f"{found[0].field}: {found[0].message}")
        board = changed.get("board") or {}
        return self._resolved(changed, request, collection, board_id=board.get("id"), only=touched)

    def _announce(self, collection: str, record: Record, request: ApiRequest) -> None:
        if collection == "/project/projects":
            self._outbox.raise_event("updated", record, by=request.actor, kind="project")
        if collection != "/tickets":
            return
        silent = bool(record.pop("skipCallback", None)) and (
            request.method == "PUT" or self._switches.skip_callback_by_patch
        )
        self._tickets.log(record, "Updated")
        if not silent:
            self._outbox.raise_event("updated", record, by=request.actor)

    def _resolved(
        self, record: Record, request: ApiRequest, collection: str, *, board_id: int | None = None,
        only: set[str] | None = None,
    ) -> Record:  # fmt: skip
        """Expands references as their schema allows; refuses a reference without a record."""
        place = collection if collection.count("/") <= 2 else collection.rsplit("/", 1)[-1]
        members = record_schema(request).get("properties", {})
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

    def _prepared_schedule(self, record: Record, _request: ApiRequest) -> Record:
        kind = record["type"]
        if kind.get("identifier") == "S" and record.get("objectId") not in self._store.table("/tickets"):
            raise invalid("scheduleEntry", "objectId")
        return record
