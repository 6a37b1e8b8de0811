"""Checks before an audit starts: unknown boards, companies and statuses, a changed chart."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from app.audit_jobs.context import AuditContext, AuditRequest
from app.connectwise import ConnectWiseError, Forbidden, NotFound, ticket_history
from app.connectwise.conditions import eq
from app.storage.audits import AuditRow

_MOST = 40
"""Boards, companies and statuses that are checked; each costs a request."""


async def remarks_at_start(parts: AuditContext, audit: AuditRow) -> tuple[list[str], str]:
    """Remarks for the report, and the reason if there is nothing to do: ConnectWise knows none of the named boards, companies
    or statuses."""
    found, nothing = [], ""
    current = parts.chart.current().stamp
    if current.sha256 != audit.chart_sha256:
        found.append(
            f"The chart has changed since this audit began (version {audit.chart_version}, now {current.version}). "
            "The audit keeps the chart it began with; audit --chart shows what the new one would change."
        )
    if audit.cursor:
        return found, nothing
    asked = AuditRequest.from_json(audit.asked)
    chosen = (asked.boards, asked.companies, asked.statuses)
    unknown = await asyncio.gather(
        hidden_boards(parts, asked.boards),
        _without_tickets(parts, "company", asked.companies),
        _without_tickets(parts, "status", asked.statuses),
    )
    for (one, many, why), named, names in zip(_WORDS, chosen, unknown, strict=True):
        if names:
            found.append(
                f"ConnectWise shows nothing of the {one if len(names) == 1 else many} {', '.join(names)}: {why}"
            )
            nothing = found[-1] if len(names) == len(named) else nothing
    return found, nothing


_WORDS = (
    ("board", "boards", "there is none of that name, or the API member may not see it."),
    ("company", "companies", "it has no ticket at all. Is the name spelt as it is there?"),
    ("status", "statuses", "no ticket is in it. Is the name spelt as it is there?"),
)


async def _without_tickets(parts: AuditContext, member: str, named: Sequence[int | str]) -> list[str]:
    """The named companies or statuses without any ticket; one small request for each."""
    there = await asyncio.gather(*(_has_tickets(parts, member, name) for name in named[:_MOST]))
    return [str(name) for name, has in zip(named, there, strict=False) if not has]


async def _has_tickets(parts: AuditContext, member: str, named: int | str) -> bool:
    key = "id" if isinstance(named, int) else "name"
    try:
        return await parts.reader.count(ticket_history.TICKETS, eq(f"{member}/{key}", named)) > 0
    except ConnectWiseError as error:
        if error.waiting_helps:
            raise
        return True


async def hidden_boards(parts: AuditContext, named: Sequence[int | str]) -> list[str]:
    """Of the named boards, or of all active ones, those that the API member cannot read.

    ConnectWise lists such a board but refuses its sub-lists, and leaves out its tickets silently.
    """
    try:
        shown = await parts.reader.list("/service/boards", fields=("id", "name", "projectFlag", "inactiveFlag"))
    except ConnectWiseError as error:
        if error.waiting_helps:
            raise
        return []
    if not named:
        chosen = [record for record in shown if not record.get("projectFlag") and not record.get("inactiveFlag")]
        return await _closed(parts, chosen[:_MOST])
    missing = [str(board) for board in named if not any(_is(record, board) for record in shown)]
    return [
        *missing,
        *await _closed(parts, [record for record in shown if any(_is(record, board) for board in named)][:_MOST]),
    ]


def _is(board: dict[str, Any], named: int | str) -> bool:
    return bool(
        board.get("id") == named or (isinstance(named, str) and str(board.get("name")).casefold() == named.casefold())
    )


async def _closed(parts: AuditContext, boards: Sequence[dict[str, Any]]) -> list[str]:
    open_ones = await asyncio.gather(*(_is_open(parts, board) for board in boards))
    return [str(board.get("name")) for board, is_open in zip(boards, open_ones, strict=True) if not is_open]


async def _is_open(parts: AuditContext, board: dict[str, Any]) -> bool:
    try:
        await parts.reader.count(f"/service/boards/{board['id']}/statuses")
    except (Forbidden, NotFound):
        return False
    except ConnectWiseError as error:
        if error.waiting_helps:
            raise
    return True
