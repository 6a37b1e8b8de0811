"""Tickets: one table for both kinds, values bound to their board, what is derived when a ticket is shown."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from app.sandbox.callbacks import Outbox
from app.sandbox.contract import Operation
from app.sandbox.faults import Switches
from app.sandbox.refusals import invalid, not_found
from app.sandbox.store import OF_BOARD, Record, Store, shown

TABLE = "/tickets"
_KINDS = {"service": ("ServiceTicket",), "project": ("ProjectTicket", "ProjectIssue")}
_ONLY_SERVICE = ("billingMethod", "billingAmount", "hourlyRate", "team", "severity", "impact")
_ONLY_PROJECT = ("project", "phase", "wbsCode")
_NEVER_SHOWN = ("initialDescription", "initialInternalAnalysis", "initialResolution", "skipCallback")


class Tickets:
    """The rules of tickets."""

    def __init__(self, store: Store, switches: Switches, outbox: Outbox) -> None:
        self._store = store
        self._switches = switches
        self._outbox = outbox

    def all(self) -> Iterable[Record]:
        """Every ticket of both kinds."""
        return self._store.table(TABLE).values()

    def of_kind(self, kind: str) -> list[Record]:
        """The tickets that a service or a project path lists."""
        return [self.shown(ticket) for ticket in self.all() if ticket["recordType"] in _KINDS[kind]]

    def need(self, kind: str, ticket_id: int) -> Record:
        """The ticket on its own kind of path; 404 on the other one's."""
        ticket = self._store.table(TABLE).get(ticket_id)
        if ticket is None or ticket["recordType"] not in _KINDS[kind]:
            raise not_found(f"Ticket {ticket_id}")
        return ticket

    def create(self, body: Mapping[str, Any], who: str, *, kind: str = "service") -> Record:
        """A new ticket with ConnectWise's defaults; its description becomes its first note."""
        given = copy.deepcopy(dict(body))
        text = given.get("initialDescription")
        board = self._store.resolve("board", given.get("board") or {"id": 1})
        if board is None:
            raise invalid("ticket", "board/name")
        given |= {
            "board": shown(board),
            "recordType": "ServiceTicket" if kind == "service" else "ProjectTicket",
            "closedFlag": False,
        }
        given.setdefault("status", {"id": self.default_status(board["id"])["id"]})
        given.setdefault("department", board["department"])
        given.setdefault("location", board["location"])
        given.setdefault("priority", {"id": 3})
        ticket = {
            name: self._reference(name, value, board["id"]) for name, value in given.items() if name not in _NEVER_SHOWN
        }
        made = self._store.add(TABLE, ticket, by=who)
        if text:
            note = {
                "text": text,
                "detailDescriptionFlag": True,
                "internalAnalysisFlag": False,
                "resolutionFlag": False,
                "ticketId": made["id"],
            }
            self._store.add(f"{TABLE}/{made['id']}/notes", note, by=who)
        if not given.get("skipCallback"):
            self._outbox.raise_event("added", made, by=who)
        return self.shown(made)

    def default_status(self, board_id: int) -> Record:
        """The board's default status."""
        return next(
            status
            for status in self._store.table(f"/service/boards/{board_id}/statuses").values()
            if status.get("defaultFlag")
        )

    def check_move(self, changed: Record, before: Record, touched: set[str]) -> None:
        """Values of another board are refused; what a move leaves out follows the switch."""
        board_id = int((changed.get("board") or {}).get("id") or 0)
        moved = board_id != (before.get("board") or {}).get("id")
        if moved and self._switches.department_follows_board and "department" not in touched:
            changed["department"] = self._store.table("/service/boards")[board_id]["department"]
        for member, name in OF_BOARD.items():
            value = changed.get(member)
            known = isinstance(value, Mapping) and value.get("id") in self._store.table(
                f"/service/boards/{board_id}/{name}"
            )
            if value is None or known:
                continue
            if member in touched or not moved:
                raise invalid("ticket", f"{member}/name", message=f"{member} is not of board {board_id}.")
            self._left_out(changed, member, board_id)
        self._check_sorting(changed, board_id, touched)
        status = self._store.table(f"/service/boards/{board_id}/statuses").get(
            (changed.get("status") or {}).get("id", 0)
        )
        changed["closedFlag"] = bool(status and status.get("closedStatus"))

    def _left_out(self, changed: Record, member: str, board_id: int) -> None:
        way = self._switches.board_only_patch
        if way == "refused":
            raise invalid("ticket", f"{member}/name", message=f"{member} is not of board {board_id}.")
        if way == "default-status":
            changed.pop(member, None)
            if member == "status":
                changed["status"] = shown(self.default_status(board_id))

    def _check_sorting(self, changed: Record, board_id: int, touched: set[str]) -> None:
        if not touched & {"board", "type", "subType", "item"}:
            return
        kind, subtype, item = ((changed.get(name) or {}).get("id") for name in ("type", "subType", "item"))
        allowed = (self._store.table(f"/service/boards/{board_id}/subtypes").get(subtype or 0) or {}).get(
            "typeAssociationIds"
        )
        if subtype and allowed and kind not in allowed:
            raise invalid("ticket", "subType/name", message="The subtype does not go with the type.")
        triples = self._store.table(f"/service/boards/{board_id}/typeSubTypeItemAssociations").values()
        if item and not any(
            (t["type"]["id"], t["subType"]["id"], t["item"]["id"]) == (kind, subtype, item) for t in triples
        ):
            raise invalid("ticket", "item/name", message="The item does not go with type and subtype.")

    def _reference(self, name: str, value: Any, board_id: int) -> Any:
        if not isinstance(value, Mapping) or not self._store.is_known_reference(name):
            return value
        found = self._store.resolve(name, value, board_id=board_id)
        if found is None:
            raise invalid("ticket", f"{name}/name", message=f"{name} was not found.")
        return shown(found)

    def shown(self, ticket: Record) -> Record:
        """A ticket as its own kind of path shows it; `resources` are those who are scheduled."""
        entries = self._store.table("/schedule/entries").values()
        names = [
            str((entry.get("member") or {}).get("identifier"))
            for entry in entries
            if entry.get("objectId") == ticket["id"] and entry.get("member")
        ]
        hidden = _ONLY_PROJECT if ticket["recordType"] == "ServiceTicket" else (*_ONLY_SERVICE, "recordType")
        visible = {name: value for name, value in ticket.items() if name not in hidden}
        return visible | ({"resources": ", ".join(dict.fromkeys(names))} if names else {})

    def finance(self, asked: Operation, _body: Any, _query: Mapping[str, str]) -> tuple[int, Any]:
        """What of the ticket is billing, to look at only."""
        ticket = self.need(asked.template.split("/")[1], int(asked.params[0]))
        method = ticket.get("billingMethod") or "ActualRates"
        return 200, {"id": ticket["id"], "billingMethod": method}
