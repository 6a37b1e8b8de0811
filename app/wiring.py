"""Settings in, the parts in use out: the one place that names concrete things together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from app.flows import ChartInUse, FlowConfig, FlowParts, Service
from app.flows.config import utc_now
from app.journal import Database, SharedPace
from app.manage import CallbackKeys, CatalogueCache, Manage, ManageConfig, Pace, TokenBucket
from app.settings import Settings


@dataclass(frozen=True)
class Parts:
    """What the doors work with."""

    settings: Settings
    manage: Manage
    """Reads and writes ConnectWise; only the service and the callbacks command write with it."""
    reader: Manage
    """Cannot write, whoever asks it to."""
    catalogue: CatalogueCache
    keys: CallbackKeys
    chart: ChartInUse
    database: Database
    service: Service


@asynccontextmanager
async def connect(
    settings: Settings,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    now: Callable[[], datetime] = utc_now,
) -> AsyncIterator[Parts]:
    """Builds the parts, migrates the database, and lets everything go at the end. The service is not started yet."""
    config = manage_config(settings)
    chart = ChartInUse(settings.chart_file)
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url.get_secret_value())
        stack.callback(database.close)
        database.migrate()
        pace = _pace(settings, database)
        manage = await stack.enter_async_context(Manage(config, pace=pace, transport=transport))
        reader = await stack.enter_async_context(Manage(config, pace=pace, transport=transport, read_only=True))
        catalogue = CatalogueCache(reader)
        flow_config = flow_config_of(settings)
        parts = FlowParts(flow_config, chart, reader, manage, catalogue, database, now)
        keys = CallbackKeys(config, transport=transport)
        yield Parts(settings, manage, reader, catalogue, keys, chart, database, Service(parts))


def manage_config(settings: Settings) -> ManageConfig:
    """What the client needs to know of the settings."""
    return ManageConfig(
        site=settings.cwm_site,
        company=settings.cwm_company,
        public_key=settings.cwm_public_key.get_secret_value(),
        private_key=settings.cwm_private_key.get_secret_value(),
        client_id=settings.cwm_client_id.get_secret_value(),
        codebase=settings.cwm_codebase,
        api_version=settings.cwm_api_version,
        max_concurrency=settings.cwm_max_concurrency,
        requests_per_minute=settings.cwm_max_requests_per_minute,
        patch_form=settings.cwm_patch_form,
        key_credentials=settings.cwm_key_credentials,
    )


def flow_config_of(settings: Settings) -> FlowConfig:
    """What the flows need to know of the settings."""
    return FlowConfig(
        mode=settings.mode,
        public_url=settings.public_url,
        reconcile_every=settings.reconcile_every_seconds,
        max_writes_per_hour=settings.max_writes_per_hour,
        retention=timedelta(days=settings.retention_days),
    )


def _pace(settings: Settings, database: Database) -> Pace:
    """One pace for all processes of a database; a SQLite database has one process."""
    per_minute = settings.cwm_max_requests_per_minute
    return TokenBucket(per_minute) if database.is_sqlite else SharedPace(database, per_minute)
