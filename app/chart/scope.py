"""Which tickets the chart is applied to without a person's request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.chart.schema.chart_file import Chart
from app.domain.eligibility import Board, EligibilityRules, not_watched
from app.domain.reference import name_of
from app.domain.ticket import TicketRecord


def eligibility_rules(chart: Chart) -> EligibilityRules:
    """What the chart file says about which tickets may be touched."""
    watch = chart.watch
    return EligibilityRules.of(
        boards=None if watch.boards == "all" else watch.boards, ignored_boards=watch.ignore_boards,
        ignored_types=watch.ignore_types, ignored_statuses=watch.ignore_statuses,
        protected_agreements=watch.protected_agreements, mini_project_board=chart.mini_project.board,
    )  # fmt: skip


def watches(ticket: TicketRecord, board: Mapping[str, Any], chart: Chart) -> str | None:
    """Why the chart is not applied to a ticket automatically; None where it is. A person may classify any ticket.

    `board`: the record of the ticket's board.
    """
    given = Board.from_json(board)
    known = given if given.name else Board(name_of(ticket.board), given.is_project_board, given.is_inactive)
    reason = not_watched(ticket, known, eligibility_rules(chart))
    return f"Left alone: {reason[0].lower()}{reason[1:]}" if reason else None


def is_listed(name: str, names: list[str]) -> bool:
    """Whether a name is in a list, regardless of capitals and outer spaces."""
    return name.strip().casefold() in {listed.strip().casefold() for listed in names}
