"""`serve`, `sandbox`, `demo`: what keeps running."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from socket import socket
from typing import Annotated, Any
from urllib.parse import urlsplit

import structlog
import typer

from app.cli.demo import Demonstration
from app.cli.sockets import answer, listening
from app.container import connect
from app.logging_setup import configure_logging
from app.settings import Settings, load_settings, unknown_names

_STOP_SECONDS = 30


def serve(
    host: Annotated[str | None, typer.Option(help="Where to listen; default: HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Where to listen; default: PORT.", min=0, max=65535)] = None,
) -> None:
    """The service: receives callbacks, decides, carries out what MODE allows. Applies database migrations first."""
    settings = load_settings()
    configure_logging(settings.log_format, settings.log_level)
    told = asyncio.run(_proven(settings))
    with listening(host or settings.host, settings.port if port is None else port) as sockets:
        structlog.get_logger().info("service.starts", address=_addresses(sockets), **told)
        for one in unknown_names():
            structlog.get_logger().warning("settings.names", why=one)
        from app.main import create  # noqa: PLC0415 - no other command needs it, and it takes long to import

        if not answer(create(settings), sockets, stop_seconds=_STOP_SECONDS):
            raise typer.Exit(1)


async def _proven(settings: Settings) -> dict[str, Any]:
    """What the service starts with. Refuses a chart with mistakes or a database that cannot be used before anything listens."""
    async with connect(settings) as parts:
        stamp = parts.chart.current().stamp
        return {
            "mode": settings.mode,
            "chart": stamp.version,
            "chart_sha256": stamp.sha256[:12],
            "database": "SQLite" if parts.database.is_sqlite else "PostgreSQL",
            "public_url": _without_credentials(settings.public_url),
        }


def _addresses(sockets: Sequence[socket]) -> str:
    places = [one.getsockname()[:2] for one in sockets]
    return ", ".join(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}" for host, port in places)


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def sandbox(
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Where to listen.", min=1, max=65535)] = 8010,
    seed: Annotated[int, typer.Option(help="The same seed gives the same world.")] = 1,
) -> None:
    """A sandbox ConnectWise Manage alone, in memory: company sandbox, keys public and private, any clientId."""
    with listening(host, port):
        pass
    print(f"Sandbox ConnectWise Manage: http://{host}:{port}/sandbox (CWM_SITE=http://{host}:{port})", flush=True)
    from app.sandbox import serve as serve_sandbox  # noqa: PLC0415 - no other command needs it, and it takes long to import

    serve_sandbox(host=host, port=port, seed=seed)


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="End after the last sample ticket and print the totals.")
    ] = False,
) -> None:
    """The whole product on this machine: a sandbox ConnectWise, the service on SQLite, sample tickets as callbacks."""
    with Demonstration() as demonstration:
        agree = demonstration.show()
        if not once:
            demonstration.keep_running()
    if not agree:
        raise typer.Exit(1)
