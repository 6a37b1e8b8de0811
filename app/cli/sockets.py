"""Takes the address to listen on before anything starts, so that a port that is taken is a sentence and nothing else; and answers there."""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import typer
import uvicorn
from starlette.types import ASGIApp


@contextmanager
def listening(host: str, port: int) -> Iterator[list[socket.socket]]:
    """The sockets of every address of `host`, closed at the end; port 0: one that is free. Ends with a sentence and exit 1."""
    with ExitStack() as stack:
        try:
            taken = [stack.enter_context(one) for one in _sockets(host, port)]
        except OSError as error:
            typer.echo(f"The address {host}, port {port}, cannot be listened on: {_why(error)}", err=True)
            raise typer.Exit(1) from None
        yield taken


def answer(app: ASGIApp, sockets: list[socket.socket], *, stop_seconds: int) -> bool:
    """Serves until it is stopped, then lets requests under way end for `stop_seconds`; False when it could not start."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=stop_seconds
    )
    server = uvicorn.Server(config)
    # Once it has stopped, uvicorn repeats the signal. SIGTERM alone would end the process without putting anything away.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        server.run(sockets=sockets)
    return server.started


def _sockets(host: str, port: int) -> list[socket.socket]:
    found, away = [], None
    places = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    for family, address in dict.fromkeys((place[0], place[4][:2]) for place in places):
        try:
            found.append(socket.create_server((str(address[0]), port), family=family, backlog=2048))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise
            away = error
        if found and port == 0:
            break
    if away and not found:
        raise away
    return found


def _why(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "the name of the host is not known. Correct HOST or --host."
    if error.errno == errno.EADDRINUSE:
        return "another program does so already. Stop it, or choose another port with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return "this machine has no such address. Correct HOST or --host; 0.0.0.0 is all it has."
    if error.errno in (errno.EACCES, errno.EPERM):
        return "this user may not. Choose a port above 1023 with --port."
    return f"{error.strerror or type(error).__name__}. Correct HOST and PORT."
