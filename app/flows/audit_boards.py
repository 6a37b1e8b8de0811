"""What must be known of an audit before it begins: boards that cannot be seen, a chart that has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from app.flows.audit_parts import Asked, AuditParts
from app.journal.audits import AuditRow
from app.manage import Forbidden, ManageError, NotFound

_MOST = 40
"""Boards that are looked at; more are rare, and each costs a request."""


async def remarks_at_start(parts: AuditParts, audit: AuditRow) -> tuple[list[str], bool]:
    """What a reader of the report must know of this part of the run, and whether no board that was named can be seen."""
    found = []
    current = parts.chart.current().stamp
    if current.sha256 != audit.chart_sha256:
        found.append(
            f"The chart has changed since this audit began (version {audit.chart_version}, now {current.version}). "
            "The audit keeps the chart it began with; audit --chart shows what the new one would change."
        )
    named = Asked.from_json(audit.asked).boards
    hidden = [] if audit.cursor else await hidden_boards(parts, named)
    if hidden:
        boards = "board" if len(hidden) == 1 else "boards"
        found.append(
            f"ConnectWise shows nothing of the {boards} {', '.join(hidden)}: there is none of that name, or the API member may not see it."
        )
    return found, bool(named) and len(hidden) == len(named)


async def hidden_boards(parts: AuditParts, named: Sequence[int | str]) -> list[str]:
    """Of the named boards, or of all that are active, those that the API member cannot look into: ConnectWise lists such a board
    but refuses what lies under it, and leaves its tickets out without a word."""
    try:
        shown = await parts.reader.list("/service/boards", fields=("id", "name", "projectFlag", "inactiveFlag"))
    except ManageError as error:
        if error.waiting_helps:
            raise
        return []
    if not named:
        chosen = [one for one in shown if not one.get("projectFlag") and not one.get("inactiveFlag")]
        return await _closed(parts, chosen[:_MOST])
    missing = [str(board) for board in named if not any(_is(one, board) for one in shown)]
    return [*missing, *await _closed(parts, [one for one in shown if any(_is(one, board) for board in named)][:_MOST])]


def _is(board: dict[str, Any], named: int | str) -> bool:
    return bool(
        board.get("id") == named or (isinstance(named, str) and str(board.get("name")).casefold() == named.casefold())
    )


async def _closed(parts: AuditParts, boards: Sequence[dict[str, Any]]) -> list[str]:
    open_ones = await asyncio.gather(*(_is_open(parts, one) for one in boards))
    return [str(one.get("name")) for one, is_open in zip(boards, open_ones, strict=True) if not is_open]


async def _is_open(parts: AuditParts, board: dict[str, Any]) -> bool:
    try:
        await parts.reader.count(f"/service/boards/{board['id']}/statuses")
    except (Forbidden, NotFound):
        return False
    except ManageError as error:
        if error.waiting_helps:
            raise
    return True
