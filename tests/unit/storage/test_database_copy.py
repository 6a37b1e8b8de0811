"""Copies of the database on both kinds: made while it is in use, put back only while it is not."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage import Database, KeyValueStore
from app.storage.database_copy import CopyFailed, back_up, restore
from tests.support.databases import BOTH, fresh_database


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as url:
        database = Database(url)
        database.migrate()
        database.close()
        yield url


async def put(database: Database, value: str) -> None:
    await KeyValueStore(database).put("word", value)


async def test_a_copy_made_in_use_brings_back_what_was_there(url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    database = Database(url)
    await put(database, "before")
    back_up(database, copy)
    await put(database, "after")
    database.close()

    fresh = Database(url)
    restore(fresh, copy)
    fresh.close()

    restored = Database(url)
    restored.migrate()
    assert await KeyValueStore(restored).get("word") == "before"
    await put(restored, "written again")
    restored.close()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".part")]


async def test_a_database_in_use_is_not_replaced(url: str, tmp_path: Path) -> None:
    running = Database(url)
    await put(running, "kept")
    running.may_dispatch()
    back_up(running, tmp_path / "copy")
    other = Database(url)
    with pytest.raises(CopyFailed, match="Stop"):
        restore(other, tmp_path / "copy")
    other.close()
    assert await KeyValueStore(running).get("word") == "kept"
    running.close()


async def test_a_file_that_is_no_copy_changes_nothing(url: str, tmp_path: Path) -> None:
    odd = tmp_path / "odd"
    odd.write_text("no database", encoding="utf-8")
    empty = tmp_path / "empty.db"
    sqlite3.connect(empty).close()
    database = Database(url)
    await put(database, "kept")
    database.close()
    for source in (odd, empty, tmp_path / "missing"):
        again = Database(url)
        with pytest.raises(CopyFailed):
            restore(again, source)
        again.close()
    after = Database(url)
    assert await KeyValueStore(after).get("word") == "kept"
    after.close()


async def test_a_copy_never_replaces_a_file(url: str, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("x", encoding="utf-8")
    database = Database(url)
    with pytest.raises(CopyFailed, match="exists"):
        back_up(database, tmp_path / "there")
    database.close()
