"""Callbacks as ConnectWise sends them: signed, at most 5 seconds, retried twice for 404, 409, 419 and 429 only."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from app.sandbox.store import Record, clean

if TYPE_CHECKING:
    from app.sandbox.engine import Sandbox

RETRIED = (404, 409, 419, 429)
Post = Callable[[str, dict[str, str], bytes], Awaitable[int]]
"""Posts a body and returns the status; 0 for no answer within 5 seconds."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One callback to send to one registered address."""

    url: str
    body: bytes
    signature: str
    entry_id: int


class Outbox:
    """What has to be delivered. A key is made per callback entry; its text signs every body."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._waiting: list[Delivery] = []
        self._count = 0
        self.sent: list[tuple[Delivery, int]] = []
        self.wake = asyncio.Event()

    def key(self, key_id: str) -> str | None:
        """The signing key behind a key's id."""
        known = {self._key_id(entry_id): entry_id for entry_id in self._sandbox.store.table("/system/callbacks")}
        return f"signing-key-{known[key_id]}-{self._sandbox.seed}" if key_id in known else None

    def raise_event(self, action: str, ticket: Record, *, by: str) -> None:
        """Queues a delivery to every active entry that listens to this ticket."""
        switches = self._sandbox.switches
        for entry in self._sandbox.store.table("/system/callbacks").values():
            suppressed = entry.get("isSelfSuppressedFlag") and switches.callbacks_self_suppressed and by == "api-mini"
            if entry.get("inactiveFlag") or suppressed or not _listens(entry, ticket):
                continue
            delivery = self._delivery(entry, action, ticket, by)
            self._waiting += [delivery, delivery] if switches.callbacks_duplicate else [delivery]
        self.wake.set()

    def forget_latest(self) -> None:
        """Drops what has been queued for a write that had no effect."""
        self._waiting.clear()

    def take(self) -> list[Delivery]:
        """Everything that waits, in order or, by the switch, reversed."""
        waiting, self._waiting = self._waiting, []
        return waiting[::-1] if self._sandbox.switches.callbacks_reversed else waiting

    async def send(self, delivery: Delivery, post: Post) -> int:
        """Posts one callback with the documented retries; returns the last status."""
        status = 0
        for wait in (0.0, 2.0, 4.0):
            await asyncio.sleep(wait * self._sandbox.switches.retry_scale if wait else 0)
            headers = {"Content-Type": "application/json", "x-content-signature": delivery.signature}
            status = await post(delivery.url, headers, delivery.body)
            self.sent.append((delivery, status))
            if status not in RETRIED:
                break
        return status

    async def deliver(self, post: Post) -> int:
        """Sends all that waits, one after the other; returns how many got a 2xx."""
        return sum([200 <= await self.send(delivery, post) < 300 for delivery in self.take()])

    def _delivery(self, entry: Record, action: str, ticket: Record, by: str) -> Delivery:
        self._count += 1
        key_id = self._key_id(entry["id"])
        address = f"{self._sandbox.origin}/v2026_1//system/callbackkey/index.rails?companyName=sandbox&id={key_id}"
        entity = None if action == "deleted" else json.dumps(clean(ticket), separators=(",", ":"))
        body = {
            "MessageId": str(UUID(int=(self._sandbox.seed << 64) + self._count, version=4)), "FromUrl": "127.0.0.1", "CompanyId": "sandbox",
            "MemberId": by, "Action": action, "Type": "ticket", "ID": ticket["id"], "ProductInstanceId": None, "PartnerId": None,
            "Entity": entity, "Metadata": {"key_url": address}, "CallbackObjectRecId": entry["id"],
        }  # fmt: skip
        raw = json.dumps(body).encode()
        return Delivery(
            f"{entry['url']}{ticket['id']}&action={action}", raw, sign(raw, str(self.key(key_id))), entry["id"]
        )

    def _key_id(self, entry_id: int) -> str:
        return str(UUID(int=(self._sandbox.seed << 64) + 0xCA11 + entry_id, version=4))


def sign(raw: bytes, key: str) -> str:
    """The signature of a body: base64 of HMAC-SHA256 with the digest of the key's text."""
    return base64.b64encode(hmac.new(hashlib.sha256(key.encode()).digest(), raw, hashlib.sha256).digest()).decode()


def _listens(entry: Record, ticket: Record) -> bool:
    level, wanted = str(entry.get("level", "")).lower(), entry.get("objectId")
    if str(entry.get("type", "")).lower() != "ticket":
        return False
    places: dict[str, Any] = {"owner": wanted, "ticket": ticket["id"]}
    places |= {name: (ticket.get(name) or {}).get("id") for name in ("board", "status", "project", "phase")}
    return bool(places.get(level) == wanted)
