"""Expected errors of every package as a sentence, a hint and an exit code. Imported only when a command has failed."""

from __future__ import annotations

from typing import NamedTuple

from app.chart import ChartError
from app.connectwise import BadSite, Conflict, ConnectWiseError, NotAServiceTicket, NotFound
from app.container import BadDatabase
from app.settings import SettingsError
from app.workflow import StoreUnavailable, WorkflowError

_SETTINGS = "Settings are read from the environment or .env; see .env.example."
_CHART = "Run miniprojects chart check for every error in a chart."
_DOCTOR = "Run miniprojects doctor to check each part."


_EXPECTED: tuple[tuple[tuple[type[Exception], ...], int, str], ...] = (
    ((SettingsError, BadDatabase, BadSite), 2, _SETTINGS),
    ((ChartError,), 2, _CHART),
    ((NotFound, NotAServiceTicket, Conflict, WorkflowError), 1, ""),
    ((ConnectWiseError,), 1, _DOCTOR),
)
"""Error classes, exit code, hint; the first line that fits counts."""


class Failure(NamedTuple):
    """What is printed on standard error and the exit code: 2 for settings and charts, else 1."""

    text: str
    exit_code: int


def failure_of(error: Exception) -> Failure | None:
    """The failure that an error stands for; None for a fault of the program."""
    if isinstance(error, OSError):
        return _failure(1, _file_problem(error)) if error.filename else None
    if isinstance(error, StoreUnavailable):
        return _failure(1, error, error.hint)
    text = f"CWM_SITE: {error}" if isinstance(error, BadSite) else error
    for kinds, exit_code, hint in _EXPECTED:
        if isinstance(error, kinds):
            return _failure(exit_code, text, hint)
    return None


def _file_problem(error: OSError) -> str:
    return f"{error.filename}: {error.strerror or type(error).__name__}."


def _failure(exit_code: int, problem: Exception | str, hint: str = "") -> Failure:
    return Failure("\n".join(filter(None, (str(problem), hint))), exit_code)
