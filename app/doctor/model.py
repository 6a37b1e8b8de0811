"""Inputs and findings of the checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.chart import Chart, ChartError
from app.connectwise import ConnectWiseClient
from app.model_endpoint import ModelEndpoint
from app.people import OidcConfig
from app.storage import Database


class Severity(StrEnum):
    """`WARN`: it works, but something is missing or will cause trouble. `SKIP`: could not be checked."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check. `id` is stable; `hint` says what to do."""

    id: str
    severity: Severity
    text: str
    hint: str = ""

    def to_json(self) -> dict[str, str]:
        """The finding as JSON."""
        return {"id": self.id, "standing": self.severity.value, "text": self.text, "hint": self.hint}


@dataclass(frozen=True)
class CheckContext:
    """The parts to check and the settings that matter here. A part that cannot be opened is its error."""

    manage: ConnectWiseClient | Exception
    database: Database | Exception
    chart: Chart | ChartError
    mode: str
    public_url: str
    has_token: bool
    oidc: OidcConfig | Exception | None = None
    """The settings of the company's provider, or what is wrong with them; None: there is none."""
    endpoint: ModelEndpoint | None = None
    """The model endpoint; None where the model-backed reader is off."""
    model: str = ""
    """READER_MODEL."""
    callback_in_dry_run: bool = False
    reconcile_every: float = 300.0
    targets: Sequence[str] | Exception = ()
    """Where messages go, in words, or what is wrong with NOTIFY_URLS."""

    @property
    def registers_callback(self) -> bool:
        """Whether the service keeps a callback entry in this mode."""
        return self.mode != "dry-run" or self.callback_in_dry_run


def ok(check: str, text: str) -> Finding:
    """The check passed."""
    return Finding(check, Severity.OK, text)


def warn(check: str, text: str, hint: str) -> Finding:
    """It works, but needs attention."""
    return Finding(check, Severity.WARN, text, hint)


def fail(check: str, text: str, hint: str) -> Finding:
    """The check failed."""
    return Finding(check, Severity.FAIL, text, hint)


def skip(check: str, text: str) -> Finding:
    """It could not be checked."""
    return Finding(check, Severity.SKIP, text)
