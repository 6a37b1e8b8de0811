"""`classify`, `reclassify`, `undo`: one ticket, or a file of cases."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli import context, decision_view
from app.cli.cases import decide_cases
from app.cli.command_group import Command, command_group
from app.cli.model_answers import RecordedReader, chosen_chart
from app.cli.started_service import report_end, with_started_service
from app.workflow import LARGEST_ID
from app.workflow.views import step_json

app = command_group()

TicketId = Annotated[int, typer.Argument(help="Ticket id in ConnectWise.", metavar="TICKET_ID", min=1, max=LARGEST_ID)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Reason = Annotated[str, typer.Option(help="Reason; saved with the decision.", callback=context.reason)]
Wait = Annotated[float, typer.Option(help="Seconds to wait for the run to end.", min=0)]


class Mode(StrEnum):
    """What a run may do."""

    DRY_RUN = "dry-run"
    REVIEW = "review"
    LIVE = "live"


class ChosenOutcome(StrEnum):
    """An outcome that a person may choose against the chart."""

    SERVICE_TICKET = "service-ticket"
    MINI_PROJECT = "mini-project"
    PROJECT = "project"


@app.command("classify", cls=Command)
def classify(
    ticket_id: Annotated[
        int | None,
        typer.Argument(help="Ticket id in ConnectWise.", metavar="TICKET_ID", min=1, max=LARGEST_ID),
    ] = None,
    cases: Annotated[
        Path | None,
        typer.Option(
            help="File of cases to decide offline: one ticket a line as JSON. Prints one decision a line.",
            metavar="FILE.jsonl",
        ),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            help="With --cases: recorded answers of the model-backed reader, used as READER_USE says.",
            metavar="ANSWERS.jsonl",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the decision and the plan of a ticket, or decide a file of cases. Writes nothing.

    A case is a ticket as a GET of ConnectWise returns it, on one line of JSON Lines, with its related records in the same
    object: initialDescription, notes, scheduleEntries, tasks, products, agreement, opportunity, billingPeriod, contactsCc.
    Every member may be missing, but a case needs a text or a record.
    """
    if (ticket_id is None) == (cases is None):
        raise typer.BadParameter("Give either a TICKET_ID or --cases FILE.jsonl.")
    if answers is not None and cases is None:
        raise typer.BadParameter("--answers needs --cases FILE.jsonl.")
    if cases is not None:
        if decide_cases(cases, chosen_chart(), RecordedReader.of(answers) if answers else None):
            raise typer.Exit(1)
        return
    _classify(int(ticket_id or 0), as_json=as_json)


def _classify(ticket_id: int, *, as_json: bool) -> None:
    found = context.with_parts(lambda parts: parts.service.classify(ticket_id))
    plan = {
        "steps": [step_json(step.to_json()) for step in found.plan.steps],
        "problems": [{"code": problem.code, "text": problem.text} for problem in found.plan.problems],
        "todos": list(found.plan.todos),
    }
    document = {"ticket_id": ticket_id, **found.decision.to_json(), "plan": plan, "left_alone": found.left_alone}
    if as_json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    decision_view.show_chart(document, summary=found.ticket.summary)
    decision_view.show_plan(document)
    if found.left_alone:
        decision_view.say(f"{found.left_alone} A callback for this ticket would change nothing.")


@app.command("reclassify", cls=Command)
def reclassify(
    ticket_id: TicketId,
    mode: Annotated[Mode | None, typer.Option(help="Mode of this run.  [default: MODE]")] = None,
    outcome: Annotated[ChosenOutcome | None, typer.Option(help="Outcome to use instead of the chart's.")] = None,
    reason: Reason = "",
    by: context.By = "",
    wait: Wait = 120.0,
    as_json: Json = False,
) -> None:
    """Run a ticket again and show the decision. If the service is running on the same database, it does the work."""
    run_mode, chosen = mode.value if mode else None, outcome.value if outcome else None
    view = with_started_service(
        lambda service: service.reclassify(ticket_id, mode=run_mode, outcome=chosen, reason=reason, wait=wait, by=by)
    )
    if view.decision is not None and not as_json:
        decision_view.show_decision(view.decision)
    report_end(view, as_json=as_json)


@app.command("undo", cls=Command)
def undo(
    decision_id: Annotated[
        str, typer.Argument(help="Id of an applied decision.", metavar="DECISION_ID", callback=context.encodable)
    ],
    reason: Reason = "",
    by: context.By = "",
    wait: Wait = 120.0,
    as_json: Json = False,
) -> None:
    """Undo an applied decision. Changes are reverted; what people have added since is kept."""
    view = with_started_service(lambda service: service.undo(decision_id, reason=reason, wait=wait, by=by))
    if view.decision is not None and not as_json:
        decision_view.show_undo(view.decision)
    report_end(view, as_json=as_json)
