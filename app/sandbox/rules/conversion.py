"""Convert: service ticket to project ticket and back. Kept members and refusals are not documented; switches set them."""

from __future__ import annotations

from typing import Any

from app.sandbox.engine.api_errors import ApiError, invalid
from app.sandbox.engine.api_request import ApiRequest
from app.sandbox.engine.store import OF_BOARD, Record, Store, shown
from app.sandbox.engine.switches import Switches
from app.sandbox.rules.callback_delivery import CallbackOutbox
from app.sandbox.rules.products import TABLE as PRODUCTS
from app.sandbox.rules.projects import Projects
from app.sandbox.rules.tickets import TABLE, Tickets
from app.sandbox.rules.workflow_rules import WorkflowRules

_SUCCESS = {"success": True, "message": "The ticket was converted."}


class Conversion:
    """The two convert actions."""

    def __init__(
        self, store: Store, switches: Switches, outbox: CallbackOutbox, *, tickets: Tickets, projects: Projects
    ) -> None:
        self._store = store
        self._switches = switches
        self._outbox = outbox
        self._tickets = tickets
        self._projects = projects

    def to_project(self, request: ApiRequest) -> tuple[int, Any]:
        """Service ticket to project ticket; afterwards it lives under /project/tickets only."""
        ticket = self._tickets.peek("service", request.number())
        self._refuse(ticket)
        if not str(request.body["wbsCode"]).strip():
            raise invalid("ticket", "wbsCode", code="MissingRequiredField", message="The wbsCode field is required.")
        project, phase = self._projects.find_phase(request.body)
        if self._switches.convert_success_false:
            return 200, {"success": False, "message": "The ticket was not converted."}
        ticket = self._tickets.need("service", request.number())
        before = dict(ticket)
        ticket |= {
            "recordType": request.body.get("recordType") or "ProjectTicket", "project": shown(project),
            "phase": {"id": phase["id"], "name": phase["description"]}, "wbsCode": request.body["wbsCode"],
        }  # fmt: skip
        if ticket["recordType"] == "ServiceTicket":
            ticket["recordType"] = "ProjectTicket"
        self._rebind(ticket, self._store.find("/service/boards", project["board"]) or {})
        self._lose(ticket)
        return self._done(ticket, before, request.actor)

    def to_service(self, request: ApiRequest) -> tuple[int, Any]:
        """Project ticket back to service ticket, on the first service board with its default status."""
        ticket = self._tickets.need("project", request.number())
        before = dict(ticket)
        wanted = request.body["recordType"]
        if wanted != "ServiceTicket":
            if request.body.get("phase"):
                project, phase = self._projects.find_phase(request.body)
                ticket |= {"project": shown(project), "phase": {"id": phase["id"], "name": phase["description"]}}
            ticket |= {"recordType": wanted, "isIssueFlag": wanted == "ProjectIssue"}
            return 200, _SUCCESS
        for name in ("project", "phase", "wbsCode", "isIssueFlag"):
            ticket.pop(name, None)
        ticket["recordType"] = "ServiceTicket"
        first = next(board for board in self._store.view("/service/boards").rows() if not board.get("projectFlag"))
        self._rebind(ticket, first)
        return self._done(ticket, before, request.actor)

    def _done(self, ticket: Record, before: Record, actor: str) -> tuple[int, Any]:
        self._store.touch(ticket, actor)
        if self._switches.convert_changes_id:
            ticket = self._renumbered(ticket)
        text = f"Converted from {before['recordType']} {before['id']} to {ticket['recordType']} {ticket['id']}"
        for kind, number in ((before["recordType"], before["id"]), (ticket["recordType"], ticket["id"])):
            line = {
                "~type": "Ticket" if kind == "ServiceTicket" else kind,
                "~of": number,
                "auditType": "Conversion",
                "auditSource": "Conversion",
                "enteredBy": actor,
            }
            self._store.add("/system/audittrail", line | {"text": text, "auditSubType": "Ticket"}, by=actor)
        self._tickets.log(ticket, "Converted")
        way = self._switches.convert_callback
        if way in ("deleted", "deleted-and-added"):
            self._outbox.raise_event("deleted", before, by=actor)
        if way in ("updated", "deleted-and-added"):
            self._outbox.raise_event("updated" if way == "updated" else "added", ticket, by=actor)
        WorkflowRules(self._store, self._switches, self._outbox).fire(ticket, arrived=True)
        return 200, _SUCCESS

    def _renumbered(self, ticket: Record) -> Record:
        """The same ticket as a new record, with its related records."""
        old = int(ticket["id"])
        self._store.table(TABLE).pop(old)
        made = self._store.add(TABLE, {name: value for name, value in ticket.items() if name != "id"})
        for part in ("notes", "tasks", "configurations"):
            held = self._store.table(f"{TABLE}/{old}/{part}")
            for number in list(held):
                self._store.table(f"{TABLE}/{made['id']}/{part}")[number] = held.pop(number) | {"ticketId": made["id"]}
        made["~formerId"] = old
        related = (("/schedule/entries", "objectId"), ("/time/entries", "chargeToId"), (PRODUCTS, "chargeToId"))
        for place, member in related:
            for number in self._beside(place, member, old):
                record = self._store.table(place)[number]
                record[member] = made["id"]
                if record.get("ticket"):
                    record["ticket"] = record["ticket"] | {"id": made["id"]}
        return made

    def _beside(self, place: str, member: str, ticket_id: int) -> list[int]:
        table = self._store.table(place)
        living = [number for number, entry in table.live.items() if entry.get(member) == ticket_id]
        return living + (table.packed_with(member, (ticket_id,)) if table.packed else [])

    def _lose(self, ticket: Record) -> None:
        if self._switches.convert_drops_notes:
            self._store.table(f"{TABLE}/{ticket['id']}/notes").clear()
        if self._switches.convert_drops_budget:
            ticket.pop("budgetHours", None)
        if self._switches.convert_drops_schedule:
            for number in self._beside("/schedule/entries", "objectId", ticket["id"]):
                del self._store.table("/schedule/entries")[number]
        if self._switches.convert_drops_time:
            for number in self._beside("/time/entries", "chargeToId", ticket["id"]):
                del self._store.table("/time/entries")[number]
        for number in self._beside(PRODUCTS, "chargeToId", ticket["id"]):
            if self._switches.convert_drops_products:
                del self._store.table(PRODUCTS)[number]
            elif self._switches.convert_moves_products:
                line = self._store.table(PRODUCTS)[number]
                line.pop("ticket", None)
                line |= {"project": ticket["project"], "phase": ticket["phase"]}
                line |= {"chargeToId": ticket["project"]["id"], "chargeToType": "Project"}

    def _refuse(self, ticket: Record) -> None:
        times = self._store.table("/time/entries")
        entries = (times.peek(number) or {} for number in self._beside("/time/entries", "chargeToId", ticket["id"]))
        states = {
            "closed": ticket.get("closedFlag"), "child": ticket.get("parentTicketId"), "parent": ticket.get("hasChildTicket"),
            "merged": ticket.get("mergedParentTicket") or ticket.get("hasMergedChildTicketFlag"), "agreement": ticket.get("agreement"),
            "billed": any(entry.get("invoice") for entry in entries),
            "scheduled": self._beside("/schedule/entries", "objectId", ticket["id"]),
        }  # fmt: skip
        refused = [name for name in self._switches.names("convert_refuses") if states.get(name)]
        if refused:
            raise ApiError(400, "InvalidObject", f"The ticket is {refused[0]} and cannot be converted.")

    def _rebind(self, ticket: Record, board: Record) -> None:
        """Maps board values by name; a missing status becomes the default, other missing values are cleared."""
        ticket["board"] = shown(board)
        for member, name in OF_BOARD.items():
            value = ticket.pop(member, None)
            if value is None:
                continue
            found = self._store.find(f"/service/boards/{board['id']}/{name}", {"name": value.get("name")})
            if member == "team" and self._switches.convert_clears_team:
                found = None
            if found is None and member == "status":
                found = self._tickets.default_status(board["id"])
            if found:
                ticket[member] = shown(found)
