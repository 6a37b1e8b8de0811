"""HTTP: the callback, the JSON API, the pages, who may enter. Knows the flows, and below them only the signature check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from fastapi_offline import FastAPIOffline

from app.api import health, problem_details
from app.api.callback_receiver import CallbackReceiver
from app.api.routes import audits, decisions
from app.api.security_headers import SecurityHeaders

_DESCRIPTION = (
    "Service ticket, mini-project or project: decides by the chart, carries it out in ConnectWise Manage, shows why."
)
_PAGES = Path(__file__).parent / "pages"


def create_app(**options: Any) -> FastAPI:
    """The application; whoever serves it puts the parts into `app.state.parts`."""
    app = FastAPIOffline(
        title="Mini-Projects for ConnectWise Manage",
        description=_DESCRIPTION,
        redoc_url=None,
        static_url="/pages/docs",
        **options,
    )
    problem_details.install(app)
    app.add_route("/", _index, methods=["GET"], include_in_schema=False)
    app.include_router(decisions.router)
    app.include_router(audits.router)
    app.include_router(audits.opened)
    app.include_router(health.router)
    app.mount("/pages", StaticFiles(directory=_PAGES), name="pages")
    app.add_middleware(CallbackReceiver)
    app.add_middleware(SecurityHeaders)
    return app


async def _index(_request: object) -> FileResponse:
    """The page with the decisions; it holds no data itself and asks the API with the reader's token."""
    return FileResponse(_PAGES / "index.html")


__all__ = ["create_app"]
