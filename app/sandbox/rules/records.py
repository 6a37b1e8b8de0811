"""Rules of all records: reads, writes and actions. The server asks here what a request does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.sandbox.engine.api_request import Action, ApiRequest
from app.sandbox.engine.listing import Source
from app.sandbox.engine.store import Record, Store
from app.sandbox.engine.switches import Switches
from app.sandbox.rules.callback_delivery import CallbackOutbox
from app.sandbox.rules.conversion import Conversion
from app.sandbox.rules.invoice_preview import InvoicePreview
from app.sandbox.rules.opportunities import Opportunities
from app.sandbox.rules.products import Products
from app.sandbox.rules.project_templates import ProjectTemplates
from app.sandbox.rules.projects import Projects
from app.sandbox.rules.record_reader import RecordReader
from app.sandbox.rules.record_writer import RecordWriter
from app.sandbox.rules.ticket_actions import TicketActions
from app.sandbox.rules.tickets import CHANGES, Tickets


class RecordRules:
    """Reads and changes records; actions and computed lists take precedence."""

    def __init__(self, store: Store, switches: Switches, outbox: CallbackOutbox, now: Callable[[], datetime]) -> None:
        self._store = store
        self._switches = switches
        self._outbox = outbox
        self.tickets = Tickets(store, switches, outbox, now)
        self.projects = Projects(store, switches, self.tickets)
        self.invoice_preview = InvoicePreview(store)
        self._reader = RecordReader(store, switches, self.tickets, self.projects)
        self._templates = ProjectTemplates(store, self.projects, self.tickets)
        self._writer = RecordWriter(
            store, switches, outbox, tickets=self.tickets, projects=self.projects, reader=self._reader
        )
        self._actions = self._action_table()

    def _action_table(self) -> dict[tuple[str, str], Action]:
        conversion = Conversion(self._store, self._switches, self._outbox, tickets=self.tickets, projects=self.projects)
        actions = TicketActions(self._store, self._outbox, self.tickets)
        templates = self._templates
        opportunities = Opportunities(self._store, self._switches, self.projects)
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
            ("GET", "/sales/opportunities/{parentId}/forecast"): opportunities.forecast,
            ("GET", "/sales/opportunities/{parentId}/forecast/count"): opportunities.forecast_count,
            ("POST", "/sales/opportunities/{parentId}/forecast"): opportunities.add_forecast,
            ("POST", "/procurement/products/{id}/detach"): Products(self._store, self._switches).detach,
            ("POST", "/time/entries/defaults"): lambda request: (200, {"billableOption": "Billable", **request.body}),
            ("DELETE", "/service/tickets/changelogs"): self._clear_change_log,
        }

    def action(self, request: ApiRequest) -> Action | None:
        """The handler of an endpoint that is neither a record nor a list."""
        return self._actions.get((request.method, request.template))

    def source(self, request: ApiRequest) -> Source:
        """Source of a list or count request."""
        return self._reader.source(request)

    def search(self, request: ApiRequest) -> list[Any]:
        """Tickets by the filters in a body."""
        return self._reader.search(request)

    def record(self, request: ApiRequest) -> tuple[int, Record | None]:
        """GET, POST, PUT, PATCH and DELETE of one record."""
        if request.method == "POST":
            made = self._writer.create(request)
            if request.template == "/project/projects" and self._switches.template_on_create:
                self._templates.apply_named(made, request.actor)
            return 201, made
        if request.method == "GET":
            return 200, self._reader.one(request)
        if request.method == "DELETE":
            self._writer.delete(request)
            return 204, None
        return 200, self._writer.change(request)

    def _clear_change_log(self, _request: ApiRequest) -> tuple[int, Any]:
        self._store.table(CHANGES).clear()
        return 204, None
