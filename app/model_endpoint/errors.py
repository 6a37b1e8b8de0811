"""Reasons why an endpoint gave no usable answer. Messages hold no ticket text and no key."""

from __future__ import annotations


class EndpointError(Exception):
    """No answer could be used; the message says why. `code`: a short name for metrics."""

    def __init__(self, message: str, *, code: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after = retry_after
        """Seconds that the endpoint asked to wait."""

    @property
    def may_repeat(self) -> bool:
        """Whether another try within seconds may help."""
        return self.code in ("busy", "server-error", "unreachable")
