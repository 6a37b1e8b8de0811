"""Verifies the signature of a callback over its raw bytes.

expected = base64(HMAC-SHA256(key = SHA-256 of the signing key's text, message = raw body)), as four public receivers
agree. The key's URL comes with the callback and is not trusted until the signature holds: it is fetched only from the
configured site or its documented aliases, without redirects, with a size and a time limit.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

import httpx

from app.connectwise.callbacks.signing_keys import KeyStore, KeyUnavailable
from app.connectwise.config import ClientConfig, is_loopback

_LONGEST_URL = 1000
_SIGNATURE_LENGTH = 44
"""Base64 of 32 bytes."""
_SIGNATURE = re.compile(r"[A-Za-z0-9+/]+=")

_SAVE_EVERY = 60.0
"""Seconds between two saves of the proven addresses: some tenants sign each callback with another key."""

_ODD = re.compile(r"[^!-~]|[\\#]")
"""Anything but visible ASCII, and characters that URL parsers treat differently."""


class BadSignature(Exception):
    """The callback is not proven to come from the configured ConnectWise. `reason` is a short code for the log."""

    def __init__(self, reason: str, *, waiting_helps: bool = False) -> None:
        super().__init__(f"Callback rejected ({reason}).")
        self.reason = reason
        self.waiting_helps = waiting_helps


def signature_of(raw: bytes, key_text: str) -> str:
    """The header value that ConnectWise sends for this body and signing key."""
    return _sign(raw, hashlib.sha256(key_text.encode()).digest())


def check_signature_form(signature: str | None) -> str:
    """The signature without spaces. Raises BadSignature for anything that is no signature, before the body is read."""
    given = (signature or "").strip()
    if not given:
        raise BadSignature("unsigned")
    if len(given) != _SIGNATURE_LENGTH or not _SIGNATURE.fullmatch(given):
        raise BadSignature("wrong-signature")
    return given


class CallbackKeys:
    """Verifies callbacks."""

    def __init__(
        self,
        config: ClientConfig,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        save: Callable[[list[str]], Awaitable[None]] | None = None,
    ) -> None:
        """`save`: stores the addresses of proven keys, which `recall` takes after a restart. It must not raise."""
        self._config = config
        self._origin = urlsplit(config.origin)
        self._allowed = lru_cache(maxsize=256)(self._is_ours)
        self._keys = KeyStore(config, transport=transport, clock=clock)
        self._clock = clock
        self._save = save
        self._saving: asyncio.Future[None] | None = None
        self._save_after = clock()
        self._unsaved = False

    async def aclose(self) -> None:
        """Save the proven addresses and close the connections."""
        if self._saving is not None:
            await asyncio.gather(self._saving, return_exceptions=True)
        await self._save_unsaved()
        await self._keys.aclose()

    async def verify(self, raw: bytes, signature: str | None, body: Mapping[str, Any]) -> None:
        """Return if the callback is genuine. Raises BadSignature in every other case.

        Everything that needs no key is checked before a key is fetched.
        """
        given = check_signature_form(signature)
        if str(body.get("CompanyId") or self._config.company).lower() != self._config.company.lower():
            raise BadSignature("other-company")
        metadata = body.get("Metadata")
        url = metadata.get("key_url") if isinstance(metadata, Mapping) else None
        if not isinstance(url, str) or len(url) > _LONGEST_URL or not self._allowed(url):
            raise BadSignature("foreign-key-url")
        try:
            key = await self._keys.key(url)
        except KeyUnavailable as none:
            raise BadSignature(none.reason, waiting_helps=none.waiting_helps) from None
        if not hmac.compare_digest(_sign(raw, key).encode(), given.encode()):
            raise BadSignature("wrong-signature")
        if self._keys.prove(url):
            self._unsaved = True
            self._save_in_background()

    def recall(self, urls: Iterable[Any]) -> None:
        """Take addresses that were proven before a restart: a flood of unknown ones does not hold up their keys."""
        self._keys.recall(
            [url for url in urls if isinstance(url, str) and len(url) <= _LONGEST_URL and self._allowed(url)]
        )

    def _save_in_background(self) -> None:
        """Saves the proven addresses, at most once in a minute."""
        if self._clock() >= self._save_after and (self._saving is None or self._saving.done()):
            self._save_after = self._clock() + _SAVE_EVERY
            self._saving = asyncio.ensure_future(self._save_unsaved())

    async def _save_unsaved(self) -> None:
        if self._save is not None and self._unsaved:
            self._unsaved = False
            await self._save(self._keys.proven())

    def _is_ours(self, url: str) -> bool:
        """Whether a key may be fetched from a URL: the configured site or an alias of it, without unusual characters."""
        if _ODD.search(url):
            return False
        try:
            parts = urlsplit(url)
            port = parts.port
            host = (parts.hostname or "").lower()
        except ValueError:
            return False
        if "@" in parts.netloc or host not in self._hosts() or not self._has_key_path(parts):
            return False
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
            return False
        return _port(parts.scheme, port) == _port(self._origin.scheme, self._origin.port) and self._is_our_company(
            parts
        )

    def _is_our_company(self, url: SplitResult) -> bool:
        """Whether a URL names the configured company: other companies on the same cloud host have keys too."""
        named: list[str] = []
        for name, values in parse_qs(url.query, keep_blank_values=True).items():
            named += values if name.lower() == "companyname" else []
        if not named and not _is_cloud(url):
            return True
        return [name.lower() for name in named] == [self._config.company.lower()]

    def _has_key_path(self, url: SplitResult) -> bool:
        """Whether a URL has the path of signing keys: other answers of the site may hold texts that strangers chose."""
        return url.path.lower().endswith(self._config.key_path.lower())

    def _hosts(self) -> tuple[str, ...]:
        """The site with and without the `api-` prefix of the cloud: callbacks name the bare host."""
        host = (self._origin.hostname or "").lower()
        return (host, host.removeprefix("api-")) if host.startswith("api-") else (host,)


def _port(scheme: str, port: int | None) -> int:
    return port if port is not None else {"https": 443, "http": 80}[scheme]


def _is_cloud(url: SplitResult) -> bool:
    return (url.hostname or "").lower().endswith((".myconnectwise.net", ".connectwisedev.com"))


def _sign(raw: bytes, key: bytes) -> str:
    return base64.b64encode(hmac.digest(key, raw, "sha256")).decode()
