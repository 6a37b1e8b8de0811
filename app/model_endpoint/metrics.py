"""Counters of one endpoint since the process began."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class EndpointMetrics:
    """Counters that only grow."""

    requests: int = 0
    """Requests sent, repetitions included."""
    failures: Counter[str] = field(default_factory=Counter)
    """Requests without a usable answer, by the code of the error."""
