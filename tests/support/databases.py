"""Fresh databases for tests: a SQLite file, and a PostgreSQL database of its own where a server is there.

Migrations and CREATE DATABASE take longer than most tests. So an empty SQLite file gets the tables of the last migration from
a dump, and a PostgreSQL database is emptied and used again. `migrations_from_dump` says what still runs the migrations.
"""

from __future__ import annotations

import atexit
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from app.storage import Database
from app.storage import database as database_module
from app.storage.database import upgrade_tables

SERVER = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/test")
BOTH = [pytest.param("sqlite", id="sqlite"), pytest.param("postgres", id="postgres", marks=pytest.mark.postgres)]
_unused: list[str] = []
"""Names of migrated PostgreSQL databases without rows that no test uses at present."""


@contextmanager
def fresh_database(kind: str, folder: Path, *, empty: bool = False) -> Iterator[str]:
    """The URL of a database without rows; `empty`: without tables too, for tests of the migrations."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/miniprojects.db"
    elif empty:
        name = _create_postgres()
        try:
            yield _url_of(name)
        finally:
            _drop(name)
    else:
        name = _unused.pop() if _unused else _migrated(_create_postgres())
        try:
            yield _url_of(name)
        finally:
            restore_rows(_url_of(name), {})
            _unused.append(name)


@contextmanager
def migrations_from_dump() -> Iterator[None]:
    """Empty SQLite files get their tables from a dump inside. Alembic runs for the dump, for PostgreSQL, for older tables and
    in processes of their own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database_module, "upgrade_tables", _tables_from_dump)
        yield


@atexit.register
def _drop_unused() -> None:
    while _unused:
        _drop(_unused.pop())


def _tables_from_dump(connection: sa.Connection, revision: str = "head") -> None:
    if connection.dialect.name != "sqlite" or sa.inspect(connection).get_table_names():
        upgrade_tables(connection, revision)
        return
    for statement in _dump():
        connection.exec_driver_sql(statement)


@cache
def _dump() -> list[str]:
    """The statements that make the tables of the newest revision in an empty SQLite file."""
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/migrated.db")
        database.write_now(upgrade_tables)
        database.close()
        with closing(sqlite3.connect(f"{folder}/migrated.db")) as connection:
            return [one for one in connection.iterdump() if one not in ("BEGIN TRANSACTION;", "COMMIT;")]


def _url_of(name: str) -> str:
    return SERVER.rsplit("/", 1)[0] + f"/{name}"


def _migrated(name: str) -> str:
    database = Database(_url_of(name))
    database.migrate()
    database.close()
    return name


def _create_postgres() -> str:
    name = f"miniprojects_{uuid4().hex[:12]}"
    _on_server(f"CREATE DATABASE {name}")
    return name


def _drop(name: str) -> None:
    _on_server(f"DROP DATABASE {name} WITH (FORCE)")


Rows = dict[tuple[str, str], bytes]
"""All rows of a PostgreSQL database by schema and table, as COPY writes them."""
_OTHERS = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_TABLES = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'wakeups') AND tablename <> 'alembic_version'"
_SEQUENCES = "SELECT setval(format('%%I.%%I', schemaname, sequencename), %s, %s) FROM pg_sequences"


def saved_rows(url: str) -> Rows:
    """The rows of a PostgreSQL database, to put them back: copying a database takes a second."""
    with psycopg.connect(url) as connection:
        return {table: _copied(connection, table) for table in _tables(connection)}


def restore_rows(url: str, rows: Rows) -> None:
    """Ends what is still connected, deletes all rows and puts these in their place. New rows get ids from 1, or from 1001."""
    with psycopg.connect(url) as connection:
        connection.execute(_OTHERS)
        connection.execute("SET session_replication_role = replica")  # without a check of foreign keys
        for table in _tables(connection):
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(*table)))
            if rows.get(table):
                with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(*table))) as copy:
                    copy.write(rows[table])
        connection.execute(_SEQUENCES, (1000 if rows else 1, bool(rows)))


def _tables(connection: psycopg.Connection) -> list[tuple[str, str]]:
    return [(str(schema), str(table)) for schema, table in connection.execute(_TABLES).fetchall()]


def _copied(connection: psycopg.Connection, table: tuple[str, str]) -> bytes:
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(*table))) as copy:
        return b"".join(bytes(piece) for piece in copy)


def _on_server(statement: str) -> None:
    try:
        connection = psycopg.connect(SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL at {SERVER.rsplit('@', 1)[-1]}: {type(error).__name__}")
    with connection:
        connection.execute(statement)
