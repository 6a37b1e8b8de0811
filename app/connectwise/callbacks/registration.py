"""This service's callback entry in ConnectWise: created if missing, reactivated if inactive. Other entries are not touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from app.connectwise.client import ConnectWiseClient
from app.connectwise.errors import BadRequest, InvalidResponse
from app.connectwise.record_mapping import whole

_LIST = "/system/callbacks"
RECEIVER = "/callbacks/connectwise"
_ENTRY = {"objectId": 1, "type": "ticket", "level": "owner"}
_CREATED, _REACTIVATED, _SURPLUS = "created", "reactivated", "removed, duplicate"


@dataclass(frozen=True, slots=True)
class RegistrationChange:
    """One change: create the entry, reactivate it, or remove a duplicate of it."""

    kind: str
    entry_id: int | None = None

    @property
    def was_inactive(self) -> bool:
        """Whether ConnectWise had switched the entry off."""
        return self.kind == _REACTIVATED

    def __str__(self) -> str:
        return f"callback entry {self.entry_id or '(new)'}: {self.kind}"


def wanted_url(public_url: str) -> str:
    """The URL to register. It ends in an empty parameter, since ConnectWise appends the record's id."""
    return f"{public_url.rstrip('/')}{RECEIVER}?recordId="


def is_ours(entry: Mapping[str, Any], public_url: str) -> bool:
    """Whether an entry delivers to this service: same host and path, any query."""
    return _place(entry.get("url")) == _place(wanted_url(public_url))


def registration_changes(entries: Sequence[Mapping[str, Any]], public_url: str) -> list[RegistrationChange]:
    """The changes after which exactly one active entry of this service delivers every ticket. Pure."""
    ours = [entry for entry in entries if whole(entry.get("id")) and is_ours(entry, public_url)]
    ours.sort(key=lambda entry: int(entry["id"]))
    right = [entry for entry in ours if _is_right(entry, public_url)]
    keep = next((entry for entry in right if not entry.get("inactiveFlag")), right[0] if right else None)
    changes = [RegistrationChange(_SURPLUS, int(entry["id"])) for entry in ours if entry is not keep]
    if keep is None:
        return [*changes, RegistrationChange(_CREATED)]
    return [*changes, RegistrationChange(_REACTIVATED, int(keep["id"]))] if keep.get("inactiveFlag") else changes


async def list_ours(client: ConnectWiseClient, public_url: str) -> list[dict[str, Any]]:
    """The entries that deliver to this service."""
    return [entry for entry in await client.list(_LIST) if is_ours(entry, public_url)]


async def ensure(client: ConnectWiseClient, public_url: str) -> list[RegistrationChange]:
    """Apply `registration_changes` and return those that were made.

    An entry that another process has just created is not an error. Raises InvalidResponse if the entry is still inactive
    after ConnectWise has accepted the change.
    """
    made = []
    for change in registration_changes(await client.list(_LIST), public_url):
        if change.kind == _CREATED and not await _create(client, public_url):
            continue
        if change.kind == _REACTIVATED:
            await _reactivate(client, f"{_LIST}/{change.entry_id}")
        if change.kind == _SURPLUS:
            await client.delete(f"{_LIST}/{change.entry_id}")
        made.append(change)
    return made


async def remove(client: ConnectWiseClient, public_url: str) -> list[int]:
    """Remove this service's entries and return their ids."""
    ours = [number for entry in await list_ours(client, public_url) if (number := whole(entry.get("id")))]
    for entry_id in ours:
        await client.delete(f"{_LIST}/{entry_id}")
    return ours


async def _create(client: ConnectWiseClient, public_url: str) -> bool:
    """Whether the entry was created; False if it existed already."""
    entry = {
        **_ENTRY, "description": "Mini-Projects: service ticket or project", "isSelfSuppressedFlag": True, "inactiveFlag": False,
        "url": wanted_url(public_url),
    }  # fmt: skip
    try:
        await client.post(_LIST, entry)
    except BadRequest as refused:
        if all(error.code != "ObjectExists" for error in refused.field_errors):
            raise
        return False
    return True


async def _reactivate(client: ConnectWiseClient, path: str) -> None:
    shown = await client.patch(path, {"inactiveFlag": False})
    if shown.get("inactiveFlag"):
        raise InvalidResponse(
            f"ConnectWise accepted the change of {path} but still shows it as inactive. Activate the callback in ConnectWise."
        )


def _is_right(entry: Mapping[str, Any], public_url: str) -> bool:
    shown = {name: str(entry.get(name)).lower() for name in _ENTRY}
    return entry.get("url") == wanted_url(public_url) and shown == {name: str(value) for name, value in _ENTRY.items()}


def _place(url: Any) -> tuple[str, str, str]:
    """Scheme, host and path of a URL; three empty texts for an invalid one."""
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        return (parts.scheme, parts.netloc.lower(), parts.path.rstrip("/")) if parts else ("", "", "")
    except ValueError:
        return ("", "", "")
