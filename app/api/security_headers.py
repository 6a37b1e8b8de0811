"""Headers that every answer carries; pure ASGI, since the callback must be answered with as little work as possible."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
}
_POLICY = b"content-security-policy"
_SELF_CONTAINED = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""For pages that carry their own script and style: the API's page and the audit's report."""
_RAW = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]


class SecurityHeaders:
    """Adds the headers where an answer has none of that name."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        carries_its_own = scope["path"] == "/docs" or scope["path"].endswith("/report.html")

        async def careful_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                if carries_its_own:
                    given = [pair for pair in given if pair[0] != _POLICY] + [(_POLICY, _SELF_CONTAINED.encode())]
                names = {name for name, _ in given}
                message["headers"] = given + [pair for pair in _RAW if pair[0] not in names]
            await send(message)

        await self._app(scope, receive, careful_send)
