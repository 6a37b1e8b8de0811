"""Connections of uvicorn with limits: a deadline for each request, a limit for its head, a cap on their number.

uvicorn waits for ever for a request that never ends and for a client that never reads, and keeps headers of any length.
"""

from __future__ import annotations

import time
from asyncio import TimerHandle, Transport
from typing import Any

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

log = structlog.get_logger()

REQUEST_SECONDS = 15.0
"""From the connection, or the first byte of a further request, to the last byte of its body."""
READING_SECONDS = 30.0
"""How long a client may read nothing of an answer that waits for it."""
MOST_CONNECTIONS = 512
"""With the files of the database fewer than the 1024 open files that a process may have by default."""
LARGEST_HEAD = 32 * 1024
"""Bytes of request line, headers and trailers."""
_LOG_EVERY_SECONDS = 10.0


class _Closings:
    """Logs closed connections, at most once in ten seconds for each reason, with their number since."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._logged: dict[str, float] = {}

    def add(self, reason: str) -> None:
        """Count a closed connection."""
        self._counts[reason] = self._counts.get(reason, 0) + 1
        now = time.monotonic()
        if now - self._logged.get(reason, -_LOG_EVERY_SECONDS) >= _LOG_EVERY_SECONDS:
            self._logged[reason] = now
            log.warning("connection.closed", reason=reason, connections=self._counts.pop(reason))


class BoundedConnection(HttpToolsProtocol):
    """One connection. When there are too many, the one that has waited longest for its request is closed for the new one."""

    _closings = _Closings()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._deadline: TimerHandle | None = None
        self._unread: TimerHandle | None = None
        self._waits_since = 0.0
        self._is_busy = False
        self._in_head = True
        self._head_bytes = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Start the deadline of the first request; make room for it if there are too many connections."""
        super().connection_made(transport)
        self._expect_request()
        if len(self.connections) > MOST_CONNECTIONS:
            waiting = [
                connection
                for connection in self.connections
                if isinstance(connection, BoundedConnection) and not connection._is_busy
            ]
            min(waiting, key=lambda each: each._waits_since)._give_up("too-many")

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timers."""
        self._stop_deadline()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser; refuse a head that is too large."""
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._count_head(len(data))

    def on_message_begin(self) -> None:
        """Start the deadline, unless it runs since the connection was made."""
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        if self._deadline is None:
            self._expect_request()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count headers and trailers."""
        if not self._in_head:
            self._count_head(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The body follows."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is complete; what follows is this service's time."""
        self._stop_deadline()
        self._in_head, self._head_bytes = True, 0
        self._is_busy = not self.cycle.response_complete
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The connection waits for the next request, or for the rest of one that was answered early."""
        self._is_busy, self._waits_since = False, self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Give a client that reads nothing some time."""
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(READING_SECONDS, self._give_up, "answer-not-read")

    def resume_writing(self) -> None:
        """The client reads."""
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
        super().resume_writing()

    def _expect_request(self) -> None:
        self._waits_since = self.loop.time()
        self._deadline = self.loop.call_later(REQUEST_SECONDS, self._give_up, "request-too-slow")

    def _stop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _count_head(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > LARGEST_HEAD:
            self._give_up("head-too-large")

    def _give_up(self, reason: str) -> None:
        if not self.transport.is_closing():
            self._closings.add(reason)
            self.transport.abort()
