"""`callbacks list`, `ensure`, `remove`: our own callback entries in ConnectWise, nobody else's."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from app.cli.context import with_parts
from app.connectwise import ensure, list_ours, remove, wanted_url
from app.container import Container
from app.settings import SettingsError

app = typer.Typer(
    help="Our own callback entries in ConnectWise, nobody else's.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("list")
def show(as_json: Annotated[bool, typer.Option("--json", help="JSON instead of lines.")] = False) -> None:
    """Lists the entries that deliver to this service."""

    async def work(parts: Container) -> list[dict[str, Any]]:
        return await list_ours(parts.reader, _address(parts))

    entries = with_parts(work)
    if as_json:
        print(json.dumps(entries, indent=2))
        return
    for entry in entries:
        state = "inactive" if entry.get("inactiveFlag") else "active"
        print(f"{entry.get('id')}: {entry.get('type')}, level {entry.get('level')}, {state}, {entry.get('url')}")
    if not entries:
        print("ConnectWise has no callback entry of this service. miniprojects callbacks ensure makes one.")


@app.command("ensure")
def make() -> None:
    """Makes sure that exactly one active entry delivers new tickets to PUBLIC_URL."""

    async def work(parts: Container) -> str:
        changes = await ensure(parts.manage, _address(parts))
        return "\n".join(map(str, changes)) or f"All is right: {wanted_url(_address(parts))} is registered and active."

    print(with_parts(work))


@app.command("remove")
def take_away() -> None:
    """Removes this service's entries from ConnectWise."""

    async def work(parts: Container) -> list[int]:
        return await remove(parts.manage, _address(parts))

    removed = with_parts(work)
    print(f"Removed: {', '.join(map(str, removed))}." if removed else "There was no entry of this service.")


def _address(parts: Container) -> str:
    if not parts.settings.public_url:
        raise SettingsError("PUBLIC_URL is missing: the address at which ConnectWise reaches this service.")
    return parts.settings.public_url
