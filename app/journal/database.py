"""One database, SQLite or PostgreSQL: engines, transactions off the event loop, migrations, who may dispatch."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, Engine, make_url

from app.journal import wakeups

Result = TypeVar("Result")

_CHECKPOINT_PAGES = 10_000
"""Pages of 4 kB in SQLite's log before it is folded into the file; folding costs several syncs of the disk."""


class StoreUnavailable(Exception):
    """The database does not take or give data now; the sentence says why. Waiting may help."""


class OwnershipLost(Exception):
    """Another process has taken this run over; whoever holds it no longer must stop at once."""


class Database:
    """Transactions for the rest of the journal; each runs in a worker thread and commits or leaves nothing."""

    def __init__(self, url: str, *, patience: float = 4.0) -> None:
        """`patience`: seconds to wait for a lock or a connection; ConnectWise waits five for the answer to a callback."""
        self.url = _driver_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        engines = _sqlite_engines if self.is_sqlite else _postgres_engines
        self._writer, self._reader = engines(self.url, patience)
        self._write_threads = ThreadPoolExecutor(1 if self.is_sqlite else 4, thread_name_prefix="journal-write")
        self._read_threads = ThreadPoolExecutor(2, thread_name_prefix="journal-read")
        self._dispatch_lock: IO[str] | None = None

    async def write(self, work: Callable[[Connection], Result]) -> Result:
        """Runs `work` in a writing transaction; committed when this returns."""
        return await asyncio.get_running_loop().run_in_executor(self._write_threads, self.write_now, work)

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """Runs `work` in a reading transaction."""
        return await asyncio.get_running_loop().run_in_executor(self._read_threads, self._read_now, work)

    def write_now(self, work: Callable[[Connection], Result]) -> Result:
        """As `write`, on this thread."""
        with _translated(), self._writer.begin() as connection:
            return work(connection)

    def _read_now(self, work: Callable[[Connection], Result]) -> Result:
        with _translated(), self._reader.connect() as connection:
            return work(connection)

    def migrate(self) -> None:
        """Brings the tables to this version's form; two processes that start together wait for one another."""
        with _translated(), self._writer.begin() as connection:
            if not self.is_sqlite:
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(7261)"))
            command.upgrade(_alembic(connection), "head")
            if not self.is_sqlite:
                wakeups.prepare(connection)

    def schema_revision(self) -> str | None:
        """The revision that the tables are in; None before the first migration."""
        with _translated(), self._reader.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()

    def may_dispatch(self) -> bool:
        """Whether this process may carry runs out. On SQLite exactly one process may; PostgreSQL shares by leases."""
        if not self.is_sqlite or self._dispatch_lock is not None:
            return True
        handle = open(self._lock_file, "a+", encoding="utf-8")  # noqa: SIM115 - held while we run
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.close()
            return False
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        self._dispatch_lock = handle
        return True

    def dispatching_process(self) -> str:
        """The id of the process that works on this SQLite file, as it wrote it; empty where none did."""
        try:
            return Path(self._lock_file).read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    @property
    def _lock_file(self) -> str:
        return f"{self.url.database}.lock"

    def close(self) -> None:
        """Waits for transactions under way, then lets everything go."""
        self._write_threads.shutdown()
        self._read_threads.shutdown()
        self._writer.dispose()
        self._reader.dispose()
        if self._dispatch_lock is not None:
            self._dispatch_lock.close()
            self._dispatch_lock = None


def _driver_url(url: str) -> URL:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise ValueError("DATABASE_URL names no file; write sqlite:///data/miniprojects.db")
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        return parsed.set(drivername="sqlite+pysqlite")
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise ValueError(f"DATABASE_URL must begin with sqlite:/// or postgresql://, not {parsed.get_backend_name()}://")


def _sqlite_engines(url: URL, patience: float) -> tuple[Engine, Engine]:
    """SQLite has one writer at a time: it says so at BEGIN instead of failing later. Readers never wait."""
    arguments = {"timeout": patience, "check_same_thread": False}
    writer = sa.create_engine(url, pool_size=1, max_overflow=1, connect_args=arguments)
    reader = sa.create_engine(url, pool_size=2, max_overflow=1, connect_args=arguments)
    for engine, begin in ((writer, "BEGIN IMMEDIATE"), (reader, "BEGIN")):
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_with(begin))
    return writer, reader


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")


def _begin_with(statement: str) -> Callable[[Connection], None]:
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    return begin


def _postgres_engines(url: URL, patience: float) -> tuple[Engine, Engine]:
    arguments = {"connect_timeout": max(round(patience), 2)}
    engine = sa.create_engine(
        url, pool_size=6, max_overflow=4, pool_timeout=patience, pool_pre_ping=True, connect_args=arguments
    )
    return engine, engine


def _alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def inserting(db: Connection, table: sa.Table) -> Any:
    """An INSERT of this database's own kind, which knows ON CONFLICT."""
    return postgresql.insert(table) if db.dialect.name == "postgresql" else sqlite.insert(table)


_AWAY = (
    sa.exc.OperationalError,
    sa.exc.InterfaceError,
    sa.exc.TimeoutError,
    sa.exc.InternalError,
    sqlite3.OperationalError,
)


@contextmanager
def _translated() -> Iterator[None]:
    """Foreign errors end here: what the database cannot do now becomes StoreUnavailable, without data in the text."""
    try:
        yield
    except _AWAY as error:
        cause = type(getattr(error, "orig", None) or error).__name__
        raise StoreUnavailable(f"The database does not answer as it should ({cause}).") from error
    except sa.exc.DatabaseError as error:
        if type(error) is not sa.exc.DatabaseError:
            raise
        raise StoreUnavailable("The database file is damaged or is no database.") from error
