"""What can be done with a service ticket as a whole: merge, children, copy."""

from __future__ import annotations

from typing import Any

from app.sandbox.ask import Ask
from app.sandbox.callbacks import Outbox
from app.sandbox.refusals import Refusal, invalid
from app.sandbox.store import Record, Store, shown
from app.sandbox.tickets import TABLE, Tickets


class TicketActions:
    """Merge, attachChildren, detachChildren, copy."""

    def __init__(self, store: Store, outbox: Outbox, tickets: Tickets) -> None:
        self._store = store
        self._outbox = outbox
        self._tickets = tickets

    def merge(self, ask: Ask) -> tuple[int, Any]:
        """Closes other tickets into this one; their notes come along."""
        parent = self._tickets.need("service", ask.number())
        status = self._store.find(f"/service/boards/{parent['board']['id']}/statuses", ask.body["status"])
        if status is None:
            raise invalid("ticket", "status/name")
        for ticket in self._named(ask.body["mergeTicketIds"], parent):
            own = self._store.find(f"/service/boards/{ticket['board']['id']}/statuses", {"name": status["name"]})
            ticket |= {
                "mergedParentTicket": {"id": parent["id"], "summary": parent["summary"]}, "closedFlag": True,
                "status": shown(own or self._tickets.default_status(ticket["board"]["id"])),
            }  # fmt: skip
            for note in self._store.view(f"{TABLE}/{ticket['id']}/notes").rows():
                copied = {name: value for name, value in note.items() if name != "id"}
                self._store.add(f"{TABLE}/{parent['id']}/notes", copied | {"ticketId": parent["id"]})
            self._changed(ticket, ask.who)
        parent["hasMergedChildTicketFlag"] = True
        self._changed(parent, ask.who)
        return 200, {"success": True, "message": "The tickets were merged."}

    def attach(self, ask: Ask) -> tuple[int, Any]:
        """Makes other tickets children of this one."""
        parent = self._tickets.need("service", ask.number())
        if parent.get("parentTicketId"):
            raise Refusal(400, "InvalidObject", "A child cannot have children.")
        for ticket in self._named(ask.body.get("childTicketIds") or [], parent):
            ticket["parentTicketId"] = parent["id"]
            self._changed(ticket, ask.who)
        parent["hasChildTicket"] = True
        self._changed(parent, ask.who)
        return 200, {"success": True, "message": "The tickets were attached."}

    def detach(self, ask: Ask) -> tuple[int, Any]:
        """Takes children away again."""
        parent = self._tickets.need("service", ask.number())
        for ticket in self._named(ask.body.get("childTicketIds") or [], parent):
            if ticket.pop("parentTicketId", None) is not None:
                self._changed(ticket, ask.who)
        parent["hasChildTicket"] = any(one.get("parentTicketId") == parent["id"] for one in self._tickets.all())
        self._changed(parent, ask.who)
        return 200, {"success": True, "message": "The tickets were detached."}

    def copy(self, ask: Ask) -> tuple[int, Any]:
        """A new ticket with the same fields and no notes."""
        ticket = self._tickets.peek("service", ask.number())
        left = ("id", "_info", "closedFlag", "closedDate", "status", "recordType", "parentTicketId", "mergedParentTicket",
                "hasChildTicket", "hasMergedChildTicketFlag", "actualHours")  # fmt: skip
        body = {name: value for name, value in ticket.items() if name not in left and name[0] != "~"}
        return 201, self._tickets.create(body, ask.who)

    def _named(self, ids: list[int], parent: Record) -> list[Record]:
        """The tickets of the ids; refused as a whole where one of them cannot be taken."""
        if parent["id"] in ids:
            raise Refusal(400, "InvalidObject", "A ticket cannot be put under itself.")
        return [self._tickets.need("service", number) for number in dict.fromkeys(ids)]

    def _changed(self, ticket: Record, who: str) -> None:
        self._store.touch(ticket, who)
        self._tickets.log(ticket, "Updated")
        self._outbox.raise_event("updated", ticket, by=who)
