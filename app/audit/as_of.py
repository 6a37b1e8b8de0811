"""A ticket as it was when it was entered: what the service would have seen then.

Notes, tasks, schedule entries, products, time entries and a description that is a note carry the moment at which they were
entered; the later ones are left out. ConnectWise keeps no earlier state of the ticket's own fields: summary, type, company, agreement, opportunity,
budget hours and purchase order are read as they stand now. Where a field shows what was done since (status, hours, resources)
it is left out, and so is the board of a ticket that lies on the Mini-Project board, since nobody knows where it came in.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.audit.values import instant, items, name_of
from app.chart import Chart

WITHIN = timedelta(minutes=5)
"""What was entered so long after the ticket still counts: a person who enters a ticket adds its schedule at once."""
_LISTS = {"notes": "dateCreated", "tasks": "dateEntered", "scheduleEntries": "dateEntered", "products": "dateEntered"}
_SINCE = ("actualHours", "closedDate", "closedBy", "timeEntries")


def as_it_was(case: Mapping[str, Any], chart: Chart) -> dict[str, Any]:
    """The case without what was entered later than five minutes after the ticket; an undated record counts as later."""
    until = instant(case.get("dateEntered"))
    then = dict(case)
    for name in _SINCE:
        then.pop(name, None)
    then["closedFlag"], then["status"] = False, None
    if until is None:
        return then
    until += WITHIN
    for name, member in _LISTS.items():
        then[name] = [one for one in items(case.get(name)) if _by_then(one.get(member), until)]
    described = case.get("descriptionEntered")
    if described is not None and not _by_then(described, until):
        then["initialDescription"] = None
    if len(then["scheduleEntries"]) < len(items(case.get("scheduleEntries"))):
        then["resources"] = None
    if is_on(case, chart.mini_project.board):
        then["board"] = None
    return then


def left_alone(case: Mapping[str, Any], chart: Chart) -> str | None:
    """Why the service would not have looked at the ticket; None when it would have. Status is not known any more."""
    if case.get("mergedParentTicket"):
        return "The ticket was merged into another one."
    if (case.get("recordType") or "ServiceTicket") != "ServiceTicket":
        return "The ticket belongs to a project."
    watch = chart.watch
    board, kind = name_of(case.get("board")), name_of(case.get("type"))
    if is_on(case, chart.mini_project.board):
        return None
    if _listed(board, watch.leave_alone_boards) or (watch.boards != "all" and not _listed(board, watch.boards)):
        return f"The chart does not watch the board {board}."
    if _listed(kind, watch.leave_alone_types):
        return f"The chart does not watch the type {kind}."
    return None


def by_hand(case: Mapping[str, Any], chart: Chart) -> str | None:
    """Why a person decides on a ticket that the chart calls project work: its relatives or its agreement, in the live service's
    own words."""
    if case.get("parentTicketId"):
        return "The ticket is a child of another ticket. Decide by hand."
    if case.get("hasChildTicket") is True:
        return "The ticket has child tickets. Decide by hand."
    if case.get("hasMergedChildTicketFlag") is True:
        return "The ticket is merged with another one. Decide by hand."
    agreement = case.get("agreement")
    for name in (name_of(agreement), name_of({"name": agreement.get("type")}) if isinstance(agreement, dict) else ""):
        if name and _listed(name, chart.watch.protected_agreements):
            return f"The chart protects tickets of the agreement “{name}”. Decide by hand."
    return None


def is_on(case: Mapping[str, Any], board: str) -> bool:
    """Whether the ticket lies on a board."""
    return name_of(case.get("board")).strip().casefold() == board.strip().casefold()


def _by_then(value: Any, until: datetime) -> bool:
    moment = instant(value)
    return moment is not None and moment <= until


def _listed(name: str, listed: Any) -> bool:
    return name.strip().casefold() in {one.strip().casefold() for one in listed}
