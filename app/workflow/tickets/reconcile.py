"""Looks after what nobody tells us: tickets whose callback never came, our callback entry, old ticket texts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from app.connectwise import ConnectWiseError, conditions, ensure, list_ours
from app.storage import StoreUnavailable
from app.storage.audits import Audits
from app.storage.clock import instant_text, parse_instant
from app.workflow.context import WorkflowContext
from app.workflow.tickets.intake import INSTALLED, OUR_MEMBER, OVERLAP
from app.workflow.tickets.scope_growth import entered, last_updated, moment_in

log = structlog.get_logger()

_SWEPT = "swept-until"
_MOST_LOOKS = 100
"""Tickets whose billing period is over that one sweep takes up; they all end on the same day."""


async def remember_installation(parts: WorkflowContext) -> datetime:
    """The first start of the service on this database. Older tickets are never triaged by themselves."""
    return parse_instant(await parts.memory.keep_first(INSTALLED, instant_text(parts.now())))


async def sweep(parts: WorkflowContext) -> list[int]:
    """Queues a triage for each ticket entered since the installation that never had one, or was changed since one that
    decided nothing, and a look at each decided one that was changed; returns the ids of both."""
    started, mode = parts.now(), parts.config.mode
    installed = await remember_installation(parts)
    swept = await parts.memory.recall(_SWEPT)
    since = max(installed, parse_instant(swept)) - OVERLAP if swept else installed - OVERLAP
    changed = await parts.reader.list("/service/tickets", conditions.gt("lastUpdated", since), fields=("id", "_info"))
    missing = {
        int(ticket["id"]): moment_in(last_updated(ticket))
        for ticket in changed
        if (entered(ticket) or installed) >= installed - OVERLAP
    }
    opened = await parts.arrivals.open_missing(missing, mode=mode, now=started)
    opened += await parts.arrivals.open_rechecks(await _unseen(parts, changed), mode=mode, now=started)
    await parts.memory.keep(
        _SWEPT, instant_text(_newest_change(changed) or (parse_instant(swept) if swept else installed))
    )
    if opened:
        log.info("sweep.found", tickets=opened)
    return opened


def _newest_change(changed: list[dict[str, Any]]) -> datetime | None:
    """By ConnectWise's own clock, which need not be ours."""
    return max((moment for ticket in changed if (moment := moment_in(last_updated(ticket)))), default=None)


async def _unseen(parts: WorkflowContext, changed: list[dict[str, Any]]) -> list[int]:
    """Decided tickets that somebody else has changed since we looked at them."""
    known = await parts.arrivals.observed_states([int(ticket["id"]) for ticket in changed])
    our_member = await parts.memory.recall(OUR_MEMBER)
    return [
        int(ticket["id"])
        for ticket in changed
        if int(ticket["id"]) in known
        and last_updated(ticket) != known[int(ticket["id"])].get("updated")
        and not (our_member and (ticket.get("_info") or {}).get("updatedBy") == our_member)
    ]


async def look_after_periods(parts: WorkflowContext) -> list[int]:
    """Queues a look at each open ticket whose billing period is over; returns their ids."""
    due = await parts.arrivals.due_for_recheck(limit=_MOST_LOOKS, now=parts.now())
    if not due:
        return []
    still_open = conditions.all_of(conditions.in_("id", due), conditions.eq("closedFlag", False))
    found = await parts.reader.list("/service/tickets", still_open, fields=("id",))
    here = {int(ticket["id"]) for ticket in found}
    await parts.arrivals.clear_rechecks([ticket_id for ticket_id in due if ticket_id not in here])
    return await parts.arrivals.open_rechecks(sorted(here), mode=parts.config.mode, now=parts.now())


async def learn_our_member(parts: WorkflowContext) -> None:
    """Keeps the identifier of our API member: changes by it are our own. It owns our callback entry."""
    if not parts.config.public_url or await parts.memory.recall(OUR_MEMBER):
        return
    entries = await list_ours(parts.reader, parts.config.public_url)
    member_id = next((entry["memberId"] for entry in entries if isinstance(entry.get("memberId"), int)), None)
    member = await parts.reader.find(f"/system/members/{member_id}", fields=("id", "identifier")) if member_id else None
    if member and member.get("identifier"):
        await parts.memory.keep(OUR_MEMBER, member["identifier"])


async def care_for_callback(parts: WorkflowContext) -> None:
    """Makes sure that our own callback entry is there and active; says what it mended."""
    if parts.config.public_url:
        for mended in await ensure(parts.writer, parts.config.public_url):
            log.warning("callback.mended", what=str(mended))


async def look_after(parts: WorkflowContext) -> None:
    """One round of everything; each part may fail by itself, is said, and is tried again in the next round."""
    for duty in (care_for_callback, learn_our_member, sweep, look_after_periods, _forget_old):
        await _try(parts, duty)


async def keep_looking_after(parts: WorkflowContext, woken: Callable[[], None]) -> None:
    """Rounds at start and then every `reconcile_every` seconds; the processes of one database take turns.

    With `reconcile_every` 0 only the callback entry is looked after, once.
    """
    every = timedelta(seconds=parts.config.reconcile_every)
    if not every:
        for duty in (care_for_callback, learn_our_member):
            await _try(parts, duty)
        return
    first = True
    while True:
        try:
            if await parts.memory.take_turn("look-after", now=parts.now(), every=every * 0.9) or first:
                await look_after(parts)
                woken()
        except StoreUnavailable as away:
            log.warning("sweep.postponed", duty="turn", why=str(away))
        except Exception:
            log.exception("sweep.fault")
        first = False
        await asyncio.sleep(parts.config.reconcile_every)


async def _try(parts: WorkflowContext, duty: Callable[[WorkflowContext], Awaitable[object]]) -> None:
    try:
        await duty(parts)
    except (ConnectWiseError, StoreUnavailable) as trouble:
        log.warning("sweep.postponed", duty=getattr(duty, "__name__", "").strip("_"), why=str(trouble))


async def _forget_old(parts: WorkflowContext) -> None:
    """Empties ticket texts and drops settled events and runs without a decision, after the operator's time."""
    age, now = parts.config.retention, parts.now()
    texts = await parts.decisions.prune(older_than=age, now=now)
    events = await parts.inbox.prune(older_than=age, now=now)
    runs = await parts.runs.prune(older_than=age, now=now)
    audits = await Audits(parts.database).prune(older_than=age, now=now)
    if texts or events or runs or audits:
        log.info("journal.forgot", texts=texts, events=events, runs=runs, audits=audits)
