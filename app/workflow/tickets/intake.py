"""From the inbox to runs: what an event means before anything is fetched, and which tickets are too old to act on."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.storage.clock import instant_text, parse_instant
from app.storage.inbox import InboxRow
from app.storage.run_intake import Work, adding, deleting, ignoring, updating
from app.workflow.context import WorkflowContext

_EVENTS_PER_COMMIT = 40
"""One commit for each event would hold up callbacks that wait for theirs; so would a long transaction."""
INSTALLED = "installed-at"
"""Name under which the first start of the service on this database is stored."""
OVERLAP = timedelta(minutes=10)
"""Tolerated difference between ConnectWise's clock and ours."""
OUR_MEMBER = "our-member"
"""Name under which the identifier of our API member is stored, once it is known."""
TOO_OLD = "Left alone: the ticket is older than this installation."


async def record_installation(context: WorkflowContext) -> datetime:
    """The first start of the service on this database, stored at the first call."""
    return parse_instant(await context.key_value.put_if_absent(INSTALLED, instant_text(context.now())))


async def predates_installation(context: WorkflowContext, entered: datetime | None) -> bool:
    """Whether a ticket was entered before the installation; such a ticket is decided on a person's request only.

    One rule for callbacks, updates and reconciliation. A ticket without a date counts as new.
    """
    installed = await context.key_value.get(INSTALLED)
    return bool(installed and entered and entered < parse_instant(installed) - OVERLAP)


def ignored_reason(event: InboxRow, our_member: str | None) -> str | None:
    """Why an event leads to no run, regardless of stored data; None if it may lead to one."""
    if event.type != "ticket":
        return f"a callback about {event.type}, not about a ticket"
    ours = our_member is not None and (event.member_id or "").casefold() == our_member.casefold()
    if ours and event.action != "added":
        return "our own change"
    return None


async def take_events(context: WorkflowContext) -> int:
    """Opens or joins a run for each new event, or records why it is ignored; returns the number of events."""
    events = await context.inbox.new_events()
    our_member = await context.key_value.get(OUR_MEMBER) if events else None
    taken = 0
    while taken < len(events):
        batch = events[taken : taken + _EVENTS_PER_COMMIT]
        done = await context.intake.take([(event.record_id, _work(context, event, our_member)) for event in batch])
        taken += len(done)
    return taken


def _work(context: WorkflowContext, event: InboxRow, our_member: str | None) -> Work:
    """What to do with an event in the transaction of its batch."""
    ticket_id, mode, now = event.record_id, context.config.mode, context.now()
    if ignored := ignored_reason(event, our_member):
        return ignoring(event.id, ignored)
    if event.action == "added":
        settle = timedelta(seconds=context.config.settle)
        return adding(event.id, ticket_id, mode=mode, now=now, settle=settle)
    if event.action == "deleted":
        return deleting(event.id, ticket_id, mode=mode, now=now)
    return updating(event.id, ticket_id, mode=mode, now=now, quiet=timedelta(seconds=context.config.quiet))
