"""Results of handling a run. The engine alone records them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.enums import RunState
from app.storage import Change, RunRow


@dataclass(frozen=True, slots=True)
class Done:
    """The run has ended. `also`: changes of other rows in the commit that ends it."""

    message: str
    state: RunState = RunState.ENDED
    also: Change | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """The run continues at `until`. `is_attempt`: whether it counts as a failed attempt."""

    until: datetime
    reason: str
    is_attempt: bool = True


@dataclass(frozen=True, slots=True)
class Failed:
    """The run has failed for good. `also`: changes of other rows in the commit that ends it."""

    reason: str
    also: Change | None = None


RunResult = Done | Wait | Failed


class RunHandler(Protocol):
    """Does the work of a claimed run."""

    async def handle(self, run: RunRow) -> RunResult:
        """Works until the run has ended, must wait or has failed. OwnershipLost and StoreUnavailable pass through."""

    async def failure(self, run: RunRow, fault: Exception) -> Failed:
        """The result for an unexpected error."""
