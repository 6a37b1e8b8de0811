"""Periodic maintenance: tickets whose callback was lost, our callback entry, ended billing periods, old ticket texts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from app.connectwise import ConnectWiseError, InvalidResponse, conditions, ensure, list_ours
from app.domain.ticket import TicketRecord
from app.storage import StoreUnavailable
from app.storage.audits import Audits
from app.storage.clock import instant_text, parse_instant
from app.workflow.context import WorkflowContext
from app.workflow.tickets.budget_watch import watch_budgets
from app.workflow.tickets.intake import OUR_MEMBER, OVERLAP, predates_installation, record_installation
from app.workflow.tickets.ticket_head import head_of, instant
from app.workflow.write_pause import current_pause

log = structlog.get_logger()

CALLBACK_OFF = "callback-switched-off"
"""Name under which the time is stored when our callback entry was last found inactive."""
_RECONCILED_UNTIL = "swept-until"
_MOST_RECHECKS = 100
"""Tickets with an ended billing period that one round takes up; all periods end on the same day."""


async def reconcile(context: WorkflowContext) -> list[int]:
    """Queues runs for changes whose callback was lost; returns the ticket ids.

    A classification for each ticket entered since the installation that never had one, or was changed since one that
    decided nothing; a recheck for each decided ticket that was changed.
    """
    started, mode = context.now(), context.config.mode
    installed = await record_installation(context)
    reconciled = await context.key_value.get(_RECONCILED_UNTIL)
    since = max(installed, parse_instant(reconciled)) - OVERLAP if reconciled else installed - OVERLAP
    changed = await _changed_since(context, since)
    missing = {
        ticket.id: instant(ticket.last_updated)
        for ticket in changed
        if ticket.id and not await predates_installation(context, instant(ticket.date_entered))
    }
    opened = await context.intake.open_missing(missing, mode=mode, now=started)
    opened += await context.intake.open_rechecks(await _unseen(context, changed), mode=mode, now=started)
    until = _newest_change(changed) or (parse_instant(reconciled) if reconciled else installed)
    await context.key_value.put(_RECONCILED_UNTIL, instant_text(until))
    if opened:
        log.info("reconcile.found", tickets=opened)
    return opened


async def _changed_since(context: WorkflowContext, since: datetime) -> list[TicketRecord]:
    found = await context.reader.list("/service/tickets", conditions.gt("lastUpdated", since), fields=("id", "_info"))
    return [head_of(record) for record in found]


def _newest_change(changed: list[TicketRecord]) -> datetime | None:
    """By ConnectWise's clock, which may differ from ours."""
    return max((moment for ticket in changed if (moment := instant(ticket.last_updated))), default=None)


async def _unseen(context: WorkflowContext, changed: list[TicketRecord]) -> list[int]:
    """Decided tickets that others have changed since they were observed."""
    known = await context.intake.observed_states([ticket.id for ticket in changed if ticket.id])
    our_member = await context.key_value.get(OUR_MEMBER)
    return [
        ticket.id
        for ticket in changed
        if ticket.id in known
        and (ticket.last_updated or None) != known[ticket.id].get("updated")
        and not (our_member and ticket.updated_by == our_member)
    ]


async def recheck_ended_periods(context: WorkflowContext) -> list[int]:
    """Queues a recheck for each open ticket whose billing period has ended; returns their ids."""
    due = await context.intake.due_for_recheck(limit=_MOST_RECHECKS, now=context.now())
    if not due:
        return []
    still_open = conditions.all_of(conditions.in_("id", due), conditions.eq("closedFlag", False))
    found = await context.reader.list("/service/tickets", still_open, fields=("id",))
    open_ids = {int(ticket["id"]) for ticket in found}
    await context.intake.clear_rechecks([ticket_id for ticket_id in due if ticket_id not in open_ids])
    return await context.intake.open_rechecks(sorted(open_ids), mode=context.config.mode, now=context.now())


async def learn_our_member(context: WorkflowContext) -> None:
    """Stores the identifier of our API member, whose changes are our own. It owns our callback entry."""
    if not context.config.public_url or await context.key_value.get(OUR_MEMBER):
        return
    entries = await list_ours(context.reader, context.config.public_url)
    member_id = next((entry["memberId"] for entry in entries if isinstance(entry.get("memberId"), int)), None)
    fields = ("id", "identifier")
    member = await context.reader.find(f"/system/members/{member_id}", fields=fields) if member_id else None
    if member and member.get("identifier"):
        await context.key_value.put(OUR_MEMBER, member["identifier"])


async def maintain_callback(context: WorkflowContext) -> None:
    """Ensures that our callback entry exists and is active, unless writing is paused or a dry run may not register it."""
    if not context.config.registers_callback or await current_pause(context):
        return
    try:
        changes = await ensure(context.writer, context.config.public_url)
    except InvalidResponse:  # still inactive, although ConnectWise has accepted the change
        await context.key_value.put(CALLBACK_OFF, instant_text(context.now()))
        raise
    for change in changes:
        log.warning("callback.repaired", change=str(change))
    if any(change.was_inactive for change in changes):
        await context.key_value.put(CALLBACK_OFF, instant_text(context.now()))


async def maintain(context: WorkflowContext) -> None:
    """One round of all jobs; a job that fails is tried again in the next round."""
    for job in (maintain_callback, learn_our_member, reconcile, recheck_ended_periods, watch_budgets, _prune):
        await _try(context, job)


async def maintain_forever(context: WorkflowContext, wake: Callable[[], None]) -> None:
    """One round at start and then every `reconcile_every` seconds; the processes of one database take turns.

    With `reconcile_every` 0 only the callback entry is maintained, once.
    """
    every = timedelta(seconds=context.config.reconcile_every)
    if not every:
        for job in (maintain_callback, learn_our_member):
            await _try(context, job)
        return
    first = True
    while True:
        try:
            if await context.key_value.take_turn("look-after", now=context.now(), every=every * 0.9) or first:
                await maintain(context)
                wake()
        except StoreUnavailable as unavailable:
            log.warning("maintenance.postponed", job="turn", reason=str(unavailable))
        except Exception:
            log.exception("maintenance.fault")
        first = False
        await asyncio.sleep(context.config.reconcile_every)


async def _try(context: WorkflowContext, job: Callable[[WorkflowContext], Awaitable[object]]) -> None:
    try:
        await job(context)
    except (ConnectWiseError, StoreUnavailable) as error:
        log.warning("maintenance.postponed", job=getattr(job, "__name__", "").strip("_"), reason=str(error))


async def _prune(context: WorkflowContext) -> None:
    """Empties old ticket texts and deletes handled events and runs without a decision, after the operator's time."""
    age, now = context.config.retention, context.now()
    texts = await context.decisions.prune(older_than=age, now=now)
    events = await context.inbox.prune(older_than=age, now=now)
    runs = await context.runs.prune(older_than=age, now=now)
    answers = await context.reader_answers.prune(older_than=age, now=now)
    audits = await Audits(context.database).prune(older_than=age, now=now)
    if texts or events or runs or audits or answers:
        log.info("storage.pruned", texts=texts, events=events, runs=runs, audits=audits, answers=answers)
