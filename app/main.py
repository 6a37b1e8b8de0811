"""The ASGI application with all parts: `uvicorn --factory app.main:create`."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI

from app.api import create_app
from app.container import Container, connect
from app.settings import Settings, load_settings

_TURN_SECONDS = 0.0005
"""How long a thread that decides may make those wait that answer callbacks; each of their statements waits for a turn."""


def take_short_turns() -> None:
    """Lets the threads of this process change more often than Python's five milliseconds."""
    sys.setswitchinterval(_TURN_SECONDS)


def create(settings: Settings | None = None) -> FastAPI:
    """The application; it starts and stops the service."""
    chosen = settings or load_settings()
    take_short_turns()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with connect(chosen) as parts:
            app.state.parts = parts
            await _start(parts)
            yield
            await parts.notify.stop()
            await parts.audits.stop()
            await parts.service.stop()

    return create_app(lifespan=lifespan)


async def _start(parts: Container) -> None:
    try:
        await parts.service.start()
        await parts.audits.start()
        await parts.notify.start()
    except Exception:
        structlog.get_logger().exception("service.fault")
        raise
