"""Small values that survive a restart, and the counts shown as metrics."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.storage.clock import instant_text, parse_instant
from app.storage.database import Database, inserting
from app.storage.runs import OPEN_STATES
from app.storage.tables import decisions, inbox, memory, runs
from app.storage.trail import TrailEntry, add_entry


class KeyValueStore:
    """Named JSON values, such as the time of the last reconciliation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str) -> Any:
        """The stored value, or None."""
        query = sa.select(memory.c.value).where(memory.c.name == name)
        return await self._database.read(lambda db: db.execute(query).scalar())

    async def put(self, name: str, value: Any, *, entry: TrailEntry | None = None) -> None:
        """Stores a value under its name. `entry`: for the audit trail, in the same commit."""

        def work(db: Connection) -> None:
            insert = inserting(db, memory).values(name=name, value=value)
            db.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
            add_entry(db, entry)

        await self._database.write(work)

    async def put_if_absent(self, name: str, value: Any) -> Any:
        """Stores a value unless the name has one; returns the stored one."""

        def work(db: Connection) -> Any:
            db.execute(inserting(db, memory).values(name=name, value=value).on_conflict_do_nothing())
            return db.execute(sa.select(memory.c.value).where(memory.c.name == name)).scalar()

        return await self._database.write(work)

    async def take_turn(self, name: str, *, now: datetime, every: timedelta) -> bool:
        """Whether this process may start a periodic job that all processes share."""

        def work(db: Connection) -> bool:
            first = inserting(db, memory).values(name=name, value=instant_text(now)).on_conflict_do_nothing()
            if db.execute(first.returning(memory.c.name)).first() is not None:  # PostgreSQL's rowcount is -1 here
                return True
            last = db.execute(sa.select(memory.c.value).where(memory.c.name == name).with_for_update()).scalar()
            if parse_instant(str(last)) + every > now:
                return False
            db.execute(sa.update(memory).where(memory.c.name == name).values(value=instant_text(now)))
            return True

        return await self._database.write(work)

    async def figures(self, now: datetime) -> dict[str, Any]:
        """Counts of inbox, runs and decisions by state; the age of the oldest open run in seconds."""

        def work(db: Connection) -> dict[str, Any]:
            labels = (decisions.c.outcome, decisions.c.status, decisions.c.trigger)
            counted = sa.select(*labels, sa.func.count()).group_by(*labels)
            open_since = sa.select(sa.func.min(runs.c.created_at)).where(runs.c.state.in_(OPEN_STATES))
            oldest = db.execute(open_since).scalar()
            return {
                "inbox": _count_by(db, inbox.c.state),
                "runs": _count_by(db, runs.c.state),
                "decisions": {(row[0], row[1], row[2]): row[3] for row in db.execute(counted)},
                "oldest_open_run_seconds": (now - parse_instant(oldest)).total_seconds() if oldest else 0.0,
            }

        return await self._database.read(work)


def _count_by(db: Connection, column: Any) -> dict[str, int]:
    return {row[0]: row[1] for row in db.execute(sa.select(column, sa.func.count()).group_by(column))}
