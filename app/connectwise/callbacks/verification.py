"""Is a callback really from our ConnectWise? The signature over the raw bytes, and the key it is made with.

expected = base64(HMAC-SHA256(key = SHA-256 of the signing key's text, message = raw body)), as four public receivers
agree. The key's address comes with the callback itself and is an attacker's word until the signature holds: it is
fetched only from the configured site or its documented aliases, without redirects, small and quickly.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

import httpx

from app.connectwise.callbacks.signing_keys import KeyStore, KeyUnavailable
from app.connectwise.config import ClientConfig, is_loopback

_LONGEST_ADDRESS = 1000
_SIGNATURE_LENGTH = 44
"""Base64 of 32 bytes."""

_ODD = re.compile(r"[^!-~]|[\\#]")
"""Anything but visible ASCII, and what parsers of addresses disagree on."""


class BadSignature(Exception):
    """The callback is not shown to come from the configured ConnectWise. `reason` is a short code for the log."""

    def __init__(self, reason: str, *, waiting_helps: bool = False) -> None:
        super().__init__(f"The callback is not accepted ({reason}).")
        self.reason = reason
        self.waiting_helps = waiting_helps


def signature_of(raw: bytes, key_text: str) -> str:
    """The header value that ConnectWise sends for this body and signing key."""
    return _sign(raw, hashlib.sha256(key_text.encode()).digest())


class CallbackKeys:
    """Verifies callbacks."""

    def __init__(
        self,
        config: ClientConfig,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._origin = urlsplit(config.origin)
        self._judged = lru_cache(maxsize=256)(self._is_ours)
        self._keys = KeyStore(config, transport=transport, clock=clock)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._keys.aclose()

    async def verify(self, raw: bytes, signature: str | None, body: Mapping[str, Any]) -> None:
        """Returns when the callback is genuine; raises BadSignature in every other case.

        What can be refused by looking at it is refused before anything is fetched.
        """
        given = (signature or "").strip()
        if not given:
            raise BadSignature("unsigned")
        if len(given) != _SIGNATURE_LENGTH or not given.isascii():
            raise BadSignature("wrong-signature")
        if str(body.get("CompanyId") or self._config.company).lower() != self._config.company.lower():
            raise BadSignature("other-company")
        metadata = body.get("Metadata")
        address = metadata.get("key_url") if isinstance(metadata, Mapping) else None
        if not isinstance(address, str) or not self._judged(address):
            raise BadSignature("foreign-key-url")
        try:
            key = await self._keys.key(address)
        except KeyUnavailable as none:
            raise BadSignature(none.reason, waiting_helps=none.waiting_helps) from None
        if not hmac.compare_digest(_sign(raw, key).encode(), given.encode()):
            raise BadSignature("wrong-signature")
        self._keys.prove(address)

    def _is_ours(self, address: str) -> bool:
        """Whether a key may be fetched there: the configured site or an alias of it, and nothing odd in the address."""
        if len(address) > _LONGEST_ADDRESS or _ODD.search(address):
            return False
        try:
            parts = urlsplit(address)
            port = parts.port
            host = (parts.hostname or "").lower()
        except ValueError:
            return False
        if "@" in parts.netloc or host not in self._hosts():
            return False
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
            return False
        return _port(parts.scheme, port) == _port(self._origin.scheme, self._origin.port) and self._is_our_company(
            parts
        )

    def _is_our_company(self, address: SplitResult) -> bool:
        """Another company on the same cloud host has keys too, and may sign what it likes with them."""
        named: list[str] = []
        for name, values in parse_qs(address.query, keep_blank_values=True).items():
            named += values if name.lower() == "companyname" else []
        if not named and not _is_cloud(address):
            return True
        return [name.lower() for name in named] == [self._config.company.lower()]

    def _hosts(self) -> tuple[str, ...]:
        """The site, with and without the `api-` prefix of the cloud: callbacks name the bare host."""
        host = (self._origin.hostname or "").lower()
        return (host, host.removeprefix("api-")) if host.startswith("api-") else (host,)


def _port(scheme: str, port: int | None) -> int:
    return port if port is not None else {"https": 443, "http": 80}[scheme]


def _is_cloud(address: SplitResult) -> bool:
    return (address.hostname or "").lower().endswith((".myconnectwise.net", ".connectwisedev.com"))


def _sign(raw: bytes, key: bytes) -> str:
    return base64.b64encode(hmac.digest(key, raw, "sha256")).decode()
