"""Locks on tickets that PostgreSQL holds for a connection, not for a time.

A session advisory lock is freed when its process dies, and not while the process is paused: no lease can end under it.
The server notices a host that has vanished by TCP keepalives.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from app.storage.database import Database
from app.storage.runs import RunRow

_LOCKS = 7264
_KEEPALIVE = "-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
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
            self._address, autocommit=True, connect_timeout=4, options=_KEEPALIVE
        )
        try:
            taken = "SELECT pg_try_advisory_lock(%s, %s)"
            row = await (await connection.execute(taken, (_LOCKS, _key(ticket_id)))).fetchone()
            yield TicketLock(connection, ticket_id) if row and row[0] else None
        finally:
            await connection.close()


def _key(ticket_id: int) -> int:
    return ticket_id % 2**31
