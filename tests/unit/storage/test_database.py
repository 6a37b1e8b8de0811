"""A database that is locked, full, away or damaged is said as such, and what was kept before stays."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from app.storage import Database, Inbox, InboxEvent, KeyValueStore, StoreUnavailable, procrastinate_schema
from app.storage import database as database_module
from app.storage.database import newest_revision, upgrade_tables
from tests.support.databases import fresh_database

NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)


def event(message_id: str, *, body: bytes = b"{}") -> InboxEvent:
    return InboxEvent(message_id, "added", "ticket", 4711, "jdoe", body, NOW)


async def test_a_locked_file_is_said_in_time_and_taken_again_afterwards(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/one.db", patience=0.05)
    database.migrate()
    other = sqlite3.connect(tmp_path / "one.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    inbox = Inbox(database)
    with pytest.raises(StoreUnavailable, match="another process keeps it locked"):
        await inbox.take(event("m-1"))
    other.execute("ROLLBACK")
    other.close()
    assert await inbox.take(event("m-1")) is True
    database.close()


async def test_a_full_disk_is_said_and_what_was_acknowledged_is_there(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/one.db")
    database.migrate()
    inbox = Inbox(database)
    pages = await database.write(lambda db: int(db.exec_driver_sql("PRAGMA page_count").scalar_one()))
    await database.write(lambda db: db.exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}"))
    kept = [number for number in range(100) if await _is_kept(inbox, event(f"m-{number}", body=b"x" * 8000))]
    assert 0 < len(kept) < 100
    await database.write(lambda db: db.exec_driver_sql("PRAGMA max_page_count = 100000"))
    assert len(await inbox.new_events()) == len(kept)
    assert await inbox.take(event("after", body=b"x" * 8000)) is True
    database.close()


async def _is_kept(inbox: Inbox, taken: InboxEvent) -> bool:
    try:
        return await inbox.take(taken)
    except StoreUnavailable:
        return False


async def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "one.db").write_bytes(b"this is a letter, not a database" * 100)
    database = Database(f"sqlite:///{tmp_path}/one.db")
    with pytest.raises(StoreUnavailable):
        database.migrate()
    database.close()


async def test_a_server_that_is_not_there_is_said() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none", patience=0.1)
    with pytest.raises(StoreUnavailable, match="nothing listens"):
        await KeyValueStore(database).get("anything")
    database.close()


async def test_events_that_come_while_a_commit_is_under_way_share_the_next_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = []
    write = database.write

    async def counted(work: object) -> object:
        commits.append(work)
        return await write(work)  # type: ignore[arg-type]

    monkeypatch.setattr(database, "write", counted)
    inbox = Inbox(database)
    assert all(await asyncio.gather(*(inbox.take(event(f"m-{number}")) for number in range(200))))
    assert len(commits) <= 3


async def test_every_waiter_of_a_commit_that_failed_hears_of_it(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/one.db")
    inbox = Inbox(database)
    answers = await asyncio.gather(*(inbox.take(event(f"m-{number}")) for number in range(5)), return_exceptions=True)
    assert all(isinstance(answer, StoreUnavailable) for answer in answers)
    database.close()


@pytest.mark.postgres
def test_the_queues_tables_are_made_once_and_anew_for_another_version(tmp_path: Path) -> None:
    with fresh_database("postgres", tmp_path, empty=True) as url:
        database = Database(url)
        database.migrate()
        insert = f"INSERT INTO {procrastinate_schema.SCHEMA}.procrastinate_workers DEFAULT VALUES"
        count = sa.text(f"SELECT count(*) FROM {procrastinate_schema.SCHEMA}.procrastinate_workers")  # noqa: S608
        database.write_now(lambda db: db.exec_driver_sql(insert))
        database.migrate()
        assert database.write_now(lambda db: db.execute(count).scalar()) == 1
        database.write_now(
            lambda db: db.exec_driver_sql(f"COMMENT ON SCHEMA {procrastinate_schema.SCHEMA} IS 'an older version'")
        )
        database.migrate()
        assert database.write_now(lambda db: db.execute(count).scalar()) == 0
        database.close()


def test_the_newest_revision_by_file_name_is_the_head_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(database_module.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == newest_revision()


def test_tables_of_this_version_are_not_migrated_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(f"sqlite:///{tmp_path}/one.db")
    database.migrate()
    monkeypatch.setattr(database_module, "upgrade_tables", lambda _: pytest.fail("migrated again"))
    database.migrate()
    database.close()


def test_the_tables_of_tests_are_those_of_the_migrations(tmp_path: Path) -> None:
    schemas = []
    for name in ("dumped", "migrated"):
        database = Database(f"sqlite:///{tmp_path}/{name}.db")
        database.migrate() if name == "dumped" else database.write_now(upgrade_tables)
        database.close()
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as connection:
            schemas.append(list(connection.iterdump()))
    assert schemas[0] == schemas[1]
