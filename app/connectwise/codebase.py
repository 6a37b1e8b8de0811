"""Where on the site the API lies: asked from companyinfo, and asked again when a 404 may mean that it has moved."""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from app.connectwise.errors import InvalidResponse, NotFound

_SHAPE = re.compile(r"[A-Za-z0-9_.-]{1,40}\Z")
_EVERYWHERE = "v4_6_release/"
"""Works on premises and in the cloud; for sites whose companyinfo names no codebase."""
_AFTER_A_RECORDS = 300.0
"""Seconds for which companyinfo is believed when the API itself says that a record is missing."""
_MOST, _WITHIN = 3, 30.0
"""Other 404s may mean a move: companyinfo is asked at most so often within so many seconds."""


class Codebase:
    """The path in front of `apis/3.0`, such as `v2026_1/`. Several askers at once cause one request."""

    def __init__(
        self,
        configured: str,
        ask: Callable[[], Awaitable[dict[str, Any]]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._current = normal(configured) if configured else ""
        self._fixed = bool(configured)
        self._ask = ask
        self._clock = clock
        self._asked: deque[float] = deque([float("-inf")] * _MOST, maxlen=_MOST)
        self._lock = asyncio.Lock()

    async def known(self) -> str:
        """The codebase in use."""
        if not self._current:
            async with self._lock:
                if not self._current:
                    await self._refresh()
        return self._current

    async def moved_from(self, used: str, missing: NotFound) -> bool:
        """Whether the API has moved since a request to `used` was answered with 404.

        A record that is not there is the usual reason, and the API's own 404 says so: then companyinfo is asked at most
        every five minutes, else at most three times in thirty seconds.
        """
        if self._fixed:
            return False
        async with self._lock:
            if self._current == used and self._may_have_moved(missing):
                await self._refresh()
        return self._current != used

    def _may_have_moved(self, missing: NotFound) -> bool:
        now = self._clock()
        if missing.of_a_record:
            return now - self._asked[-1] >= _AFTER_A_RECORDS
        return now - self._asked[0] >= _WITHIN

    async def _refresh(self) -> None:
        info = await self._ask()
        self._current = normal(str(info.get("Codebase") or _EVERYWHERE))
        self._asked.append(self._clock())


def normal(text: str) -> str:
    """A codebase with one slash at its end; InvalidResponse when it is not one."""
    stripped = text.strip().strip("/")
    if not _SHAPE.match(stripped):
        raise InvalidResponse("The site names a codebase that is none. Set CWM_CODEBASE, such as v4_6_release/.")
    return f"{stripped}/"
