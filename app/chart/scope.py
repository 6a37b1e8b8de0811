"""Which tickets the chart is applied to without a person's request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.chart.schema.chart_file import Chart
from app.domain.ticket import TicketRecord, name_of


def watches(ticket: TicketRecord | Mapping[str, Any], board: Mapping[str, Any], chart: Chart) -> str | None:
    """Why the chart is not applied to a ticket automatically; None where it is. A person may classify any ticket.

    `board`: the record of the ticket's board.
    """
    ticket = ticket if isinstance(ticket, TicketRecord) else TicketRecord.from_json(ticket)
    given = board.get("name")
    name = given if isinstance(given, str) and given else name_of(ticket.board)
    watch = chart.watch
    unwatched = is_listed(name, watch.ignore_boards) or (watch.boards != "all" and not is_listed(name, watch.boards))
    reasons = (
        (bool(board.get("projectFlag")), f"{name} is a project board"),
        (bool(board.get("inactiveFlag")), f"the board {name} is inactive"),
        (is_listed(name, [chart.mini_project.board]), f"the ticket is on the board {name} already"),
        (unwatched, f"the chart does not watch the board {name}"),
        (is_listed(name_of(ticket.type), watch.ignore_types), "the chart does not watch this type"),
        (is_listed(name_of(ticket.status), watch.ignore_statuses), "the chart does not watch this status"),
        (ticket.closed_flag is True, "the ticket is closed"),
    )
    return next((f"Left alone: {reason}." for applies, reason in reasons if applies), None)


def is_listed(name: str, names: list[str]) -> bool:
    """Whether a name is in a list, regardless of capitals and outer spaces."""
    return name.strip().casefold() in {listed.strip().casefold() for listed in names}
