"""Builds the parts of the service from settings. The only module that names the concrete classes together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import sqlalchemy.exc

from app.audit_jobs.context import AuditContext
from app.audit_jobs.service import AuditService
from app.chart.second_reader import ReaderUse
from app.connectwise import CallbackKeys, ClientConfig, ConnectWiseClient, Pace, ReferenceCache, TenantProfile
from app.domain.enums import Mode
from app.model_endpoint import EndpointConfig, ModelEndpoint
from app.notify import BadTarget, NotifyContext, NotifyService, QuietHours, Schedule, Target, parse_targets
from app.people import ANSWER_PATH, OidcConfig, PeopleService, SessionService, parse_roles
from app.reading.values.work_dates import DateOrder
from app.settings import Settings, SettingsError
from app.storage import Database, KeyValueStore, Messages, PostgresRateLimiter, ReaderAnswers, StoreUnavailable
from app.workflow import ChartProvider, Desk, Service, WorkflowConfig, WorkflowContext
from app.workflow.context import utc_now
from app.workflow.desk_pages import DeskPages
from app.workflow.labelled_cases import LabelledCases
from app.workflow.model_reader import ModelReader, ReaderOptions

if TYPE_CHECKING:
    from app.people.oidc import OidcSignIn

_NORTH_AMERICA = "na.myconnectwise.net"
_TENANT = "tenant-demands"
"""Name under which the demands of this tenant are stored."""
_PROVEN = "proven-key-addresses"
"""Name under which the addresses of proven signing keys are stored."""


class BadDatabase(ValueError):
    """DATABASE_URL is unusable; the message says why."""


@dataclass(frozen=True)
class Container:
    """The parts that the API and the commands use."""

    settings: Settings
    manage: ConnectWiseClient
    """Reads and writes; only the service and the callbacks command write."""
    reader: ConnectWiseClient
    """Read-only."""
    catalogue: ReferenceCache
    keys: CallbackKeys
    chart: ChartProvider
    database: Database
    service: Service
    desk: Desk
    pages: DeskPages
    audits: AuditService
    people: PeopleService
    sessions: SessionService
    oidc: OidcSignIn | None
    """Sign-in with the company's accounts; None: only tokens."""
    cases: LabelledCases
    """What people answered, overruled and corrected."""
    notify: NotifyService
    """Messages to people."""
    model: ModelReader | None = None
    """The model-backed reader; None: off."""
    now: Callable[[], datetime] = utc_now


@asynccontextmanager
async def connect(
    settings: Settings,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    now: Callable[[], datetime] = utc_now,
) -> AsyncIterator[Container]:
    """Build the parts, migrate the database, and close everything at the end. Does not start the service."""
    config, oidc_choices = client_config(settings), oidc_config(settings)
    chart = ChartProvider(settings.chart_file)
    async with AsyncExitStack() as stack:
        database = _database(settings)
        stack.callback(database.close)
        database.migrate()
        pace = _pace(settings, database)
        tenant = await _tenant(database)
        manage = await stack.enter_async_context(
            ConnectWiseClient(config, pace=pace, transport=transport, tenant=tenant)
        )
        reader = manage.reader()
        catalogue = ReferenceCache(reader)
        workflow = workflow_config(settings)
        cases = LabelledCases(database, settings.chart_file)
        model = model_reader(settings, database, cases, now=now)
        if model is not None:
            stack.push_async_callback(model.endpoint.aclose)
        parts = WorkflowContext(workflow, chart, reader, manage, catalogue, database, now, model=model)
        keys = await _keys(config, database, transport)
        stack.push_async_callback(keys.aclose)
        audits = AuditService(AuditContext(reader, chart, database, time_zone=settings.cwm_time_zone))
        people = PeopleService(database, api_token=settings.api_token.get_secret_value(), now=now)
        sessions, oidc = SessionService(database, people, now=now), None
        if oidc_choices is not None:
            from app.people.oidc import build_oidc  # noqa: PLC0415 - needed with OIDC_ISSUER only and slow to import

            oidc = build_oidc(oidc_choices, database, people, now=now)
            stack.push_async_callback(oidc.provider.aclose)
        service, desk = Service(parts), Desk(parts)
        notify = _notify(settings, NotifyContext(
            Messages(database), KeyValueStore(database), service, desk, chart, now, site=settings.public_url,
            retention=workflow.retention,
        ))  # fmt: skip
        yield Container(
            settings, manage, reader, catalogue, keys, chart, database, service, desk, DeskPages(parts, service), audits,
            people, sessions, oidc, cases, notify, model, now,
        )  # fmt: skip


def notify_targets(settings: Settings) -> tuple[Target, ...]:
    """The targets of NOTIFY_URLS. Raises SettingsError."""
    try:
        return parse_targets(settings.notify_urls.get_secret_value())
    except BadTarget as error:
        raise SettingsError(f"NOTIFY_URLS: {error}.") from None


def _notify(settings: Settings, context: NotifyContext) -> NotifyService:
    """Messages by the targets, digest and quiet hours of the settings. Raises SettingsError."""
    try:
        quiet = QuietHours.parse(settings.notify_quiet_hours)
    except ValueError as error:
        raise SettingsError(f"NOTIFY_QUIET_HOURS: {error}.") from None
    schedule = Schedule(timedelta(minutes=settings.notify_digest_minutes), quiet)
    return NotifyService(context, notify_targets(settings), schedule)


async def _keys(config: ClientConfig, database: Database, transport: httpx.AsyncBaseTransport | None) -> CallbackKeys:
    """Callback keys whose proven addresses survive a restart."""
    store = KeyValueStore(database)

    async def save(addresses: list[str]) -> None:
        with suppress(StoreUnavailable):
            await store.put(_PROVEN, addresses)

    keys = CallbackKeys(config, transport=transport, save=save)
    with suppress(StoreUnavailable):
        keys.recall(await store.get(_PROVEN) or [])
    return keys


async def _tenant(database: Database) -> TenantProfile:
    """What this tenant demands beyond the API document, as learnt by earlier processes; what is learnt now is stored."""
    store = KeyValueStore(database)

    async def save(demands: Mapping[str, list[str]]) -> None:
        with suppress(StoreUnavailable):
            await store.put(_TENANT, dict(demands))

    tenant = TenantProfile(save=save)
    with suppress(StoreUnavailable):
        tenant.recall(await store.get(_TENANT))
    return tenant


def endpoint_config(settings: Settings) -> EndpointConfig | None:
    """The model endpoint's part of the settings; None where READER_URL is empty."""
    if not settings.reader_url:
        return None
    return EndpointConfig(
        url=settings.reader_url,
        api_key=settings.reader_api_key.get_secret_value(),
        auth=settings.reader_auth,
        api_version=settings.reader_api_version,
        timeout=settings.reader_timeout_seconds,
        max_concurrency=settings.reader_max_concurrency,
    )


def model_reader(
    settings: Settings, database: Database, cases: LabelledCases, *, now: Callable[[], datetime] = utc_now
) -> ModelReader | None:
    """The model-backed reader that the settings describe; None: off."""
    config = endpoint_config(settings)
    if config is None:
        return None
    options = ReaderOptions(
        ReaderUse(settings.reader_use), settings.reader_model, settings.reader_redact, settings.reader_tokens_per_day
    )
    return ModelReader(ModelEndpoint(config), ReaderAnswers(database), options, now=now, examples=cases.examples)


def client_config(settings: Settings) -> ClientConfig:
    """The client's part of the settings."""
    return ClientConfig(
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
        key_path=settings.cwm_callback_key_path,
        bundle_size=settings.cwm_bundle_size,
    )


def oidc_config(settings: Settings) -> OidcConfig | None:
    """The choices for sign-in with the company's accounts; None where OIDC_ISSUER is empty. Raises SettingsError."""
    if not settings.oidc_issuer:
        return None
    lines = [f"{name} is missing: OIDC_ISSUER needs it." for name, value in (
        ("OIDC_CLIENT_ID", settings.oidc_client_id), ("OIDC_ROLES", settings.oidc_roles), ("PUBLIC_URL", settings.public_url),
    ) if not value.strip()]  # fmt: skip
    try:
        roles = parse_roles(settings.oidc_roles)
    except ValueError as error:
        roles, lines = (), [*lines, f"OIDC_ROLES: {error}."]
    if lines:
        raise SettingsError("\n".join(lines))
    return OidcConfig(
        issuer=settings.oidc_issuer, client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(), roles=roles, scopes=settings.oidc_scopes,
        redirect_uri=f"{settings.public_url}{ANSWER_PATH}",
    )  # fmt: skip


def workflow_config(settings: Settings) -> WorkflowConfig:
    """The workflow's part of the settings."""
    return WorkflowConfig(
        mode=Mode(settings.mode),
        public_url=settings.public_url,
        callback_in_dry_run=settings.callback_in_dry_run,
        reconcile_every=settings.reconcile_every_seconds,
        settle=settings.settle_seconds,
        second_look=settings.look_again_seconds,
        max_writes_per_hour=settings.max_writes_per_hour,
        retention=timedelta(days=settings.retention_days),
        date_order=date_order(settings),
    )


def date_order(settings: Settings) -> DateOrder:
    """How numeric dates are read: as set, else by the region of the site; North America writes the month first."""
    if settings.cwm_date_order:
        return settings.cwm_date_order
    host = urlsplit(client_config(settings).origin).hostname or ""
    return "MDY" if host.removeprefix("api-") == _NORTH_AMERICA else "DMY"


def _pace(settings: Settings, database: Database) -> Pace | None:
    """The request rate shared by all processes of a PostgreSQL database; None: the client's limiter in memory."""
    return None if database.is_sqlite else PostgresRateLimiter(database, settings.cwm_max_requests_per_minute)


def _database(settings: Settings) -> Database:
    try:
        return Database(settings.database_url.get_secret_value())
    except (ValueError, OSError, sqlalchemy.exc.ArgumentError) as error:
        reason = str(error) if isinstance(error, ValueError) else f"it cannot be opened ({type(error).__name__})"
        raise BadDatabase(f"DATABASE_URL: {reason}.") from None
