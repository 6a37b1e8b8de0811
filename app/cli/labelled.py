"""`cases list`, `export`, `proposals`: what people answered, overruled and corrected, from the database alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.table import Table
from rich.text import Text

from app.chart import explain
from app.chart.regression.case_export import cases_yaml, labelled_json
from app.chart.regression.proposals import proposals
from app.cli import decision_view
from app.cli.command_group import Command, command_group
from app.cli.model_answers import chosen_chart
from app.settings import offline_settings
from app.storage import Database
from app.workflow.labelled_cases import LabelledCases

app = command_group("List and export what people answered, overruled and corrected, as labelled cases.")

Result = TypeVar("Result")
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@app.command("list", cls=Command)
def list_cases(
    limit: Annotated[int, typer.Option(help="How many.", min=1, max=200)] = 50, as_json: Json = False
) -> None:
    """List labelled cases, newest first."""
    items, cursor = _with_cases(lambda cases: cases.page(limit=limit))
    if as_json:
        print(json.dumps({"items": items, "next_cursor": cursor}, ensure_ascii=False, indent=2))
        return
    if not items:
        decision_view.say("No labelled cases: nobody has answered, overruled or corrected a decision.")
        return
    table = Table(show_edge=False, pad_edge=False, box=None, header_style="dim")
    for name in ("Ticket", "Day", "Kind", "Chart", "Person"):
        table.add_column(name, no_wrap=True)
    table.add_column("Reason", overflow="fold", ratio=1)
    for item in items:
        table.add_row(
            str(item["ticket_id"]), item["decided_at"][:10], item["kind"], str(item["chart_outcome"]), str(item["outcome"]),
            Text(explain.safe(item["reason"])),
        )  # fmt: skip
    decision_view.terminal().print(table)


@app.command("export", cls=Command)
def export(
    output: Annotated[
        Path, typer.Argument(help="File to write: .yaml for a cases file, else JSON Lines.", metavar="FILE")
    ],
) -> None:
    """Write the labelled cases to a file that `chart test --cases` and `chart score` take. It holds ticket texts."""
    cases = _with_cases(lambda found: found.cases())
    if output.suffix.lower() in (".yaml", ".yml"):
        text = cases_yaml(cases)
    else:
        text = "".join(f"{json.dumps(labelled_json(case), ensure_ascii=False)}\n" for case in cases)
    output.write_text(text, encoding="utf-8", errors="replace")
    typer.echo(f"{len(cases)} cases: {output}")


@app.command("proposals", cls=Command)
def show_proposals(as_json: Json = False) -> None:
    """Show phrases that decided against what people said. Changes nothing."""
    cases = _with_cases(lambda found: found.cases())
    found = proposals(chosen_chart(), cases)
    if as_json:
        shown: list[dict[str, Any]] = [
            {"words": each.words, "states": each.states, "wrong": each.wrong, "uses": each.uses} for each in found
        ]
        print(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    for each in found:
        decision_view.say(explain.safe(each.sentence))
    if not found:
        decision_view.say(f"No phrase was wrong in most of its uses ({len(cases)} cases).")


def _with_cases(work: Callable[[LabelledCases], Awaitable[Result]]) -> Result:
    """The result of `work` on the database of the settings; ConnectWise is not needed."""
    settings = offline_settings()

    async def run() -> Result:
        database = Database(settings.database_url.get_secret_value())
        try:
            database.migrate()
            return await work(LabelledCases(database))
        finally:
            database.close()

    try:
        return asyncio.run(run())
    except ValueError as mistake:
        raise typer.BadParameter(f"DATABASE_URL: {mistake}.") from None
