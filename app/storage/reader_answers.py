"""Answers of the model-backed reader by request, and its durable count of tokens by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.storage.clock import instant_text
from app.storage.database import Database, inserting
from app.storage.reader_tables import reader_answers, reader_usage

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class ReaderUsage:
    """Requests and tokens of a day."""

    requests: int = 0
    tokens: int = 0


class ReaderAnswers:
    """The cache of completions. A stored answer stays as it is until it is pruned."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: str) -> dict[str, Any] | None:
        """The stored completion of a request."""
        query = sa.select(reader_answers.c.answer).where(reader_answers.c.key == key)
        return await self._database.read(lambda db: db.execute(query).scalar())

    async def get_many(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The stored completions of those requests that have one."""

        def work(db: Connection) -> dict[str, dict[str, Any]]:
            found: dict[str, dict[str, Any]] = {}
            for start in range(0, len(keys), _AT_ONCE):
                some = reader_answers.c.key.in_(keys[start : start + _AT_ONCE])
                query = sa.select(reader_answers.c.key, reader_answers.c.answer).where(some)
                found |= {row.key: row.answer for row in db.execute(query)}
            return found

        return await self._database.read(work)

    async def put(self, answers: Mapping[str, Mapping[str, Any]], *, now: datetime) -> int:
        """Stores completions by request; returns how many were new. Stored ones are not replaced."""
        rows = [
            {"key": key, "answer": dict(answer), "created_at": instant_text(now)} for key, answer in answers.items()
        ]

        def work(db: Connection) -> int:
            inserts = (inserting(db, reader_answers).values(row).on_conflict_do_nothing() for row in rows)
            return sum(db.execute(insert.returning(reader_answers.c.key)).first() is not None for insert in inserts)

        return await self._database.write(work)

    async def usage(self, now: datetime) -> ReaderUsage:
        """What was sent today, in UTC."""
        query = sa.select(reader_usage.c.requests, reader_usage.c.tokens).where(reader_usage.c.day == _day(now))
        row = await self._database.read(lambda db: db.execute(query).first())
        return ReaderUsage(row.requests, row.tokens) if row else ReaderUsage()

    async def reserve(self, tokens: int, *, limit: int, now: datetime) -> bool:
        """Counts a request before it is sent; False where it would exceed the day's limit. `limit`: 0 for none."""
        day = _day(now)

        def work(db: Connection) -> bool:
            db.execute(inserting(db, reader_usage).values(day=day, requests=0, tokens=0).on_conflict_do_nothing())
            row = sa.update(reader_usage).where(reader_usage.c.day == day)
            within = row.where(reader_usage.c.tokens + tokens <= limit) if limit else row
            changed = within.values(requests=reader_usage.c.requests + 1, tokens=reader_usage.c.tokens + tokens)
            return bool(db.execute(changed).rowcount)

        return await self._database.write(work)

    async def correct(self, difference: int, *, now: datetime) -> None:
        """Replaces an estimate by what the endpoint counted: adds the difference, which may be negative."""
        row = sa.update(reader_usage).where(reader_usage.c.day == _day(now))
        changed = row.values(tokens=reader_usage.c.tokens + difference)
        await self._database.write(lambda db: db.execute(changed))

    async def prune(self, *, older_than: timedelta, now: datetime) -> int:
        """Deletes old answers, which quote ticket texts; the counts by day stay."""
        old = reader_answers.c.created_at < instant_text(now - older_than)
        return await self._database.write(lambda db: db.execute(sa.delete(reader_answers).where(old)).rowcount)


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()
