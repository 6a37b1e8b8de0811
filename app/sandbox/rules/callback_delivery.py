"""Callbacks as ConnectWise sends them: signed, at most 5 seconds, retried twice for 404, 409, 419 and 429 only."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.sandbox.engine.store import Record, Store, clean
from app.sandbox.engine.switches import Switches

_SUMMARY = b'\\"summary\\":\\"'
"""Start of the summary inside the escaped `Entity`."""
RETRIED = (404, 409, 419, 429)
_KEEP_SENT = 5000
Post = Callable[[str, dict[str, str], bytes], Awaitable[int]]
"""Posts a body and returns the status; 0 for no answer within 5 seconds."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One callback to send to one registered address."""

    url: str
    body: bytes
    signature: str
    entry_id: int


class CallbackOutbox:
    """Queue of deliveries. Each callback entry has a signing key."""

    def __init__(
        self, store: Store, switches: Switches, now: Callable[[], datetime], *, seed: int, origin: Callable[[], str]
    ) -> None:
        self._store = store
        self._switches = switches
        self._now = now
        self._seed = seed
        self._origin = origin
        self._waiting: list[Delivery] = []
        self._count = 0
        self._made: defaultdict[int, int] = defaultdict(int)
        self._failing_since: dict[int, datetime] = {}
        self.sent: list[tuple[Delivery, int]] = []
        self.wake = asyncio.Event()

    def key(self, key_id: str) -> str | None:
        """The signing key behind a key's id; older ids keep working."""
        for entry_id in self._store.table("/system/callbacks"):
            for turn in range(self._turn(entry_id) + 1):
                if self._key_id(entry_id, turn) == key_id:
                    return f"signing-key-{entry_id}-{turn}-{self._seed}"
        return None

    def raise_event(self, action: str, record: Record, *, by: str, kind: str = "ticket") -> None:
        """Queues a delivery to every active entry that listens to this record."""
        switches = self._switches
        for entry in self._store.table("/system/callbacks").live.values():
            owner = self._store.find("/system/members", {"id": entry.get("memberId")}) or {}
            own = by == owner.get("identifier")
            suppressed = entry.get("isSelfSuppressedFlag") and switches.callbacks_self_suppressed and own
            if entry.get("inactiveFlag") or suppressed or not _listens(entry, record, kind):
                continue
            times = switches.callbacks_per_save if action == "updated" else 1
            for _ in range(max(1, times)):
                delivery = self._delivery(entry, action, record, by=by, kind=kind)
                self._waiting += [delivery, delivery] if switches.callbacks_duplicate else [delivery]
        self.wake.set()

    def waiting(self) -> int:
        """Number of queued deliveries."""
        return len(self._waiting)

    def forget_since(self, count: int) -> None:
        """Drops deliveries after the first `count`, for a write without effect."""
        del self._waiting[count:]

    def take(self) -> list[Delivery]:
        """All queued deliveries, in order or, by the switch, reversed."""
        waiting, self._waiting = self._waiting, []
        return waiting[::-1] if self._switches.callbacks_reversed else waiting

    async def send(self, delivery: Delivery, post: Post) -> int:
        """Posts one callback with the documented retries; returns the last status."""
        status = 0
        for wait in (0.0, 2.0, 4.0):
            await asyncio.sleep(wait * self._switches.retry_scale if wait else 0)
            headers = {"Content-Type": "application/json", "x-content-signature": delivery.signature}
            status = await post(delivery.url, headers, delivery.body)
            self.sent.append((delivery, status))
            del self.sent[:-_KEEP_SENT]
            if status not in RETRIED:
                break
        self._judge(delivery.entry_id, status)
        return status

    async def deliver(self, post: Post) -> int:
        """Sends all queued deliveries in order; returns the number of 2xx answers."""
        return sum([200 <= await self.send(delivery, post) < 300 for delivery in self.take()])

    def _judge(self, entry_id: int, status: int) -> None:
        """Sets an entry inactive after days of failures without a success."""
        if 200 <= status < 300:
            self._failing_since.pop(entry_id, None)
            return
        now = self._now()
        since = self._failing_since.setdefault(entry_id, now)
        entry = self._store.table("/system/callbacks").get(entry_id)
        if entry is not None and now - since >= timedelta(days=self._switches.callbacks_inactive_after_days):
            entry["inactiveFlag"] = True
            self._failing_since.pop(entry_id)

    def _delivery(self, entry: Record, action: str, record: Record, *, by: str, kind: str) -> Delivery:
        self._count += 1
        self._made[entry["id"]] += 1
        key_id = self._key_id(entry["id"], self._turn(entry["id"]))
        codebase = self._switches.codebase
        address = f"{self._origin()}/{codebase}/system/callbackkey/index.rails?companyName=sandbox&id={key_id}"
        entity = None if action == "deleted" else json.dumps(clean(record), separators=(",", ":"))
        shown_kind = self._switches.callbacks_type if kind == "ticket" else kind
        body = {
            "MessageId": str(UUID(int=(self._seed << 64) + self._count, version=4)), "FromUrl": "127.0.0.1", "CompanyId": "sandbox",
            "MemberId": by, "Action": action, "Type": shown_kind, "ID": record["id"], "ProductInstanceId": None, "PartnerId": None,
            "Entity": entity, "Metadata": {"key_url": address}, "CallbackObjectRecId": entry["id"],
        }  # fmt: skip
        raw = json.dumps(body).encode()
        if self._switches.callbacks_broken_bytes:
            # Latin-1 bytes inside a text, where an older mail connector left them.
            raw = raw.replace(_SUMMARY, _SUMMARY + b"caf\xe9 \xff ", 1)
        end = f"&action={action}" if self._switches.callbacks_append == "id-and-action" else ""
        return Delivery(f"{entry['url']}{record['id']}{end}", raw, sign(raw, str(self.key(key_id))), entry["id"])

    def _turn(self, entry_id: int) -> int:
        every = self._switches.key_rotates_every
        return (self._made[entry_id] - 1) // every if every and self._made[entry_id] else 0

    def _key_id(self, entry_id: int, turn: int) -> str:
        return str(UUID(int=(self._seed << 64) + (turn << 32) + 0xCA11 + entry_id, version=4))


def sign(raw: bytes, key: str) -> str:
    """The signature of a body: base64 of HMAC-SHA256 with the digest of the key's text."""
    return base64.b64encode(hmac.new(hashlib.sha256(key.encode()).digest(), raw, hashlib.sha256).digest()).decode()


def _listens(entry: Mapping[str, Any], record: Record, kind: str) -> bool:
    level, wanted = str(entry.get("level", "")).lower(), entry.get("objectId")
    if str(entry.get("type", "")).lower() != kind:
        return False
    places: dict[str, Any] = {"owner": wanted, kind: record["id"]}
    names = ("board", "status", "project", "phase") if kind == "ticket" else ("board", "status")
    places |= {name: (record.get(name) or {}).get("id") for name in names}
    return bool(places.get(level) == wanted)
