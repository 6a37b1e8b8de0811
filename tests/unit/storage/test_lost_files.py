"""A database file or lock file that goes away under a running service: nothing is acknowledged that would be lost."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog

from app.storage import Database, Inbox, InboxEvent, StoreUnavailable, is_missing
from tests.support.databases import BOTH, fresh_database

NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)


def event(message_id: str, *, ticket: int = 4711, body: bytes = b"{}") -> InboxEvent:
    return InboxEvent(message_id, "added", "ticket", ticket, "jdoe", body, NOW)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/one.db")
    database.migrate()
    assert database.may_dispatch()
    yield database
    database.close()


def _delete(file: Path) -> None:
    file.unlink()


def _replace_by_an_older_copy(file: Path) -> None:
    shutil.copy(file, file.with_suffix(".copy"))
    os.replace(file.with_suffix(".copy"), file)


@pytest.mark.parametrize("lose", [_delete, _replace_by_an_older_copy])
async def test_nothing_is_acknowledged_into_a_file_that_is_gone(
    running: Database, tmp_path: Path, lose: Callable[[Path], None]
) -> None:
    inbox = Inbox(running)
    assert await inbox.take(event("m-1"))
    lose(tmp_path / "one.db")
    with pytest.raises(StoreUnavailable, match="removed or replaced") as caught:
        await inbox.take(event("m-2"))
    assert str(tmp_path / "one.db") in caught.value.hint
    with pytest.raises(StoreUnavailable):
        await running.prove_writable()


async def test_a_file_that_may_only_be_read_is_not_proven_writable(tmp_path: Path) -> None:
    made = Database(f"sqlite:///{tmp_path}/one.db")
    made.migrate()
    made.close()
    reading = Database(f"sqlite:///file:{tmp_path}/one.db?mode=ro&uri=true")
    with pytest.raises(StoreUnavailable):
        await reading.prove_writable()
    reading.close()


async def test_a_removed_lock_file_is_made_again_and_logged(running: Database, tmp_path: Path) -> None:
    (tmp_path / "one.db.lock").unlink()
    with structlog.testing.capture_logs() as lines:
        await running.prove_writable()
    assert [line["event"] for line in lines] == ["database.lock-restored"]
    other = Database(f"sqlite:///{tmp_path}/one.db")
    assert not other.may_dispatch()
    other.close()


async def test_who_lost_the_lock_file_to_another_process_writes_no_more(running: Database, tmp_path: Path) -> None:
    (tmp_path / "one.db.lock").unlink()
    other = Database(f"sqlite:///{tmp_path}/one.db")
    assert other.may_dispatch()
    with pytest.raises(StoreUnavailable, match="another process works on the database"):
        await running.prove_writable()
    await other.prove_writable()
    other.close()


def test_a_file_that_a_service_has_used_and_that_is_missing_is_told_from_a_first_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/one.db"
    assert not is_missing(url)
    database = Database(url)
    database.migrate()
    assert database.may_dispatch()
    assert not is_missing(url)
    database.close()
    (tmp_path / "one.db").unlink()
    assert is_missing(url)
    assert not is_missing("postgresql://nobody@127.0.0.1/none")


FOREIGN = {
    "a-table-of-our-name": ["CREATE TABLE runs (id integer)"],
    "alembic-of-another-program": [
        "CREATE TABLE alembic_version (version_num varchar(32))",
        "INSERT INTO alembic_version VALUES ('9f8e7d')",
    ],
}


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("statements", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_database_of_another_program_gets_a_sentence(kind: str, statements: list[str], tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path, empty=True) as url:
        database = Database(url)
        for statement in statements:
            database.write_now(lambda db, statement=statement: db.execute(sa.text(statement)))  # type: ignore[misc]
        with pytest.raises(StoreUnavailable, match="tables of another program"):
            database.migrate()
        database.close()


async def test_another_record_under_a_known_message_id_is_logged(database: Database) -> None:
    inbox = Inbox(database)
    assert await inbox.take(event("m-1"))
    with structlog.testing.capture_logs() as lines:
        assert not await inbox.take(event("m-1"))
        assert not await inbox.take(event("M-1", ticket=4712, body=b'{"summary": "secret"}'))
    assert [(line["event"], line["key"]) for line in lines] == [("callback.other-record", "m:m-1")]
    assert "secret" not in str(lines)


async def test_callbacks_that_wait_for_a_slow_database_are_bounded_in_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(f"sqlite:///{tmp_path}/one.db", patience=0.2)
    database.migrate()
    monkeypatch.setattr("app.storage.inbox._MOST_WAITING_BYTES", 10_000)
    hand = sqlite3.connect(tmp_path / "one.db", isolation_level=None)
    hand.execute("BEGIN IMMEDIATE")
    inbox = Inbox(database)
    results = await asyncio.gather(
        *(inbox.take(event(f"m-{number}", body=b"x" * 1000)) for number in range(30)), return_exceptions=True
    )
    hand.close()
    assert sum("too slow" in str(result) for result in results) == 19
    assert await inbox.take(event("after", body=b"x" * 1000))
    database.close()
