"""A pace that all processes on one database share toward ConnectWise."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import struct
import time
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.storage.database import Database, for_us_alone
from app.storage.db_errors import cannot_be_made

_TAKE = sa.text(
    """
    INSERT INTO pace (name, due) VALUES (:name, extract(epoch FROM clock_timestamp()))
    ON CONFLICT (name) DO UPDATE
        SET due = greatest(pace.due + :interval, extract(epoch FROM clock_timestamp()) - :burst)
    RETURNING due - extract(epoch FROM clock_timestamp())
    """
)


class SharedPace:
    """For PostgreSQL. Evenly spaced moments, `per_minute` of them, counted in the database's own clock; a short burst is free."""

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


_DUE = struct.Struct("d")
_SANE = 200
"""Requests that may wait ahead of one: a due time beyond them is none of ours, as after the clock was set back."""


class FilePace:
    """For SQLite. The same moments, kept in a small file beside the database: no transaction and no disk waits for it."""

    def __init__(
        self, database: Database, per_minute: int, *, burst: int = 10, clock: Callable[[], float] = time.time
    ) -> None:
        self._path = f"{database.url.database}.pace"
        self._interval = 60.0 / per_minute
        self._burst = burst * self._interval
        self._clock = clock
        self._file: int | None = None

    async def take(self) -> None:
        """Returns when the next request may be sent."""
        while (delay := self._next_moment()) is None:  # noqa: ASYNC110 - it is another process that goes on
            await asyncio.sleep(0.001)
        if delay > 0:
            await asyncio.sleep(delay)

    def _next_moment(self) -> float | None:
        """Seconds until our turn; None while another process looks for its own, which takes it some microseconds."""
        if self._file is None:
            self._file = self._opened()
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        try:
            kept, now = os.pread(self._file, _DUE.size, 0), self._clock()
            due = _DUE.unpack(kept)[0] if len(kept) == _DUE.size else 0.0
            if not due <= now + _SANE * self._interval:
                due = now
            due = max(due + self._interval, now - self._burst)
            with contextlib.suppress(OSError):  # A full disk is told by what has to be kept.
                os.pwrite(self._file, _DUE.pack(due), 0)
            return float(due - now)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _opened(self) -> int:
        try:
            return for_us_alone(self._path, os.O_RDWR | os.O_CREAT)
        except OSError as error:
            raise cannot_be_made(error, "the pace beside its file", self._path) from error

    def close(self) -> None:
        """Lets the file go."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
