"""Cache of lists that change rarely: boards, statuses, types, GL rows."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from app.connectwise.bundle_reads import Wanted, reference_list_at
from app.connectwise.client import ConnectWiseClient
from app.connectwise.errors import Forbidden, NotFound

Records = list[dict[str, Any]]

_LIFETIME = 600.0
_UNREAD: tuple[float, Records] = (float("-inf"), [])


class ReferenceCache:
    """Whole lists by API path, such as `/service/boards/12/statuses`. Concurrent callers cause one request.

    A path may carry conditions: `/company/contacts?conditions=company/id=7`.
    """

    def __init__(self, client: ConnectWiseClient, *, lifetime: float = _LIFETIME) -> None:
        self._client = client
        self._lifetime = lifetime
        self._lists: dict[str, tuple[float, Records]] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def read(self, path: str, *, fresh: bool = False, since: float | None = None) -> Records:
        """The list at `path`, at most `lifetime` seconds old; `fresh` reads ConnectWise in any case.

        `since`: a fresh list may have been read then or later; by default now.
        """
        now = time.monotonic()
        oldest = (now if since is None else since) if fresh else now - self._lifetime
        async with self._locks[path]:
            read_at, records = self._lists.get(path, _UNREAD)
            if read_at >= oldest:
                return records
            try:
                plain, _, conditions = path.partition("?conditions=")
                records = await self._client.list(plain, conditions)
            except (NotFound, Forbidden):
                self._lists.pop(path, None)
                raise
            self._lists[path] = (time.monotonic(), records)
            return records

    async def readable(self, path: str, *, fresh: bool = False, since: float | None = None) -> Records:
        """As `read`; a missing or forbidden list is empty, so that planning names what it lacks."""
        try:
            return await self.read(path, fresh=fresh, since=since)
        except (NotFound, Forbidden):
            return []

    async def current(self, paths: Iterable[str], *, since: float | None = None) -> dict[str, Records]:
        """Lists by path as ConnectWise shows them now, or showed them at `since` (by `time.monotonic`) or later.

        Cached lists are compared with one bundle, where ConnectWise takes bundles; a list that differs is read by itself,
        since nothing public says which resource types a bundle knows.
        """
        began = time.monotonic() if since is None else since
        paths = list(dict.fromkeys(paths))
        await self._confirm([path for path in paths if self._lists.get(path, _UNREAD)[0] < began])
        found = await asyncio.gather(*(self.readable(path, fresh=True, since=began) for path in paths))
        return dict(zip(paths, found, strict=True))

    async def _confirm(self, paths: Iterable[str]) -> None:
        """Renews the time of the cached lists that a bundle shows unchanged."""
        cached = {path: self._lists[path] for path in paths if path in self._lists}
        wanted = {path: each for path in cached if (each := _bundled(path)) is not None}
        if len(wanted) < 2:
            return
        for path, answer in zip(wanted, await self._client.bundled(list(wanted.values())), strict=True):
            unchanged = isinstance(answer, list) and _by_id(answer) == _by_id(cached[path][1])
            if unchanged and self._lists.get(path) is cached[path]:
                self._lists[path] = (time.monotonic(), cached[path][1])


def _bundled(path: str) -> Wanted | None:
    plain, _, conditions = path.partition("?conditions=")
    return reference_list_at(plain, conditions)


def _by_id(records: Records) -> Records:
    return sorted(records, key=lambda record: str(record.get("id")))
