"""`doctor`: checks everything the service needs, with an id, what was found and what to do."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from app.cli.filled_in import console
from app.cli.running import with_parts
from app.doctor import Examined, Finding, Standing, examine
from app.wiring import Parts

_MARKS = {
    Standing.OK: ("✓", "green"),
    Standing.WARN: ("!", "yellow"),
    Standing.FAIL: ("✗", "bold red"),
    Standing.SKIP: ("·", "dim"),
}


def run(as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False) -> None:
    """Checks settings, ConnectWise access, rights, boards, statuses, types, GL mapping, callback, clock, database.

    Writes nothing to ConnectWise. Exit 1 if anything fails.
    """

    async def work(parts: Parts) -> list[Finding]:
        settings = parts.settings
        return await examine(
            Examined(
                manage=parts.reader,
                database=parts.database,
                chart=parts.chart.current(),
                mode=settings.mode,
                public_url=settings.public_url,
                has_token=bool(settings.api_token.get_secret_value()),
                host=settings.host,
            )
        )

    findings = with_parts(work)
    if as_json:
        print(json.dumps([finding.to_json() for finding in findings], ensure_ascii=False, indent=2))
    else:
        _print(findings)
    if any(finding.standing is Standing.FAIL for finding in findings):
        raise typer.Exit(1)


def _print(findings: list[Finding]) -> None:
    table = Table(box=None, show_edge=False, pad_edge=False, show_header=False)
    for name, width in (("mark", 1), ("check", 26), ("found", None)):
        table.add_column(name, width=width, overflow="fold")
    for finding in findings:
        mark, style = _MARKS[finding.standing]
        found = Text(finding.text)
        if finding.hint and finding.standing in (Standing.WARN, Standing.FAIL):
            found.append(f"\n→ {finding.hint}", style="italic")
        table.add_row(Text(mark, style=style), finding.id, found)
    console.print(table)
    failed = sum(finding.standing is Standing.FAIL for finding in findings)
    warned = sum(finding.standing is Standing.WARN for finding in findings)
    console.print(f"\n{len(findings)} checks: {failed} failed, {warned} to look at.")
