"""Corrects department, work type and agreement of open time entries, on a person's word only (brief field `time`: correct).

Source: API schema TimeEntry (2026.11). Entries on an invoice, or settled by an agreement, stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.domain.ticket import TicketRecord
from app.domain.work_records import TimeEntry
from app.planning.blockers import reference
from app.planning.brief.model import Brief
from app.planning.model import Step, StepKind
from app.planning.paths import TIME


def time_steps(brief: Brief, ticket: TicketRecord, place: Mapping[str, Any]) -> Iterator[Step]:
    """One step for each open entry that differs. `place`: the wish that holds the department of the work."""
    if brief.time.value != "correct" or not brief.time.by:
        return
    for entry in open_entries(ticket):
        wish = _wish(brief, ticket, place)
        if wish:
            yield Step(
                f"time-{entry.id}", StepKind.PATCH, "Correct department, work type and agreement of a time entry", "PATCH",
                f"{TIME}/{entry.id}", wish=wish, restore=_restored(entry, wish),
            )  # fmt: skip


def open_entries(ticket: TicketRecord) -> list[TimeEntry]:
    """The entries that are neither on an invoice nor settled by an agreement."""
    return [entry for entry in ticket.time_entries if entry.id is not None and not entry.invoiced]


def _wish(brief: Brief, ticket: TicketRecord, place: Mapping[str, Any]) -> dict[str, Any]:
    wish: dict[str, Any] = {}
    if department := reference(place.get("department")):
        wish["department"] = department
    if work_type := reference(ticket.work_type):
        wish["workType"] = work_type
    if brief.agreement.value == "remove":
        wish["agreement"] = None
    return wish


def _restored(entry: TimeEntry, wish: Mapping[str, Any]) -> dict[str, Any]:
    before = {
        "department": {"id": entry.department} if entry.department else None,
        "agreement": {"id": entry.agreement} if entry.agreement else None,
        "workType": {"name": entry.work_type} if entry.work_type else None,
    }
    return {member: before[member] for member in wish}
