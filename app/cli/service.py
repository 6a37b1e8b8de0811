"""`serve`: the service."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from socket import socket
from typing import Annotated, Any
from urllib.parse import urlsplit

import structlog
import typer

from app.cli import sockets
from app.cli.command_group import Command, command_group
from app.container import connect
from app.logging_setup import configure_logging
from app.main import create
from app.notify import BadTarget, check_targets
from app.settings import Settings, SettingsError, load_settings

app = command_group()

_STOP_SECONDS = 30


@app.command("serve", cls=Command)
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.  [default: HOST]", metavar="ADDRESS")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.  [default: PORT]", min=0, max=65535)] = None,
) -> None:
    """Run the service: receive callbacks, decide, and act as MODE allows. Applies database migrations first."""
    settings = load_settings()
    configure_logging(settings.log_format, settings.log_level)
    facts = asyncio.run(_checked(settings))
    log = structlog.get_logger()
    with sockets.listening(host or settings.host, settings.port if port is None else port) as taken:
        log.info("service.starts", address=_addresses(taken), **facts)
        if not sockets.serve(create(settings), taken, stop_seconds=_STOP_SECONDS):
            raise typer.Exit(1)


async def _checked(settings: Settings) -> dict[str, Any]:
    """What the service starts with. Rejects an invalid chart or an unusable database before anything listens."""
    async with connect(settings) as parts:
        try:
            check_targets(parts.notify.targets)
        except BadTarget as error:
            raise SettingsError(f"NOTIFY_URLS: {error}.") from None
        stamp = parts.chart.current().stamp
        return {
            "mode": settings.mode,
            "chart": stamp.version,
            "chart_sha256": stamp.sha256[:12],
            "database": "SQLite" if parts.database.is_sqlite else "PostgreSQL",
            "public_url": _without_credentials(settings.public_url),
        }


def _addresses(taken: Sequence[socket]) -> str:
    places = [address.getsockname()[:2] for address in taken]
    return ", ".join(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}" for host, port in places)


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
