"""A pace that all processes on one PostgreSQL database share toward ConnectWise."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.journal.database import Database

_TAKE = sa.text(
    """
    INSERT INTO pace (name, due) VALUES (:name, extract(epoch FROM clock_timestamp()))
    ON CONFLICT (name) DO UPDATE
        SET due = greatest(pace.due + :interval, extract(epoch FROM clock_timestamp()) - :burst)
    RETURNING due - extract(epoch FROM clock_timestamp())
    """
)


class SharedPace:
    """Evenly spaced moments, `per_minute` of them, counted in the database's own clock; a short burst is free."""

    def __init__(self, database: Database, per_minute: int, *, burst: int = 10) -> None:
        self._database = database
        self._interval = 60.0 / per_minute
        self._burst = burst * self._interval

    async def take(self) -> None:
        """Returns when the next request may be sent."""
        delay = await self._database.write(self._next_moment)
        if delay > 0:
            await asyncio.sleep(delay)

    def _next_moment(self, db: Connection) -> float:
        values = {"name": "connectwise", "interval": self._interval, "burst": self._burst}
        return float(db.execute(_TAKE, values).scalar_one())
