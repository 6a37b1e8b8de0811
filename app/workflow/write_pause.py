"""The switch that pauses every write to ConnectWise at run time. It is stored, so it survives a restart.

While it is on, runs wait before their next write and continue after it; decisions are still made and recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from app.storage import TrailEntry
from app.storage.clock import instant_text, parse_instant
from app.workflow.context import WorkflowContext

log = structlog.get_logger()

_NAME = "writes-paused"
"""Name under which the pause is stored."""


@dataclass(frozen=True, slots=True)
class WritePause:
    """Who paused writing, when and why."""

    by: str
    at: datetime
    reason: str

    @property
    def sentence(self) -> str:
        """Why nothing is written, and what ends it."""
        return f"Writing is paused by {self.by} since {self.at:%Y-%m-%d %H:%M} UTC. It continues once an admin resumes writing."

    def to_json(self) -> dict[str, str]:
        """The pause as stored and shown."""
        return {"by": self.by, "at": instant_text(self.at), "reason": self.reason}


async def current_pause(context: WorkflowContext) -> WritePause | None:
    """The pause in force; None while writing is allowed."""
    found: dict[str, Any] | None = await context.key_value.get(_NAME)
    return WritePause(found["by"], parse_instant(found["at"]), found["reason"]) if found else None


async def pause_writes(context: WorkflowContext, *, by: str, reason: str) -> WritePause:
    """Pauses writing; a pause that is in force stays as it is."""
    pause = await current_pause(context)
    if pause is None:
        pause = WritePause(by, context.now(), reason)
        await context.key_value.put(_NAME, pause.to_json(), entry=TrailEntry(by, "paused writing", pause.at))
        log.warning("writes.paused", by=by)
    return pause


async def resume_writes(context: WorkflowContext, *, by: str) -> None:
    """Ends the pause; without one nothing changes."""
    if await current_pause(context) is not None:
        await context.key_value.put(_NAME, None, entry=TrailEntry(by, "resumed writing", context.now()))
        log.warning("writes.resumed", by=by)
