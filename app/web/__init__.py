"""HTTP: the callback, the JSON API, who may enter. Knows the flows, and nothing below them but the signature check."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response

from app.web import api, health, problems
from app.web.callback import receive

_DESCRIPTION = (
    "Service ticket, mini-project or project: decides by the chart, carries it out in ConnectWise Manage, shows why."
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


def create_app(**options: Any) -> FastAPI:
    """The application; whoever serves it puts the parts into `app.state.parts`."""
    app = FastAPI(title="Mini-Projects for ConnectWise Manage", description=_DESCRIPTION, **options)
    problems.install(app)
    app.add_route("/callbacks/connectwise", receive, methods=["POST"])
    app.include_router(api.router)
    app.include_router(health.router)
    app.middleware("http")(_careful)
    return app


async def _careful(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


__all__ = ["create_app"]
