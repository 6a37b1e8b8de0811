"""Address, key and limits of an endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True, slots=True)
class EndpointConfig:
    """One endpoint. Times are seconds, sizes bytes."""

    url: str
    """Base URL, such as `http://127.0.0.1:11434/v1`."""
    api_key: str = ""
    auth: Literal["bearer", "api-key"] = "bearer"
    api_version: str = ""
    timeout: float = 20.0
    """For one answer, with the waits and repetitions that lead to it."""
    max_concurrency: int = 2
    largest_answer: int = 262_144
    rest: float = 60.0
    """Pause after `failures_before_rest` failures in a row, in which nothing is sent."""
    failures_before_rest: int = 3

    @property
    def address(self) -> str:
        """The URL of completions."""
        query = f"?{urlencode({'api-version': self.api_version})}" if self.api_version else ""
        return f"{self.url.rstrip('/')}/chat/completions{query}"

    @property
    def headers(self) -> dict[str, str]:
        """Headers of each request."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if not self.api_key:
            return headers
        if self.auth == "api-key":
            return headers | {"api-key": self.api_key}
        return headers | {"Authorization": f"Bearer {self.api_key}"}

    @property
    def shown(self) -> str:
        """Scheme, host and path, without user and password."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    @property
    def is_local(self) -> bool:
        """Whether requests stay on this machine."""
        host = urlsplit(self.url).hostname or ""
        return host in ("localhost", "::1") or host.startswith("127.")
