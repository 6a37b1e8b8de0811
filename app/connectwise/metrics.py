"""Counters of requests, answers and waits, for metrics and benchmarks."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

_NUMBER = re.compile(r"/\d+(?=/|\Z)")
_COMPANY = re.compile(r"(/login/companyinfo/).*\Z")


@dataclass
class ClientMetrics:
    """Counters that only grow, for one transport and all its clients."""

    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Requests sent, by method and path template, such as `("GET", "/service/tickets/{id}/notes")`."""
    answers: Counter[int] = field(default_factory=Counter)
    """Answers by status; 0 counts requests without an answer."""
    retries: Counter[str] = field(default_factory=Counter)
    """Repeated requests by the name of the error."""
    waits: int = 0
    """Number of waits before a repetition or after a 429."""
    waited: float = 0.0
    """Seconds of those waits."""
    server_date: str = ""
    """The `Date` header of the latest answer, to compare clocks by."""
    bundled: int = 0
    """Reads sent inside a bundle."""

    @property
    def sent(self) -> int:
        """All requests sent."""
        return self.requests.total()

    def wait(self, seconds: float) -> None:
        """Count one wait."""
        self.waits += 1
        self.waited += seconds


def template(path: str) -> str:
    """A path without ids, so that the number of labels is bounded."""
    return _COMPANY.sub(r"\1{company}", _NUMBER.sub("/{id}", path))
