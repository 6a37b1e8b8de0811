"""Is a callback really from our ConnectWise? The signature over the raw bytes, and the key it is made with.

expected = base64(HMAC-SHA256(key = SHA-256 of the signing key's text, message = raw body), as four public receivers
agree. The key's address comes with the callback itself and is an attacker's word until the signature holds: it is
fetched only from the configured site or its documented aliases, without redirects, small and quickly.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

import httpx

from app.manage.config import ManageConfig, is_loopback

_CAP = 4096
_TIMEOUT = 2.0
_LIFETIME = 3600.0
_REFUSED_FOR = 30.0
_AWAY_FOR = 1.0
_MOST_KEYS = 64


class BadSignature(Exception):
    """The callback is not shown to come from the configured ConnectWise. `reason` is a short code for the log."""

    def __init__(self, reason: str, *, waiting_helps: bool = False) -> None:
        super().__init__(f"The callback is not accepted ({reason}).")
        self.reason = reason
        self.waiting_helps = waiting_helps


@dataclass(frozen=True, slots=True)
class _Known:
    key: bytes | None
    """None: the address gave no key."""
    until: float
    away: bool = False
    """The address did not answer; it may do so later."""


def signature_of(raw: bytes, key_text: str) -> str:
    """The header value that ConnectWise sends for this body and signing key."""
    return _sign(raw, hashlib.sha256(key_text.encode()).digest())


class CallbackKeys:
    """Verifies callbacks; keys are kept by their whole address, since one entry was seen with several."""

    def __init__(self, config: ManageConfig, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._config = config
        self._origin = urlsplit(config.origin)
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._fetching: dict[str, asyncio.Task[_Known]] = {}
        self._http = httpx.AsyncClient(transport=transport, timeout=_TIMEOUT, follow_redirects=False, trust_env=False)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def verify(self, raw: bytes, signature: str | None, body: Mapping[str, Any]) -> None:
        """Returns when the callback is genuine; raises BadSignature in every other case."""
        if not signature:
            raise BadSignature("unsigned")
        if str(body.get("CompanyId") or self._config.company).lower() != self._config.company.lower():
            raise BadSignature("other-company")
        metadata = body.get("Metadata")
        address = metadata.get("key_url") if isinstance(metadata, Mapping) else None
        if not isinstance(address, str) or not self._is_ours(address):
            raise BadSignature("foreign-key-url")
        key = await self._key(address)
        if not hmac.compare_digest(_sign(raw, key).encode(), signature.strip().encode()):
            raise BadSignature("wrong-signature")

    def _is_ours(self, address: str) -> bool:
        """Whether a key may be fetched there: the configured site or an alias of it, and nothing odd in the address."""
        if len(address) > 1000 or not address.isascii() or any(char.isspace() or char == "\\" for char in address):
            return False
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError:
            return False
        host = (parts.hostname or "").lower()
        if parts.username is not None or parts.password is not None or parts.fragment or host not in self._hosts():
            return False
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
            return False
        return port == self._origin.port and self._is_our_company(parts)

    def _is_our_company(self, address: SplitResult) -> bool:
        """Another company on the same cloud host has keys too, and may sign what it likes with them."""
        query = {name.lower(): values for name, values in parse_qs(address.query).items()}
        named = query.get("companyname", [] if _is_cloud(address) else [self._config.company])
        return [name.lower() for name in named] == [self._config.company.lower()]

    def _hosts(self) -> tuple[str, ...]:
        """The site, with and without the `api-` prefix of the cloud: callbacks name the bare host."""
        host = (self._origin.hostname or "").lower()
        return (host, host.removeprefix("api-")) if host.startswith("api-") else (host,)

    async def _key(self, address: str) -> bytes:
        known = self._known.get(address)
        if known is None or known.until < time.monotonic():
            known = await self._fetched_once(address)
        if known.key is None:
            raise BadSignature("key-unreachable" if known.away else "no-key", waiting_helps=known.away)
        return known.key

    async def _fetched_once(self, address: str) -> _Known:
        """Several callbacks with one new address at once cause one fetch."""
        task = self._fetching.get(address)
        if task is None:
            task = asyncio.create_task(self._fetch(address))
            self._fetching[address] = task
            task.add_done_callback(lambda _: self._fetching.pop(address, None))
        return await asyncio.shield(task)

    async def _fetch(self, address: str) -> _Known:
        try:
            key = await self._ask_for_key(address)
            known = _Known(key, time.monotonic() + (_LIFETIME if key else _REFUSED_FOR))
        except (httpx.HTTPError, TimeoutError):
            known = _Known(None, time.monotonic() + _AWAY_FOR, away=True)
        self._known[address] = known
        while len(self._known) > _MOST_KEYS:
            self._known.popitem(last=False)
        return known

    async def _ask_for_key(self, address: str) -> bytes | None:
        async with (
            asyncio.timeout(_TIMEOUT),
            self._http.stream("GET", address, headers=self._credentials(urlsplit(address))) as answer,
        ):
            if answer.status_code >= 500 or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                raise httpx.TransportError("the key's address is not available")
            if answer.status_code != httpx.codes.OK:
                return None
            text = await _capped(answer)
        key = _key_in(text)
        return hashlib.sha256(key.encode()).digest() if key else None

    def _credentials(self, address: SplitResult) -> dict[str, str]:
        """Ours, only when the operator said so, and only to the very site that is configured."""
        asked = self._config.key_credentials and address.path.endswith(_KEY_PATH)
        if not asked or address.netloc.lower() != self._origin.netloc.lower():
            return {}
        pair = f"{self._config.company}+{self._config.public_key}:{self._config.private_key}"
        return {
            "Authorization": "Basic " + base64.b64encode(pair.encode()).decode(),
            "clientId": self._config.client_id,
        }


_KEY_PATH = "/callbackkey/index.rails"


def _is_cloud(address: SplitResult) -> bool:
    return (address.hostname or "").lower().endswith(".myconnectwise.net")


def _sign(raw: bytes, key: bytes) -> str:
    return base64.b64encode(hmac.new(key, raw, hashlib.sha256).digest()).decode()


async def _capped(answer: httpx.Response) -> bytes:
    text = b""
    async for piece in answer.aiter_bytes():
        text += piece
        if len(text) > _CAP:
            return b""
    return text


def _key_in(text: bytes) -> str | None:
    """The signing key in an answer; one public client gets JSON, another a JSON text inside a JSON text."""
    try:
        value = json.loads(text)
        if isinstance(value, str):
            value = json.loads(value)
    except (ValueError, RecursionError):
        return None
    key = value.get("signing_key") if isinstance(value, dict) else None
    return key if isinstance(key, str) and key else None
