"""The journal of the sandbox: every request with its answer, bodies of the latest only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

_KEEP = 20_000
_LONG = 100_000


@dataclass(slots=True)
class Exchange:
    """One request and its answer, as the journal keeps them. Long and old bodies are not kept."""

    method: str
    path: str
    query: dict[str, str]
    raw: bytes
    status: int
    raw_answer: bytes
    fault: str = ""
    actor: str = ""

    @property
    def is_write(self) -> bool:
        """Whether it could change something; a bundle only reads."""
        return self.method != "GET" and not self.path.endswith("/system/bundles")

    @property
    def body(self) -> Any:
        """The request body."""
        return json_or_text(self.raw)

    @property
    def answer(self) -> Any:
        """The answer's body."""
        return json_or_text(self.raw_answer)

    def to_json(self) -> dict[str, Any]:
        """As `GET /sandbox/journal` shows it."""
        shown = {name: getattr(self, name) for name in ("method", "path", "query", "body", "status", "answer")}
        return shown | {"fault": self.fault, "who": self.actor}


class Journal(list[Exchange]):
    """All exchanges in order."""

    def note(self, exchange: Exchange) -> None:
        """Adds an exchange and drops long and old bodies to bound memory."""
        if len(exchange.raw_answer) > _LONG:
            exchange.raw_answer = f"{len(exchange.raw_answer)} bytes".encode()
        if len(exchange.raw) > _LONG:
            exchange.raw = f"{len(exchange.raw)} bytes".encode()
        self.append(exchange)
        if len(self) > _KEEP:
            old = self[-_KEEP - 1]
            old.raw, old.raw_answer = b"", b""


def json_or_text(raw: bytes) -> Any:
    """A body as its value, or as text where it is no JSON."""
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode("utf-8", "replace")[:500]
