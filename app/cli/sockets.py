"""Listening sockets and servers. A port is taken before anything starts, so that a port in use is one sentence."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import typer
import uvicorn
from starlette.types import ASGIApp

from app.api.connections import BoundedConnection

_LOCAL_STOP_SECONDS = 3


@contextmanager
def listening(host: str, port: int) -> Iterator[list[socket.socket]]:
    """Sockets for every address of `host`, closed at the end; port 0 means any free port. Exits with a sentence and 1."""
    with ExitStack() as stack:
        try:
            taken = [stack.enter_context(one) for one in _sockets(host, port)]
        except OSError as error:
            typer.echo(f"Cannot listen on {host}, port {port}: {_why(error)}", err=True)
            raise typer.Exit(1) from None
        yield taken


def serve(app: ASGIApp, sockets: list[socket.socket], *, stop_seconds: int) -> bool:
    """Serve until stopped, then let open requests finish for `stop_seconds`; False if the application did not start."""
    server = uvicorn.Server(_config(app, stop_seconds))
    # uvicorn raises the signal again after it has stopped. SIGTERM by default would end the process before cleaning up.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        server.run(sockets=sockets)
    return server.started


class ServerStopped(Exception):
    """A server of this process has not started or has stopped unexpectedly."""


class LocalServer:
    """One of several servers in this process, on loopback. Its port is bound immediately; it answers after `start`."""

    task: asyncio.Task[None]
    """Done once the server has stopped."""

    def __init__(self, name: str, *, wanted_port: int) -> None:
        self._name = name
        self._socket = _loopback_socket(wanted_port)
        self._server: uvicorn.Server | None = None
        self.url = "http://{}:{}".format(*self._socket.getsockname())

    async def start(self, app: ASGIApp) -> None:
        """Return once the application answers. Raises ServerStopped."""
        self._server = _BackgroundServer(_config(app, _LOCAL_STOP_SECONDS))
        self.task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started:
            if self.task.done():
                raise ServerStopped(f"the {self._name} did not start.")
            await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """Stop the server and wait for its end."""
        if self._server is not None:
            self._server.should_exit = True
            await asyncio.wait({self.task})
        self._socket.close()


class _BackgroundServer(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the process."""
        yield


def _loopback_socket(port: int) -> socket.socket:
    """A listening socket on the wanted port if it is free, else on any free port."""
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError:
        return socket.create_server(("127.0.0.1", 0))


def _config(app: ASGIApp, stop_seconds: int) -> uvicorn.Config:
    return uvicorn.Config(
        app, http=BoundedConnection, ws="none", log_config=None, access_log=False, server_header=False,
        timeout_graceful_shutdown=stop_seconds,
    )  # fmt: skip


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
        return "unknown host name. Correct HOST or --host."
    if error.errno == errno.EADDRINUSE:
        return "another program uses this port. Stop it, or choose another port with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return "this machine does not have that address. Correct HOST or --host; 0.0.0.0 means all addresses."
    if error.errno in (errno.EACCES, errno.EPERM):
        return "permission denied. Choose a port above 1023 with --port."
    return f"{error.strerror or type(error).__name__}. Correct HOST and PORT."
