"""From the inbox to runs: what an event means, before anything is fetched."""

from __future__ import annotations

from datetime import timedelta

from app.storage.inbox import InboxRow
from app.workflow.context import WorkflowContext

INSTALLED = "installed-at"
"""Under this name the memory keeps the first start of the service on this database."""
OVERLAP = timedelta(minutes=10)
"""So far ConnectWise's clock may be off ours; tickets changed this long before the last sweep are looked at again."""
OUR_MEMBER = "our-member"
"""Under this name the memory keeps the identifier of our API member, once it is known."""


def why_ignored(event: InboxRow, our_member: str | None) -> str | None:
    """Why an event leads to no run, whatever the journal knows of the ticket; None when it may lead to one."""
    if event.type != "ticket":
        return f"a callback about {event.type}, not about a ticket"
    ours = our_member is not None and (event.member_id or "").casefold() == our_member.casefold()
    if ours and event.action != "added":
        return "our own change"
    return None


async def take_in(parts: WorkflowContext) -> int:
    """Opens or joins a run for each new event, or says why it is left; returns how many there were."""
    events = await parts.inbox.new_events()
    our_member = await parts.memory.recall(OUR_MEMBER) if events else None
    for event in events:
        ignored = why_ignored(event, our_member)
        if ignored:
            await parts.arrivals.ignore(event.id, ignored)
        else:
            await _arrive(parts, event)
    return len(events)


async def _arrive(parts: WorkflowContext, event: InboxRow) -> None:
    ticket_id, mode, now = event.record_id, parts.config.mode, parts.now()
    if event.action == "added":
        settle = timedelta(seconds=parts.config.settle)
        await parts.arrivals.added(event.id, ticket_id=ticket_id, mode=mode, now=now, settle=settle)
    elif event.action == "deleted":
        await parts.arrivals.deleted(event.id, ticket_id=ticket_id, mode=mode, now=now)
    else:
        quiet = timedelta(seconds=parts.config.quiet)
        await parts.arrivals.updated(event.id, ticket_id=ticket_id, mode=mode, now=now, quiet=quiet)
