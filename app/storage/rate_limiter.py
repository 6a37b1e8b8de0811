"""Request rate toward ConnectWise, shared by all processes of one PostgreSQL database.

On SQLite one process works on tickets, and the client's limiter in memory is enough.
"""

from __future__ import annotations

import asyncio

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.storage.database import Database

_TAKE = sa.text(
    """
    INSERT INTO pace (name, due) VALUES (:name, extract(epoch FROM clock_timestamp()))
    ON CONFLICT (name) DO UPDATE
        SET due = greatest(pace.due + :interval, extract(epoch FROM clock_timestamp()) - :burst)
    RETURNING due - extract(epoch FROM clock_timestamp())
    """
)


class PostgresRateLimiter:
    """Grants `per_minute` evenly spaced requests by the clock of the database; `burst` of them need not wait."""

    def __init__(self, database: Database, per_minute: int, *, burst: int = 10) -> None:
        self._database = database
        self._interval = 60.0 / per_minute
        self._burst = burst * self._interval

    async def take(self) -> None:
        """Returns when the next request may be sent."""
        delay = await self._database.write(self.reserve)
        if delay > 0:
            await asyncio.sleep(delay)

    def reserve(self, db: Connection) -> float:
        """Reserves the next request in the caller's transaction; returns the seconds until it may be sent."""
        values = {"name": "connectwise", "interval": self._interval, "burst": self._burst}
        return float(db.execute(_TAKE, values).scalar_one())
