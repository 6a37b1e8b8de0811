"""From what arrives to runs: events of the inbox, tickets that the sweep found, decisions that are due for a look.

Each is one transaction that takes the event and opens or joins the run, so that neither exists without the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.storage.clock import instant_text
from app.storage.database import Database
from app.storage.inbox import mark_taken
from app.storage.runs import NOT_BEGUN, OPEN_STATES, insert_run, is_decided, lock_ticket, new_run, open_run_of
from app.storage.tables import decisions, runs

_TRIES_WITHOUT_A_CHANGE = 5
"""Runs that found nothing or could not read, after which only a change of the ticket leads to another one."""


class RunIntake:
    """Opens runs for what arrives; `mode` is the service's, `now` the moment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ignore(self, event_id: int, reason: str) -> None:
        """Records why an event leads to no run."""
        await self._database.write(lambda db: mark_taken(db, event_id, run_id=None, reason=reason))

    async def added(self, event_id: int, *, ticket_id: int, mode: str, now: datetime, settle: timedelta) -> bool:
        """Queues a triage for when the ticket has settled, unless it has one or is decided; True when it was opened."""

        def work(db: Connection) -> bool:
            lock_ticket(db, ticket_id)
            known = open_run_of(db, ticket_id, "triage")
            if known:
                _hurry(db, ticket_id, now + settle)
                return mark_taken(db, event_id, run_id=known, reason="joined the open run of the ticket") and False
            if is_decided(db, ticket_id):
                return mark_taken(db, event_id, run_id=None, reason="the ticket has its decision already") and False
            values = new_run(ticket_id, "triage", "callback", mode, now) | {"not_before": instant_text(now + settle)}
            return _take(db, event_id, values)

        return await self._database.write(work)

    async def updated(self, event_id: int, *, ticket_id: int, mode: str, now: datetime, quiet: timedelta) -> bool:
        """Queues a look, or a triage where nothing is decided; updates within the quiet time share one.

        A run that has begun may have read the ticket before this change, so another one is queued behind it.
        """

        def work(db: Connection) -> bool:
            lock_ticket(db, ticket_id)
            known = open_run_of(db, ticket_id, "triage", "look", states=NOT_BEGUN)
            if known:
                return mark_taken(db, event_id, run_id=known, reason="joined the open run of the ticket") and False
            begun = open_run_of(db, ticket_id, "triage", "carry-out", "undo", "look") is not None
            look = begun or is_decided(db, ticket_id)
            values = new_run(ticket_id, *(("look", "update") if look else ("triage", "callback")), mode, now)
            return _take(db, event_id, values | {"not_before": instant_text(now + quiet)})

        return await self._database.write(work)

    async def deleted(self, event_id: int, *, ticket_id: int, mode: str, now: datetime) -> bool:
        """Queues a look at once, and lets waiting runs of the ticket go on, so that each finds it gone."""

        def work(db: Connection) -> bool:
            lock_ticket(db, ticket_id)
            _hurry(db, ticket_id, now)
            if not is_decided(db, ticket_id) and not open_run_of(db, ticket_id, "triage"):
                return mark_taken(db, event_id, run_id=None, reason="nothing was known of the ticket") and False
            return _take(db, event_id, new_run(ticket_id, "look", "update", mode, now))

        return await self._database.write(work)

    async def open_missing(self, tickets: Mapping[int, datetime | None], *, mode: str, now: datetime) -> list[int]:
        """Queues a triage for each of these tickets that is not decided and needs one; returns them.

        `tickets`: by id, when each was last changed. One that was left alone needs another triage when it was changed
        since; one that could not be found or read also without that, some times.
        """

        def work(db: Connection) -> list[int]:
            opened = []
            for ticket_id in sorted(tickets):
                lock_ticket(db, ticket_id)
                if not is_decided(db, ticket_id) and _needs_triage(db, ticket_id, tickets[ticket_id]):
                    insert_run(db, new_run(ticket_id, "triage", "reconcile", mode, now))
                    opened.append(ticket_id)
            return opened

        return await self._database.write(work)

    async def open_rechecks(self, ticket_ids: list[int], *, mode: str, now: datetime) -> list[int]:
        """Queues a look for each of these decided tickets that has no open run; returns them."""

        def work(db: Connection) -> list[int]:
            opened = []
            for ticket_id in sorted(ticket_ids):
                lock_ticket(db, ticket_id)
                if is_decided(db, ticket_id) and not open_run_of(db, ticket_id, "triage", "carry-out", "undo", "look"):
                    insert_run(db, new_run(ticket_id, "look", "update", mode, now))
                    opened.append(ticket_id)
            return opened

        return await self._database.write(work)

    async def observed_states(self, ticket_ids: list[int]) -> dict[int, dict[str, Any]]:
        """What the newest decision of each of these tickets had seen."""
        newest = sa.select(sa.func.max(decisions.c.id)).where(decisions.c.ticket_id.in_(ticket_ids))
        query = sa.select(decisions.c.ticket_id, decisions.c.observed_state).where(
            decisions.c.id.in_(newest.group_by(decisions.c.ticket_id))
        )
        return await self._database.read(lambda db: {row.ticket_id: row.observed_state for row in db.execute(query)})

    async def due_for_recheck(self, *, limit: int, now: datetime) -> list[int]:
        """Tickets whose decision is to be looked at again by now, longest due first."""
        query = sa.select(decisions.c.ticket_id).where(decisions.c.recheck_at <= instant_text(now))
        ordered = query.order_by(decisions.c.recheck_at).limit(limit)
        return await self._database.read(lambda db: [row[0] for row in db.execute(ordered)])

    async def clear_rechecks(self, ticket_ids: list[int]) -> None:
        """These tickets need not be looked at again by the clock."""
        update = sa.update(decisions).where(decisions.c.ticket_id.in_(ticket_ids)).values(recheck_at=None)
        await self._database.write(lambda db: db.execute(update))


def _needs_triage(db: Connection, ticket_id: int, changed: datetime | None) -> bool:
    """Whether what was done about an undecided ticket so far, as far as anything was, does not settle it."""
    query = sa.select(runs.c.state, runs.c.updated_at).where(runs.c.ticket_id == ticket_id)
    done = db.execute(query.order_by(runs.c.id.desc())).all()
    if any(run.state in OPEN_STATES for run in done):
        return False
    changed_since = changed is not None and all(run.updated_at < instant_text(changed) for run in done)
    failed = bool(done) and all(run.state in ("failed", "missing") for run in done)
    return not done or changed_since or (failed and len(done) < _TRIES_WITHOUT_A_CHANGE)


def _take(db: Connection, event_id: int, values: dict[str, Any]) -> bool:
    """Takes the event and queues its run; nothing when another process was faster."""
    if not mark_taken(db, event_id, run_id=values["id"], reason=""):
        return False
    insert_run(db, values)
    return True


def _hurry(db: Connection, ticket_id: int, until: datetime) -> None:
    waiting = (runs.c.ticket_id == ticket_id, runs.c.state.in_(NOT_BEGUN), runs.c.not_before > instant_text(until))
    db.execute(sa.update(runs).where(*waiting).values(not_before=instant_text(until)))
