"""Signing keys of callbacks, fetched from the URLs that callbacks name, and cached.

Anybody can send a callback that names a URL. So the number of concurrent fetches and of fetches per minute is limited, a URL without a
key is not requested again immediately, and keys of genuine callbacks stay in the cache when unproven ones fill it.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import httpx

from app.connectwise.config import ClientConfig

_CAP = 4096
_DEADLINE = 2.0
"""Seconds for the whole answer; ConnectWise itself waits five for the callback's."""
_LIFETIME = 900.0
_REFUSED_FOR = 30.0
_AWAY_FOR = 1.0
_MOST = 64
_AT_ONCE = 4
_MOST_WAITING = 16
_PER_MINUTE = 120
_BURST = 30


@dataclass(slots=True)
class _Known:
    key: bytes | None
    """SHA-256 of the key's text; None: the URL gave no key."""
    until: float
    away: bool = False
    """The URL did not answer; it may do so later."""
    proven: bool = False
    """A callback was signed with it."""


class KeyUnavailable(Exception):
    """There is no key at a URL. `waiting_helps`: there may be one later."""

    def __init__(self, reason: str, *, waiting_helps: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.waiting_helps = waiting_helps


class KeyStore:
    """Keys by their whole URL, since one callback entry was seen with several."""

    def __init__(
        self,
        config: ClientConfig,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._origin = urlsplit(config.origin)
        self._clock = clock
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._fetching: dict[str, asyncio.Task[_Known]] = {}
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._left = float(_BURST)
        self._counted_at = clock()
        self._http = httpx.AsyncClient(
            transport=transport, timeout=_DEADLINE, follow_redirects=False, trust_env=False,
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        )  # fmt: skip

    async def aclose(self) -> None:
        """Cancel running fetches and close the connections."""
        running = list(self._fetching.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._http.aclose()

    async def key(self, url: str) -> bytes:
        """The key at a URL. Raises KeyUnavailable."""
        known = self._known.get(url)
        if known is None or known.until <= self._clock():
            known = await self._fetched_once(url, proven=known is not None and known.proven)
        if known.key is None:
            raise KeyUnavailable("key-unreachable" if known.away else "no-key", waiting_helps=known.away)
        return known.key

    def prove(self, url: str) -> bool:
        """Mark a key as proven by a signed callback; its fetch no longer counts against the limit. True if it is new."""
        known = self._known.get(url)
        if known is None:
            return False
        is_new = not known.proven
        self._left += 1 if is_new else 0
        known.proven = True
        self._known.move_to_end(url)
        return is_new

    def proven(self) -> list[str]:
        """The addresses of proven keys, the one proven last at the end."""
        return [url for url, known in self._known.items() if known.proven]

    def recall(self, urls: Sequence[str]) -> None:
        """Know addresses as proven, without their keys, which are fetched again when a callback names them."""
        for url in urls[-_MOST:]:
            self._known.setdefault(url, _Known(None, self._clock(), proven=True))

    async def _fetched_once(self, url: str, *, proven: bool) -> _Known:
        """Concurrent callbacks with one URL cause one fetch; too many URLs cause none."""
        task = self._fetching.get(url)
        if task is None:
            if not proven and (len(self._fetching) >= _MOST_WAITING or not self._may_fetch()):
                raise KeyUnavailable("too-many-keys", waiting_helps=True)
            task = asyncio.create_task(self._fetch(url, proven=proven))
            self._fetching[url] = task
            task.add_done_callback(lambda _: self._fetching.pop(url, None))
        return await asyncio.shield(task)

    def _may_fetch(self) -> bool:
        """Whether one more unknown URL may be requested: a burst of thirty, then two a second."""
        now = self._clock()
        self._left = min(float(_BURST), self._left + (now - self._counted_at) * _PER_MINUTE / 60)
        self._counted_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    async def _fetch(self, url: str, *, proven: bool) -> _Known:
        try:
            async with self._slots:
                key = await self._ask(url)
            known = _Known(key, self._clock() + (_LIFETIME if key else _REFUSED_FOR), proven=proven and key is not None)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.DecodingError):
            known = _Known(None, self._clock() + _REFUSED_FOR)
        except (httpx.HTTPError, TimeoutError):
            known = _Known(None, self._clock() + _AWAY_FOR, away=True, proven=proven)
        self._known[url] = known
        self._known.move_to_end(url)
        self._make_room(url)
        return known

    def _make_room(self, newest: str) -> None:
        """Remove the oldest unproven keys; a proven one only if there is no other."""
        while len(self._known) > _MOST:
            others = [url for url in self._known if url != newest]
            self._known.pop(next((other for other in others if not self._known[other].proven), others[0]))

    async def _ask(self, url: str) -> bytes | None:
        headers = self._credentials(urlsplit(url))
        async with asyncio.timeout(_DEADLINE), self._http.stream("GET", url, headers=headers) as answer:
            if answer.status_code >= 500 or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                raise httpx.TransportError("The URL of the signing key is not available.")
            if answer.status_code != httpx.codes.OK:
                return None
            text = await _capped(answer)
        key = _key_in(text)
        return hashlib.sha256(key.encode()).digest() if key else None

    def _credentials(self, url: SplitResult) -> dict[str, str]:
        """Credentials, only if CWM_KEY_CREDENTIALS is set, and only for the configured site."""
        asked = self._config.key_credentials
        same = (url.scheme, url.netloc.lower()) == (self._origin.scheme, self._origin.netloc.lower())
        if not asked or not same:
            return {}
        pair = f"{self._config.company}+{self._config.public_key}:{self._config.private_key}"
        return {
            "Authorization": "Basic " + base64.b64encode(pair.encode()).decode(),
            "clientId": self._config.client_id,
        }


async def _capped(answer: httpx.Response) -> bytes:
    text = b""
    async for piece in answer.aiter_bytes():
        text += piece
        if len(text) > _CAP:
            return b""
    return text


def _key_in(text: bytes) -> str | None:
    """The signing key in an answer: JSON, or a JSON text inside a JSON string, as public clients report."""
    try:
        value = json.loads(text)
        if isinstance(value, str):
            value = json.loads(value)
        key = value.get("signing_key") if isinstance(value, dict) else None
        return key if isinstance(key, str) and key.encode() else None
    except (ValueError, RecursionError):
        return None
