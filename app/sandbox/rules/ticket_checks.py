"""Checks of a changed ticket: place, type and subtype, agreement, dates."""

from __future__ import annotations

from app.sandbox.engine.api_errors import ApiError, invalid
from app.sandbox.engine.store import Record, Store
from app.sandbox.engine.switches import Switches


class TicketChecks:
    """Refuses values that do not go together."""

    def __init__(self, store: Store, switches: Switches) -> None:
        self._store = store
        self._switches = switches

    def check_place(self, record: Record) -> None:
        """A department must be valid at its location."""
        location = self._store.find("/system/locations", record.get("location") or {"id": 0})
        department = (record.get("department") or {}).get("id")
        checked = self._switches.department_checked_at_location and location and department is not None
        if checked and location and department not in location.get("departmentIds", ()):
            raise invalid("ticket", "department/name", message="The department is not valid at the location.")

    def check_sorting(self, changed: Record, board_id: int, touched: set[str]) -> None:
        """Refuses a subtype or item that is not associated with the type."""
        if not touched & {"board", "type", "subType", "item"}:
            return
        kind, subtype, item = ((changed.get(name) or {}).get("id") for name in ("type", "subType", "item"))
        found = self._store.view(f"/service/boards/{board_id}/subtypes").peek(subtype or 0) or {}
        allowed = found.get("typeAssociationIds")
        if subtype and allowed and kind not in allowed:
            raise invalid("ticket", "subType/name", message="The subtype does not go with the type.")
        triples = self._store.view(f"/service/boards/{board_id}/typeSubTypeItemAssociations").rows()
        if item and not any(
            (t["type"]["id"], t["subType"]["id"], t["item"]["id"]) == (kind, subtype, item) for t in triples
        ):
            raise invalid("ticket", "item/name", message="The item does not go with type and subtype.")

    def check_agreement(self, changed: Record, before: Record) -> None:
        """By switch refuses or removes an agreement that is restricted to another department or location."""
        agreement = self._store.find("/finance/agreements", changed.get("agreement") or {"id": 0}) or {}
        mode = self._switches.restricted_agreement
        for name, flag in (("department", "restrictDepartmentFlag"), ("location", "restrictLocationFlag")):
            wanted, place = (record.get(name) or {} for record in (agreement, changed))
            moved = place.get("id") != (before.get(name) or {}).get("id")
            if mode == "kept" or not moved or not agreement.get(flag) or wanted.get("id") == place.get("id"):
                continue
            if mode == "refused":
                message = f"The agreement is restricted to another {name}."
                raise invalid("ticket", "agreement/id", code="InvalidObject", message=message)
            changed.pop("agreement", None)

    def check_dates(self, changed: Record, touched: set[str]) -> None:
        """By switch refuses dates of a project ticket with a predecessor."""
        dated = touched & {"estimatedStartDate", "requiredDate", "scheduleStartDate", "scheduleEndDate"}
        bound = changed.get("predecessorId") and changed["recordType"] != "ServiceTicket"
        if dated and bound and self._switches.predecessor_blocks_dates:
            raise ApiError(500, "ConnectWiseApi", "The dates of a ticket with a predecessor could not be saved.")
