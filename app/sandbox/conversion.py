"""Convert: service ticket to project ticket and back. What it keeps and refuses is not public; switches set it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.sandbox.callbacks import Outbox
from app.sandbox.contract import Operation
from app.sandbox.faults import Switches
from app.sandbox.refusals import Refusal, invalid
from app.sandbox.store import OF_BOARD, Record, Store, shown
from app.sandbox.tickets import TABLE, Tickets

_SUCCESS = {"success": True, "message": "The ticket was converted."}


class Conversion:
    """The two convert actions."""

    def __init__(self, store: Store, switches: Switches, outbox: Outbox, tickets: Tickets) -> None:
        self._store = store
        self._switches = switches
        self._outbox = outbox
        self._tickets = tickets

    def to_project(self, asked: Operation, body: Any, _query: Mapping[str, str]) -> tuple[int, Any]:
        """Service ticket to project ticket; afterwards it lives under /project/tickets only."""
        ticket = self._tickets.need("service", int(asked.params[0]))
        self._refuse(ticket)
        phase, project = self._target(body)
        if self._switches.convert_success_false:
            return 200, {"success": False, "message": "The ticket was not converted."}
        board = self._store.table("/service/boards")[project["board"]["id"]]
        ticket |= {
            "recordType": "ProjectTicket", "project": shown(project), "phase": {"id": phase["id"], "name": phase["description"]},
            "wbsCode": body["wbsCode"],
        }  # fmt: skip
        self._rebind(ticket, board)
        if self._switches.convert_drops_notes:
            self._store.table(f"{TABLE}/{ticket['id']}/notes").clear()
        self._store.touch(ticket, "api-mini")
        if self._switches.convert_callback != "none":
            self._outbox.raise_event(self._switches.convert_callback, ticket, by="api-mini")
        return 200, _SUCCESS

    def to_service(self, asked: Operation, body: Any, _query: Mapping[str, str]) -> tuple[int, Any]:
        """Project ticket back to service ticket, on the first service board with its default status."""
        ticket = self._tickets.need("project", int(asked.params[0]))
        if (body or {}).get("recordType") != "ServiceTicket":
            ticket["recordType"] = body["recordType"]
            return 200, _SUCCESS
        for name in ("project", "phase", "wbsCode"):
            ticket.pop(name, None)
        ticket["recordType"] = "ServiceTicket"
        self._rebind(ticket, self._store.table("/service/boards")[1])
        self._store.touch(ticket, "api-mini")
        if self._switches.convert_callback != "none":
            self._outbox.raise_event(self._switches.convert_callback, ticket, by="api-mini")
        return 200, _SUCCESS

    def _refuse(self, ticket: Record) -> None:
        billed = any(
            entry.get("chargeToId") == ticket["id"] and entry.get("invoice")
            for entry in self._store.table("/time/entries").values()
        )
        states = {
            "closed": bool(ticket.get("closedFlag")), "child": bool(ticket.get("parentTicketId")), "merged": bool(ticket.get("mergedParentTicket")),
            "billed": billed,
        }  # fmt: skip
        refused = [name for name in self._switches.convert_refuses.split(",") if states.get(name)]
        if refused:
            raise Refusal(400, "InvalidObject", f"The ticket is {refused[0]} and cannot be converted.")

    def _target(self, body: Mapping[str, Any]) -> tuple[Record, Record]:
        phase_id = (body.get("phase") or {}).get("id")
        projects = self._store.table("/project/projects")
        for project_id, project in projects.items():
            phase = self._store.table(f"/project/projects/{project_id}/phases").get(phase_id or 0)
            if phase is None:
                continue
            wanted = (body.get("project") or {}).get("id")
            if wanted is not None and wanted != project_id:
                raise invalid("ticket", "phase/id", message="The phase belongs to another project.")
            if project.get("closedFlag"):
                raise invalid("ticket", "project/id", code="InvalidObject", message="The project is closed.")
            return phase, project
        raise invalid("ticket", "phase/id", message="The phase was not found.")

    def _rebind(self, ticket: Record, board: Record) -> None:
        """Values of the new board under the same names; a status that it lacks becomes the default, others are cleared."""
        ticket["board"] = shown(board)
        for member, name in OF_BOARD.items():
            value = ticket.get(member)
            if value is None:
                continue
            found = self._store.find(f"/service/boards/{board['id']}/{name}", {"name": value.get("name")})
            if member == "team" and self._switches.convert_clears_team:
                found = None
            if found is None and member == "status":
                found = self._tickets.default_status(board["id"])
            ticket[member] = shown(found) if found else None
        for member in OF_BOARD:
            if ticket.get(member) is None:
                ticket.pop(member, None)
