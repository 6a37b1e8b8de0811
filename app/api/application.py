"""The ASGI application: routes, pages, middleware."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from fastapi_offline import FastAPIOffline

from app.api import health, openapi, problem_details
from app.api.access_control import AccessControl
from app.api.auth import Guesses
from app.api.callback_receiver import CallbackReceiver
from app.api.routes import actions, audits, briefs, cases, decisions, people, runs, session, tickets, trail
from app.api.security_headers import SecurityHeaders

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
    app.add_route("/", _index, methods=["GET"], include_in_schema=False)
    for router in (
        tickets.router, decisions.router, briefs.router, actions.router, actions.page_router, cases.router, runs.router, audits.router,
        people.router, trail.router, session.public_router, session.router, health.router,
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


async def _index(_request: object) -> FileResponse:
    """The decisions page. It contains no data and asks the API with the reader's session."""
    return FileResponse(_PAGES / "index.html")
