"""`serve`, `sandbox`, `demo`: what keeps running."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
import uvicorn

from app.cli.demonstration import Demonstration
from app.main import create
from app.sandbox import serve as serve_sandbox
from app.settings import Settings, load_settings
from app.wiring import configure_logging, connect

_STOP_SECONDS = 30


def serve(
    host: Annotated[str | None, typer.Option(help="Where to listen; default: HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Where to listen; default: PORT.", min=0, max=65535)] = None,
) -> None:
    """The service: receives callbacks, decides, carries out what MODE allows. Applies database migrations first."""
    settings = load_settings()
    configure_logging(settings.log_format, settings.log_level)
    asyncio.run(_prove(settings))
    uvicorn.run(
        create(settings),
        host=host or settings.host,
        port=settings.port if port is None else port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )


async def _prove(settings: Settings) -> None:
    """Refuses a chart with mistakes or a database that cannot be used before anything listens."""
    async with connect(settings):
        return


def sandbox(
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Where to listen.", min=1, max=65535)] = 8010,
    seed: Annotated[int, typer.Option(help="The same seed gives the same world.")] = 1,
) -> None:
    """A sandbox ConnectWise Manage alone, in memory: company sandbox, keys public and private, any clientId."""
    print(f"Sandbox ConnectWise Manage: http://{host}:{port}/sandbox (CWM_SITE=http://{host}:{port})", flush=True)
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
