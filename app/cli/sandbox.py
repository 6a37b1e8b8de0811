"""`sandbox`: the sandbox ConnectWise Manage alone."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.command_group import Command, command_group
from app.cli.sockets import listening
from app.sandbox import serve

app = command_group()


@app.command("sandbox", cls=Command)
def sandbox(
    host: Annotated[str, typer.Option(help="Address to listen on.", metavar="ADDRESS")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8010,
    seed: Annotated[int, typer.Option(help="The same seed gives the same records.")] = 1,
) -> None:
    """Run the sandbox ConnectWise Manage alone, in memory. Company sandbox, keys public and private, any clientId."""
    with listening(host, port):
        pass
    print(f"Sandbox ConnectWise Manage: http://{host}:{port}/sandbox (CWM_SITE=http://{host}:{port})", flush=True)
    serve(host=host, port=port, seed=seed)
