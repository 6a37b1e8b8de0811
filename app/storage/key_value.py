"""Small things that must survive a restart, and the figures that the metrics show."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.storage.clock import instant_text, parse_instant
from app.storage.database import Database, inserting
from app.storage.tables import decisions, inbox, memory, runs


class KeyValueStore:
    """Named JSON values, such as how far the sweep has come."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recall(self, name: str) -> Any:
        """The value kept under `name`, or None."""
        query = sa.select(memory.c.value).where(memory.c.name == name)
        return await self._database.read(lambda db: db.execute(query).scalar())

    async def keep(self, name: str, value: Any) -> None:
        """Keeps `value` under `name`."""

        def work(db: Connection) -> None:
            insert = inserting(db, memory).values(name=name, value=value)
            db.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"value": value}))

        await self._database.write(work)

    async def keep_first(self, name: str, value: Any) -> Any:
        """Keeps `value` unless there is one already; returns the one that stands."""

        def work(db: Connection) -> Any:
            db.execute(inserting(db, memory).values(name=name, value=value).on_conflict_do_nothing())
            return db.execute(sa.select(memory.c.value).where(memory.c.name == name)).scalar()

        return await self._database.write(work)

    async def take_turn(self, name: str, *, now: datetime, every: timedelta) -> bool:
        """Whether it is our turn at something that all processes together do once in a while."""

        def work(db: Connection) -> bool:
            first = inserting(db, memory).values(name=name, value=instant_text(now)).on_conflict_do_nothing()
            if db.execute(first).rowcount:
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
            by_standing = (decisions.c.outcome, decisions.c.status, decisions.c.trigger)
            counted = sa.select(*by_standing, sa.func.count()).group_by(*by_standing)
            oldest = db.execute(
                sa.select(sa.func.min(runs.c.created_at)).where(runs.c.state.in_(("queued", "waiting", "working")))
            ).scalar()
            return {
                "inbox": _count_by(db, inbox.c.state),
                "runs": _count_by(db, runs.c.state),
                "decisions": {(row[0], row[1], row[2]): row[3] for row in db.execute(counted)},
                "oldest_open_run_seconds": (now - parse_instant(oldest)).total_seconds() if oldest else 0.0,
            }

        return await self._database.read(work)


def _count_by(db: Connection, column: Any) -> dict[str, int]:
    return {row[0]: row[1] for row in db.execute(sa.select(column, sa.func.count()).group_by(column))}
