"""Tickets of both kinds in one table: board values, defaults, moves, derived members."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from app.sandbox.engine.api_errors import ApiError, invalid, not_found
from app.sandbox.engine.api_request import ApiRequest
from app.sandbox.engine.comparison import instant_of
from app.sandbox.engine.contract import contract
from app.sandbox.engine.json_patch import CUSTOM_FIELD
from app.sandbox.engine.listing import Source
from app.sandbox.engine.store import OF_BOARD, Record, Store, instant, shown
from app.sandbox.engine.switches import Switches
from app.sandbox.rules.callback_delivery import CallbackOutbox
from app.sandbox.rules.ticket_checks import TicketChecks

TABLE = "/tickets"
CHANGES = "/tickets/changelogs"
KINDS = {"service": ("ServiceTicket",), "project": ("ProjectTicket", "ProjectIssue")}
_ONLY_PROJECT = ("project", "phase", "wbsCode", "isIssueFlag", "scheduleStartDate", "scheduleEndDate")
_NEVER_SHOWN = (
    "initialDescription",
    "initialInternalAnalysis",
    "initialResolution",
    "skipCallback",
    "processNotifications",
)
_NOTES = {"initialDescription": "detailDescriptionFlag", "initialInternalAnalysis": "internalAnalysisFlag",
          "initialResolution": "resolutionFlag"}  # fmt: skip
_DETAILS = ("billingMethod", "billingAmount", "hourlyRate", "recordType", "slaStatus", "minutesWaiting", "isInSla")


@cache
def _only_service() -> frozenset[str]:
    """Members of a service ticket that a project ticket lacks; converting back shows them again."""
    schemas = contract()["schemas"]
    return frozenset(schemas["Ticket"]["properties"]) - frozenset(schemas["ProjectTicket"]["properties"])


class Tickets:
    """The rules of tickets."""

    def __init__(self, store: Store, switches: Switches, outbox: CallbackOutbox, now: Callable[[], datetime]) -> None:
        self._store = store
        self._switches = switches
        self._outbox = outbox
        self._now = now
        self._checks = TicketChecks(store, switches)

    def all(self) -> Iterable[Record]:
        """Every ticket of both kinds, read-only."""
        return self._store.table(TABLE).rows()

    def source(self, kind: str) -> Source:
        """The tickets that a service or a project path lists."""
        kinds = KINDS[kind]
        if kind == "service" and self._switches.service_path_shows_project_tickets:
            kinds = KINDS["service"] + KINDS["project"]
        hidden = self._hidden()
        resources = self._resources()
        omitted = _DETAILS if self._switches.lists_omit_details else ()

        def show(ticket: Record) -> Record:
            visible = self._visible(ticket, resources(ticket["id"]), among=kind)
            return {name: value for name, value in visible.items() if name not in omitted} if omitted else visible

        def among(ticket: Mapping[str, Any]) -> bool:
            return ticket["recordType"] in kinds and (ticket.get("board") or {}).get("id") not in hidden

        name = f"{kind} {kinds} {sorted(hidden)}"
        return Source(self._store.table(TABLE), show, among, name)

    def peek(self, kind: str, ticket_id: int) -> Record:
        """The ticket under its kind of path, read-only; 404 under the other."""
        ticket = self._store.table(TABLE).peek(ticket_id)
        kinds = KINDS[kind]
        if kind == "service" and self._switches.service_path_shows_project_tickets:
            kinds = KINDS["service"] + KINDS["project"]
        if (
            ticket is None
            or ticket["recordType"] not in kinds
            or (ticket.get("board") or {}).get("id") in self._hidden()
        ):
            raise not_found(f"Ticket {ticket_id}")
        return ticket

    def need(self, kind: str, ticket_id: int) -> Record:
        """The same ticket, for a change."""
        self.peek(kind, ticket_id)
        return self._store.table(TABLE)[ticket_id]

    def create(self, body: Mapping[str, Any], actor: str, *, kind: str = "service") -> Record:
        """A new ticket with ConnectWise's defaults; its description becomes its first note."""
        given = copy.deepcopy(dict(body))
        board = self._store.resolve("board", given.get("board") or {"id": 1})
        if board is None:
            raise invalid("ticket", "board/name")
        given |= {
            "board": shown(board), "recordType": "ServiceTicket" if kind == "service" else "ProjectTicket", "closedFlag": False,
        }  # fmt: skip
        given.setdefault("status", {"id": self.default_status(board["id"])["id"]})
        kinds = self._store.view(f"/service/boards/{board['id']}/types")
        chosen = self._store.find(f"/service/boards/{board['id']}/types", given.get("type") or {"id": 0})
        source = chosen if chosen and self._switches.department_follows_type and len(kinds) else board
        given.setdefault("department", source["department"])
        given.setdefault("location", source["location"])
        given.setdefault("priority", {"id": 3})
        if "tickets" in self._switches.names("custom_fields_demanded"):
            given.setdefault("customFields", [copy.deepcopy(CUSTOM_FIELD)])
        ticket = {
            name: self._reference(name, value, board["id"]) for name, value in given.items() if name not in _NEVER_SHOWN
        }
        self._checks.check_sorting(ticket, board["id"], set(ticket))
        self._checks.check_place(ticket)
        made = self._store.add(TABLE, ticket, by=actor)
        for member, flag in _NOTES.items():
            if given.get(member):
                self._first_note(made["id"], str(given[member]), flag, actor)
        self.log(made, "Added")
        if not given.get("skipCallback"):
            self._outbox.raise_event("added", made, by=actor)
        return self.shown(made)

    def shows_from(self) -> str | None:
        """Instant from which related records of a new ticket are visible; None: immediately."""
        wait = self._switches.early_added_seconds
        return instant(self._now() + timedelta(seconds=wait)) if wait else None

    def is_shown(self, record: Mapping[str, Any]) -> bool:
        """Whether a related record of a new ticket can be read already."""
        since = record.get("~from")
        return since is None or self._now() >= instant_of(since)

    def log(self, ticket: Record, action: str) -> None:
        """A line in the change log of service tickets."""
        names = ("board", "status", "company", "contact", "team", "owner", "priority")
        values = {name: ticket.get(name) or {} for name in names}
        line = {
            "action": action, "ticketNumber": ticket["id"], "summary": ticket.get("summary"), "recordType": ticket["recordType"],
            "boardId": values["board"].get("id"), "boardName": values["board"].get("name"), "status": values["status"].get("name"),
            "companyName": values["company"].get("name"), "companyIdentifier": values["company"].get("id"),
            "contactId": values["contact"].get("id"), "contactName": values["contact"].get("name"),
            "teamName": values["team"].get("name"), "ownerIdentifier": values["owner"].get("id"),
            "priorityId": values["priority"].get("id"), "priorityName": values["priority"].get("name"), "closedFlag": ticket.get("closedFlag"),
        }  # fmt: skip
        self._store.add(CHANGES, line)

    def default_status(self, board_id: int) -> Record:
        """The board's default status."""
        rows = self._store.view(f"/service/boards/{board_id}/statuses").rows()
        return next(status for status in rows if status.get("defaultFlag"))

    def check_move(self, changed: Record, before: Record, touched: set[str]) -> None:
        """Refuses values of another board; values that a move omits follow the switch."""
        board_id = int((changed.get("board") or {}).get("id") or 0)
        moved = board_id != (before.get("board") or {}).get("id")
        if moved and board_id in self._hidden():
            raise ApiError(403, "Forbidden", "The member may not see this board.")
        for member, name in OF_BOARD.items():
            value = changed.get(member)
            known = isinstance(value, Mapping) and value.get("id") in self._store.view(
                f"/service/boards/{board_id}/{name}"
            )
            if value is None or known:
                continue
            if member in touched or not moved:
                raise invalid("ticket", f"{member}/name", message=f"{member} is not of board {board_id}.")
            self._left_out(changed, member, board_id)
        self._checks.check_sorting(changed, board_id, touched)
        self._follow(changed, board_id, touched, moved=moved)
        self._checks.check_place(changed)
        self._checks.check_agreement(changed, before)
        self._checks.check_dates(changed, touched)
        self._close(changed, before, board_id)

    def finance(self, request: ApiRequest) -> tuple[int, Any]:
        """Billing members of the ticket, read-only."""
        kind = request.template.split("/")[1]
        ticket = self.peek(kind, request.number())
        names = ("billTime", "billExpenses", "billProducts", "hourlyRate", "workRole", "workType")
        own = (
            "billTicketSeparately",
            "billTicketOnlyAfterClosed",
            "billUnapprovedTimeAndExpenses",
            "restrictDownPayment",
        )
        found = {name: ticket.get(name) for name in (*names, *(own if kind == "service" else ()))}
        if kind == "service":
            found |= {
                "billToCompany": ticket.get("company"),
                "billingContact": ticket.get("contact"),
                "customerPO": ticket.get("poNumber"),
            }
        method = ticket.get("billingMethod") or self._phase_method(ticket) or "ActualRates"
        return 200, {"id": ticket["id"], "billingMethod": method, **found}

    def shown(self, ticket: Record, *, path: str = "") -> Record:
        """A ticket as its kind of path shows it; `resources` lists the scheduled members."""
        kind = path or ("service" if ticket["recordType"] == "ServiceTicket" else "project")
        return self._visible(ticket, self._resources()(ticket["id"]), among=kind)

    def _visible(self, ticket: Record, resources: str, *, among: str) -> Record:
        hidden = _ONLY_PROJECT if among == "service" else _only_service()
        visible = {name: value for name, value in ticket.items() if name not in hidden and name[0] != "~"}
        if resources:
            visible["resources"] = resources
        return visible

    def _resources(self) -> Callable[[int], str]:
        """The members scheduled on a ticket, by commas."""
        table = self._store.table("/schedule/entries")
        living: defaultdict[int, list[str]] = defaultdict(list)
        for entry in table.live.values():
            if entry.get("member") and self.is_shown(entry):
                living[entry.get("objectId") or 0].append(str(entry["member"].get("identifier")))

        def of(ticket_id: int) -> str:
            past = table.packed_with("objectId", (ticket_id,)) if table.packed else ()
            entries = (table.peek(number) or {} for number in past)
            names = [str(entry["member"]["identifier"]) for entry in entries if entry.get("member")]
            return ", ".join(dict.fromkeys(names + living.get(ticket_id, [])))

        return of

    def _hidden(self) -> set[int]:
        names = {name.lower() for name in self._switches.names("hidden_boards")}
        if not names:
            return set()
        return {board["id"] for board in self._store.view("/service/boards").rows() if board["name"].lower() in names}

    def _first_note(self, ticket_id: int, text: str, flag: str, actor: str) -> None:
        flags = {each: each == flag for each in _NOTES.values()}
        note = {"text": text, **flags, "ticketId": ticket_id, "~from": self.shows_from()}
        self._store.add(f"{TABLE}/{ticket_id}/notes", note, by=actor)

    def _left_out(self, changed: Record, member: str, board_id: int) -> None:
        mode = self._switches.board_only_patch
        if mode == "refused":
            raise invalid("ticket", f"{member}/name", message=f"{member} is not of board {board_id}.")
        if mode == "default-status":
            changed.pop(member, None)
            if member == "status":
                changed["status"] = shown(self.default_status(board_id))

    def _follow(self, changed: Record, board_id: int, touched: set[str], *, moved: bool) -> None:
        """By switch, department and location follow the board or type unless the request sets them."""
        if "department" in touched:
            return
        if moved and self._switches.department_follows_board:
            board = self._store.find("/service/boards", {"id": board_id}) or {}
            changed |= {"department": board["department"], "location": board["location"]}
        kind = self._store.find(f"/service/boards/{board_id}/types", changed.get("type") or {"id": 0})
        if "type" in touched and kind and self._switches.department_follows_type:
            changed |= {"department": kind["department"], "location": kind["location"]}

    def _close(self, changed: Record, before: Record, board_id: int) -> None:
        status = self._store.find(f"/service/boards/{board_id}/statuses", changed.get("status") or {"id": 0})
        changed["closedFlag"] = bool(status and status.get("closedStatus"))
        if changed["closedFlag"] and not before.get("closedFlag"):
            changed["closedDate"] = instant(self._now())
        if not changed["closedFlag"]:
            changed.pop("closedDate", None)

    def _reference(self, name: str, value: Any, board_id: int) -> Any:
        if not isinstance(value, Mapping) or not self._store.is_known_reference(name):
            return value
        found = self._store.resolve(name, value, board_id=board_id)
        if found is None:
            raise invalid("ticket", f"{name}/name", message=f"{name} was not found.")
        return shown(found)

    def _phase_method(self, ticket: Record) -> Any:
        project = (ticket.get("project") or {}).get("id")
        phase = self._store.find(f"/project/projects/{project}/phases", ticket.get("phase") or {"id": 0}) or {}
        own = phase.get("billingMethod") if phase.get("billSeparatelyFlag") else None
        return own or (self._store.find("/project/projects", {"id": project}) or {}).get("billingMethod")
