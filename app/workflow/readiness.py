"""Readiness of the service and its reasons, as shown by `/readyz`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.connectwise import ConnectWiseError
from app.storage import Messages, StoreUnavailable
from app.workflow.context import WorkflowContext
from app.workflow.write_pause import current_pause

_REACH_SECONDS = 5.0
_RECENT = timedelta(days=1)
_REACHED_FOR = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of readiness. `needed`: the service cannot work without it."""

    id: str
    ok: bool
    text: str
    hint: str = ""
    needed: bool = True


class Readiness:
    """Checks each part that the service needs."""

    def __init__(self, context: WorkflowContext) -> None:
        self._context = context
        self._reached: tuple[datetime, Check] | None = None

    async def checks(self, standby_reason: str) -> list[Check]:
        """One line for each part. `standby_reason`: why this process executes no runs; empty while it does."""
        return [
            await self._database_check(),
            _dispatch_check(standby_reason),
            *await self._pause_checks(),
            *await self._stalled_checks(),
            *await self._message_checks(),
            await self._connectwise_check(),
            self._chart_check(),
        ]

    async def _database_check(self) -> Check:
        try:
            await self._context.database.prove_writable()
        except StoreUnavailable as error:
            return Check("database", False, str(error), "Check DATABASE_URL, the disk and the database server.")
        return Check("database", True, "The database can be written.")

    async def _stalled_checks(self) -> list[Check]:
        """One line where a process has stopped in the middle of runs without being dead; else none."""
        try:
            stalled = await self._context.runs.stalled(now=self._context.now())
        except StoreUnavailable:
            return []  # the database check reports it
        if not stalled:
            return []
        named = ", ".join(f"{run.id} (ticket {run.ticket_id})" for run in stalled[:5])
        hint = (
            "Continue or end the process that holds it. If you cannot reach it: miniprojects runs takeover "
            f"{stalled[0].id}"
        )
        return [Check("runs", False, f"{len(stalled)} run(s) make no progress: {named}.", hint, needed=False)]

    async def _pause_checks(self) -> list[Check]:
        """One line while an admin has paused writing; else none."""
        try:
            pause = await current_pause(self._context)
        except StoreUnavailable:
            return []  # the database check reports it
        if pause is None:
            return []
        hint = "An admin resumes it: miniprojects writes resume, or POST /writes/resume."
        return [Check("writes", False, f"Writing is paused since {pause.at:%Y-%m-%d %H:%M} UTC.", hint, needed=False)]

    async def _message_checks(self) -> list[Check]:
        """One line where messages to people cannot be delivered; else none."""
        try:
            stuck = await Messages(self._context.database).stuck(since=self._context.now() - _RECENT)
        except StoreUnavailable:
            return []  # the database check reports it
        if not stuck:
            return []
        hint = "The log names the target and the reason (notify.failed). Run miniprojects notify test."
        return [Check("notify", False, f"{stuck} message(s) to people could not be delivered.", hint, needed=False)]

    async def _connectwise_check(self) -> Check:
        """Sends at most one request to ConnectWise in 15 seconds."""
        now = self._context.now()
        if self._reached is None or now - self._reached[0] > _REACHED_FOR:
            self._reached = (now, await self._reach())
        return self._reached[1]

    async def _reach(self) -> Check:
        hint = "Run miniprojects doctor."
        try:
            async with asyncio.timeout(_REACH_SECONDS):
                await self._context.reader.count("/service/boards")
        except ConnectWiseError as error:
            return Check("connectwise", False, str(error), hint)
        except TimeoutError:
            return Check("connectwise", False, f"ConnectWise has not answered within {_REACH_SECONDS:.0f} s.", hint)
        return Check("connectwise", True, "ConnectWise answers.")

    def _chart_check(self) -> Check:
        chart = self._context.chart.current()
        mistakes = self._context.chart.mistakes
        if mistakes is not None:
            text = f"The chart file has {len(mistakes.problems)} errors; the last valid one is in use."
            return Check("chart", False, text, "Run miniprojects chart check.", needed=False)
        return Check("chart", True, f"Chart {chart.stamp.version} is in use.")


def _dispatch_check(standby_reason: str) -> Check:
    if standby_reason:
        return Check("dispatch", False, standby_reason, "Stop the other process, or use PostgreSQL for several.")
    return Check("dispatch", True, "This process works on tickets.")
