"""Signing keys of callbacks, fetched from the addresses that callbacks name: seldom, small, quickly, and kept for a while.

Anybody can send a callback that names an address. So only a few keys are fetched at a time and a minute, whatever comes
in; an address that gave no key is not asked again at once; and a key whose callbacks were genuine stays when others,
which nobody has signed with yet, fill the store.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import httpx

from app.connectwise.config import ClientConfig

_CAP = 4096
_DEADLINE = 2.0
"""Seconds for the whole answer; ConnectWise itself waits five for ours."""
_LIFETIME = 900.0
_REFUSED_FOR = 30.0
_AWAY_FOR = 1.0
_MOST = 64
_AT_ONCE = 4
_MOST_WAITING = 16
_PER_MINUTE = 120
_BURST = 30
_OWN_PATH = "/callbackkey/index.rails"


@dataclass(slots=True)
class _Known:
    key: bytes | None
    """SHA-256 of the key's text; None: the address gave no key."""
    until: float
    away: bool = False
    """The address did not answer; it may do so later."""
    proven: bool = False
    """A callback was signed with it."""


class KeyUnavailable(Exception):
    """There is no key at an address. `waiting_helps`: there may be one later."""

    def __init__(self, reason: str, *, waiting_helps: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.waiting_helps = waiting_helps


class KeyStore:
    """Keys by their whole address, since one callback entry was seen with several."""

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
        """Ends what is under way and closes the connections."""
        running = list(self._fetching.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._http.aclose()

    async def key(self, address: str) -> bytes:
        """The key at an address; raises KeyUnavailable."""
        known = self._known.get(address)
        if known is None or known.until <= self._clock():
            known = await self._fetched_once(address, proven=known is not None and known.proven)
        if known.key is None:
            raise KeyUnavailable("key-unreachable" if known.away else "no-key", waiting_helps=known.away)
        return known.key

    def prove(self, address: str) -> None:
        """A callback was signed with the key of this address; what its fetch took from the pace is given back."""
        if (known := self._known.get(address)) is not None:
            self._left += 0 if known.proven else 1
            known.proven = True
            self._known.move_to_end(address)

    async def _fetched_once(self, address: str, *, proven: bool) -> _Known:
        """Several callbacks with one address at once cause one fetch; too many addresses cause none."""
        task = self._fetching.get(address)
        if task is None:
            if not proven and (len(self._fetching) >= _MOST_WAITING or not self._may_fetch()):
                raise KeyUnavailable("too-many-keys", waiting_helps=True)
            task = asyncio.create_task(self._fetch(address, proven=proven))
            self._fetching[address] = task
            task.add_done_callback(lambda _: self._fetching.pop(address, None))
        return await asyncio.shield(task)

    def _may_fetch(self) -> bool:
        """Whether one more unknown address may be asked: thirty at once, then two a second."""
        now = self._clock()
        self._left = min(float(_BURST), self._left + (now - self._counted_at) * _PER_MINUTE / 60)
        self._counted_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    async def _fetch(self, address: str, *, proven: bool) -> _Known:
        try:
            async with self._slots:
                key = await self._ask(address)
            known = _Known(key, self._clock() + (_LIFETIME if key else _REFUSED_FOR), proven=proven and key is not None)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.DecodingError):
            known = _Known(None, self._clock() + _REFUSED_FOR)
        except (httpx.HTTPError, TimeoutError):
            known = _Known(None, self._clock() + _AWAY_FOR, away=True, proven=proven)
        self._known[address] = known
        self._known.move_to_end(address)
        self._make_room(address)
        return known

    def _make_room(self, newest: str) -> None:
        """Lets go of the oldest ones that nobody has signed with; of a proven one only when there is no other."""
        while len(self._known) > _MOST:
            others = [address for address in self._known if address != newest]
            self._known.pop(next((one for one in others if not self._known[one].proven), others[0]))

    async def _ask(self, address: str) -> bytes | None:
        headers = self._credentials(urlsplit(address))
        async with asyncio.timeout(_DEADLINE), self._http.stream("GET", address, headers=headers) as answer:
            if answer.status_code >= 500 or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                raise httpx.TransportError("the key's address is not available")
            if answer.status_code != httpx.codes.OK:
                return None
            text = await _capped(answer)
        key = _key_in(text)
        return hashlib.sha256(key.encode()).digest() if key else None

    def _credentials(self, address: SplitResult) -> dict[str, str]:
        """Ours, only when the operator said so, and only to the very site that is configured."""
        asked = self._config.key_credentials and address.path.endswith(_OWN_PATH)
        same = (address.scheme, address.netloc.lower()) == (self._origin.scheme, self._origin.netloc.lower())
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
    """The signing key in an answer; one public client gets JSON, another a JSON text inside a JSON text."""
    try:
        value = json.loads(text)
        if isinstance(value, str):
            value = json.loads(value)
        key = value.get("signing_key") if isinstance(value, dict) else None
        return key if isinstance(key, str) and key.encode() else None
    except (ValueError, RecursionError):
        return None
