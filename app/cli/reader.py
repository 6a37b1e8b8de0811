"""`miniprojects reader`: requests of the model-backed reader as a batch file, and its answers."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.chart.model_request import model_request
from app.chart.regression.cases import load_cases
from app.cli.command_group import Command, command_group
from app.cli.model_answers import chosen_chart, examples_next_to_chart, read_answers_file
from app.settings import offline_settings
from app.storage import Database, ReaderAnswers
from app.workflow.context import utc_now

app = command_group("Write batch requests of the model-backed reader, and store the answers.")

_MOST_REPORTED = 20


@app.command("requests", cls=Command)
def write_requests(
    cases: Annotated[Path, typer.Option("--cases", help="Tickets as JSON Lines or YAML.", metavar="FILE")],
    output: Annotated[Path, typer.Option("--output", help="File to write.", metavar="REQUESTS.jsonl")],
) -> None:
    """Write the request for each ticket in the OpenAI batch format. Sends nothing.

    One line a ticket: custom_id (hash of model, instructions and ticket), method, url, body. READER_MODEL and READER_REDACT
    apply; READER_URL is not needed. Equal tickets share one line.
    """
    settings, chart = offline_settings(), chosen_chart()
    examples = examples_next_to_chart(settings.chart_file)
    lines: dict[str, str] = {}
    tokens = count = 0
    for case in load_cases(cases):
        request = model_request(
            case.ticket, chart, model=settings.reader_model, redact=settings.reader_redact, examples=examples
        )
        count += 1
        if request.key not in lines:
            lines[request.key] = request.to_batch_line()
            tokens += request.estimated_tokens
    if not lines:
        typer.echo(f"{cases} contains no case.", err=True)
        raise typer.Exit(1)
    output.write_text("".join(f"{line}\n" for line in lines.values()), encoding="utf-8", errors="replace")
    typer.echo(f"{count} tickets, {len(lines)} requests, about {tokens} tokens: {output}")


@app.command("import", cls=Command)
def import_answers(
    answers: Annotated[Path, typer.Argument(help="Answers in the OpenAI batch format.", metavar="ANSWERS.jsonl")],
) -> None:
    """Store batch answers, so that the service and audits use them instead of asking again.

    Needs the database alone (DATABASE_URL). An answer that is stored already stays. Exit 1 if a line has no answer.
    """
    found = read_answers_file(answers)
    stored = asyncio.run(_store(found.by_key, offline_settings().database_url.get_secret_value()))
    typer.echo(f"{len(found.by_key)} answers read, {stored} new.")
    for problem in found.problems[:_MOST_REPORTED]:
        print(f"{answers.name}, {problem}. Line skipped.", file=sys.stderr)
    if len(found.problems) > _MOST_REPORTED:
        print(f"{answers.name}: {len(found.problems)} lines without an answer in total.", file=sys.stderr)
    if found.problems or not found.by_key:
        raise typer.Exit(1)


async def _store(answers: dict[str, dict[str, object]], url: str) -> int:
    try:
        database = Database(url)
    except ValueError as mistake:
        raise typer.BadParameter(f"DATABASE_URL: {mistake}.") from None
    try:
        database.migrate()
        return await ReaderAnswers(database).put(answers, now=utc_now())
    finally:
        database.close()
