"""`doctor`: check everything the service needs; each finding has an id, a text and a hint."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Annotated

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.chart import Chart, ChartError, load_chart, shipped_chart
from app.cli.command_group import Command, command_group
from app.cli.decision_view import terminal
from app.connectwise import BadSite, ConnectWiseClient, ConnectWiseError
from app.container import client_config, endpoint_config, notify_targets, oidc_config
from app.doctor import CheckContext, Finding, Severity, run_checks
from app.logging_setup import configure_logging
from app.model_endpoint import ModelEndpoint
from app.notify import BadTarget, check_targets
from app.people import OidcConfig
from app.settings import Settings, SettingsError, load_settings
from app.storage import Database, StoreUnavailable, file_missing, is_missing

app = command_group()

_WIDE = 60
"""Columns from which a finding is shown next to its check id."""
_MARKS = {
    Severity.OK: ("✓", "green"),
    Severity.WARN: ("!", "yellow"),
    Severity.FAIL: ("✗", "bold red"),
    Severity.SKIP: ("·", "dim"),
}


@app.command("doctor", cls=Command)
def run(as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False) -> None:
    """Check settings, ConnectWise access, rights, names and the database. Writes nothing to ConnectWise.

    Checks boards, statuses, types, GL mapping, callback, clock, chart and database. Exit 1 if a check fails.
    """
    settings = load_settings()
    configure_logging(settings.log_format, "error")
    findings = asyncio.run(_findings(settings))
    if as_json:
        print(json.dumps([finding.to_json() for finding in findings], ensure_ascii=False, indent=2))
    else:
        _print(findings)
    if any(finding.severity is Severity.FAIL for finding in findings):
        raise typer.Exit(1)


async def _findings(settings: Settings) -> list[Finding]:
    """Open each part separately: a broken part is a finding and does not stop the other checks."""
    async with AsyncExitStack() as stack:
        database = _database(settings)
        if isinstance(database, Database):
            stack.callback(database.close)
        manage = _manage(settings)
        if isinstance(manage, ConnectWiseClient):
            await stack.enter_async_context(manage)
        endpoint = _endpoint(settings)
        if endpoint is not None:
            stack.push_async_callback(endpoint.aclose)
        return await run_checks(
            CheckContext(
                manage=manage,
                database=database,
                chart=_chart(settings),
                mode=settings.mode,
                public_url=settings.public_url,
                has_token=bool(settings.api_token.get_secret_value()),
                oidc=_oidc(settings),
                endpoint=endpoint,
                model=settings.reader_model,
                callback_in_dry_run=settings.callback_in_dry_run,
                reconcile_every=settings.reconcile_every_seconds,
                targets=_targets(settings),
            )
        )


def _database(settings: Settings) -> Database | Exception:
    url = settings.database_url.get_secret_value()
    if is_missing(url):
        return file_missing(url)
    try:
        database = Database(url)
    except ValueError as mistake:
        return ValueError(f"DATABASE_URL: {mistake}.")
    except StoreUnavailable as away:
        return away
    try:
        database.migrate()
    except StoreUnavailable as away:
        database.close()
        return away
    return database


def _manage(settings: Settings) -> ConnectWiseClient | Exception:
    try:
        return ConnectWiseClient(client_config(settings), read_only=True)
    except (BadSite, ConnectWiseError) as mistake:
        return mistake


def _oidc(settings: Settings) -> OidcConfig | Exception | None:
    try:
        return oidc_config(settings)
    except SettingsError as mistakes:
        return mistakes


def _targets(settings: Settings) -> list[str] | Exception:
    try:
        targets = notify_targets(settings)
        check_targets(targets)
    except SettingsError as mistakes:
        return mistakes
    except BadTarget as mistake:
        return SettingsError(f"NOTIFY_URLS: {mistake}.")
    return [f"{target.label} for {target.audience}" for target in targets]


def _endpoint(settings: Settings) -> ModelEndpoint | None:
    config = endpoint_config(settings)
    return ModelEndpoint(config) if config else None


def _chart(settings: Settings) -> Chart | ChartError:
    try:
        return load_chart(settings.chart_file) if settings.chart_file else shipped_chart()
    except ChartError as mistakes:
        return mistakes


def _print(findings: list[Finding]) -> None:
    if terminal().width < _WIDE:
        _print_lines(findings)
    else:
        _print_table(findings)
    failed = sum(finding.severity is Severity.FAIL for finding in findings)
    warned = sum(finding.severity is Severity.WARN for finding in findings)
    terminal().print(f"\n{len(findings)} checks: {failed} failed, {warned} warnings.")


def _print_table(findings: list[Finding]) -> None:
    table = Table(box=None, show_edge=False, pad_edge=False, show_header=False)
    widest = max(len(finding.id) for finding in findings)
    for name, width in (("mark", 1), ("check", widest), ("found", None)):
        table.add_column(name, width=width, overflow="fold")
    for finding in findings:
        table.add_row(_mark(finding), finding.id, _found(finding))
    terminal().print(table)


def _print_lines(findings: list[Finding]) -> None:
    for finding in findings:
        terminal().print(_mark(finding).append(f" {finding.id}", style="default"))
        terminal().print(Padding(_found(finding), (0, 0, 0, 2)))


def _mark(finding: Finding) -> Text:
    mark, style = _MARKS[finding.severity]
    return Text(mark, style=style)


def _found(finding: Finding) -> Text:
    found = Text(finding.text)
    if finding.hint and finding.severity in (Severity.WARN, Severity.FAIL):
        found.append(f"\n→ {finding.hint}", style="italic")
    return found
