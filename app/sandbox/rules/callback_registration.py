"""Registering a callback entry: which addresses, types and levels ConnectWise takes, and no entry twice."""

from __future__ import annotations

from app.sandbox.engine.api_errors import invalid
from app.sandbox.engine.store import Record, Store
from app.sandbox.engine.switches import Switches

_LEVELS = {
    "ticket": ("owner", "board", "project", "phase", "status", "ticket", "integratortag"),
    "project": ("owner", "status", "board", "project"), "schedule": ("owner", "status", "type", "location", "member", "schedule"),
    "company": ("owner", "status", "type", "territory", "company", "integratortag"),
}  # fmt: skip
_OTHER_TYPES = ("time", "expense", "member", "agreement", "invoice", "contact", "activity", "opportunity", "configuration",
                "purchaseorder", "productcatalog", "site")  # fmt: skip


def registered(record: Record, store: Store, switches: Switches) -> Record:
    """A new entry as it is kept; refused in the form that was seen for each mistake."""
    url = str(record.get("url") or "")
    host = url.split("//", 1)[-1].split("/", 1)[0].split(":", maxsplit=1)[0]
    local = host in ("localhost", "127.0.0.1") and not switches.loopback_callbacks
    if not url.startswith(("http://", "https://")) or not host or local:
        raise invalid("callback", "url", code="InvalidField", message="Invalid URL")
    kind = str(record.get("type")).lower()
    levels = _LEVELS.get(kind, ("owner",) if kind in _OTHER_TYPES else ())
    if str(record.get("level")).lower() not in levels:
        raise invalid("callback", "level", code="InvalidObject")
    made = record | {"objectId": record.get("objectId") or 1, "payloadVersion": "3.0.0", "memberId": 101}
    same = ("url", "type", "level", "objectId")
    entries = store.table("/system/callbacks").rows()
    if any(all(entry.get(name) == made.get(name) for name in same) for entry in entries):
        raise invalid("callback", "objectId", code="ObjectExists")
    flags = ("inactiveFlag", "isSoapCallbackFlag", "isSelfSuppressedFlag")
    return made | {flag: bool(record.get(flag)) for flag in flags} | {"connectWiseID": f"cb-{url[-8:]}"}
