"""The file of a SQLite database: created for this user only, distinguished from another file of the same name."""

from __future__ import annotations

import os
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from app.storage.db_errors import cannot_create


def is_missing(url: str) -> bool:
    """Whether a SQLite file is not there although a service has used it: its lock file is. To ask before `Database` makes it."""
    try:
        path = str(make_url(url).database) if url.startswith("sqlite:") else ""
    except (ValueError, sa.exc.ArgumentError):
        return False
    return bool(path) and not Path(path).exists() and Path(f"{path}.lock").exists()


def identity(file: str | int) -> tuple[int, int] | None:
    """What tells a file from another one of the same name; None where there is none."""
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def create_file(path: Path) -> None:
    """Creates an empty file that only this user may read; SQLite's other files get the same rights."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_create(error, "the folder of its file", path.parent) from error
    try:
        os.close(open_private(str(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    except (FileExistsError, IsADirectoryError):
        return
    except OSError as error:
        raise cannot_create(error, "its file", path) from error


def open_private(path: str, flags: int) -> int:
    """Opens a file for this user only; child processes do not inherit it."""
    return os.open(path, flags | os.O_CLOEXEC, mode=0o600)
