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

from msgspec import structs

from app.audit.values import instant, items, name_of
from app.chart import Chart, eligibility_rules
from app.domain.eligibility import Board, blockers, not_a_ticket_of_its_own, not_watched
from app.domain.ticket import TicketRecord
from app.domain.ticket import name_of as domain_name_of

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
    ticket = TicketRecord.from_json(case)
    board = None if is_on(case, chart.mini_project.board) else Board(domain_name_of(ticket.board))
    then = structs.replace(ticket, status=None, closed_flag=False)
    return not_a_ticket_of_its_own(ticket) or not_watched(then, board, eligibility_rules(chart))


def by_hand(case: Mapping[str, Any], chart: Chart) -> str | None:
    """Why a person decides on a ticket that the chart calls project work: its relatives or its agreement."""
    ticket = structs.replace(TicketRecord.from_json(case), closed_flag=False, time_entries=[])
    found = blockers(ticket, eligibility_rules(chart))
    return f"{found[0].text} Decide by hand." if found else None


def is_on(case: Mapping[str, Any], board: str) -> bool:
    """Whether the ticket lies on a board."""
    return name_of(case.get("board")).strip().casefold() == board.strip().casefold()


def _by_then(value: Any, until: datetime) -> bool:
    moment = instant(value)
    return moment is not None and moment <= until
