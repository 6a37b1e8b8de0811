"""Runs: who works on which ticket, until when, and when a waiting one may go on. One run per ticket at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.journal.database import Database, OwnershipLost
from app.journal.inbox import mark_taken
from app.journal.moments import moment_of, new_id, stamp
from app.journal.tables import decisions, runs

OPEN_STATES = ("queued", "working", "waiting")
LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run. `kind`: triage (decide, then carry out), carry-out (a decided plan) or undo.

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
    said: str
    created_at: datetime

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class Runs:
    """The runs table. Writes by a worker name the owner and fail with OwnershipLost when it holds the run no longer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(
        self, *, ticket_id: int, kind: str, trigger: str, mode: str, now: datetime, outcome: str | None = None,
        reason: str = "", decision_id: str | None = None,
    ) -> RunRow:  # fmt: skip
        """Queues a run. Several may queue for one ticket; they are worked on one after the other."""
        values = _new_run(ticket_id, kind, trigger, mode, now)
        values |= {"outcome": outcome, "reason": reason, "decision_id": decision_id}

        def work(db: Connection) -> RunRow:
            db.execute(sa.insert(runs).values(values))
            return _get(db, values["id"])

        return await self._database.write(work)

    async def open_for_event(self, event_id: int, *, ticket_id: int, trigger: str, mode: str, now: datetime) -> bool:
        """Takes an inbox event and queues its triage in one commit, unless the ticket has one or is decided."""

        def work(db: Connection) -> bool:
            known = _open_triage(db, ticket_id)
            if known:
                return mark_taken(db, event_id, run_id=known, reason="joined the open run of the ticket") and False
            if _decided(db, ticket_id):
                return mark_taken(db, event_id, run_id=None, reason="the ticket has its decision already") and False
            values = _new_run(ticket_id, "triage", trigger, mode, now)
            if not mark_taken(db, event_id, run_id=values["id"], reason=""):
                return False
            db.execute(sa.insert(runs).values(values))
            return True

        return await self._database.write(work)

    async def open_missing(self, ticket_ids: list[int], *, trigger: str, mode: str, now: datetime) -> list[int]:
        """Queues a triage for each of these tickets that never had one; returns them."""

        def work(db: Connection) -> list[int]:
            opened = []
            for ticket_id in ticket_ids:
                seen = db.execute(sa.select(runs.c.id).where(runs.c.ticket_id == ticket_id).limit(1)).first()
                if not seen and not _decided(db, ticket_id):
                    db.execute(sa.insert(runs).values(_new_run(ticket_id, "triage", trigger, mode, now)))
                    opened.append(ticket_id)
            return opened

        return await self._database.write(work)

    async def ignore_event(self, event_id: int, reason: str) -> None:
        """Records why an event leads to no run."""
        await self._database.write(lambda db: mark_taken(db, event_id, run_id=None, reason=reason))

    async def claim(self, owner: str, *, limit: int, now: datetime) -> list[RunRow]:
        """Takes up to `limit` runs that may go on now, oldest first, one a ticket, and holds them by a lease."""

        def work(db: Connection) -> list[RunRow]:
            claimed = []
            for run_id in _claimable(db, limit, now):
                values = {
                    "state": "working",
                    "owner": owner,
                    "lease_until": stamp(now + LEASE),
                    "updated_at": stamp(now),
                }
                db.execute(sa.update(runs).where(runs.c.id == run_id).values(values))
                claimed.append(_get(db, run_id))
            return claimed

        return await self._database.write(work)

    async def renew(self, owner: str, run_ids: list[str], *, now: datetime) -> None:
        """Keeps the leases of the runs at work."""
        mine = (runs.c.owner == owner, runs.c.id.in_(run_ids), runs.c.state == "working")
        values = {"lease_until": stamp(now + LEASE)}
        await self._database.write(lambda db: db.execute(sa.update(runs).where(*mine).values(values)))

    async def release_all(self, *, now: datetime) -> int:
        """Frees every held run; only for the one process that may dispatch on SQLite, at its start."""
        values = {"state": "queued", "owner": None, "lease_until": None, "updated_at": stamp(now)}
        update = sa.update(runs).where(runs.c.state == "working").values(values)
        return await self._database.write(lambda db: db.execute(update).rowcount)

    async def give_back(self, run: RunRow, *, now: datetime) -> None:
        """Puts a run back into the queue unharmed (the process stops)."""
        await self._finish(run, now, state="queued", not_before=stamp(now))

    async def wait(self, run: RunRow, *, until: datetime, said: str, now: datetime) -> None:
        """Lets a run wait durably; it holds no thread and keeps its place before later runs of the ticket."""
        state = {"state": "waiting", "not_before": stamp(until), "attempts": run.attempts + 1, "said": said}
        await self._finish(run, now, **state)

    async def end(self, run: RunRow, *, said: str, now: datetime, state: str = "ended") -> None:
        """Ends a run for good, as ended, failed or missing (no such ticket); `said` is the sentence that tells how."""
        await self._finish(run, now, state=state, said=said)

    async def _finish(self, run: RunRow, now: datetime, **values: Any) -> None:
        values |= {"owner": None, "lease_until": None, "updated_at": stamp(now)}

        def work(db: Connection) -> None:
            check_owner(db, run)
            db.execute(sa.update(runs).where(runs.c.id == run.id).values(values))

        await self._database.write(work)

    async def get(self, run_id: str) -> RunRow | None:
        """The run as it stands now."""
        return await self._database.read(lambda db: _find(db, run_id))

    async def next_moment(self) -> datetime | None:
        """When the next waiting run may go on; None while nothing is open."""
        query = sa.select(sa.func.min(runs.c.not_before)).where(runs.c.state.in_(("queued", "waiting")))
        text = await self._database.read(lambda db: db.execute(query).scalar())
        return moment_of(text) if text else None


def check_owner(db: Connection, run: RunRow) -> None:
    """Raises OwnershipLost unless the run is still held by the owner that claimed it."""
    held = sa.select(runs.c.id).where(runs.c.id == run.id, runs.c.owner == run.owner, runs.c.state == "working")
    if db.execute(held).first() is None:
        raise OwnershipLost(run.id)


def _new_run(ticket_id: int, kind: str, trigger: str, mode: str, now: datetime) -> dict[str, Any]:
    moment = stamp(now)
    return {
        "id": new_id(now), "ticket_id": ticket_id, "kind": kind, "trigger": trigger, "mode": mode, "state": "queued",
        "not_before": moment, "created_at": moment, "updated_at": moment,
    }  # fmt: skip


def _open_triage(db: Connection, ticket_id: int) -> str | None:
    query = sa.select(runs.c.id).where(
        runs.c.ticket_id == ticket_id, runs.c.kind == "triage", runs.c.state.in_(("queued", "waiting", "working"))
    )
    return db.execute(query.limit(1)).scalar()


def _decided(db: Connection, ticket_id: int) -> bool:
    return db.execute(sa.select(decisions.c.id).where(decisions.c.ticket_id == ticket_id).limit(1)).first() is not None


def _claimable(db: Connection, limit: int, now: datetime) -> list[str]:
    """Ids of runs that may go on: the first open one of each ticket, due, and held by nobody alive."""
    earlier = runs.alias("earlier")
    blocked = sa.exists().where(
        earlier.c.ticket_id == runs.c.ticket_id, earlier.c.id < runs.c.id, earlier.c.state.in_(OPEN_STATES)
    )
    due = sa.and_(runs.c.state.in_(("queued", "waiting")), runs.c.not_before <= stamp(now))
    left = sa.and_(runs.c.state == "working", runs.c.lease_until < stamp(now))
    query = sa.select(runs.c.id).where(due | left, ~blocked).order_by(runs.c.not_before, runs.c.id).limit(limit)
    if db.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True, of=runs)
    return [row[0] for row in db.execute(query)]


_COLUMNS = tuple(runs.c[name] for name in RunRow.__slots__)


def _find(db: Connection, run_id: str) -> RunRow | None:
    row = db.execute(sa.select(*_COLUMNS).where(runs.c.id == run_id)).first()
    if row is None:
        return None
    values = dict(row._mapping)
    values["not_before"] = moment_of(values["not_before"])
    values["created_at"] = moment_of(values["created_at"])
    return RunRow(**values)


def _get(db: Connection, run_id: str) -> RunRow:
    row = _find(db, run_id)
    assert row is not None, run_id  # noqa: S101 - written in this transaction
    return row
