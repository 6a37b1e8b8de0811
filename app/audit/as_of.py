"""A ticket as it was when it was entered: what the service would have seen then.

Notes, tasks, schedule entries, products, time entries and a description that is a note carry the moment at which they
were entered; later ones are left out. ConnectWise keeps no earlier state of the ticket's own fields: summary, type,
company, agreement, opportunity, budget hours and purchase order are read as they are now. Fields that show what was done
since (status, hours, resources) are left out, and so is the board of a ticket on the Mini-Project board, since its first
board is not known.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from app.audit.values import instant
from app.chart import Chart, eligibility_rules
from app.domain.eligibility import Board, blockers, fold, not_a_separate_ticket, not_watched
from app.domain.reference import name_of
from app.domain.ticket import TicketRecord

WITHIN = timedelta(minutes=5)
"""Records entered this long after the ticket still count: a person who enters a ticket adds its schedule immediately."""


def as_of_entry(ticket: TicketRecord, chart: Chart) -> TicketRecord:
    """The ticket without what was entered more than five minutes after it; an undated record counts as later."""
    since: dict[str, Any] = {
        "actual_hours": None, "closed_date": "", "time_entries": [], "closed_flag": False, "status": None,
    }  # fmt: skip
    entered = instant(ticket.date_entered)
    if entered is None:
        return structs.replace(ticket, **since)
    until = entered + WITHIN
    since |= {
        "notes": [note for note in ticket.notes if _by(note.date_created, until)],
        "tasks": [task for task in ticket.tasks if _by(task.date_entered, until)],
        "products": [line for line in ticket.products if _by(line.date_entered, until)],
        "schedule_entries": [entry for entry in ticket.schedule_entries if _by(entry.date_entered, until)],
    }
    if ticket.description_entered is not None and not _by(ticket.description_entered, until):
        since["initial_description"] = ""
    if len(since["schedule_entries"]) < len(ticket.schedule_entries):
        since["resources"] = ""
    if is_on(ticket, chart.mini_project.board):
        since["board"] = None
    return structs.replace(ticket, **since)


def ignored(ticket: TicketRecord, chart: Chart) -> str | None:
    """Why the service would not have classified the ticket; None where it would have. Its first status is not known."""
    reason = not_a_separate_ticket(ticket)
    if reason is not None:
        return reason
    board = None if is_on(ticket, chart.mini_project.board) else Board(name_of(ticket.board))
    return not_watched(structs.replace(ticket, status=None, closed_flag=False), board, eligibility_rules(chart))


def blocker(ticket: TicketRecord, chart: Chart) -> str | None:
    """Why a person decides on a ticket that the chart calls project work: its relatives or its agreement."""
    found = blockers(structs.replace(ticket, closed_flag=False, time_entries=[]), eligibility_rules(chart))
    return f"{found[0].text} Decide by hand." if found else None


def is_on(ticket: TicketRecord, board: str) -> bool:
    """Whether the ticket is on a board."""
    return fold(name_of(ticket.board)) == fold(board)


def _by(value: str, until: datetime) -> bool:
    moment = instant(value)
    return moment is not None and moment <= until
