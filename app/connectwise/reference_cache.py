"""Cache of lists that change rarely: boards, statuses, types, GL rows."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from typing import Any

from app.connectwise.client import ConnectWiseClient
from app.connectwise.errors import Forbidden, NotFound

_LIFETIME = 600.0


class ReferenceCache:
    """Whole lists by API path, such as `/service/boards/12/statuses`. Concurrent callers cause one request.

    A path may carry conditions: `/company/contacts?conditions=company/id=7`.
    """

    def __init__(self, client: ConnectWiseClient, *, lifetime: float = _LIFETIME) -> None:
        self._client = client
        self._lifetime = lifetime
        self._lists: dict[str, tuple[float, list[dict[str, Any]]]] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def read(self, path: str, *, fresh: bool = False) -> list[dict[str, Any]]:
        """The list at `path`, at most `lifetime` seconds old; `fresh` reads ConnectWise in any case."""
        now = time.monotonic()
        async with self._locks[path]:
            read_at, records = self._lists.get(path, (float("-inf"), []))
            if read_at >= now if fresh else read_at + self._lifetime > now:
                return records
            try:
                plain, _, conditions = path.partition("?conditions=")
                records = await self._client.list(plain, conditions)
            except (NotFound, Forbidden):
                self._lists.pop(path, None)
                raise
            self._lists[path] = (time.monotonic(), records)
            return records

    async def readable(self, path: str, *, fresh: bool = False) -> list[dict[str, Any]]:
        """As `read`; a missing or forbidden list is empty, so that planning names what it lacks."""
        try:
            return await self.read(path, fresh=fresh)
        except (NotFound, Forbidden):
            return []
