"""What the demonstration starts, each in a process of its own: `python -m app.cli.demo_child sandbox|service SOCKET`.

SOCKET is the number of an inherited socket that listens already, so that nobody else can answer at its address. Standard input is
a pipe from the demonstration: it closes when the demonstration is gone, however it ended.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from starlette.types import ASGIApp

from app.cli.sockets import answer
from app.logging_setup import configure_logging
from app.main import create
from app.sandbox import Sandbox, Server
from app.settings import load_settings

_STOP_SECONDS = 3
_NOT_STARTED = 3


def _sandbox(address: str) -> ASGIApp:
    return Server(Sandbox(origin=address)).app


def _service(_address: str) -> ASGIApp:
    settings = load_settings()
    configure_logging(settings.log_format, settings.log_level)
    return create(settings)


_PROGRAMS: dict[str, Callable[[str], ASGIApp]] = {"sandbox": _sandbox, "service": _service}


def main() -> None:
    """Serves until it is stopped or the demonstration is gone."""
    threading.Thread(target=_end_with_the_demonstration, args=(Path.cwd(),), daemon=True).start()
    what, number = sys.argv[1:]
    taken = socket.socket(fileno=int(number))
    host, port = taken.getsockname()
    if not answer(_PROGRAMS[what](f"http://{host}:{port}"), [taken], stop_seconds=_STOP_SECONDS):
        sys.exit(_NOT_STARTED)


def _end_with_the_demonstration(folder: Path) -> None:
    """Waits for the end of standard input. The demonstration could not tidy up then, so its folder goes too."""
    # Not sys.stdin: a thread that waits in its buffer would trouble the end of the interpreter.
    while os.read(0, 1):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


if __name__ == "__main__":
    main()
