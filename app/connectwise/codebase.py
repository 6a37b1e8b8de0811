"""Path prefix of the API: read from companyinfo, and again when a 404 may mean that the API has moved."""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from app.connectwise.errors import ConnectWiseError, InvalidResponse, NotApiAnswer, NotFound

log = structlog.get_logger()

_SHAPE = re.compile(r"[A-Za-z0-9_.-]{1,40}\Z")
_DEFAULT = "v4_6_release/"
"""Valid on premises and in the cloud; used where companyinfo names no codebase."""
_AFTER_MISSING_RECORD = 300.0
"""Seconds before companyinfo is read again after a 404 of the API itself."""
_MOST, _WITHIN = 3, 30.0
"""Other 404s may mean a move: companyinfo is read at most so often within so many seconds."""


class Codebase:
    """The path before `apis/3.0`, such as `v2026_1/`. Concurrent callers cause one request."""

    def __init__(
        self,
        configured: str,
        ask: Callable[[], Awaitable[dict[str, Any]]],
        *,
        on_cloud: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._current = self._configured = normalized(configured) if configured else ""
        self._on_cloud = on_cloud
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

    async def moved_from(self, used: str, missing: NotFound | NotApiAnswer) -> bool:
        """Whether the API has moved since a request to `used` was answered with 404.

        Usually a record is missing, and the API's own 404 says so: then companyinfo is read at most every five minutes,
        else at most three times in thirty seconds. A configured codebase is compared on the cloud only, since an
        installation on premises may have no companyinfo, and only one that can move. Raises what companyinfo raised where
        it is needed for an answer.
        """
        named = isinstance(missing, NotFound) and missing.of_a_record
        if self._configured and (named or not self._on_cloud or self._configured == _DEFAULT):
            return False
        async with self._lock:
            if self._current == used and self._may_have_moved(of_a_record=named):
                await self._compare(optional=named or bool(self._configured))
        return self._current != used

    def _may_have_moved(self, *, of_a_record: bool) -> bool:
        now = self._clock()
        if of_a_record:
            return now - self._asked[-1] >= _AFTER_MISSING_RECORD
        return now - self._asked[0] >= _WITHIN

    async def _compare(self, *, optional: bool) -> None:
        """Reads companyinfo again; a failure matters only where nothing else says whether the API has moved."""
        try:
            await self._refresh()
        except ConnectWiseError:
            if not optional:
                raise
            self._asked.append(self._clock())

    async def _refresh(self) -> None:
        info = await self._ask()
        found = normalized(str(info.get("Codebase") or _DEFAULT))
        self._asked.append(self._clock())
        if self._configured and found != self._current:
            log.warning(
                "connectwise.codebase-moved",
                configured=self._configured,
                used=found,
                action="Correct or remove CWM_CODEBASE.",
            )
        self._current = found


def normalized(text: str) -> str:
    """A codebase with one trailing slash. Raises InvalidResponse for any other text."""
    stripped = text.strip().strip("/")
    if not _SHAPE.match(stripped):
        raise InvalidResponse("The site names an invalid codebase. Set CWM_CODEBASE, for example to v4_6_release/.")
    return f"{stripped}/"
