"""Checks that do not need ConnectWise: database, disk, chart, settings."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from app.chart import ChartError
from app.doctor.model import CheckContext, Finding, fail, ok, warn
from app.storage import Database, StoreUnavailable

_LEAST_FREE = 200 * 1024 * 1024
_MOST_ERRORS = 3


async def check_local(context: CheckContext) -> list[Finding]:
    """Database, disk, chart and settings."""
    return [*await _database(context), _chart(context), *_choices(context)]


async def _database(context: CheckContext) -> list[Finding]:
    database = context.database
    if isinstance(database, Exception):
        return [_away(database)]
    name = "SQLite" if database.is_sqlite else "PostgreSQL"
    try:
        revision = database.schema_revision()
        await database.prove_writable()
    except StoreUnavailable as away:
        return [_away(away)]
    return [ok("database", f"{name} is writable; its tables are at revision {revision}."), *_disk(database)]


def _away(trouble: Exception) -> Finding:
    hint = getattr(trouble, "hint", "")
    return fail("database", str(trouble), hint or "Check DATABASE_URL, the disk and the database server.")


def _disk(database: Database) -> Iterator[Finding]:
    if not database.is_sqlite:
        return
    folder = Path(str(database.url.database)).resolve().parent
    free = shutil.disk_usage(folder).free
    text = f"{free // (1024 * 1024)} MB are free on the database's disk."
    yield (
        ok("database.disk", text)
        if free > _LEAST_FREE
        else warn("database.disk", text, "Free disk space. Callbacks cannot be saved on a full disk.")
    )


def _chart(context: CheckContext) -> Finding:
    if isinstance(context.chart, ChartError):
        errors = str(context.chart).splitlines()
        more = f"\n… and {len(errors) - _MOST_ERRORS} more." if len(errors) > _MOST_ERRORS else ""
        shown = "\n".join(errors[:_MOST_ERRORS])
        return fail("chart", f"{shown}{more}", "Run miniprojects chart check for every error with its line.")
    stamp = context.chart.stamp
    return ok(
        "chart",
        f"Chart version {stamp.version} ({stamp.sha256[:12]}) is in use. Run miniprojects chart check for warnings.",
    )


def _choices(context: CheckContext) -> Iterator[Finding]:
    yield ok("settings.mode", f"MODE is {context.mode}.")
    if not context.public_url:
        yield warn(
            "settings.public-url",
            "PUBLIC_URL is empty: without callbacks, new tickets are found by reconciliation only.",
            "Set it to the address at which ConnectWise reaches this service.",
        )
    elif context.public_url.startswith("http://"):
        yield warn("settings.public-url", "PUBLIC_URL is plain http.", "Use https, with a TLS proxy in front.")
    else:
        yield ok("settings.public-url", f"ConnectWise sends callbacks to {_without_credentials(context.public_url)}.")


def _without_credentials(url: str) -> str:
    """A URL as it may be shown: a proxy's user and password are secrets."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
