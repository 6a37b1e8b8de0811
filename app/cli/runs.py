"""`runs stalled`, `takeover`: runs whose process stopped without dying."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from app.cli import context, decision_view
from app.cli.command_group import Command, command_group
from app.cli.started_service import report_end, with_started_parts
from app.container import Container
from app.workflow import RunView

app = command_group("List runs that make no progress, and take them over.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("stalled", cls=Command)
def stalled(as_json: Json = False) -> None:
    """List runs that a process holds without making progress."""
    found = context.with_parts(lambda parts: parts.desk.stalled_runs())
    if as_json:
        print(json.dumps({"items": found}, ensure_ascii=False, indent=2))
        return
    for run in found:
        decision_view.say(f"{run['run_id']}  {run['kind']} of ticket {run['ticket_id']}, since {run['created_at']}")
    if not found:
        decision_view.say("No run is stalled.")


@app.command("takeover", cls=Command)
def takeover(
    run_id: Annotated[str, typer.Argument(help="Id of a run.", metavar="RUN_ID", callback=context.encodable)],
    by: context.By = "",
    wait: Annotated[float, typer.Option(help="Seconds to wait for the run to end.", min=0)] = 120.0,
    as_json: Json = False,
) -> None:
    """Take a run from a process that stopped without dying (PostgreSQL).

    Ends that process's connection to the ticket's lock, then lets the run continue here or in the running service. If the
    process continues later, it cannot write for this run.
    """

    async def work(parts: Container) -> RunView:
        await parts.desk.take_over(run_id, by=by)
        return await parts.service.follow(run_id, wait=wait)

    view = with_started_parts(work)
    if view.decision is not None and not as_json:
        decision_view.show_decision(view.decision)
    report_end(view, as_json=as_json)
