"""One database, SQLite or PostgreSQL: engines, transactions in worker threads, migrations, the dispatch lock."""

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
import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, Engine, make_url

from app.storage import procrastinate_schema
from app.storage.database_file import create_file, identity, open_private
from app.storage.db_errors import (
    cannot_create,
    file_replaced,
    foreign_tables,
    lock_taken,
    newer_tables,
    unavailable,
)
from app.storage.tables import metadata

log = structlog.get_logger()

Result = TypeVar("Result")

_MIGRATIONS = Path(__file__).parent / "migrations"
_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_PROVE = "UPDATE alembic_version SET version_num = version_num"
_CHECKPOINT_PAGES = 10_000
"""Pages of 4 kB in SQLite's log before a checkpoint, which costs several syncs of the disk."""


class OwnershipLost(Exception):
    """Another process has taken over this run or audit; the present one must stop."""


class Database:
    """Transactions in worker threads; each commits or leaves nothing."""

    def __init__(self, url: str, *, patience: float = 4.0) -> None:
        """`patience`: seconds to wait for a lock or a connection; ConnectWise waits five for the answer to a callback.

        Creates the file of a SQLite database and its folder, readable by this user only. Raises ValueError for an invalid
        address, StoreUnavailable for a file that cannot be created.
        """
        self.url = _driver_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        engines = _sqlite_engines if self.is_sqlite else _postgres_engines
        self._writer, self._reader = engines(self.url, patience)
        self._write_threads = ThreadPoolExecutor(1 if self.is_sqlite else 4, thread_name_prefix="storage-write")
        self._read_threads = ThreadPoolExecutor(2, thread_name_prefix="storage-read")
        self._dispatch_lock: IO[str] | None = None
        self._file = identity(self._path) if self._path else None

    async def write(self, work: Callable[[Connection], Result]) -> Result:
        """Runs `work` in a writing transaction; committed when this returns."""
        return await asyncio.get_running_loop().run_in_executor(self._write_threads, self.write_now, work)

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """Runs `work` in a reading transaction."""
        return await asyncio.get_running_loop().run_in_executor(self._read_threads, self._read_now, work)

    def write_now(self, work: Callable[[Connection], Result]) -> Result:
        """As `write`, on this thread."""
        self._check_files()
        with self._translated(), self._writer.begin() as connection:
            result = work(connection)
        self._check_files()
        return result

    async def prove_writable(self) -> None:
        """Commits a write without a change. Raises StoreUnavailable; a transaction without a write proves nothing."""
        await self.write(lambda connection: connection.exec_driver_sql(_PROVE))

    def _read_now(self, work: Callable[[Connection], Result]) -> Result:
        with self._translated(), self._reader.connect() as connection:
            return work(connection)

    def other_connections(self) -> int:
        """Connections of others to a PostgreSQL database; this one's own are closed after it."""
        with self._translated(), self._reader.connect() as connection:
            others = connection.exec_driver_sql(_OTHERS).scalar_one()
        self._reader.dispose()
        return int(others)

    def migrate(self) -> None:
        """Upgrades the tables to this version; two processes that start together wait for one another."""
        with self._translated(), self._writer.begin() as connection:
            if not self.is_sqlite:
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(7261)"))
            _check_tables(connection)
            if _revision(connection) != newest_revision():
                upgrade_tables(connection)
            if not self.is_sqlite:
                procrastinate_schema.prepare(connection)

    def schema_revision(self) -> str | None:
        """The revision of the tables; None before the first migration."""
        with self._translated(), self._reader.connect() as connection:
            return _revision(connection)

    @property
    def _path(self) -> str:
        """The file of a SQLite database; empty for PostgreSQL and for addresses with options of SQLite."""
        path = str(self.url.database)
        return path if self.is_sqlite and not path.startswith("file:") else ""

    def _check_files(self) -> None:
        """Raises StoreUnavailable where what is written would be lost: the file has been removed or replaced since.

        A removed lock file is made again; if another process has taken it meanwhile, this one writes no more.
        """
        if self._path and identity(self._path) != self._file:
            raise file_replaced(self._path)
        if self._dispatch_lock is not None and identity(self._lock_file) != identity(self._dispatch_lock.fileno()):
            lost, self._dispatch_lock = self._dispatch_lock, None
            lost.close()
            if not self.may_dispatch():
                raise lock_taken(self._lock_file)
            log.warning("database.lock-restored", file=self._lock_file)

    def may_dispatch(self) -> bool:
        """Whether this process may execute runs. On SQLite exactly one process may; on PostgreSQL leases share the runs."""
        if not self.is_sqlite or self._dispatch_lock is not None:
            return True
        handle = self._opened_lock()
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
        """The id of the process that holds the dispatch lock, as it wrote it; empty where none did."""
        try:
            return Path(self._lock_file).read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    @property
    def _lock_file(self) -> str:
        return f"{self.url.database}.lock"

    def _opened_lock(self) -> IO[str]:
        """The lock file, open as long as this process holds the lock."""
        try:
            return open(self._lock_file, "a+", encoding="utf-8", opener=open_private)
        except OSError as error:
            raise cannot_create(error, "the lock next to its file", self._lock_file) from error

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Translates driver errors that the database is to blame for to StoreUnavailable, without data in the text."""
        try:
            yield
        except sa.exc.DBAPIError as error:
            if not _is_unavailable(error):
                raise
            raise unavailable(error, self.url) from error
        except (sqlite3.Error, sa.exc.TimeoutError) as error:
            raise unavailable(error, self.url) from error

    def close(self) -> None:
        """Waits for running transactions, then closes all connections."""
        self._write_threads.shutdown()
        self._read_threads.shutdown()
        self._writer.dispose()
        self._reader.dispose()
        if self._dispatch_lock is not None:
            self._dispatch_lock.close()
            self._dispatch_lock = None


def _check_tables(connection: Connection) -> None:
    """Raises StoreUnavailable where the database holds another program's tables under the names of this one's."""
    present = set(sa.inspect(connection).get_table_names())
    ours = present & set(metadata.tables)
    if (ours and "alembic_version" not in present) or (not ours and "alembic_version" in present):
        raise foreign_tables(sorted(ours or {"alembic_version"}))


def _driver_url(url: str) -> URL:
    try:
        parsed = make_url(url)
        kind = parsed.get_backend_name()
    except (ValueError, sa.exc.ArgumentError):
        raise ValueError("must be an address, such as sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME") from None
    if kind == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise ValueError("must name a file, such as sqlite:///data/miniprojects.db")
        if not str(parsed.database).startswith("file:"):
            create_file(Path(str(parsed.database)))
        return parsed.set(drivername="sqlite+pysqlite")
    if kind == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise ValueError(f"must begin with sqlite:/// or postgresql://, not {kind}://")


def _sqlite_engines(url: URL, patience: float) -> tuple[Engine, Engine]:
    """SQLite has one writer at a time: BEGIN IMMEDIATE waits for it instead of failing later. Readers never wait."""
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


def newest_revision() -> str:
    """The revision of this version's tables, by the names of the migration files: importing Alembic takes longer than a command."""
    return max(file.name for file in (_MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


def _revision(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def upgrade_tables(connection: Connection, revision: str = "head") -> None:
    """Runs the migrations up to a revision. StoreUnavailable where the tables have a newer form than this version knows."""
    from alembic import command  # noqa: PLC0415 - needed for an upgrade only and slow to import
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise newer_tables() from error


def inserting(db: Connection, table: sa.Table) -> Any:
    """An INSERT of the database's dialect, which supports ON CONFLICT."""
    return postgresql.insert(table) if db.dialect.name == "postgresql" else sqlite.insert(table)


_UNAVAILABLE = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.InternalError)
_NOT_ALLOWED = "42501"


def _is_unavailable(error: sa.exc.DBAPIError) -> bool:
    """Whether the database is to blame, not the statement: unreachable, damaged, or access refused."""
    damaged = type(error) is sa.exc.DatabaseError
    refused = error.statement is None or getattr(error.orig, "sqlstate", None) == _NOT_ALLOWED
    return isinstance(error, _UNAVAILABLE) or damaged or refused
