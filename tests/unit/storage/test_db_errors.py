"""A database that cannot be used is said with its cause, without names to strangers; its files are for our user alone."""

from __future__ import annotations

import socket
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.storage import Database, StoreUnavailable
from tests.support.databases import fresh_database
from tests.support.live_server import free_port


def refusal(url: str) -> StoreUnavailable:
    """What is said of a database that cannot be used."""
    with pytest.raises(StoreUnavailable) as caught:
        _open(url)
    return caught.value


def _open(url: str) -> None:
    database = Database(url, patience=0.2)
    try:
        database.migrate()
    finally:
        database.close()


def _a_letter(folder: Path) -> str:
    (folder / "letter").write_bytes(b"this is a letter, not a database" * 100)
    return f"{folder}/letter"


def _below_a_file(folder: Path) -> str:
    (folder / "file").touch()
    return f"{folder}/file/one.db"


def _gone(folder: Path) -> str:
    return f"file:{folder}/gone/one.db?uri=true"


def _only_to_read(folder: Path) -> str:
    (folder / "one.db").touch()
    return f"file:{folder}/one.db?mode=ro&uri=true"


SQLITE: dict[str, tuple[Callable[[Path], str], str]] = {
    "a folder": (str, "its address is a folder, not a file"),
    "no database": (_a_letter, "the file is damaged or is no database"),
    "below a file": (_below_a_file, "the folder of its file cannot be made (a file is in its way)"),
    "folder that cannot be": (lambda _: "/proc/none/one.db", "the folder of its file cannot be made (No such file or directory)"),
    "folder gone": (_gone, "the folder of its file is missing"),
    "only to read": (_only_to_read, "its file or folder cannot be written by this user"),
    "a disk without room": (lambda _: "/dev/full", "the disk is full"),
}  # fmt: skip


@pytest.mark.parametrize(("place", "why"), SQLITE.values(), ids=SQLITE.keys())
def test_a_file_that_cannot_be_used_is_said_with_its_cause_and_what_to_do(
    tmp_path: Path, place: Callable[[Path], str], why: str
) -> None:
    said = refusal(f"sqlite:///{place(tmp_path)}")
    assert str(said) == f"The database cannot be used: {why}."
    assert said.hint
    assert str(tmp_path) not in str(said)


@contextmanager
def answering(code: str, sentence: str) -> Iterator[int]:
    """The port of a server that speaks PostgreSQL's language just far enough to refuse whoever comes."""
    port = free_port()
    fields = b"".join(
        mark + text.encode() + b"\0"
        for mark, text in ((b"S", "FATAL"), (b"V", "FATAL"), (b"C", code), (b"M", sentence))
    )
    refused = b"E" + (len(fields) + 5).to_bytes(4, "big") + fields + b"\0"

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                guest, _ = listener.accept()
            except OSError:
                return
            with guest:
                while len(asked := guest.recv(1000)) == 8:  # asks for encryption
                    guest.sendall(b"N")
                guest.sendall(refused if asked else b"")

    with socket.create_server(("127.0.0.1", port)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield port
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


REFUSED = {
    "wrong password": ("28P01", 'password authentication failed for user "ann"', "the server refuses the role or its password"),
    "wrong password, in German": ("28P01", "Passwort-Authentifizierung für Benutzer »ann« fehlgeschlagen", ""),
    "no such role": ("28000", 'role "ann" does not exist', "the server does not have this role"),
    "not from here": ("28000", 'no pg_hba.conf entry for host "127.0.0.1", user "ann"', "the server refuses connections from this machine"),
    "no such database": ("3D000", 'database "mini" does not exist', "the server does not have this database"),
    "all taken": ("53300", "sorry, too many clients already", "the server has no connection left"),
    "starting": ("57P03", "the database system is starting up", "the server is starting or stopping"),
}  # fmt: skip


@pytest.mark.parametrize(("code", "sentence", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_what_a_server_refuses_is_said_without_role_and_password(code: str, sentence: str, why: str) -> None:
    with answering(code, sentence) as port:
        said = refusal(f"postgresql://ann:hunter2@127.0.0.1:{port}/mini")
    assert str(said) == (
        f"The database cannot be used: {why}."
        if why
        else "The database does not answer as it should (OperationalError)."
    )
    assert "hunter2" not in f"{said} {said.hint}"
    if not why:
        assert "»ann« fehlgeschlagen" in said.hint


def test_a_server_that_is_not_there_is_said() -> None:
    assert "nothing listens at its address" in str(refusal(f"postgresql://ann@127.0.0.1:{free_port()}/mini"))


def test_an_option_that_postgresql_does_not_take_is_said() -> None:
    assert "an option that PostgreSQL does not take" in str(refusal("postgresql://ann@127.0.0.1:1/mini?sslmode=often"))


@pytest.mark.postgres
def test_a_role_that_may_make_no_tables_is_said(tmp_path: Path) -> None:
    with fresh_database("postgres", tmp_path, empty=True) as url:
        engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.begin() as db:
            db.exec_driver_sql("CREATE ROLE only_looks LOGIN")
        try:
            other = sa.make_url(url).set(username="only_looks", password=None)
            assert "the role may not do this there" in str(refusal(other.render_as_string(hide_password=False)))
        finally:
            with engine.begin() as db:
                db.exec_driver_sql("DROP ROLE only_looks")
            engine.dispose()


def test_tables_of_a_newer_version_are_left_alone_and_said(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/one.db"
    database = Database(url)
    database.migrate()
    database.write_now(lambda db: db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    assert "a newer version of this program has changed its tables" in str(refusal(url))


@pytest.mark.parametrize(
    "url", ["postgresql://ann:pw@[::1/mini", "postgresql://ann:pw@host:port/mini", "sqlite://", "mysql://x/y"]
)
def test_an_address_that_is_none_is_said_with_one_that_is(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///"):
        Database(url)


def test_the_files_and_their_folder_are_for_our_user_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/data/one.db")
    database.migrate()
    assert database.may_dispatch()
    rights = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()}
    assert rights == dict.fromkeys(("one.db", "one.db-wal", "one.db-shm", "one.db.lock"), 0o600)
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    database.close()


def test_a_folder_that_was_there_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    _open(f"sqlite:///{tmp_path}/data/one.db")
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o755


def test_a_lock_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/one.db")
    (tmp_path / "one.db.lock").mkdir()
    with pytest.raises(StoreUnavailable, match="the lock next to its file cannot be made"):
        database.may_dispatch()
    database.close()
