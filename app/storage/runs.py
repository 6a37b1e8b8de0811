"""Runs: who works on which ticket, until when, and when a waiting one may go on. One run per ticket at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.storage.clock import instant_text, parse_instant
from app.storage.database import Database, OwnershipLost
from app.storage.ids import new_id
from app.storage.tables import decisions, runs

OPEN_STATES = ("queued", "working", "waiting")
NOT_BEGUN = ("queued", "waiting")


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run. `kind`: triage (decide, then carry out), carry-out (a decided plan), undo, or look (has it outgrown?).

    `state`: queued, working (held by `owner` until `lease_until`), waiting (for `not_before`), ended, failed or missing.
    """

    id: str
    ticket_id: int
    kind: str
    trigger: str
    mode: str
    outcome: str | None
    reason: str
    decision_id: str | None
    state: str
    not_before: datetime
    attempts: int
    owner: str | None
    message: str
    created_at: datetime

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class Runs:
    """The runs table. Writes by a worker name the owner and fail with OwnershipLost when it holds the run no longer."""

    def __init__(self, database: Database, *, lease: timedelta = timedelta(seconds=60)) -> None:
        self._database = database
        self._lease = lease

    async def open(
        self, *, ticket_id: int, kind: str, trigger: str, mode: str, now: datetime, outcome: str | None = None,
        reason: str = "", decision_id: str | None = None,
    ) -> RunRow:  # fmt: skip
        """Queues a run. Several may queue for one ticket; they are worked on one after the other.

        A person's reclassification takes the place of a triage that has not begun, so that it has the last word.
        """
        values = new_run(ticket_id, kind, trigger, mode, now)
        values |= {"outcome": outcome, "reason": reason, "decision_id": decision_id}

        def work(db: Connection) -> RunRow:
            lock_ticket(db, ticket_id)
            if trigger == "reclassify":
                _take_the_place_of_a_triage(db, ticket_id, mode, now)
            return insert_run(db, values)

        return await self._database.write(work)

    async def claim(
        self, owner: str, *, limit: int, now: datetime, only: str | None = None, at_work: Collection[str] = ()
    ) -> list[RunRow]:
        """Takes up to `limit` runs that may go on now, oldest first, one a ticket, and holds them by a lease.

        `at_work`: runs that the owner is at this moment; a clock that was put on may have ended their lease.
        """
        moment = instant_text(now)
        held = {
            "state": "working",
            "owner": owner,
            "lease_until": instant_text(now + self._lease),
            "updated_at": moment,
        }

        def work(db: Connection) -> list[RunRow]:
            if only is not None:
                lock_ticket(db, db.execute(sa.select(runs.c.ticket_id).where(runs.c.id == only)).scalar() or 0)
            claimed = [run_id for run_id, _ in _claimable(db, limit, now, only=only, but_not=at_work, lock=True)]
            db.execute(sa.update(runs).where(runs.c.id.in_(claimed)).values(held))
            return [get_run(db, run_id) for run_id in claimed]

        return await self._database.write(work)

    async def due(self, *, limit: int, now: datetime) -> list[tuple[str, int]]:
        """Run and ticket ids of runs that may go on now, oldest first; nothing is held by this."""
        return await self._database.read(lambda db: _claimable(db, limit, now))

    async def renew(self, owner: str, run_ids: list[str], *, now: datetime) -> None:
        """Keeps the leases of the runs at work."""
        mine = (runs.c.owner == owner, runs.c.id.in_(run_ids), runs.c.state == "working")
        values = {"lease_until": instant_text(now + self._lease)}
        await self._database.write(lambda db: db.execute(sa.update(runs).where(*mine).values(values)))

    async def release(self, *, now: datetime, owner: str | None = None) -> int:
        """Frees the runs that `owner` holds; without one every held run, as only SQLite's one process may at its start."""
        held = [runs.c.state == "working"] + ([runs.c.owner == owner] if owner else [])
        values = {"state": "queued", "owner": None, "lease_until": None, "updated_at": instant_text(now)}
        update = sa.update(runs).where(*held).values(values)
        return await self._database.write(lambda db: db.execute(update).rowcount)

    async def wait(self, run: RunRow, *, until: datetime, message: str, now: datetime, counts: bool = True) -> None:
        """Lets a run wait durably; it holds no thread and keeps its place before later runs of the ticket.

        `counts`: whether it has tried something that failed.
        """
        attempts = run.attempts + int(counts)
        state = {"state": "waiting", "not_before": instant_text(until), "attempts": attempts, "message": message}
        await self._database.write(lambda db: finish_run(db, run, now, **state))

    async def end(self, run: RunRow, *, message: str, now: datetime, state: str = "ended") -> None:
        """Ends a run for good, as ended, failed or missing (no such ticket); `said` is the sentence that tells how."""
        await self._database.write(lambda db: finish_run(db, run, now, state=state, message=message))

    async def get(self, run_id: str) -> RunRow | None:
        """The run as it stands now."""
        return await self._database.read(lambda db: _find(db, run_id))

    async def of_ticket(self, ticket_id: int, *, limit: int = 50) -> list[RunRow]:
        """The runs of a ticket, newest first."""
        query = sa.select(*_COLUMNS).where(runs.c.ticket_id == ticket_id).order_by(runs.c.id.desc()).limit(limit)
        return await self._database.read(lambda db: [_row(row) for row in db.execute(query)])

    async def comments_on(self, decision_ids: list[str]) -> list[RunRow]:
        """The runs by which people said something about these decisions, oldest first."""
        message = (runs.c.kind.in_(("carry-out", "undo"))) | runs.c.outcome.is_not(None) | (runs.c.reason != "")
        query = sa.select(*_COLUMNS).where(runs.c.decision_id.in_(decision_ids), message).order_by(runs.c.id)
        return await self._database.read(lambda db: [_row(row) for row in db.execute(query)])

    async def next_moment(self) -> datetime | None:
        """When the next waiting run may go on; None while nothing is open."""
        query = sa.select(sa.func.min(runs.c.not_before)).where(runs.c.state.in_(NOT_BEGUN))
        text = await self._database.read(lambda db: db.execute(query).scalar())
        return parse_instant(text) if text else None

    async def prune(self, *, older_than: timedelta, now: datetime) -> int:
        """Forgets runs that ended long ago without a decision."""
        old = (
            runs.c.decision_id.is_(None),
            runs.c.state.not_in(OPEN_STATES),
            runs.c.updated_at < instant_text(now - older_than),
        )
        return await self._database.write(lambda db: db.execute(sa.delete(runs).where(*old)).rowcount)


def check_owner(db: Connection, run: RunRow) -> None:
    """Raises OwnershipLost unless the run is still held by the owner that claimed it; holds it until the commit."""
    held = sa.select(runs.c.id).where(runs.c.id == run.id, runs.c.owner == run.owner, runs.c.state == "working")
    if db.execute(held.with_for_update()).first() is None:
        raise OwnershipLost(run.id)


def finish_run(db: Connection, run: RunRow, now: datetime, **values: Any) -> None:
    """Lets go of a held run with these values, in the caller's transaction."""
    check_owner(db, run)
    values |= {"owner": None, "lease_until": None, "updated_at": instant_text(now)}
    db.execute(sa.update(runs).where(runs.c.id == run.id).values(values))


def new_run(ticket_id: int, kind: str, trigger: str, mode: str, now: datetime) -> dict[str, Any]:
    """The values of a fresh run, queued for now."""
    moment = instant_text(now)
    return {
        "id": new_id(now), "ticket_id": ticket_id, "kind": kind, "trigger": trigger, "mode": mode, "state": "queued",
        "not_before": moment, "created_at": moment, "updated_at": moment,
    }  # fmt: skip


def insert_run(db: Connection, values: dict[str, Any]) -> RunRow:
    """Queues a run, in the caller's transaction."""
    db.execute(sa.insert(runs).values(values))
    return get_run(db, values["id"])


def _take_the_place_of_a_triage(db: Connection, ticket_id: int, mode: str, now: datetime) -> None:
    """Ends a triage that nobody has begun; a dry run leaves one that may write."""
    waiting = (
        runs.c.ticket_id == ticket_id, runs.c.kind == "triage", runs.c.trigger != "reclassify",
        runs.c.state.in_(NOT_BEGUN), runs.c.decision_id.is_(None),
    )  # fmt: skip
    weaker = (runs.c.mode == mode,) if mode == "dry-run" else ()
    ended = {
        "state": "ended",
        "message": "A person's reclassification took its place.",
        "updated_at": instant_text(now),
    }
    db.execute(sa.update(runs).where(*waiting, *weaker).values(ended))


def lock_ticket(db: Connection, ticket_id: int) -> None:
    """Lets transactions about one ticket follow one another, in all processes; SQLite has one writer anyway."""
    if db.dialect.name == "postgresql":
        db.execute(sa.text("SELECT pg_advisory_xact_lock(7262, :ticket)"), {"ticket": ticket_id % 2**31})


def open_run_of(db: Connection, ticket_id: int, *kinds: str, states: tuple[str, ...] = OPEN_STATES) -> str | None:
    """The oldest open run of a ticket of one of these kinds."""
    query = sa.select(runs.c.id).where(runs.c.ticket_id == ticket_id, runs.c.kind.in_(kinds), runs.c.state.in_(states))
    return db.execute(query.order_by(runs.c.id).limit(1)).scalar()


def triage_to_come(db: Connection, ticket_id: int) -> bool:
    """Whether a triage of the ticket that is no dry run is queued and has decided nothing yet."""
    queued = (
        runs.c.kind == "triage",
        runs.c.state.in_(NOT_BEGUN),
        runs.c.decision_id.is_(None),
        runs.c.mode != "dry-run",
    )
    return db.execute(sa.select(runs.c.id).where(runs.c.ticket_id == ticket_id, *queued).limit(1)).first() is not None


def is_decided(db: Connection, ticket_id: int) -> bool:
    """Whether a ticket has a decision."""
    return db.execute(sa.select(decisions.c.id).where(decisions.c.ticket_id == ticket_id).limit(1)).first() is not None


def _claimable(
    db: Connection,
    limit: int,
    now: datetime,
    *,
    only: str | None = None,
    but_not: Collection[str] = (),
    lock: bool = False,
) -> list[tuple[str, int]]:
    """Runs that may go on, due and held by nobody alive: one of each ticket. One that was left in its midst comes first,
    then one that has decided, then the oldest.

    A run that has decided nothing yet and waits for its time keeps no other waiting.
    """
    moment, other = instant_text(now), runs.alias("other")
    asleep = sa.and_(other.c.decision_id.is_(None), other.c.not_before > moment)
    decided_first = sa.and_(other.c.decision_id.is_not(None), runs.c.decision_id.is_(None))
    older = sa.and_(other.c.decision_id.is_not(None) | runs.c.decision_id.is_(None), other.c.id < runs.c.id)
    comes_first = sa.and_(runs.c.state != "working", other.c.state.in_(NOT_BEGUN), ~asleep, decided_first | older)
    blocked = sa.exists().where(
        other.c.ticket_id == runs.c.ticket_id, other.c.id != runs.c.id, (other.c.state == "working") | comes_first
    )
    due = sa.and_(runs.c.state.in_(NOT_BEGUN), runs.c.not_before <= moment)
    left = sa.and_(runs.c.state == "working", runs.c.lease_until < moment)
    query = sa.select(runs.c.id, runs.c.ticket_id).where(due | left, ~blocked, runs.c.id.not_in(but_not))
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
    values["not_before"] = parse_instant(values["not_before"])
    values["created_at"] = parse_instant(values["created_at"])
    return RunRow(**values)


def get_run(db: Connection, run_id: str) -> RunRow:
    """The run, which must be there, in the caller's transaction."""
    row = _find(db, run_id)
    assert row is not None, run_id  # noqa: S101 - written in this transaction
    return row
