"""Our own callback entry in ConnectWise: made when missing, switched on when inactive; nobody else's is touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.manage.client import Manage

_LIST = "/system/callbacks"
RECEIVER = "/callbacks/connectwise"
_ENTRY = {"objectId": 1, "type": "ticket", "level": "owner"}


@dataclass(frozen=True, slots=True)
class Mend:
    """One change to make: create the entry, switch it on again, or remove a surplus one of ours."""

    kind: str
    entry_id: int | None = None

    def __str__(self) -> str:
        return f"callback entry {self.entry_id or '(new)'}: {self.kind}"


def wanted_url(public_url: str) -> str:
    """The address to register. It ends in an empty parameter, since ConnectWise glues the record's id to its end."""
    return f"{public_url.rstrip('/')}{RECEIVER}?recordId="


def is_ours(entry: Mapping[str, Any], public_url: str) -> bool:
    """Whether an entry delivers to this service."""
    return str(entry.get("url") or "").startswith(f"{public_url.rstrip('/')}{RECEIVER}")


def mends(entries: Sequence[Mapping[str, Any]], public_url: str) -> list[Mend]:
    """What must change so that exactly one active entry of ours delivers every ticket. Pure."""
    ours = sorted((entry for entry in entries if is_ours(entry, public_url)), key=lambda entry: int(entry["id"]))
    right = [entry for entry in ours if _is_right(entry, public_url)]
    keep = next((entry for entry in right if not entry.get("inactiveFlag")), right[0] if right else None)
    changes = [Mend("removed, it is surplus", int(entry["id"])) for entry in ours if entry is not keep]
    if keep is None:
        return [*changes, Mend("created")]
    return [*changes, Mend("switched on again", int(keep["id"]))] if keep.get("inactiveFlag") else changes


async def list_ours(manage: Manage, public_url: str) -> list[dict[str, Any]]:
    """The entries that deliver to this service."""
    return [entry for entry in await manage.list(_LIST) if is_ours(entry, public_url)]


async def ensure(manage: Manage, public_url: str) -> list[Mend]:
    """Makes the changes of `mends` and returns them; nothing when all is right."""
    changes = mends(await manage.list(_LIST), public_url)
    for change in changes:
        if change.kind == "created":
            await manage.post(_LIST, {**_ENTRY, **_choices(), "url": wanted_url(public_url)})
        elif change.kind == "switched on again":
            await manage.patch(f"{_LIST}/{change.entry_id}", {"inactiveFlag": False})
        else:
            await manage.delete(f"{_LIST}/{change.entry_id}")
    return changes


async def remove(manage: Manage, public_url: str) -> list[int]:
    """Removes our entries and returns their ids."""
    ours = [int(entry["id"]) for entry in await list_ours(manage, public_url)]
    for entry_id in ours:
        await manage.delete(f"{_LIST}/{entry_id}")
    return ours


def _choices() -> dict[str, Any]:
    return {
        "description": "Mini-Projects: service ticket or project",
        "isSelfSuppressedFlag": True,
        "inactiveFlag": False,
    }


def _is_right(entry: Mapping[str, Any], public_url: str) -> bool:
    shown = {name: str(entry.get(name)).lower() for name in _ENTRY}
    return entry.get("url") == wanted_url(public_url) and shown == {name: str(value) for name, value in _ENTRY.items()}
