"""Whether the service can do its work, and if not, why: what `/readyz` answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.connectwise import ConnectWiseError
from app.storage import StoreUnavailable
from app.workflow.context import WorkflowContext

_REACH_SECONDS = 5.0
_REACHED_FOR = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of readiness: a stable id, whether it holds, what was found, and what to do. `needed`: without it nothing works."""

    id: str
    ok: bool
    text: str
    hint: str = ""
    needed: bool = True


class Readiness:
    """Looks at each part that the service needs."""

    def __init__(self, parts: WorkflowContext) -> None:
        self._parts = parts
        self._reached: tuple[datetime, Check] | None = None

    async def checks(self, stands_by: str) -> list[Check]:
        """One line for each part. `stands_by`: why this process does not work on tickets; empty while it does."""
        return [
            await self._database_check(),
            _dispatch_check(stands_by),
            await self._connectwise_check(),
            self._chart_check(),
        ]

    async def _database_check(self) -> Check:
        try:
            await self._parts.memory.recall("installed-at")
        except StoreUnavailable as away:
            return Check("database", False, str(away), "Look at DATABASE_URL, the disk and the database server.")
        return Check("database", True, "The database answers.")

    async def _connectwise_check(self) -> Check:
        """Asked of ConnectWise at most every quarter of a minute, whoever asks us."""
        now = self._parts.now()
        if self._reached is None or now - self._reached[0] > _REACHED_FOR:
            self._reached = (now, await self._reach())
        return self._reached[1]

    async def _reach(self) -> Check:
        hint = "Run miniprojects doctor."
        try:
            async with asyncio.timeout(_REACH_SECONDS):
                await self._parts.reader.count("/service/boards")
        except ConnectWiseError as trouble:
            return Check("connectwise", False, str(trouble), hint)
        except TimeoutError:
            return Check("connectwise", False, f"ConnectWise has not answered within {_REACH_SECONDS:.0f} s.", hint)
        return Check("connectwise", True, "ConnectWise answers.")

    def _chart_check(self) -> Check:
        chart = self._parts.chart.current()
        mistakes = self._parts.chart.mistakes
        if mistakes is not None:
            text = f"The chart file has {len(mistakes.problems)} mistakes; the last good one is in use."
            return Check("chart", False, text, "Run miniprojects chart check.", needed=False)
        return Check("chart", True, f"Chart {chart.stamp.version} is in use.")


def _dispatch_check(stands_by: str) -> Check:
    if stands_by:
        return Check("dispatch", False, stands_by, "Stop the other process, or use PostgreSQL for several.")
    return Check("dispatch", True, "This process works on tickets.")
