"""Copies the database to a file while the service runs, and puts such a copy back while it does not."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL

from app.storage.database import Database
from app.storage.database_file import open_private

_PARTS = ("-wal", "-shm")


class CopyFailed(Exception):
    """The copy was not made or not put back; the message says why and what to do."""


def back_up(database: Database, target: Path) -> None:
    """Writes a consistent copy to a new file, readable by this user only. Raises CopyFailed."""
    if target.exists():
        raise CopyFailed(f"{target} exists. Name a new file.")
    partial = target.with_name(f"{target.name}.part")
    try:
        with open(partial, "wb", opener=open_private):
            pass
        _copy_sqlite(_sqlite_path(database), partial) if database.is_sqlite else _dump(database.url, partial)
        partial.rename(target)
    except OSError as error:
        raise CopyFailed(f"{target} cannot be written: {error.strerror}.") from None
    finally:
        partial.unlink(missing_ok=True)


def restore(database: Database, source: Path) -> Path | None:
    """Replaces the database by a copy; returns where the replaced SQLite file is kept. Raises CopyFailed.

    Refuses while another process uses the database.
    """
    if not source.is_file():
        raise CopyFailed(f"{source} is not a file.")
    if database.is_sqlite:
        return _restore_sqlite(database, source)
    _restore_postgres(database, source)
    return None


def _sqlite_path(database: Database) -> Path:
    path = str(database.url.database)
    if path.startswith("file:"):
        raise CopyFailed("DATABASE_URL has options of SQLite. Name the file as sqlite:///FILE.")
    return Path(path)


def _copy_sqlite(source: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
            original.backup(copy)
            _check_sqlite(copy, target)
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise CopyFailed(f"{source} could not be copied: {error}.") from None


def _check_sqlite(copy: sqlite3.Connection, path: Path) -> None:
    """Raises CopyFailed for a damaged file and for one that is not a database of this service."""
    try:
        problem = copy.execute("PRAGMA integrity_check").fetchone()[0]
        copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        raise CopyFailed(f"{path} is not a database of this service.") from None
    if problem != "ok":
        raise CopyFailed(f"{path} is damaged: {problem}. Use an older copy.")


def _restore_sqlite(database: Database, source: Path) -> Path | None:
    path = _sqlite_path(database)
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as copy:
        _check_sqlite(copy, source)
    if not database.may_dispatch():
        raise CopyFailed("The service uses the database. Stop it first: systemctl stop miniprojects.")
    kept = path.with_name(f"{path.name}.replaced") if path.stat().st_size else None
    fresh = path.with_name(f"{path.name}.part")
    fresh.unlink(missing_ok=True)
    with open(fresh, "wb", opener=open_private):
        pass
    _copy_sqlite(source, fresh)
    if kept:
        kept.unlink(missing_ok=True)
        _copy_sqlite(path, kept)
        kept.chmod(0o600)
    shutil.copystat(path, fresh)
    os.replace(fresh, path)
    for part in _PARTS:
        path.with_name(f"{path.name}{part}").unlink(missing_ok=True)
    return kept


def _dump(url: URL, target: Path) -> None:
    _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}"], url)


def _restore_postgres(database: Database, source: Path) -> None:
    if others := database.other_connections():
        raise CopyFailed(
            f"{others} other connections use the database. Stop the service first: systemctl stop miniprojects."
        )
    options = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    name = str(database.url.database)
    _run(["pg_restore", *options, f"--dbname={name}", str(source)], database.url)


def _run(command: list[str], url: URL) -> None:
    """Runs a tool of PostgreSQL; the password travels in the environment, which other users cannot read."""
    given = {
        "PGHOST": url.host,
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    environment = os.environ | {name: str(value) for name, value in given.items() if value}
    try:
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
    except FileNotFoundError:
        raise CopyFailed(
            f"{command[0]} is missing. Install it (Debian and Ubuntu: apt-get install postgresql-client)."
        ) from None
    if ended.returncode:
        lines = ended.stderr.strip().splitlines() or ["no message"]
        raise CopyFailed(f"{command[0]} failed: {lines[0]}")
