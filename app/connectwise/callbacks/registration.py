"""Our own callback entry in ConnectWise: made when missing, switched on when inactive; nobody else's is touched."""

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
_CREATED, _SWITCHED_ON, _SURPLUS = "created", "switched on again", "removed, it is surplus"


@dataclass(frozen=True, slots=True)
class RegistrationChange:
    """One change to make: create the entry, switch it on again, or remove a surplus one of ours."""

    kind: str
    entry_id: int | None = None

    def __str__(self) -> str:
        return f"callback entry {self.entry_id or '(new)'}: {self.kind}"


def wanted_url(public_url: str) -> str:
    """The address to register. It ends in an empty parameter, since ConnectWise glues the record's id to its end."""
    return f"{public_url.rstrip('/')}{RECEIVER}?recordId="


def is_ours(entry: Mapping[str, Any], public_url: str) -> bool:
    """Whether an entry delivers to this service: the same host and path, whatever its query."""
    return _place(entry.get("url")) == _place(wanted_url(public_url))


def mends(entries: Sequence[Mapping[str, Any]], public_url: str) -> list[RegistrationChange]:
    """What must change so that exactly one active entry of ours delivers every ticket. Pure."""
    ours = [entry for entry in entries if whole(entry.get("id")) and is_ours(entry, public_url)]
    ours.sort(key=lambda entry: int(entry["id"]))
    right = [entry for entry in ours if _is_right(entry, public_url)]
    keep = next((entry for entry in right if not entry.get("inactiveFlag")), right[0] if right else None)
    changes = [RegistrationChange(_SURPLUS, int(entry["id"])) for entry in ours if entry is not keep]
    if keep is None:
        return [*changes, RegistrationChange(_CREATED)]
    return [*changes, RegistrationChange(_SWITCHED_ON, int(keep["id"]))] if keep.get("inactiveFlag") else changes


async def list_ours(manage: ConnectWiseClient, public_url: str) -> list[dict[str, Any]]:
    """The entries that deliver to this service."""
    return [entry for entry in await manage.list(_LIST) if is_ours(entry, public_url)]


async def ensure(manage: ConnectWiseClient, public_url: str) -> list[RegistrationChange]:
    """Makes the changes of `mends` and returns those it made; nothing when all is right.

    An entry that another process has made in the meantime is fine. Raises InvalidResponse when ConnectWise accepts the switch
    and still shows the entry as inactive.
    """
    made = []
    for change in mends(await manage.list(_LIST), public_url):
        if change.kind == _CREATED and not await _create(manage, public_url):
            continue
        if change.kind == _SWITCHED_ON:
            await _switch_on(manage, f"{_LIST}/{change.entry_id}")
        if change.kind == _SURPLUS:
            await manage.delete(f"{_LIST}/{change.entry_id}")
        made.append(change)
    return made


async def remove(manage: ConnectWiseClient, public_url: str) -> list[int]:
    """Removes our entries and returns their ids."""
    ours = [number for entry in await list_ours(manage, public_url) if (number := whole(entry.get("id")))]
    for entry_id in ours:
        await manage.delete(f"{_LIST}/{entry_id}")
    return ours


async def _create(manage: ConnectWiseClient, public_url: str) -> bool:
    """Whether the entry was made by us; False when it was there already."""
    entry = {
        **_ENTRY, "description": "Mini-Projects: service ticket or project", "isSelfSuppressedFlag": True, "inactiveFlag": False,
        "url": wanted_url(public_url),
    }  # fmt: skip
    try:
        await manage.post(_LIST, entry)
    except BadRequest as refused:
        if all(complaint.code != "ObjectExists" for complaint in refused.complaints):
            raise
        return False
    return True


async def _switch_on(manage: ConnectWiseClient, path: str) -> None:
    shown = await manage.patch(path, {"inactiveFlag": False})
    if shown.get("inactiveFlag"):
        raise InvalidResponse(f"ConnectWise accepted the change of {path} and still shows it as inactive.")


def _is_right(entry: Mapping[str, Any], public_url: str) -> bool:
    shown = {name: str(entry.get(name)).lower() for name in _ENTRY}
    return entry.get("url") == wanted_url(public_url) and shown == {name: str(value) for name, value in _ENTRY.items()}


def _place(url: Any) -> tuple[str, str, str]:
    """Scheme, host and path of an address; three empty texts for what is none."""
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        return (parts.scheme, parts.netloc.lower(), parts.path.rstrip("/")) if parts else ("", "", "")
    except ValueError:
        return ("", "", "")
