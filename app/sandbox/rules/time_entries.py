"""Time entries: defaults from ticket and work role, refusal of changes once billed."""

from __future__ import annotations

from app.sandbox.engine.api_errors import invalid
from app.sandbox.engine.store import Record, Store, shown

TABLE = "/time/entries"
_BILLED = ("Billed", "BilledAgreement", "WrittenOff")
_TYPES = {"ServiceTicket": "ServiceTicket", "ProjectTicket": "ProjectTicket", "ProjectIssue": "ProjectTicket"}


class TimeEntries:
    """The rules of time entries."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def prepared(self, record: Record) -> Record:
        """A new entry with the values of its ticket and the rate of its work role."""
        ticket = self._store.table("/tickets").peek(record.get("chargeToId") or 0)
        if ticket is None:
            return record
        role = self._store.find("/time/workRoles", record.get("workRole") or {"id": 1}) or {}
        inherited = {name: ticket.get(name) for name in ("company", "agreement", "department", "project", "phase")}
        if inherited["department"]:
            inherited["department"] = {name: inherited["department"].get(name) for name in ("id", "name")}
        option = ticket.get("billTime")
        defaults = {name: value for name, value in inherited.items() if value is not None} | {
            "chargeToType": _TYPES[ticket["recordType"]], "workRole": shown(role), "hourlyRate": role.get("hourlyRate"),
            "ticket": {"id": ticket["id"], "summary": ticket.get("summary")}, "status": "Open",
            "billableOption": "Billable" if option in (None, "NoDefault") else option,
        }  # fmt: skip
        return defaults | record

    def add_hours(self, entry: Record, hours: float) -> Record | None:
        """Adds hours to `actualHours` of the entry's ticket, phase and project; returns the ticket."""
        tickets = self._store.table("/tickets")
        if entry.get("chargeToId") not in tickets:
            return None
        ticket = tickets[entry["chargeToId"]]
        project_id = (ticket.get("project") or {}).get("id")
        projects = self._store.table("/project/projects")
        phases = self._store.table(f"/project/projects/{project_id}/phases") if project_id in projects else {}
        phase = phases.get((ticket.get("phase") or {}).get("id") or 0)
        for record in (ticket, phase, projects.get(project_id or 0)):
            if record is not None:
                record["actualHours"] = float(record.get("actualHours") or 0) + hours
        return ticket

    def check_change(self, _changed: Record, before: Record, touched: set[str]) -> None:
        """Refuses a change of an entry that is on an invoice or billed by an agreement."""
        if before.get("invoice") or before.get("status") in _BILLED:
            message = "The time entry has been billed and cannot be changed."
            raise invalid("timeEntry", next(iter(sorted(touched)), ""), code="InvalidObject", message=message)
