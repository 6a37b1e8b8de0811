"""What a client has sent and waited for so far, for metrics and benchmarks to read."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

_NUMBER = re.compile(r"/\d+(?=/|\Z)")
_COMPANY = re.compile(r"(/login/companyinfo/).*\Z")


@dataclass
class ClientMetrics:
    """Plain counters that only grow, for one connection and all who share it."""

    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Requests sent, by method and path template, such as `("GET", "/service/tickets/{id}/notes")`."""
    answers: Counter[int] = field(default_factory=Counter)
    """Answers by status; 0 counts requests that got none."""
    retries: Counter[str] = field(default_factory=Counter)
    """Repetitions, by the name of the error that caused them."""
    waits: int = 0
    """How often a request waited for a repetition, or because ConnectWise had asked to slow down."""
    waited: float = 0.0
    """Seconds of those waits."""
    server_date: str = ""
    """The `Date` header of the latest answer, to compare clocks by."""
    bundled: int = 0
    """Reads that travelled inside a bundle instead of being requests of their own."""

    @property
    def sent(self) -> int:
        """All requests sent."""
        return self.requests.total()

    def wait(self, seconds: float) -> None:
        """Notes one wait."""
        self.waits += 1
        self.waited += seconds


def template(path: str) -> str:
    """A path without the numbers in it, so that figures do not grow with the tickets."""
    return _COMPANY.sub(r"\1{company}", _NUMBER.sub("/{id}", path))
