"""Maps driver errors to `StoreUnavailable`: a sentence without names for callers, a hint with names for the operator.

Drivers report most causes by the same exception class, so the SQLite result code, the SQLSTATE or, while connecting, the
server's message tells them apart.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.engine import URL, make_url


class StoreUnavailable(Exception):
    """The database cannot be used at the moment. Waiting may help.

    The text names neither file nor server nor role, since strangers may see it. `hint` may: it tells the operator what to do.
    """

    def __init__(self, text: str, *, hint: str = "") -> None:
        super().__init__(text)
        self.hint = hint


class _Cause(NamedTuple):
    """`pattern`: SQLite result codes, or a regular expression for PostgreSQL's message or SQLSTATE."""

    pattern: str
    reason: str
    hint: str


_SQLITE = (
    _Cause("5 6", "another process keeps it locked", "See which process holds {place} (a backup, a second service) and try again."),
    _Cause("8", "its file or folder cannot be written by this user", "Let this user write {place} and its folder."),
    _Cause("10", "the disk fails to read or write", "Look at the disk that holds {place}: broken, full, or a share that is away?"),
    _Cause("11 26", "the file is damaged or is no database", "Put a backup in place of {place}, or name another file in DATABASE_URL."),
    _Cause("13", "the disk is full", "Make room on the disk that holds {place}."),
)  # fmt: skip
_POSTGRES = (
    _Cause(r'role ".*" does not exist', "the server does not have this role", "Create the role on the server, or correct the user in DATABASE_URL."),
    _Cause(r'database ".*" does not exist|3D000', "the server does not have this database", "Create it, or correct the name in DATABASE_URL."),
    _Cause(r"no pg_hba\.conf entry", "the server refuses connections from this machine", "Add this machine to the server's pg_hba.conf."),
    _Cause(r"authentication failed|no password supplied|28P01|28000", "the server refuses the role or its password",
           "Correct user and password in DATABASE_URL."),
    _Cause(r"refused|No such file or directory", "nothing listens at its address", "Start the server, or correct host and port in DATABASE_URL."),
    _Cause(r"resolve|translate host|Name or service not known|nodename nor servname", "the name of its host is not known",
           "Correct the host in DATABASE_URL, or check the DNS."),
    _Cause(r"time-?out|timed out|unreachable|No route to host", "the server does not answer in time",
           "See whether the server runs, and whether a firewall stands between."),
    _Cause(r"too many (?:clients|connections)|connection slots|53300", "the server has no connection left",
           "Raise max_connections there, or stop other programs."),
    _Cause(r"starting up|shutting down|recovery mode|57P0\d", "the server is starting or stopping", "Try again in a moment."),
    _Cause(r"42501", "the role may not do this there", "Give the role the right to make and change tables in the database."),
    _Cause(r"25006", "the server takes no changes (a standby, or read-only)", "Name the primary server in DATABASE_URL."),
    _Cause(r"53100", "the server's disk is full", "Make room on the server's disk."),
    _Cause(r"invalid response to SSL|expected authentication", "something else than PostgreSQL listens at its address",
           "Correct host and port in DATABASE_URL."),
    _Cause(r"closed the connection|terminated|57P01", "the server has closed the connection", "Try again in a moment; then check the server's log."),
    _Cause(r"\bSSL\b|certificate", "no encrypted connection comes about", "Look at sslmode and the certificates in DATABASE_URL."),
    _Cause(r"invalid (?:connection|URI|integer|\w+ value)", "DATABASE_URL holds an option that PostgreSQL does not take",
           "Correct what stands behind the question mark."),
)  # fmt: skip


def unavailable(error: BaseException, url: URL) -> StoreUnavailable:
    """The cause of a driver error. Data of the statement is never repeated."""
    original = getattr(error, "orig", None) or error
    if url.get_backend_name() == "sqlite":
        return _of_sqlite(original, str(url.database))
    return _of_postgres(error, original)


def cannot_create(error: OSError, what: str, path: Path | str) -> StoreUnavailable:
    """A folder or file that the system refuses to create. `what`: such as `the folder of its file`."""
    in_the_way = isinstance(error, FileExistsError | NotADirectoryError)
    reason = "a file is in its way" if in_the_way else error.strerror or type(error).__name__
    place = Path(path).absolute()
    hint = f"Let this user make and write {place}, or name another file in DATABASE_URL."
    return _cannot(f"{what} cannot be made ({reason})", hint)


def file_replaced(path: str) -> StoreUnavailable:
    """The file was deleted, or another one was put in its place, while this process has it open."""
    place = Path(path).absolute()
    return _cannot(
        "its file was removed or replaced while this process used it",
        f"Put {place} back (from a backup) and restart the service. Stop the service before replacing the file.",
    )


def file_missing(url: str) -> StoreUnavailable:
    """A service has used the file, and it is gone."""
    place = Path(str(make_url(url).database)).absolute()
    return _cannot(
        "its file is missing, though a service has used it",
        f"Put {place} back (from a backup), or remove {place}.lock to begin with an empty database.",
    )


def lock_taken(path: str) -> StoreUnavailable:
    """The lock file was removed, and another process holds a new one."""
    return _cannot(
        "its lock file was removed and another process works on the database now",
        f"Stop one of the two services on {Path(path).absolute().with_suffix('')}.",
    )


def foreign_tables(names: list[str]) -> StoreUnavailable:
    """Another program uses this database."""
    return _cannot(
        "it holds tables of another program",
        f"Name an empty database in DATABASE_URL. The tables: {', '.join(names)}.",
    )


def newer_tables() -> StoreUnavailable:
    """The tables were upgraded by a newer version."""
    return _cannot("a newer version of this program has changed its tables", "Install that version again.")


def _of_sqlite(original: BaseException, database: str) -> StoreUnavailable:
    place = Path(database).absolute()
    code = getattr(original, "sqlite_errorcode", 0) & 0xFF
    if code == 14:
        return _not_opened(place)
    for cause in _SQLITE:
        if str(code) in cause.pattern.split():
            return _cannot(cause.reason, cause.hint.format(place=place))
    return _unknown(original, f"SQLite says: {_line(original)}" if code == 1 else "")


def _not_opened(place: Path) -> StoreUnavailable:
    if place.is_dir():
        return _cannot(
            "its address is a folder, not a file", f"Name a file in DATABASE_URL, such as {place / 'miniprojects.db'}."
        )
    if not place.parent.is_dir():
        return _cannot("the folder of its file is missing", f"Make the folder {place.parent}.")
    if os.access(place, os.R_OK | os.W_OK) and os.access(place.parent, os.W_OK | os.X_OK):
        return _cannot("its file cannot be opened", f"Look at {place}: is it a file that a database can be?")
    return _cannot("its file may not be opened by this user", f"Let this user read and write {place} and its folder.")


def _of_postgres(error: BaseException, original: BaseException) -> StoreUnavailable:
    """By SQLSTATE; while connecting there is none, and the server's message is matched."""
    connecting = not getattr(error, "statement", None)
    code = getattr(original, "sqlstate", None) or (_line(original, longest=2000) if connecting else "")
    for cause in _POSTGRES:
        if code and re.search(cause.pattern, code, re.I):
            return _cannot(cause.reason, cause.hint)
    return _unknown(original, f"The server says: {_line(original)}" if connecting else "")


def _unknown(original: BaseException, hint: str) -> StoreUnavailable:
    known = hint or "Look at DATABASE_URL, the disk and the database server."
    return StoreUnavailable(f"The database does not answer as it should ({type(original).__name__}).", hint=known)


def _cannot(reason: str, hint: str) -> StoreUnavailable:
    return StoreUnavailable(f"The database cannot be used: {reason}.", hint=hint)


def _line(error: BaseException, *, longest: int = 200) -> str:
    """The message of a database as one printable line."""
    return "".join(char if char.isprintable() else " " for char in str(error))[:longest].strip()
