"""What is examined, and what an examination finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.chart import Chart, ChartError
from app.connectwise import ConnectWiseClient
from app.storage import Database


class Severity(StrEnum):
    """`WARN`: it works, but something is missing or will bite later. `SKIP`: could not be looked at."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. `id` is stable; `text` says what was found, `hint` what to do about it."""

    id: str
    standing: Severity
    text: str
    hint: str = ""

    def to_json(self) -> dict[str, str]:
        """The finding as JSON."""
        return {"id": self.id, "standing": self.standing.value, "text": self.text, "hint": self.hint}


@dataclass(frozen=True)
class CheckContext:
    """The parts to look at and the choices of the operator that matter here. A part that cannot be had is its error."""

    manage: ConnectWiseClient | Exception
    database: Database | Exception
    chart: Chart | ChartError
    mode: str
    public_url: str
    has_token: bool
    unknown: Sequence[str] = ()
    """A sentence for each name that is set and looks like a setting, and is none."""


def ok(check: str, text: str) -> Finding:
    """All is well."""
    return Finding(check, Severity.OK, text)


def warn(check: str, text: str, hint: str) -> Finding:
    """It works, with a but."""
    return Finding(check, Severity.WARN, text, hint)


def fail(check: str, text: str, hint: str) -> Finding:
    """It does not work."""
    return Finding(check, Severity.FAIL, text, hint)


def skip(check: str, text: str) -> Finding:
    """It could not be looked at."""
    return Finding(check, Severity.SKIP, text)
