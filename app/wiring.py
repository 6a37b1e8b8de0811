"""Settings in, the parts in use out: the one place that names concrete things together."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import sqlalchemy.exc
import structlog

from app.flows import ChartInUse, FlowConfig, FlowParts, Service
from app.flows.audit_parts import AuditParts
from app.flows.audits import AuditService
from app.flows.config import utc_now
from app.journal import Database, FilePace, SharedPace
from app.manage import CallbackKeys, CatalogueCache, Manage, ManageConfig, Pace
from app.settings import Settings


class BadDatabase(ValueError):
    """DATABASE_URL cannot be used; the sentence says why."""


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
    audits: AuditService


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
        database = _database(settings)
        stack.callback(database.close)
        database.migrate()
        pace = _pace(settings, database, stack)
        manage = await stack.enter_async_context(Manage(config, pace=pace, transport=transport))
        reader = manage.reader()
        catalogue = CatalogueCache(reader)
        flow_config = flow_config_of(settings)
        parts = FlowParts(flow_config, chart, reader, manage, catalogue, database, now)
        keys = CallbackKeys(config, transport=transport)
        stack.push_async_callback(keys.aclose)
        audits = AuditService(AuditParts(reader, chart, database))
        yield Parts(settings, manage, reader, catalogue, keys, chart, database, Service(parts), audits)


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
        bundle_size=settings.cwm_bundle_size,
        bundle_cases=settings.cwm_bundle_tickets,
    )


def flow_config_of(settings: Settings) -> FlowConfig:
    """What the flows need to know of the settings."""
    return FlowConfig(
        mode=settings.mode,
        public_url=settings.public_url,
        reconcile_every=settings.reconcile_every_seconds,
        settle=settings.settle_seconds,
        second_look=settings.look_again_seconds,
        max_writes_per_hour=settings.max_writes_per_hour,
        retention=timedelta(days=settings.retention_days),
    )


def _pace(settings: Settings, database: Database, stack: AsyncExitStack) -> Pace:
    """One pace for all processes of a database: the service and the commands beside it."""
    per_minute = settings.cwm_max_requests_per_minute
    if not database.is_sqlite:
        return SharedPace(database, per_minute)
    pace = FilePace(database, per_minute)
    stack.callback(pace.close)
    return pace


def _database(settings: Settings) -> Database:
    try:
        return Database(settings.database_url.get_secret_value())
    except (ValueError, OSError, sqlalchemy.exc.ArgumentError) as error:
        said = str(error) if isinstance(error, ValueError) else f"it cannot be opened ({type(error).__name__})"
        raise BadDatabase(f"DATABASE_URL: {said}.") from None


def configure_logging(form: str, level: str) -> None:
    """One line an event on standard error: JSON for machines, or for a console. Other libraries only warn, in the same form."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    every: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _place_of_fault,
    ]
    structlog.configure(
        processors=[*every, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    theirs = logging.StreamHandler(sys.stderr)
    theirs.addFilter(_is_news)
    theirs.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *every, _first_line],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[theirs], force=True)


def _is_news(record: logging.LogRecord) -> bool:
    """uvicorn repeats what a request (`web.fault`) or the start (`service.fault`) has come to, which is logged there."""
    repeated = ("Exception in ASGI application", "Traceback ")
    return not (record.name == "uvicorn.error" and record.getMessage().startswith(repeated))


def _first_line(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Of what a library says, the first line: a traceback with its message may follow."""
    event["event"] = str(event["event"]).partition("\n")[0]
    return event


def _place_of_fault(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Where a fault happened and of what type; its message stays out, since it may quote a ticket or a secret."""
    given = event.pop("exc_info", None)
    fault = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(fault, BaseException):
        frames = traceback.extract_tb(fault.__traceback__)
        event["fault"] = type(fault).__name__
        event["place"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-8:]]
    return event
