"""The ASGI application: routes, pages, middleware."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from fastapi_offline import FastAPIOffline

from app import json_codec
from app.api import health, openapi, problem_details
from app.api.access_control import AccessControl
from app.api.auth import Guesses
from app.api.callback_receiver import CallbackReceiver
from app.api.refused_page import wants_page
from app.api.routes import (
    actions,
    audits,
    briefs,
    cases,
    decisions,
    desk,
    desk_changes,
    people,
    runs,
    session,
    tickets,
    trail,
)
from app.api.security_headers import SecurityHeaders
from app.api.templating import error_page, root_of

_DESCRIPTION = "Classifies ConnectWise service tickets as service ticket, mini-project or project, acts on the result, and shows why."
_PAGES = Path(__file__).parent / "pages"


def create_app(**options: Any) -> FastAPI:
    """The application. Its caller puts the container into `app.state.parts` before it serves."""
    app = FastAPIOffline(
        title="Mini-Projects for ConnectWise Manage",
        description=_DESCRIPTION,
        redoc_url=None,
        static_url="/pages/docs",
        **options,
    )
    problem_details.install(app)
    _answer_browsers(app)
    for router in (
        desk.router, desk_changes.router, tickets.router, decisions.router, briefs.router, actions.router, cases.router,
        runs.router, audits.router, people.router, trail.router, session.public_router, session.router, health.router,
    ):  # fmt: skip
        app.include_router(router)
    app.mount("/pages", StaticFiles(directory=_PAGES), name="pages")
    app.state.guesses = Guesses()
    app.state.readiness, app.state.metrics = health.SharedAnswer(), health.SharedAnswer()
    openapi.describe(app)
    app.add_middleware(AccessControl)
    app.add_middleware(CallbackReceiver)
    app.add_middleware(SecurityHeaders)
    return app


def _answer_browsers(app: FastAPI) -> None:
    """Errors as pages where a person's browser opens an address; everybody else gets problem details."""
    for kind, handler in list(app.exception_handlers.items()):
        app.exception_handlers[kind] = partial(_as_page, handler)


async def _as_page(handler: Callable[[Request, Exception], Any], request: Request, error: Exception) -> Response:
    response: Response = await handler(request, error)
    if not wants_page(request.scope):
        return response
    shown = json_codec.read(bytes(response.body))
    return error_page(response.status_code, shown["title"], shown["detail"], root=root_of(request))
