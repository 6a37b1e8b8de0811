"""Locks on tickets that PostgreSQL holds for a connection, not for a time.

A session advisory lock is freed when its process dies, and not while the process is paused: no lease can end under it.
The server notices a host that has vanished by TCP keepalives.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import sqlalchemy as sa

from app.storage.database import Database
from app.storage.db_errors import StoreUnavailable
from app.storage.runs import RunRow

_LOCKS = 7264
_KEEPALIVE = "-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
_NAME = "miniprojects ticket lock"
"""How the connections that hold locks are called in `pg_stat_activity`."""
_END_SECONDS = 5.0
_HOLDERS = """
    FROM pg_locks JOIN pg_stat_activity AS holder USING (pid)
    WHERE locktype = 'advisory' AND classid = :locks AND objid = :ticket AND objsubid = 2 AND granted
      AND holder.datname = current_database() AND holder.usename = current_user AND holder.application_name = :name
"""
_HOLDS = """
    SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = %(locks)s AND objid = %(ticket)s
                   AND pid = pg_backend_pid() AND granted)
       AND EXISTS (SELECT FROM runs WHERE id = %(run)s AND owner = %(owner)s AND state = 'working')
"""


class TicketLock:
    """A held lock; `holds` asks its own connection, which fails once the lock is lost."""

    def __init__(self, connection: psycopg.AsyncConnection[tuple[bool]], ticket_id: int) -> None:
        self._connection = connection
        self._ticket_id = ticket_id

    async def holds(self, run: RunRow) -> bool:
        """Whether the connection still holds the lock and the run still belongs to its owner."""
        values = {"locks": _LOCKS, "ticket": _key(self._ticket_id), "run": run.id, "owner": run.owner}
        try:
            row = await (await self._connection.execute(_HOLDS, values)).fetchone()
        except psycopg.Error:
            return False
        return bool(row and row[0])


class TicketLocks:
    """Locks of this process. Each has its own connection."""

    def __init__(self, database: Database) -> None:
        self._address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)

    @asynccontextmanager
    async def held(self, ticket_id: int) -> AsyncIterator[TicketLock | None]:
        """The lock on a ticket; None while another connection holds it. Raises psycopg.Error."""
        connection: psycopg.AsyncConnection[tuple[bool]] = await psycopg.AsyncConnection.connect(
            self._address, autocommit=True, connect_timeout=4, options=_KEEPALIVE, application_name=_NAME
        )
        try:
            taken = "SELECT pg_try_advisory_lock(%s, %s)"
            row = await (await connection.execute(taken, (_LOCKS, _key(ticket_id)))).fetchone()
            yield TicketLock(connection, ticket_id) if row and row[0] else None
        finally:
            await connection.close()


async def end_holder(database: Database, ticket_id: int) -> bool:
    """Ends the connection of this program that holds the lock on a ticket, and waits until the lock is free.

    False where none holds it. No other connection is ended. Raises StoreUnavailable where the server does not end it.
    """
    values = {"locks": _LOCKS, "ticket": _key(ticket_id), "name": _NAME}
    end, held = (sa.text(f"SELECT {what} {_HOLDERS}") for what in ("pg_terminate_backend(pid)", "pid"))
    if not (await database.write(lambda db: db.execute(end, values).all())):
        return False
    until = time.monotonic() + _END_SECONDS
    while await database.write(lambda db: db.execute(held, values).all()):
        if time.monotonic() > until:
            raise StoreUnavailable("The database server did not end the connection that holds the ticket's lock.")
        await asyncio.sleep(0.05)
    return True


def _key(ticket_id: int) -> int:
    return ticket_id % 2**31
