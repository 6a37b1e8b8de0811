"""From the inbox to runs: what an event means, before anything is fetched."""

from __future__ import annotations

from app.flows.config import FlowParts
from app.journal.inbox import InboxRow


def why_ignored(event: InboxRow) -> str | None:
    """Why an event leads to no run, or None for a new ticket. Own changes cause no loop: only `added` opens a run."""
    if event.type != "ticket":
        return f"a callback about {event.type}, not about a ticket"
    if event.action == "added":
        return None
    if event.action == "deleted":
        return "the ticket was deleted; an open run ends by itself when it finds the ticket gone"
    return "a changed ticket; the sweep looks at tickets that have no decision yet"


async def take_in(parts: FlowParts) -> int:
    """Opens a run for each new ticket in the inbox and says of every other event why it is left; returns how many."""
    events = await parts.inbox.new_events()
    for event in events:
        ignored = why_ignored(event)
        if ignored:
            await parts.runs.ignore_event(event.id, ignored)
        else:
            await parts.runs.open_for_event(
                event.id, ticket_id=event.record_id, trigger="callback", mode=parts.config.mode, now=parts.now()
            )
    return len(events)
