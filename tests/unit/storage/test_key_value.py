"""Small named values: turns that processes share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.storage import Database, KeyValueStore

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def test_a_turn_is_taken_once_in_its_time(database: Database) -> None:
    store = KeyValueStore(database)

    assert await store.take_turn("watch", now=NOW, every=HOUR)
    assert not await store.take_turn("watch", now=NOW + timedelta(minutes=1), every=HOUR)
    assert await store.take_turn("watch", now=NOW + HOUR, every=HOUR)
