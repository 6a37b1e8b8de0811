"""What people are told about, and who is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.domain.enums import Role


class Kind(StrEnum):
    """What a message is about."""

    REVIEW = "review"
    FAILED = "failed"
    LIMIT = "limit"
    CALLBACK = "callback"
    CHART = "chart"
    AWAY = "away"
    BACK = "back"
    PAUSED = "paused"
    RESUMED = "resumed"
    TEST = "test"


_APPROVERS = frozenset({Role.APPROVER})
_ADMINS = frozenset({Role.ADMIN})
_BOTH = _APPROVERS | _ADMINS
AUDIENCE = {
    Kind.REVIEW: _APPROVERS, Kind.FAILED: _BOTH, Kind.LIMIT: _BOTH, Kind.CALLBACK: _ADMINS, Kind.CHART: _ADMINS,
    Kind.AWAY: _ADMINS, Kind.BACK: _ADMINS, Kind.PAUSED: _BOTH, Kind.RESUMED: _BOTH, Kind.TEST: _BOTH,
}  # fmt: skip
"""The roles that each kind concerns."""
COLLECTED = frozenset({Kind.REVIEW, Kind.FAILED})
"""Kinds that wait for the digest; the others are about the service itself and are sent immediately."""
WARNINGS = frozenset({Kind.FAILED, Kind.LIMIT, Kind.CALLBACK, Kind.CHART, Kind.AWAY})


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to say. `key`: what it is about, said once; `board`: the ticket's board, where there is a ticket."""

    key: str
    kind: Kind
    title: str
    text: str = ""
    link: str = ""
    board: str = ""
    decision_id: str | None = None

    def to_json(self) -> dict[str, Any]:
        """What is stored."""
        return {"title": self.title, "text": self.text, "link": self.link}
