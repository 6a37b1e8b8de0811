"""Looks after what nobody tells us: tickets whose callback never came, our callback entry, old ticket texts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from app.flows.config import FlowParts
from app.journal import StoreUnavailable
from app.journal.moments import moment_of, stamp
from app.manage import ManageError, conditions, ensure

log = structlog.get_logger()

INSTALLED = "installed-at"
_SWEPT = "swept-until"
_OVERLAP = timedelta(minutes=10)
"""Tickets changed this long before the last sweep are looked at again: their clock is not ours."""


async def remember_installation(parts: FlowParts) -> datetime:
    """The first start of the service on this database. Older tickets are never triaged by themselves."""
    return moment_of(await parts.memory.keep_first(INSTALLED, stamp(parts.now())))


async def sweep(parts: FlowParts) -> list[int]:
    """Queues a triage for each ticket entered since the installation that never had one; returns their ids."""
    started = parts.now()
    installed = await remember_installation(parts)
    swept = await parts.memory.recall(_SWEPT)
    since = max(installed, moment_of(swept)) - _OVERLAP if swept else installed - _OVERLAP
    changed = await parts.reader.list(
        "/service/tickets", conditions.gt("lastUpdated", since), fields=("id", "_info"), forward_only=True
    )
    missing = [int(ticket["id"]) for ticket in changed if _entered(ticket) >= installed - _OVERLAP]
    opened = await parts.runs.open_missing(missing, trigger="reconcile", mode=parts.config.mode, now=started)
    await parts.memory.keep(_SWEPT, stamp(started))
    if opened:
        log.info("sweep.found", tickets=opened)
    return opened


async def care_for_callback(parts: FlowParts) -> None:
    """Makes sure that our own callback entry is there and active; says what it mended."""
    if parts.config.public_url:
        for mended in await ensure(parts.writer, parts.config.public_url):
            log.warning("callback.mended", what=str(mended))


async def look_after(parts: FlowParts) -> None:
    """One round of everything; each part may fail by itself, is said, and is tried again in the next round."""
    for duty in (care_for_callback, sweep, _forget_old_texts):
        await _try(parts, duty)


async def keep_looking_after(parts: FlowParts, woken: Callable[[], None]) -> None:
    """Rounds at start and then every `reconcile_every` seconds; the processes of one database take turns.

    With `reconcile_every` 0 only the callback entry is looked after, once.
    """
    every = timedelta(seconds=parts.config.reconcile_every)
    if not every:
        await _try(parts, care_for_callback)
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


async def _try(parts: FlowParts, duty: Callable[[FlowParts], Awaitable[object]]) -> None:
    try:
        await duty(parts)
    except (ManageError, StoreUnavailable) as trouble:
        log.warning("sweep.postponed", duty=getattr(duty, "__name__", "").strip("_"), why=str(trouble))


async def _forget_old_texts(parts: FlowParts) -> None:
    forgotten = await parts.decisions.prune(older_than=parts.config.retention, now=parts.now())
    if forgotten:
        log.info("journal.forgot-texts", decisions=forgotten)


def _entered(ticket: Any) -> datetime:
    """When the ticket was entered; a ticket without the date counts as new, since its callback may be lost."""
    try:
        return datetime.fromisoformat(str((ticket.get("_info") or {}).get("dateEntered")))
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
