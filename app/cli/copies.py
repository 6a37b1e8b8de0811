"""`backup` and `restore`: a copy of the database in a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from app.cli.command_group import Command, command_group
from app.cli.decision_view import say
from app.settings import SettingsError, offline_settings
from app.storage import Database, file_missing, is_missing
from app.storage.database_copy import CopyFailed, back_up, restore

Result = TypeVar("Result")

app = command_group()


@app.command("backup", cls=Command)
def backup(file: Annotated[Path, typer.Argument(help="New file for the copy.")]) -> None:
    """Copy the database to a new file, also while the service runs.

    SQLite by its online copy, PostgreSQL by pg_dump.
    """
    url = offline_settings().database_url.get_secret_value()
    if is_missing(url):
        raise file_missing(url)
    _with_database(url, lambda database: back_up(database, file))
    say(f"Copied to {file} ({file.stat().st_size:,} bytes). It holds ticket texts: keep it as safe as the database.")


@app.command("restore", cls=Command)
def put_back(
    file: Annotated[Path, typer.Argument(help="A copy that backup made.")],
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Replace the database by a copy. Stop the service first, and start it in MODE=dry-run afterwards."""
    if not sure:
        typer.confirm("Replace everything in the database by this copy?", abort=True)
    url = offline_settings().database_url.get_secret_value()
    kept = _with_database(url, lambda database: restore(database, file))
    if kept:
        say(f"The database before is kept as {kept}.")
    say(
        "Restored. What was written to ConnectWise since the copy is unknown to it, and undo cannot revert that: start with "
        "MODE=dry-run and check."
    )


def _with_database(url: str, work: Callable[[Database], Result]) -> Result:
    try:
        database = Database(url)
    except ValueError as error:
        raise SettingsError(f"DATABASE_URL: {error}.") from None
    try:
        return work(database)
    except CopyFailed as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    finally:
        database.close()
