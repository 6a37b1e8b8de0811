"""`callbacks list`, `ensure`, `remove`: the callback entries of this service in ConnectWise, no others."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from app.cli.command_group import Command, command_group
from app.cli.context import with_parts
from app.connectwise import ensure, list_ours, remove, wanted_url
from app.container import Container
from app.settings import SettingsError

app = command_group(
    "List, create and remove this service's callback entries. Other entries in ConnectWise are not touched."
)


@app.command("list", cls=Command)
def show(as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False) -> None:
    """List the entries that deliver to this service."""

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
        print("ConnectWise has no callback entry for this service. Run miniprojects callbacks ensure to create one.")


@app.command("ensure", cls=Command)
def ensure_entry() -> None:
    """Create or correct the one active entry that delivers new tickets to PUBLIC_URL."""

    async def work(parts: Container) -> str:
        changes = await ensure(parts.manage, _address(parts))
        return "\n".join(map(str, changes)) or f"No change: {wanted_url(_address(parts))} is registered and active."

    print(with_parts(work))


@app.command("remove", cls=Command)
def remove_entries() -> None:
    """Remove the entries of this service from ConnectWise."""

    async def work(parts: Container) -> list[int]:
        return await remove(parts.manage, _address(parts))

    removed = with_parts(work)
    print(
        f"Removed: {', '.join(map(str, removed))}."
        if removed
        else "No change: ConnectWise has no callback entry for this service."
    )


def _address(parts: Container) -> str:
    if not parts.settings.public_url:
        raise SettingsError("PUBLIC_URL is missing: the address at which ConnectWise reaches this service.")
    return parts.settings.public_url
