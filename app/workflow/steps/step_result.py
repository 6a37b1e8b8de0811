"""How a step ended, and the intent that is committed before its write."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.connectwise import Wanted
from app.domain.enums import StepStatus

Intend = Callable[[Any], Awaitable[None]]
"""Commits the intent to write; takes the values before the write."""
Upcoming = Callable[[Any], Sequence[Wanted]]
"""What the steps until the next write read; takes what this step will probably have resulted in."""


def nothing_upcoming(_result: Any) -> Sequence[Wanted]:
    """For a step after which nothing is read ahead."""
    return ()


@dataclass(frozen=True, slots=True)
class StepResult:
    """How a step ended. `message` names a person's work that stays."""

    status: StepStatus
    result: Any = None
    before: Any = None
    message: str = ""
