"""Opens runs for inbox events, for tickets found by reconciliation, and for decisions due for a recheck.

Each is one transaction that takes the event and opens or joins the run, so that neither exists without the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.domain.enums import Mode, RunKind, RunState, Trigger
from app.storage.clock import instant_text
from app.storage.database import Database
from app.storage.inbox import mark_taken
from app.storage.runs import NOT_STARTED, OPEN_STATES, insert_run, is_decided, lock_ticket, new_run, open_run_of
from app.storage.tables import decisions, runs

_ATTEMPTS_WITHOUT_A_CHANGE = 5
"""Failed runs of a ticket, after which only a change of the ticket leads to another one."""
_LONGEST_COMMIT = 0.05
"""Seconds after which a commit of many events takes no further one; on a busy machine one takes 20 ms."""
_JOINED = "joined the open run of the ticket"


Work = Callable[[Connection], bool]
"""Takes one event in the caller's transaction; whether it opened a run."""


def ignoring(event_id: int, reason: str) -> Work:
    """Records why an event leads to no run."""
    return lambda db: mark_taken(db, event_id, run_id=None, reason=reason) and False


def adding(event_id: int, ticket_id: int, *, mode: Mode, now: datetime, settle: timedelta) -> Work:
    """Queues a classification after the settling time, unless the ticket has one or is decided."""

    def work(db: Connection) -> bool:
        known = open_run_of(db, ticket_id, RunKind.CLASSIFY)
        if known:
            _bring_forward(db, ticket_id, now + settle)
            return mark_taken(db, event_id, run_id=known, reason=_JOINED) and False
        if is_decided(db, ticket_id):
            return mark_taken(db, event_id, run_id=None, reason="the ticket has a decision already") and False
        values = new_run(ticket_id, RunKind.CLASSIFY, Trigger.CALLBACK, mode, now)
        return _take(db, event_id, values | {"not_before": instant_text(now + settle)})

    return work


def updating(event_id: int, ticket_id: int, *, mode: Mode, now: datetime, quiet: timedelta) -> Work:
    """Queues a recheck, or a classification of an undecided ticket; updates within the quiet time share one.

    A started run may have read the ticket before this change, so another one is queued behind it.
    """

    def work(db: Connection) -> bool:
        known = open_run_of(db, ticket_id, RunKind.CLASSIFY, RunKind.RECHECK, states=NOT_STARTED)
        if known:
            return mark_taken(db, event_id, run_id=known, reason=_JOINED) and False
        recheck = open_run_of(db, ticket_id, *RunKind) is not None or is_decided(db, ticket_id)
        how = (RunKind.RECHECK, Trigger.UPDATE) if recheck else (RunKind.CLASSIFY, Trigger.CALLBACK)
        values = new_run(ticket_id, *how, mode, now)
        return _take(db, event_id, values | {"not_before": instant_text(now + quiet)})

    return work


def deleting(event_id: int, ticket_id: int, *, mode: Mode, now: datetime) -> Work:
    """Queues a recheck at once and brings waiting runs forward, so that each finds the ticket deleted."""

    def work(db: Connection) -> bool:
        _bring_forward(db, ticket_id, now)
        if not is_decided(db, ticket_id) and not open_run_of(db, ticket_id, RunKind.CLASSIFY):
            return mark_taken(db, event_id, run_id=None, reason="nothing is known of the ticket") and False
        return _take(db, event_id, new_run(ticket_id, RunKind.RECHECK, Trigger.UPDATE, mode, now))

    return work


class RunIntake:
    """Opens runs; `mode` is that of the service."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, works: Sequence[tuple[int, Work]]) -> list[bool]:
        """Does the work of the first of these events, each with its ticket, in one commit; whether each opened a run.

        As many as fit into a short time, at least one: callbacks wait for the same connection. The tickets are locked in the
        order of their ids, so that two processes cannot wait for one another.
        """

        def work(db: Connection) -> list[bool]:
            for ticket_id in sorted({ticket_id for ticket_id, _ in works}):
                lock_ticket(db, ticket_id)
            until = time.monotonic() + _LONGEST_COMMIT
            opened: list[bool] = []
            for _, each in works:
                opened.append(each(db))
                if time.monotonic() > until:
                    break
            return opened

        return await self._database.write(work)

    async def ignore(self, event_id: int, reason: str) -> None:
        """Records why an event leads to no run."""
        await self._database.write(ignoring(event_id, reason))

    async def added(self, event_id: int, *, ticket_id: int, mode: Mode, now: datetime, settle: timedelta) -> bool:
        """Queues a classification after the settling time; False when the ticket has one or is decided."""
        (opened,) = await self.take([(ticket_id, adding(event_id, ticket_id, mode=mode, now=now, settle=settle))])
        return opened

    async def updated(self, event_id: int, *, ticket_id: int, mode: Mode, now: datetime, quiet: timedelta) -> bool:
        """Queues a recheck, or a classification of an undecided ticket; updates within the quiet time share one."""
        (opened,) = await self.take([(ticket_id, updating(event_id, ticket_id, mode=mode, now=now, quiet=quiet))])
        return opened

    async def deleted(self, event_id: int, *, ticket_id: int, mode: Mode, now: datetime) -> bool:
        """Queues a recheck at once and brings waiting runs forward, so that each finds the ticket deleted."""
        (opened,) = await self.take([(ticket_id, deleting(event_id, ticket_id, mode=mode, now=now))])
        return opened

    async def open_missing(self, tickets: Mapping[int, datetime | None], *, mode: Mode, now: datetime) -> list[int]:
        """Queues a classification for each of these undecided tickets that needs one; returns their ids.

        `tickets`: the time of the last change by id. A skipped ticket needs another classification when it was changed
        since; one whose runs failed also without a change, a limited number of times.
        """

        def work(db: Connection) -> list[int]:
            opened = []
            for ticket_id in sorted(tickets):
                lock_ticket(db, ticket_id)
                if not is_decided(db, ticket_id) and _needs_classification(db, ticket_id, tickets[ticket_id]):
                    insert_run(db, new_run(ticket_id, RunKind.CLASSIFY, Trigger.RECONCILE, mode, now))
                    opened.append(ticket_id)
            return opened

        return await self._database.write(work)

    async def open_rechecks(self, ticket_ids: list[int], *, mode: Mode, now: datetime) -> list[int]:
        """Queues a recheck for each of these decided tickets without an open run; returns their ids."""

        def work(db: Connection) -> list[int]:
            opened = []
            for ticket_id in sorted(ticket_ids):
                lock_ticket(db, ticket_id)
                if is_decided(db, ticket_id) and not open_run_of(db, ticket_id, *RunKind):
                    insert_run(db, new_run(ticket_id, RunKind.RECHECK, Trigger.UPDATE, mode, now))
                    opened.append(ticket_id)
            return opened

        return await self._database.write(work)

    async def observed_states(self, ticket_ids: list[int]) -> dict[int, dict[str, Any]]:
        """The observed state of the newest decision of each of these tickets."""
        newest = sa.select(sa.func.max(decisions.c.id)).where(decisions.c.ticket_id.in_(ticket_ids))
        query = sa.select(decisions.c.ticket_id, decisions.c.observed_state).where(
            decisions.c.id.in_(newest.group_by(decisions.c.ticket_id))
        )
        return await self._database.read(lambda db: {row.ticket_id: row.observed_state for row in db.execute(query)})

    async def due_for_recheck(self, *, limit: int, now: datetime) -> list[int]:
        """Tickets whose decision is due for a recheck, longest due first."""
        query = sa.select(decisions.c.ticket_id).where(decisions.c.recheck_at <= instant_text(now))
        ordered = query.order_by(decisions.c.recheck_at).limit(limit)
        return await self._database.read(lambda db: [row[0] for row in db.execute(ordered)])

    async def clear_rechecks(self, ticket_ids: list[int]) -> None:
        """Removes the time of the next recheck from these tickets."""
        update = sa.update(decisions).where(decisions.c.ticket_id.in_(ticket_ids)).values(recheck_at=None)
        await self._database.write(lambda db: db.execute(update))


def _needs_classification(db: Connection, ticket_id: int, changed: datetime | None) -> bool:
    """Whether the earlier runs of an undecided ticket, if any, leave it to be classified."""
    query = sa.select(runs.c.state, runs.c.updated_at).where(runs.c.ticket_id == ticket_id)
    earlier = db.execute(query.order_by(runs.c.id.desc())).all()
    if any(run.state in OPEN_STATES for run in earlier):
        return False
    changed_since = changed is not None and all(run.updated_at < instant_text(changed) for run in earlier)
    failed = bool(earlier) and all(run.state in (RunState.FAILED, RunState.MISSING) for run in earlier)
    return not earlier or changed_since or (failed and len(earlier) < _ATTEMPTS_WITHOUT_A_CHANGE)


def _take(db: Connection, event_id: int, values: dict[str, Any]) -> bool:
    """Takes the event and queues its run; False when another process was faster."""
    if not mark_taken(db, event_id, run_id=values["id"], reason=""):
        return False
    insert_run(db, values)
    return True


def _bring_forward(db: Connection, ticket_id: int, until: datetime) -> None:
    later = runs.c.not_before > instant_text(until)
    waiting = (runs.c.ticket_id == ticket_id, runs.c.state.in_(NOT_STARTED), later)
    db.execute(sa.update(runs).where(*waiting).values(not_before=instant_text(until)))
