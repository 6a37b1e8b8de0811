"""Processes of the demonstration's own: each answers on a socket made here, and none outlives the demonstration."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_ENDING = (signal.SIGTERM, signal.SIGHUP)
_STOP_SECONDS = 8.0


class ChildProcess:
    """One of the programs of `demonstrated`. Its address is taken at once, the program starts with `start`."""

    def __init__(self, what: str, *, wanted_port: int) -> None:
        self.what = what
        self._socket = _listening(wanted_port)
        self.url = "http://{}:{}".format(*self._socket.getsockname())
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, environment: Mapping[str, str], *, folder: Path, log: IO[bytes]) -> None:
        """Hands the socket over: from now on this process alone can answer at the address."""
        number = self._socket.fileno()
        self._process = subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, "-m", "app.cli.demo_child", self.what, str(number)],
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            pass_fds=[number],
            start_new_session=True,  # Ctrl+C reaches the demonstration only, which then ends its processes.
        )
        self._socket.close()

    def lives(self) -> bool:
        """Whether it is still there to answer."""
        return self._process is not None and self._process.poll() is None

    def end(self) -> None:
        """Ends it, by force where asking does not help."""
        self._socket.close()
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """A signal that ends a program raises SystemExit here, so that what was begun is tidied up; one ignored (nohup) stays so."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *_ENDING)}
    for number in _ENDING:
        if before[number] is not signal.SIG_IGN:
            signal.signal(number, _raise_exit)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def disturb_no_more() -> None:
    """Until the end of `ended_by_signals` no second signal interrupts the tidying up."""
    for number in (signal.SIGINT, *_ENDING):
        signal.signal(number, signal.SIG_IGN)


def _raise_exit(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def _listening(wanted: int) -> socket.socket:
    """A socket that listens on this machine only: on the wanted port if it is free, else on any free one."""
    for port in (wanted, 0):
        with suppress(OSError):
            return socket.create_server(("127.0.0.1", port))
    raise SystemExit("No free port on 127.0.0.1.")
