"""The audit trail: who did what, when and to which decision. An entry is stored in the commit of what it describes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.storage.clock import instant_text, parse_instant
from app.storage.database import Database
from app.storage.ids import new_id
from app.storage.people_tables import trail

A_PERSON = "a person"
"""The name of a person who is not known, as in releases before 0.2.0."""


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One act of a person. `detail`: what was chosen; no reasons, since they may quote a ticket."""

    who: str
    what: str
    at: datetime
    ticket_id: int | None = None
    decision_id: str | None = None
    detail: str = ""
    id: str = ""


_COLUMNS = tuple(trail.c[name] for name in TrailEntry.__slots__)


def add_entry(db: Connection, entry: TrailEntry | None) -> None:
    """Stores an entry in the caller's transaction."""
    if entry is not None:
        values = {name: getattr(entry, name) for name in TrailEntry.__slots__}
        db.execute(sa.insert(trail).values(values | {"id": new_id(entry.at), "at": instant_text(entry.at)}))


class Trail:
    """The table of the audit trail."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, entry: TrailEntry) -> None:
        """Stores an entry whose act has no row of its own."""
        await self._database.write(lambda db: add_entry(db, entry))

    async def page(
        self, *, ticket_id: int | None = None, decision_id: str | None = None, who: str | None = None, limit: int = 50,
        before: str | None = None,
    ) -> list[TrailEntry]:  # fmt: skip
        """Entries, newest first, starting before the id `before`."""
        chosen = ((trail.c.ticket_id, ticket_id), (trail.c.decision_id, decision_id), (trail.c.who, who))
        wanted = [column == value for column, value in chosen if value is not None]
        if before is not None:
            wanted.append(trail.c.id < before)
        query = sa.select(*_COLUMNS).where(*wanted).order_by(trail.c.id.desc()).limit(limit)
        rows = await self._database.read(lambda db: db.execute(query).all())
        return [TrailEntry(**{**row._mapping, "at": parse_instant(row.at)}) for row in rows]
