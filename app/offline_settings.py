"""Settings of commands that work without ConnectWise: chart, database, model-backed reader; secrets also from files."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

SECRETS = (
    "CWM_PUBLIC_KEY",
    "CWM_PRIVATE_KEY",
    "CWM_CLIENT_ID",
    "API_TOKEN",
    "DATABASE_URL",
    "READER_API_KEY",
    "OIDC_CLIENT_SECRET",
    "NOTIFY_URLS",
)


class OfflineSettings(BaseSettings):
    """Chart, database and model-backed reader. The environment has the names in capitals."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)

    chart_file: Path | None = Field(None, description="The operator's chart file; empty: the shipped chart")
    database_url: SecretStr = Field(
        SecretStr("sqlite:///data/miniprojects.db"), description="`sqlite:///FILE` or `postgresql://…`"
    )
    reader_url: str = Field(
        "",
        description="Base URL of an endpoint of the chat-completions protocol, such as `http://127.0.0.1:11434/v1`, "
        "for the model-backed reader; empty: off, no text leaves this service",
    )
    reader_model: str = Field(
        "default", min_length=1, max_length=200, description="Name of the model, as the endpoint knows it"
    )
    reader_api_key: SecretStr = Field(SecretStr(""), description="API key of the endpoint; empty: none is sent")
    reader_auth: Literal["bearer", "api-key"] = Field(
        "bearer", description="Header of the key: `bearer` (Authorization) or `api-key` (Azure)"
    )
    reader_api_version: str = Field("", max_length=40, description="Value of the `api-version` parameter (Azure)")
    reader_use: Literal["shadow", "second", "first"] = Field(
        "second",
        description="`shadow`: the model's reading is recorded and decides nothing; `second`: where model and words lead to "
        "different outcomes, a person is asked; `first`: the model decides, words fill gaps",
    )
    reader_timeout_seconds: float = Field(20, ge=1, le=600, description="Seconds for one answer, retry included")
    reader_max_concurrency: int = Field(2, ge=1, le=64, description="Requests to the endpoint at the same time")
    reader_tokens_per_day: int = Field(
        0, ge=0, le=10**12, description="Tokens per day (UTC), then the words decide alone; 0: no limit"
    )
    reader_redact: bool = Field(True, description="Mask addresses, numbers and names of people before sending")

    @field_validator("reader_url")
    @classmethod
    def _reader_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("must be an address such as http://127.0.0.1:11434/v1, without a query")
        return value.rstrip("/")

    @field_validator("reader_api_key", "reader_api_version")
    @classmethod
    def _reader_sendable(cls, value: Any) -> Any:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if not text.isprintable() or not text.isascii():
            raise ValueError("must be plain letters, digits and marks on one line")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Given values, then the environment, then files of secrets, then `.env`."""
        return init_settings, env_settings, _SecretFiles(settings_cls), dotenv_settings

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: SecretStr) -> SecretStr:
        if not re.match(r"sqlite:///.|postgresql://", value.get_secret_value()):
            raise ValueError("must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
        return value

    @field_validator("chart_file", mode="before")
    @classmethod
    def _chart(cls, value: Any) -> Any:
        return value or None


class _SecretFiles(PydanticBaseSettingsSource):
    """Secrets from the files that `NAME_FILE` names, as container platforms provide them."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        return {name.lower(): text for name, text in secrets_from_files()[0].items()}


def secrets_from_files() -> tuple[dict[str, str], dict[str, str]]:
    """Secrets read from files, and by name the errors of the others."""
    found, errors = {}, {}
    named = {**dotenv_values(), **os.environ}
    for name in SECRETS:
        path = named.get(f"{name}_FILE")
        if not path:
            continue
        try:
            found[name] = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            errors[name] = f"{name}_FILE: cannot read {path} ({type(error).__name__})."
        if named.get(name):
            errors[name] = f"{name} and {name}_FILE are both set. Keep one of them."
    return found, errors


def dotenv_values() -> dict[str, str | None]:
    """Names and values in `.env`; a file that is not text is reported where the settings are read."""
    try:
        return {name.upper(): value for name, value in DotEnvSettingsSource(OfflineSettings).env_vars.items()}
    except (OSError, UnicodeDecodeError):
        return {}
