"""Inbox of callbacks. Events are committed before the 2xx; concurrent events share one commit."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection

from app.storage.clock import instant_text, parse_instant
from app.storage.database import Database
from app.storage.db_errors import StoreUnavailable
from app.storage.tables import inbox

log = structlog.get_logger()

_COLUMNS = ("key", "received_at", "action", "type", "record_id", "member_id", "body", "state")
_MOST_PER_COMMIT = 500
_MOST_WAITING_BYTES = 16 * 1024 * 1024
"""Bodies that may wait for a commit; a database that hangs must not fill the memory."""


@dataclass(frozen=True, slots=True)
class InboxEvent:
    """One received callback. `message_id`: ConnectWise's id of the delivery, where it sends one."""

    message_id: str | None
    action: str
    type: str
    record_id: int
    member_id: str | None
    body: bytes
    received_at: datetime

    @property
    def key(self) -> str:
        """Identity of the event: its MessageId, or else record, action and body."""
        if self.message_id:
            return "m:" + self.message_id.lower()[:78]
        digest = hashlib.sha256(self.body).hexdigest()[:40]
        return f"b:{self.record_id}:{self.action[:10]}:{digest}"[:80]


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A stored event that has led to no run yet."""

    id: int
    action: str
    type: str
    record_id: int
    member_id: str | None


class Inbox:
    """Commits events in batches: events that arrive during a commit share the next one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._gathered: list[tuple[InboxEvent, asyncio.Future[bool]]] = []
        self._waiting_bytes = 0
        self._writing: asyncio.Task[None] | None = None

    async def take(self, event: InboxEvent) -> bool:
        """Returns after the commit: True for a new event, False for a repeat. StoreUnavailable when it cannot be stored."""
        if self._waiting_bytes > _MOST_WAITING_BYTES:
            raise StoreUnavailable("The database is too slow for the callbacks that arrive.")
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._gathered.append((event, future))
        self._waiting_bytes += len(event.body)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_gathered())
        return await future

    async def _write_gathered(self) -> None:
        while self._gathered:
            batch, self._gathered = self._gathered[:_MOST_PER_COMMIT], self._gathered[_MOST_PER_COMMIT:]
            await self._write(batch)
            self._waiting_bytes -= sum(len(event.body) for event, _ in batch)

    async def _write(self, batch: Sequence[tuple[InboxEvent, asyncio.Future[bool]]]) -> None:
        """Commits events whose sender still waits: after a 429 the callback is sent again."""
        events = [event for event, future in batch if not future.done()]
        if not events:
            return
        try:
            new, others = await self._database.write(partial(_insert, events=events))
        except Exception as error:  # passed on to every waiting caller
            _settle(batch, error)
            return
        for key in others:
            log.warning(
                "callback.other-record", key=key, why="Its MessageId is that of a stored callback about another record."
            )
        _settle(batch, new)

    async def new_events(self, limit: int = 200) -> list[InboxRow]:
        """Events that have led to no run yet, oldest first."""

        def work(db: Connection) -> list[InboxRow]:
            columns = (inbox.c.id, inbox.c.action, inbox.c.type, inbox.c.record_id, inbox.c.member_id)
            query = sa.select(*columns).where(inbox.c.state == "new").order_by(inbox.c.id).limit(limit)
            return [InboxRow(*row) for row in db.execute(query)]

        return await self._database.read(work)

    async def last_received(self) -> datetime | None:
        """When the latest event arrived; None before the first."""
        latest = sa.select(inbox.c.received_at).order_by(inbox.c.id.desc()).limit(1)
        found = await self._database.read(lambda db: db.execute(latest).scalar())
        return parse_instant(found) if found else None

    async def prune(self, *, older_than: timedelta, now: datetime) -> int:
        """Deletes events that were handled long ago; their bodies hold ticket texts."""
        old = (inbox.c.state != "new", inbox.c.received_at < instant_text(now - older_than))
        return await self._database.write(lambda db: db.execute(sa.delete(inbox).where(*old)).rowcount)


def mark_taken(db: Connection, event_id: int, *, run_id: str | None, reason: str) -> bool:
    """Marks a new event as handled in the caller's transaction; False when another process was faster."""
    values = {"state": "taken" if run_id else "ignored", "run_id": run_id, "reason": reason[:300]}
    update = sa.update(inbox).where(inbox.c.id == event_id, inbox.c.state == "new").values(values)
    return bool(db.execute(update).rowcount)


def _settle(batch: Sequence[tuple[InboxEvent, asyncio.Future[bool]]], result: set[str] | Exception) -> None:
    first_of_key = set()
    for event, future in batch:
        if future.done():
            continue
        if isinstance(result, Exception):
            future.set_exception(result)
        else:
            future.set_result(event.key in result and event.key not in first_of_key)
            first_of_key.add(event.key)


def _insert(db: Connection, events: Sequence[InboxEvent]) -> tuple[set[str], list[str]]:
    """Inserts events that are not stored yet; returns their keys, and the keys of repeats about another record."""
    rows = [_row(event) for event in {event.key: event for event in reversed(events)}.values()]
    new = (_insert_sqlite if db.dialect.name == "sqlite" else _insert_postgres)(db, rows)
    repeats = {event.key for event in events} - new
    stored = {event.key: event.record_id for event in reversed(events)}
    if repeats:
        query = sa.select(inbox.c.key, inbox.c.record_id).where(inbox.c.key.in_(repeats))
        stored |= {row.key: row.record_id for row in db.execute(query)}
    return new, sorted({event.key for event in events if stored[event.key] != event.record_id})


def _row(event: InboxEvent) -> tuple[Any, ...]:
    kind = event.type.lower()[:40]
    member = event.member_id[:100] if event.member_id else None
    received = instant_text(event.received_at)
    return (event.key, received, event.action[:20], kind, event.record_id, member, event.body, "new")


def _insert_sqlite(db: Connection, rows: list[tuple[Any, ...]]) -> set[str]:
    """On the driver's own cursor: thousands of events a second have no time for more."""
    marks = ",".join("?" * len(_COLUMNS))
    statement = f"INSERT INTO inbox ({','.join(_COLUMNS)}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608
    cursor = db.connection.cursor()
    return {row[0] for row in rows if cursor.execute(statement, row).rowcount == 1}


def _insert_postgres(db: Connection, rows: list[tuple[Any, ...]]) -> set[str]:
    statement = (
        f"INSERT INTO inbox ({','.join(_COLUMNS)}) SELECT * FROM unnest(%s::text[], %s::text[], %s::text[],"  # noqa: S608
        " %s::text[], %s::bigint[], %s::text[], %s::bytea[], %s::text[]) ON CONFLICT DO NOTHING RETURNING key"
    )
    columns = tuple([row[position] for row in rows] for position in range(len(_COLUMNS)))
    return {row[0] for row in db.exec_driver_sql(statement, columns)}
