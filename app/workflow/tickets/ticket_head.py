"""Some members of a ticket, read in one cheap request, as a `TicketRecord`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.connectwise import ConnectWiseClient
from app.domain.ticket import TicketRecord

HEAD = ("id", "recordType", "board", "type", "status", "closedFlag", "_info")
"""Enough to see whether a ticket is watched, closed, moved or changed."""


async def find_head(client: ConnectWiseClient, ticket_id: int) -> TicketRecord | None:
    """The head of a service ticket; None where ConnectWise shows none under this id."""
    found = await client.find(f"/service/tickets/{ticket_id}", fields=HEAD)
    return head_of(found) if found else None


def head_of(record: Mapping[str, Any]) -> TicketRecord:
    """The head in a record of ConnectWise; newer versions show times and members in `_info` only."""
    info = record.get("_info")
    info = info if isinstance(info, Mapping) else {}
    times = {"lastUpdated": info.get("lastUpdated"), "updatedBy": info.get("updatedBy")}
    entered = record.get("dateEntered") or info.get("dateEntered")
    return TicketRecord.from_json({**record, **times, "dateEntered": entered})


def instant(text: str) -> datetime | None:
    """An instant as ConnectWise writes it; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
