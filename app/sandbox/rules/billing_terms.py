"""Billing terms in force for a ticket, phase or project: method, amount, rate, billing of time, agreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.sandbox.engine.store import Record, Store

RATED = ("ActualRates", "OverrideRate", "NotToExceed")
"""Methods that invoice time by rates."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of one holder. `target` is how an invoice names the holder."""

    holder: str
    target: tuple[str, int]
    method: str
    amount: Any
    hourly_rate: Any
    bill_time: str
    covered_by: int | None
    down_payment: Any = None
    project_id: int | None = None


class TermsReader:
    """Finds the terms that are in force: the ticket's, a separately billed phase's, or the project's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of_ticket(self, ticket: Record, project: Record | None, phases: list[Record]) -> Terms:
        """Terms for the work of a ticket."""
        if project is None:
            board = self._store.find("/service/boards", ticket.get("board") or {"id": 0}) or {}
            return self._terms("ticket", "Ticket", ticket, (ticket, board))
        separate = _separate_phase(ticket, phases)
        holder = separate or project
        kind, target = ("phase", "ProjectPhase") if separate else ("project", "Project")
        return self._terms(kind, target, holder, (ticket, holder, project), project, ticket.get("agreement"))

    def of_project(self, project: Record) -> Terms:
        """Terms of a project."""
        return self._terms("project", "Project", project, (project,), project)

    def of_phase(self, phase: Record, project: Record) -> Terms:
        """Terms of a separately billed phase."""
        return self._terms("phase", "ProjectPhase", phase, (phase, project), project)

    def covering(self, reference: Mapping[str, Any] | None, flag: str) -> int | None:
        """Id of the agreement behind a reference where its flag is set."""
        found = self._store.find("/finance/agreements", reference) if reference else None
        return int(found["id"]) if found and found.get(flag) else None

    def rate(self, entry: Record, terms: Terms) -> Decimal:
        """Rate of a time entry per hour."""
        role = self._store.find("/time/workRoles", entry.get("workRole") or {"id": 0}) or {}
        override = None
        if terms.method == "OverrideRate":
            override = terms.hourly_rate or self._project_rate(terms.project_id, role)
        found = override or entry.get("hourlyRate") or role.get("hourlyRate")
        return Decimal(str(found or 0))

    def _project_rate(self, project_id: int | None, role: Record) -> Any:
        rows = list(self._store.view(f"/project/{project_id}/billingRates").rows())
        own = [row for row in rows if (row.get("workRole") or {}).get("id") == role.get("id")]
        return next((row.get("hourlyRate") for row in own or rows), None)

    def _terms(
        self, kind: str, target: str, holder: Record, bill_time_from: tuple[Record, ...], project: Record | None = None,
        agreement: Any = None,
    ) -> Terms:  # fmt: skip
        reference = agreement or holder.get("agreement") or (project or {}).get("agreement")
        options = (record.get("billTime") for record in bill_time_from)
        return Terms(
            holder=f"{kind} {holder['id']}",
            target=(target, int(holder["id"])),
            method=str(holder.get("billingMethod") or "ActualRates"),
            amount=holder.get("billingAmount"),
            hourly_rate=holder.get("hourlyRate"),
            bill_time=next((str(option) for option in options if option not in (None, "NoDefault")), "Billable"),
            covered_by=self.covering(reference, "coverAgreementTime"),
            down_payment=holder.get("downpayment"),
            project_id=None if project is None else int(project["id"]),
        )


def _separate_phase(ticket: Record, phases: list[Record]) -> Record | None:
    """The nearest separately billed phase above a ticket."""
    by_id = {phase["id"]: phase for phase in phases}
    phase = by_id.get((ticket.get("phase") or {}).get("id") or 0)
    for _ in range(len(phases) + 1):
        if phase is None or phase.get("billSeparatelyFlag"):
            return phase
        phase = by_id.get((phase.get("parentPhase") or {}).get("id") or 0)
    return None
