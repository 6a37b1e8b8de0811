"""Reads of records and lists: source of a list, one record by id, visibility by board and parent."""

from __future__ import annotations

from typing import Any

from app.sandbox.engine.api_errors import ApiError, not_found
from app.sandbox.engine.api_request import ApiRequest
from app.sandbox.engine.listing import Page, Source, page
from app.sandbox.engine.store import Record, Store
from app.sandbox.engine.switches import Switches
from app.sandbox.rules.computed_lists import ComputedLists
from app.sandbox.rules.products import TABLE as PRODUCTS
from app.sandbox.rules.products import shown_product
from app.sandbox.rules.projects import Projects
from app.sandbox.rules.record_paths import ID_AT_END, collection_of, parts_of
from app.sandbox.rules.tickets import Tickets


class RecordReader:
    """Finds records and renders them as their path shows them."""

    def __init__(self, store: Store, switches: Switches, tickets: Tickets, projects: Projects) -> None:
        self._store = store
        self._switches = switches
        self._tickets = tickets
        self._projects = projects
        self._computed = ComputedLists(store, switches, tickets)

    def source(self, request: ApiRequest) -> Source:
        """Source of a list or count request."""
        template = request.template.removesuffix("/count").rstrip("/")
        parts = template.strip("/").split("/")
        if parts[1:] == ["tickets"]:
            return self._tickets.source(parts[0])
        self.check_board(parts, request)
        computed = self._computed.source(request, template)
        if computed is not None:
            return computed
        self.check_parent(parts, request)
        table = self._store.view(collection_of(template, request.params))
        among = None if self._switches.early_added_seconds == 0 else self._tickets.is_shown
        return Source(table, lambda record: self.shown(template, request, record), among, name=template)

    def search(self, request: ApiRequest) -> list[Any]:
        """Tickets by the filters in a body; `page` and `pageSize` are query parameters."""
        names = {"conditions": "conditions", "childconditions": "childConditions", "customfieldconditions": "customFieldConditions",
                 "orderBy": "orderBy"}  # fmt: skip
        filters = {names[name]: str(value) for name, value in (request.body or {}).items() if value}
        found: Page = page(
            self._tickets.source(request.template.split("/")[1]), {**request.query, **filters}, forward=False, url=""
        )
        return found.records

    def one(self, request: ApiRequest) -> Record:
        """The record of a GET by id."""
        return self.shown(request.template, request, self._peek(request))

    def place(self, request: ApiRequest) -> tuple[str, int]:
        """Collection and id of a request for one record."""
        number = request.number(-1) if request.params else 1
        self.check_board(parts_of(request), request)
        return collection_of(ID_AT_END.sub("", request.template), request.params[:-1]), number

    def shown(self, template: str, request: ApiRequest, record: Record) -> Record:
        """A record as the path of the request shows it."""
        if "recordType" in record and template.split("/")[2] == "tickets" and template.count("/") <= 3:
            return self._tickets.shown(record, path=template.split("/")[1])
        if "/projects/{parentId}/phases" in template:
            return self._projects.shown_phase(record, request.number())
        if template.startswith(PRODUCTS):
            return shown_product(record, self._switches)
        if template.endswith("/tickets/{id}/info"):
            return {name: record.get(name) for name in ("id", "company", "summary")}
        if template == "/system/info":
            return {name: value for name, value in record.items() if name not in ("id", "_info")}
        return record

    def check_board(self, parts: list[str], request: ApiRequest) -> None:
        """Refuses lists of a board that the member may not see."""
        hidden = {name.lower() for name in self._switches.names("hidden_boards")}
        if hidden and parts[1] == "boards" and len(parts) > 2:
            board = self._store.find("/service/boards", {"id": request.number(0)}) or {}
            if str(board.get("name", "")).lower() in hidden:
                raise ApiError(403, "Forbidden", "The member may not see this board.")

    def check_parent(self, parts: list[str], request: ApiRequest) -> None:
        """Refuses a child path whose parent does not exist."""
        if len(parts) < 4 or not request.params:
            if parts[0] == "project" and parts[-1] == "billingRates":
                self._projects.need(request.number())
            return
        if parts[1] == "tickets":
            self._tickets.peek(parts[0], request.number())
        elif request.number() not in self._store.view(f"/{parts[0]}/{parts[1]}"):
            raise not_found(f"{parts[1]} {request.number()}")

    def _peek(self, request: ApiRequest) -> Record:
        collection, number = self.place(request)
        parts = parts_of(request)
        if parts[1] == "tickets" and len(parts) <= 4 and parts[-1] in ("{id}", "info"):
            return self._tickets.peek(parts[0], number)
        if parts[-1] == "info":
            collection, number = "/system/info", 1
        template = ID_AT_END.sub("", request.template)
        computed = self._computed.source(request, template) if request.params and parts[-2] != "forecast" else None
        found = computed.table.peek(number) if computed else self._store.view(collection).peek(number)
        if found is None or not self._tickets.is_shown(found):
            raise not_found(f"{parts[-2] if len(parts) > 1 else 'Record'} {number}")
        return computed.show(found) if computed else found
