"""Runs: which process works on which ticket, until when, and when a waiting run may continue. One run per ticket at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.domain.enums import Mode, Outcome, RunKind, RunState, Trigger
from app.storage.clock import instant_text, parse_instant
from app.storage.database import Database, OwnershipLost
from app.storage.ids import new_id
from app.storage.tables import decisions, runs
from app.storage.trail import TrailEntry, add_entry

Change = Callable[[Connection], str | None]
"""Changes rows in the transaction that ends a run; may return another message for the run."""
OPEN_STATES = (RunState.QUEUED, RunState.WORKING, RunState.WAITING)
NOT_STARTED = (RunState.QUEUED, RunState.WAITING)


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run. A working run is held by `owner` until its lease ends; a waiting one continues at `not_before`."""

    id: str
    ticket_id: int
    kind: RunKind
    trigger: Trigger
    mode: Mode
    outcome: Outcome | None
    reason: str
    decision_id: str | None
    state: RunState
    not_before: datetime
    attempts: int
    owner: str | None
    message: str
    created_at: datetime
    requested_by: str = ""
    """The person who requested it; empty: nobody did, or it is not known."""

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class Runs:
    """The runs table. Writes by a worker name the owner; OwnershipLost when it no longer holds the run."""

    def __init__(self, database: Database, *, lease: timedelta = timedelta(seconds=60)) -> None:
        self._database = database
        self._lease = lease

    async def open(
        self, *, ticket_id: int, kind: RunKind, trigger: Trigger, mode: Mode, now: datetime,
        outcome: Outcome | None = None, reason: str = "", decision_id: str | None = None, entry: TrailEntry | None = None,
    ) -> RunRow:  # fmt: skip
        """Queues a run. Several may queue for one ticket; they are executed one after the other.

        A person's reclassification replaces a classification that has not started, so that it decides last. `entry`: for
        the audit trail; the run keeps its name.
        """
        values = new_run(ticket_id, kind, trigger, mode, now)
        values |= {"outcome": outcome, "reason": reason, "decision_id": decision_id}
        values |= {"requested_by": entry.who} if entry else {}

        def work(db: Connection) -> RunRow:
            lock_ticket(db, ticket_id)
            if trigger is Trigger.RECLASSIFY:
                _replace_queued_classification(db, ticket_id, mode, now)
            add_entry(db, entry)
            return insert_run(db, values)

        return await self._database.write(work)

    async def claim(
        self, owner: str, *, limit: int, now: datetime, only: str | None = None, executing: Collection[str] = ()
    ) -> list[RunRow]:
        """Takes up to `limit` due runs under a lease, oldest first, one per ticket.

        `executing`: runs that the owner executes at the moment; a clock that jumped may have ended their lease.
        """
        moment = instant_text(now)
        lease_until = instant_text(now + self._lease)
        held = {"state": RunState.WORKING, "owner": owner, "lease_until": lease_until, "updated_at": moment}

        def work(db: Connection) -> list[RunRow]:
            if only is not None:
                lock_ticket(db, db.execute(sa.select(runs.c.ticket_id).where(runs.c.id == only)).scalar() or 0)
            claimed = [run_id for run_id, _ in _claimable(db, limit, now, only=only, except_for=executing, lock=True)]
            db.execute(sa.update(runs).where(runs.c.id.in_(claimed)).values(held))
            return [get_run(db, run_id) for run_id in claimed]

        return await self._database.write(work)

    async def due(self, *, limit: int, now: datetime) -> list[tuple[str, int]]:
        """Run and ticket ids of due runs, oldest first, without a lease."""
        return await self._database.read(lambda db: _claimable(db, limit, now))

    async def renew(self, owner: str, run_ids: list[str], *, now: datetime) -> None:
        """Extends the leases of runs under execution."""
        held = (runs.c.owner == owner, runs.c.id.in_(run_ids), runs.c.state == RunState.WORKING)
        values = {"lease_until": instant_text(now + self._lease)}
        await self._database.write(lambda db: db.execute(sa.update(runs).where(*held).values(values)))

    async def release(self, *, now: datetime, owner: str | None = None) -> int:
        """Queues the runs of `owner` again; without an owner every held run, which only the one process of SQLite may do."""
        held = [runs.c.state == RunState.WORKING] + ([runs.c.owner == owner] if owner else [])
        values = {"state": RunState.QUEUED, "owner": None, "lease_until": None, "updated_at": instant_text(now)}
        update = sa.update(runs).where(*held).values(values)
        return await self._database.write(lambda db: db.execute(update).rowcount)

    async def wait(self, run: RunRow, *, until: datetime, message: str, now: datetime, is_attempt: bool = True) -> None:
        """Lets a run wait durably; it keeps its place before later runs of the ticket.

        `is_attempt`: whether it counts as a failed attempt.
        """
        attempts = run.attempts + int(is_attempt)
        values = {"state": RunState.WAITING, "not_before": instant_text(until), "attempts": attempts}
        await self._database.write(lambda db: finish_run(db, run, now, **values, message=message))

    async def end(
        self, run: RunRow, *, message: str, now: datetime, state: RunState = RunState.ENDED, also: Change | None = None
    ) -> None:
        """Ends a run for good. `also`: changes of other rows in the same commit."""

        def work(db: Connection) -> None:
            if also is not None:
                lock_ticket(db, run.ticket_id)
            check_owner(db, run)
            replaced = also(db) if also is not None else None
            finish_run(db, run, now, state=state, message=replaced or message)

        await self._database.write(work)

    async def take_back(self, run_id: str, *, message: str, entry: TrailEntry) -> bool:
        """Queues a run again whose lease ended more than one lease ago; False when its holder has continued meanwhile."""
        now = entry.at
        late = (runs.c.state == RunState.WORKING, runs.c.lease_until < instant_text(now - self._lease))
        values = {"state": RunState.QUEUED, "owner": None, "lease_until": None, "updated_at": instant_text(now)}
        update = sa.update(runs).where(runs.c.id == run_id, *late).values(values | {"message": message})

        def work(db: Connection) -> bool:
            taken = bool(db.execute(update).rowcount)
            add_entry(db, entry if taken else None)
            return taken

        return await self._database.write(work)

    async def stalled(self, *, now: datetime) -> list[RunRow]:
        """Working runs whose lease ended more than one lease ago: no process has continued them."""
        late = runs.c.lease_until < instant_text(now - self._lease)
        query = sa.select(*_COLUMNS).where(runs.c.state == RunState.WORKING, late).order_by(runs.c.id)
        return await self._database.read(lambda db: [_row(row) for row in db.execute(query)])

    async def get(self, run_id: str) -> RunRow | None:
        """The run in its current state."""
        return await self._database.read(lambda db: _find(db, run_id))

    async def of_ticket(self, ticket_id: int, *, limit: int = 50) -> list[RunRow]:
        """The runs of a ticket, newest first."""
        query = sa.select(*_COLUMNS).where(runs.c.ticket_id == ticket_id).order_by(runs.c.id.desc()).limit(limit)
        return await self._database.read(lambda db: [_row(row) for row in db.execute(query)])

    async def comments_on(self, decision_ids: list[str]) -> list[RunRow]:
        """The runs that a person started on these decisions, oldest first."""
        by_person = runs.c.kind.in_((RunKind.APPLY, RunKind.UNDO)) | runs.c.outcome.is_not(None) | (runs.c.reason != "")
        query = sa.select(*_COLUMNS).where(runs.c.decision_id.in_(decision_ids), by_person).order_by(runs.c.id)
        return await self._database.read(lambda db: [_row(row) for row in db.execute(query)])

    async def prune(self, *, older_than: timedelta, now: datetime) -> int:
        """Deletes runs without a decision that ended long ago."""
        old = (
            runs.c.decision_id.is_(None),
            runs.c.state.not_in(OPEN_STATES),
            runs.c.updated_at < instant_text(now - older_than),
        )
        return await self._database.write(lambda db: db.execute(sa.delete(runs).where(*old)).rowcount)


def check_owner(db: Connection, run: RunRow) -> None:
    """Raises OwnershipLost unless the run is still held by its claimer; locks the row until the commit."""
    held = (runs.c.id == run.id, runs.c.owner == run.owner, runs.c.state == RunState.WORKING)
    if db.execute(sa.select(runs.c.id).where(*held).with_for_update()).first() is None:
        raise OwnershipLost(run.id)


def finish_run(db: Connection, run: RunRow, now: datetime, **values: Any) -> None:
    """Releases a held run with these values in the caller's transaction."""
    check_owner(db, run)
    values |= {"owner": None, "lease_until": None, "updated_at": instant_text(now)}
    db.execute(sa.update(runs).where(runs.c.id == run.id).values(values))


def new_run(ticket_id: int, kind: RunKind, trigger: Trigger, mode: Mode, now: datetime) -> dict[str, Any]:
    """The values of a new run, due now."""
    moment = instant_text(now)
    return {
        "id": new_id(now), "ticket_id": ticket_id, "kind": kind, "trigger": trigger, "mode": mode,
        "state": RunState.QUEUED, "not_before": moment, "created_at": moment, "updated_at": moment,
    }  # fmt: skip


def insert_run(db: Connection, values: dict[str, Any]) -> RunRow:
    """Queues a run in the caller's transaction."""
    db.execute(sa.insert(runs).values(values))
    return get_run(db, values["id"])


def _replace_queued_classification(db: Connection, ticket_id: int, mode: Mode, now: datetime) -> None:
    """Ends a classification that has not started; a dry run leaves those that may write."""
    queued = (
        runs.c.ticket_id == ticket_id, runs.c.kind == RunKind.CLASSIFY, runs.c.trigger != Trigger.RECLASSIFY,
        runs.c.state.in_(NOT_STARTED), runs.c.decision_id.is_(None),
    )  # fmt: skip
    same_mode = (runs.c.mode == mode,) if mode is Mode.DRY_RUN else ()
    message = "Replaced by a person's reclassification."
    ended = {"state": RunState.ENDED, "message": message, "updated_at": instant_text(now)}
    db.execute(sa.update(runs).where(*queued, *same_mode).values(ended))


def lock_ticket(db: Connection, ticket_id: int) -> None:
    """Serializes transactions about one ticket across processes; SQLite has one writer anyway."""
    if db.dialect.name == "postgresql":
        db.execute(sa.text("SELECT pg_advisory_xact_lock(7262, :ticket)"), {"ticket": ticket_id % 2**31})


def open_run_of(
    db: Connection, ticket_id: int, *kinds: RunKind, states: tuple[RunState, ...] = OPEN_STATES
) -> str | None:
    """The oldest open run of a ticket of one of these kinds."""
    query = sa.select(runs.c.id).where(runs.c.ticket_id == ticket_id, runs.c.kind.in_(kinds), runs.c.state.in_(states))
    return db.execute(query.order_by(runs.c.id).limit(1)).scalar()


def has_queued_classification(db: Connection, ticket_id: int) -> bool:
    """Whether a classification that may write is queued and has no decision yet."""
    queued = (
        runs.c.kind == RunKind.CLASSIFY, runs.c.mode != Mode.DRY_RUN, runs.c.decision_id.is_(None),
        runs.c.state.in_(NOT_STARTED),
    )  # fmt: skip
    return db.execute(sa.select(runs.c.id).where(runs.c.ticket_id == ticket_id, *queued).limit(1)).first() is not None


def is_decided(db: Connection, ticket_id: int) -> bool:
    """Whether a ticket has a decision."""
    return db.execute(sa.select(decisions.c.id).where(decisions.c.ticket_id == ticket_id).limit(1)).first() is not None


def _claimable(
    db: Connection, limit: int, now: datetime, *, only: str | None = None, except_for: Collection[str] = (),
    lock: bool = False,
) -> list[tuple[str, int]]:  # fmt: skip
    """Due runs without a live owner, one per ticket: interrupted ones first, then decided ones, then the oldest.

    An undecided run that waits for its time blocks no other run.
    """
    moment, other = instant_text(now), runs.alias("other")
    asleep = sa.and_(other.c.decision_id.is_(None), other.c.not_before > moment)
    decided_first = sa.and_(other.c.decision_id.is_not(None), runs.c.decision_id.is_(None))
    older = sa.and_(other.c.decision_id.is_not(None) | runs.c.decision_id.is_(None), other.c.id < runs.c.id)
    other_waits = sa.and_(other.c.state.in_(NOT_STARTED), ~asleep, decided_first | older)
    comes_first = sa.and_(runs.c.state != RunState.WORKING, other_waits)
    blocks = (other.c.state == RunState.WORKING) | comes_first
    blocked = sa.exists().where(other.c.ticket_id == runs.c.ticket_id, other.c.id != runs.c.id, blocks)
    due = sa.and_(runs.c.state.in_(NOT_STARTED), runs.c.not_before <= moment)
    interrupted = sa.and_(runs.c.state == RunState.WORKING, runs.c.lease_until < moment)
    query = sa.select(runs.c.id, runs.c.ticket_id).where(due | interrupted, ~blocked, runs.c.id.not_in(except_for))
    if only is not None:
        query = query.where(runs.c.id == only)
    if lock and db.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True, of=runs)
    rows = db.execute(query.order_by(runs.c.not_before, runs.c.id).limit(limit))
    return [(row.id, row.ticket_id) for row in rows]


_COLUMNS = tuple(runs.c[name] for name in RunRow.__slots__)


def _find(db: Connection, run_id: str) -> RunRow | None:
    row = db.execute(sa.select(*_COLUMNS).where(runs.c.id == run_id)).first()
    return None if row is None else _row(row)


def _row(row: Any) -> RunRow:
    values = dict(row._mapping)
    values |= {"kind": RunKind(row.kind), "trigger": Trigger(row.trigger), "mode": Mode(row.mode)}
    values |= {"state": RunState(row.state), "outcome": Outcome(row.outcome) if row.outcome else None}
    values |= {"not_before": parse_instant(row.not_before), "created_at": parse_instant(row.created_at)}
    return RunRow(**values)


def get_run(db: Connection, run_id: str) -> RunRow:
    """An existing run, in the caller's transaction."""
    row = _find(db, run_id)
    assert row is not None, run_id  # noqa: S101 - written in this transaction
    return row
