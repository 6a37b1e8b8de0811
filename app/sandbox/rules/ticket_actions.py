"""Actions on a whole service ticket: merge, attach and detach children, copy."""

from __future__ import annotations

from typing import Any

from app.sandbox.engine.api_errors import ApiError, invalid
from app.sandbox.engine.api_request import ApiRequest
from app.sandbox.engine.store import Record, Store, shown
from app.sandbox.rules.callback_delivery import CallbackOutbox
from app.sandbox.rules.tickets import TABLE, Tickets


class TicketActions:
    """Merge, attachChildren, detachChildren, copy."""

    def __init__(self, store: Store, outbox: CallbackOutbox, tickets: Tickets) -> None:
        self._store = store
        self._outbox = outbox
        self._tickets = tickets

    def merge(self, request: ApiRequest) -> tuple[int, Any]:
        """Merges other tickets into this one: closes them and copies their notes."""
        parent = self._tickets.need("service", request.number())
        status = self._store.find(f"/service/boards/{parent['board']['id']}/statuses", request.body["status"])
        if status is None:
            raise invalid("ticket", "status/name")
        for ticket in self._named(request.body["mergeTicketIds"], parent):
            own = self._store.find(f"/service/boards/{ticket['board']['id']}/statuses", {"name": status["name"]})
            ticket |= {
                "mergedParentTicket": {"id": parent["id"], "summary": parent["summary"]}, "closedFlag": True,
                "status": shown(own or self._tickets.default_status(ticket["board"]["id"])),
            }  # fmt: skip
            for note in self._store.view(f"{TABLE}/{ticket['id']}/notes").rows():
                copied = {name: value for name, value in note.items() if name != "id"}
                self._store.add(f"{TABLE}/{parent['id']}/notes", copied | {"ticketId": parent["id"]})
            self._changed(ticket, request.actor)
        parent["hasMergedChildTicketFlag"] = True
        self._changed(parent, request.actor)
        return 200, {"success": True, "message": "The tickets were merged."}

    def attach(self, request: ApiRequest) -> tuple[int, Any]:
        """Makes other tickets children of this one."""
        parent = self._tickets.need("service", request.number())
        if parent.get("parentTicketId"):
            raise ApiError(400, "InvalidObject", "A child cannot have children.")
        for ticket in self._named(request.body.get("childTicketIds") or [], parent):
            ticket["parentTicketId"] = parent["id"]
            self._changed(ticket, request.actor)
        parent["hasChildTicket"] = True
        self._changed(parent, request.actor)
        return 200, {"success": True, "message": "The tickets were attached."}

    def detach(self, request: ApiRequest) -> tuple[int, Any]:
        """Detaches children."""
        parent = self._tickets.need("service", request.number())
        for ticket in self._named(request.body.get("childTicketIds") or [], parent):
            if ticket.pop("parentTicketId", None) is not None:
                self._changed(ticket, request.actor)
        parent["hasChildTicket"] = any(one.get("parentTicketId") == parent["id"] for one in self._tickets.all())
        self._changed(parent, request.actor)
        return 200, {"success": True, "message": "The tickets were detached."}

    def copy(self, request: ApiRequest) -> tuple[int, Any]:
        """A new ticket with the same fields and no notes."""
        ticket = self._tickets.peek("service", request.number())
        left = ("id", "_info", "closedFlag", "closedDate", "status", "recordType", "parentTicketId", "mergedParentTicket",
                "hasChildTicket", "hasMergedChildTicketFlag", "actualHours")  # fmt: skip
        body = {name: value for name, value in ticket.items() if name not in left and name[0] != "~"}
        return 201, self._tickets.create(body, request.actor)

    def _named(self, ids: list[int], parent: Record) -> list[Record]:
        """The tickets of the ids; one unknown id refuses the whole request."""
        if parent["id"] in ids:
            raise ApiError(400, "InvalidObject", "A ticket cannot be put under itself.")
        return [self._tickets.need("service", number) for number in dict.fromkeys(ids)]

    def _changed(self, ticket: Record, actor: str) -> None:
        self._store.touch(ticket, actor)
        self._tickets.log(ticket, "Updated")
        self._outbox.raise_event("updated", ticket, by=actor)
