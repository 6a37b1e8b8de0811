"""Writes whose outcome stayed unknown: kept until what became of them was looked at minutes later."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.storage.database import Database, inserting
from app.storage.tables import memory

_PREFIX = "doubtful-write:"


@dataclass(frozen=True, slots=True)
class DoubtfulWrite:
    """A step that may have been sent twice, or executed after it was given up. `looks`: how often it was looked at."""

    run_id: str
    position: int
    looks: int

    @property
    def name(self) -> str:
        return _name(self.run_id, self.position)


class DoubtfulWrites:
    """The doubtful writes of all processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[DoubtfulWrite]:
        """Every doubtful write, oldest run first."""
        query = (
            sa.select(memory.c.name, memory.c.value).where(memory.c.name.startswith(_PREFIX)).order_by(memory.c.name)
        )
        rows = await self._database.read(lambda db: db.execute(query).all())
        return [_write(row.name, int(row.value)) for row in rows]

    async def looked(self, write: DoubtfulWrite, *, most: int) -> None:
        """Counts one look; after `most` of them the write is forgotten."""
        this = memory.c.name == write.name
        done = write.looks + 1 >= most
        change = sa.delete(memory).where(this) if done else sa.update(memory).where(this).values(value=write.looks + 1)
        await self._database.write(lambda db: db.execute(change))


def record_doubt(db: Connection, run_id: str, position: int) -> None:
    """Keeps a doubtful write in the caller's transaction, unless it is kept already."""
    values = {"name": _name(run_id, position), "value": 0}
    db.execute(inserting(db, memory).values(values).on_conflict_do_nothing())


def _name(run_id: str, position: int) -> str:
    return f"{_PREFIX}{run_id}:{position}"


def _write(name: str, looks: int) -> DoubtfulWrite:
    run_id, _, position = name.removeprefix(_PREFIX).partition(":")
    return DoubtfulWrite(run_id, int(position), looks)
