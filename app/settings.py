"""Settings from the environment or `.env`, validated; each secret also from a file (`NAME_FILE`)."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, PydanticBaseSettingsSource

from app.offline_settings import SECRETS, OfflineSettings, secrets_from_files
from app.setting_names import unknown_settings

_Kind = TypeVar("_Kind", bound=BaseSettings)
_NOT_TEXT = ".env is not UTF-8 text. Save it as UTF-8."

LEAST_TOKEN = 24
"""Characters of API_TOKEN."""


class SettingsError(Exception):
    """Missing or contradicting settings: one line each, with the name and the action."""


class Settings(OfflineSettings):
    """The operator's choices. The environment has the names in capitals."""

    cwm_site: str = Field(description="ConnectWise site, such as `api-na.myconnectwise.net`, or a full origin")
    cwm_company: str = Field(description="Company name as typed at the ConnectWise login", min_length=1)
    cwm_public_key: SecretStr = Field(description="Public key of the API member")
    cwm_private_key: SecretStr = Field(description="Private key of the API member")
    cwm_client_id: SecretStr = Field(description="clientId from the ConnectWise developer portal")
    cwm_codebase: str = Field("", description="API path prefix such as `v4_6_release/`; empty: read from the site")
    cwm_api_version: str = Field("2026.11", description="Version of the API, sent in the Accept header")
    cwm_max_concurrency: int = Field(4, ge=1, le=32, description="Requests to ConnectWise at the same time")
    cwm_max_requests_per_minute: int = Field(
        900,
        ge=1,
        le=100_000,
        description="Requests to ConnectWise per minute; processes on one PostgreSQL database share it, on SQLite each has its own",
    )
    cwm_patch_form: Literal["object", "scalar"] = Field(
        "object", description="How a PATCH writes references: `object` (whole objects) or `scalar` (ids by path)"
    )
    cwm_key_credentials: bool = Field(
        False,
        description="Send the API credentials when fetching a callback's signing key (to the configured site only)",
    )
    cwm_callback_key_path: str = Field(
        "/callbackkey/index.rails",
        min_length=2,
        description="How the path of a callback's signing key ends; another one only where your ConnectWise differs",
    )
    cwm_bundle_size: int = Field(50, ge=0, le=500, description="Reads per `/system/bundles` request; 0: never bundle")
    cwm_date_order: Literal["DMY", "MDY"] | None = Field(
        None, description="Numeric dates in tickets: `DMY` or `MDY`; empty: by the site's region (`na`: MDY, else DMY)"
    )
    cwm_time_zone: str = Field(
        "",
        description="Time zone of the company for reports, such as `Europe/London`; empty: that of ConnectWise's server",
    )
    mode: Literal["dry-run", "review", "live"] = Field(
        "dry-run",
        description="`dry-run`: decide and record, never write; `review`: every plan needs approval, plans in progress are completed; "
        "`live`: plans that the chart's `autonomy` allows are applied, the others need approval",
    )
    public_url: str = Field("", description="Address at which ConnectWise reaches the service; required for callbacks")
    callback_in_dry_run: bool = Field(
        False,
        description="Register the callback in ConnectWise in MODE dry-run too, the only write then; false: new tickets are found "
        "by the search of `RECONCILE_EVERY_SECONDS` alone",
    )
    api_token: SecretStr = Field(
        SecretStr(""),
        description="Bearer token of every management endpoint, at least 24 characters; empty: they respond with 403",
    )
    oidc_issuer: str = Field(
        "", description="Issuer of the company's OpenID Connect provider; empty: people sign in with tokens only"
    )
    oidc_client_id: str = Field("", description="Client id of this service at the provider")
    oidc_client_secret: SecretStr = Field(
        SecretStr(""), description="Client secret of this service at the provider; empty for a public client"
    )
    oidc_roles: str = Field(
        "",
        description="Which accounts get which role: rules `CLAIM=VALUE:ROLE` or `*:ROLE`, separated by `;`, the strongest counts, "
        "such as `groups=Dispatch:approver; *:viewer`",
    )
    oidc_scopes: str = Field("openid profile email", description="Scopes asked for at the provider")
    notify_urls: SecretStr = Field(
        SecretStr(""),
        description="Where messages to people go: Apprise addresses (mail, Teams, Slack, webhook, …) separated by `;`, each with an "
        "optional choice before it, such as `role=approver, board=Service Desk -> msteams://…`; empty: nowhere",
    )
    notify_digest_minutes: float = Field(
        5, ge=0, le=1440, description="Minutes for which reviews and failures are collected into one message; 0: none"
    )
    notify_quiet_hours: str = Field(
        "",
        description="Time of day without messages, in this machine's time zone (`TZ`), such as `22:00-07:00`; empty: none",
    )
    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on")
    reconcile_every_seconds: float = Field(
        300, ge=0, le=86_400, description="Seconds between searches for tickets whose callback never arrived; 0: off"
    )
    settle_seconds: float = Field(
        5, ge=0, le=600,
        description="Seconds between a callback and the decision, so that notes and schedule saved with the ticket can be read",
    )  # fmt: skip
    look_again_seconds: float = Field(
        60,
        ge=0,
        le=86_400,
        description="Seconds after a decision until the ticket is checked once more for later records; 0: never",
    )
    max_writes_per_hour: int = Field(60, ge=0, le=100_000, description="Writes per hour; further plans need approval")
    retention_days: int = Field(90, ge=1, le=3650, description="Days until ticket texts of ended decisions are deleted")
    log_format: Literal["json", "console"] = Field("json", description="Format of log lines")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Lowest level that is logged")

    @field_validator("cwm_site")
    @classmethod
    def _site(cls, value: str) -> str:
        parts = urlsplit(value if "://" in value else f"https://{value}")
        if not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError("must be a host or an origin without a path, such as api-na.myconnectwise.net")
        return value.strip()

    @field_validator("cwm_client_id", "cwm_api_version", "cwm_public_key", "cwm_private_key")
    @classmethod
    def _sendable(cls, value: Any) -> Any:
        """They are sent in headers, which allow plain text on one line only."""
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if not text.isprintable() or not text.isascii():
            raise ValueError("must be plain letters, digits and marks on one line, as ConnectWise shows it")
        return value

    @field_validator("cwm_callback_key_path")
    @classmethod
    def _key_path(cls, value: str) -> str:
        if not re.fullmatch(r"/[!-~]+", value) or re.search(r"[?#]|/$", value):
            raise ValueError("must be the end of a path, such as /callbackkey/index.rails")
        return value

    @field_validator("api_token")
    @classmethod
    def _token(cls, value: SecretStr) -> SecretStr:
        """A short token can be guessed; an empty one disables management."""
        if 0 < len(value.get_secret_value()) < LEAST_TOKEN:
            raise ValueError(
                f"must have at least {LEAST_TOKEN} characters, such as those of `openssl rand -hex 32`, or be empty"
            )
        return value

    @field_validator("public_url")
    @classmethod
    def _url(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment):
            raise ValueError(
                "must be an address such as https://tickets.example.com (http:// for a trial on this machine)"
            )
        return value.rstrip("/")

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer(cls, value: str) -> str:
        """The provider's answers are trusted because of TLS; plain http only on this machine."""
        parts = urlsplit(value)
        local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
        if value and (not parts.hostname or not (parts.scheme == "https" or local) or parts.query or parts.fragment):
            raise ValueError("must be an https address, such as https://login.microsoftonline.com/TENANT/v2.0")
        return value.strip()


class _Given(Settings):
    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Given values alone."""
        return (init_settings,)


def _names_in_dotenv() -> list[str]:
    """Every name in `.env`, also those with an empty value."""
    try:
        return [name.upper() for name in DotEnvSettingsSource(Settings, env_ignore_empty=False).env_vars]
    except (OSError, UnicodeDecodeError):
        return []


def _unknown_names() -> list[str]:
    """A sentence for each name that looks like a setting and is not one."""
    known = {name.upper() for name in Settings.model_fields} | {f"{name}_FILE" for name in SECRETS}
    return list(unknown_settings(known, dotenv=_names_in_dotenv(), environment=os.environ))


def load_settings(**given: Any) -> Settings:
    """The settings. Raises SettingsError with every error at once."""
    errors = secrets_from_files()[1]
    lines = [*_unknown_names(), *errors.values()]
    try:
        settings = _read(Settings, **given)
    except ValidationError as error:
        lines += [_line(item) for item in error.errors() if str(item["loc"][0]).upper() not in errors]
    if lines:
        raise SettingsError("\n".join(lines))
    return settings


def settings_from(values: Mapping[str, Any]) -> Settings:
    """Settings from these values alone: neither the environment nor files are read. For the demonstration."""
    return _Given(**values)


def _line(error: Any) -> str:
    name = str(error["loc"][0]).upper()
    if error["type"] == "missing":
        given = [one for one in (*os.environ, *_names_in_dotenv()) if one.startswith("CWM") and one != name]
        near = difflib.get_close_matches(name, given, n=1, cutoff=0.8)
        meant = f" Did you mean {near[0]}, which is set?" if near else ""
        return f"{name} is missing: {Settings.model_fields[name.lower()].description}.{meant}"
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{name}: {message}." if name in SECRETS else f"{name}: {message}, not “{error.get('input')}”."


def offline_settings() -> OfflineSettings:
    """The settings of commands that work without ConnectWise. Raises SettingsError with every error at once."""
    errors = secrets_from_files()[1]
    lines = _unknown_names() + [line for name, line in errors.items() if name.lower() in OfflineSettings.model_fields]
    try:
        settings = _read(OfflineSettings)
    except ValidationError as error:
        lines += [_line(item) for item in error.errors()]
    if lines:
        raise SettingsError("\n".join(lines))
    return settings


def chart_file() -> Path | None:
    """CHART_FILE alone, for commands that work without ConnectWise; None: the shipped chart."""

    class _Alone(BaseSettings):
        model_config = Settings.model_config
        chart_file: Path | None = None

    if lines := _unknown_names():
        raise SettingsError("\n".join(lines))
    return _read(_Alone).chart_file or None


def _read(kind: type[_Kind], **given: Any) -> _Kind:
    try:
        return kind(**given)
    except UnicodeDecodeError:
        raise SettingsError(_NOT_TEXT) from None


def table() -> list[tuple[str, str, str]]:
    """Name, meaning and default of every setting, for the documents."""
    rows = []
    fields = sorted(Settings.model_fields.items(), key=lambda item: item[0] in OfflineSettings.model_fields)
    for name, field in fields:
        default = "required" if field.is_required() else _shown(field.default)
        rows.append((name.upper(), str(field.description), default))
    return rows


def _shown(default: Any) -> str:
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if isinstance(default, bool):
        return str(default).lower()
    return "" if default is None else str(default)
