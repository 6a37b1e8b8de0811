"""What does not need ConnectWise: the database, the chart, the choices of the operator."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from app.chart import ChartError
from app.doctor.model import CheckContext, Finding, fail, ok, warn
from app.storage import Database, StoreUnavailable

_LEAST_FREE = 200 * 1024 * 1024
_MOST_MISTAKES = 3
_PROVE = "UPDATE alembic_version SET version_num = version_num"
"""Changes nothing, but has to be written: a transaction without a write succeeds on a read-only file as well."""


async def local(examined: CheckContext) -> list[Finding]:
    """Database, disk, chart and settings."""
    return [*await _database(examined), _chart(examined), *_choices(examined)]


async def _database(examined: CheckContext) -> list[Finding]:
    database = examined.database
    if isinstance(database, Exception):
        return [_away(database)]
    name = "SQLite" if database.is_sqlite else "PostgreSQL"
    try:
        revision = database.schema_revision()
        await database.write(lambda connection: connection.exec_driver_sql(_PROVE))
    except StoreUnavailable as away:
        return [_away(away)]
    return [ok("database", f"{name} takes data; tables are at revision {revision}."), *_disk(database)]


def _away(trouble: Exception) -> Finding:
    hint = getattr(trouble, "hint", "")
    return fail("database", str(trouble), hint or "Look at DATABASE_URL, the disk and the database server.")


def _disk(database: Database) -> Iterator[Finding]:
    if not database.is_sqlite:
        return
    folder = Path(str(database.url.database)).resolve().parent
    free = shutil.disk_usage(folder).free
    text = f"{free // (1024 * 1024)} MB are free where the database lies."
    yield (
        ok("database.disk", text)
        if free > _LEAST_FREE
        else warn("database.disk", text, "Make room: a full disk stops the intake.")
    )


def _chart(examined: CheckContext) -> Finding:
    if isinstance(examined.chart, ChartError):
        mistakes = str(examined.chart).splitlines()
        more = f"\n… and {len(mistakes) - _MOST_MISTAKES} more." if len(mistakes) > _MOST_MISTAKES else ""
        shown = "\n".join(mistakes[:_MOST_MISTAKES])
        return fail("chart", f"{shown}{more}", "miniprojects chart check tells every mistake with its line.")
    stamp = examined.chart.stamp
    return ok(
        "chart",
        f"Chart version {stamp.version} ({stamp.sha256[:12]}) is in use. miniprojects chart check looks closer.",
    )


def _choices(examined: CheckContext) -> Iterator[Finding]:
    for one in examined.unknown:
        yield warn("settings.names", one, "Correct or remove it; .env.example lists every name.")
    yield ok("settings.mode", f"MODE is {examined.mode}.")
    if examined.has_token:
        yield ok("settings.api-token", "API_TOKEN is set.")
    else:
        yield warn(
            "settings.api-token",
            "API_TOKEN is empty: every management endpoint answers 403.",
            "Set it to a long random text.",
        )
    if not examined.public_url:
        yield warn(
            "settings.public-url",
            "PUBLIC_URL is empty: no callbacks, new tickets are found by the sweep only.",
            "Set it.",
        )
    elif examined.public_url.startswith("http://"):
        yield warn("settings.public-url", "PUBLIC_URL is plain http.", "Put a TLS proxy in front and use https.")
    else:
        yield ok("settings.public-url", f"ConnectWise is told to call {examined.public_url}.")
