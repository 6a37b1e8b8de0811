"""`classify`, `reclassify`, `undo`: one ticket, or a file of cases."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from app.chart import load_chart, shipped_chart
from app.cli import context, decision_view
from app.cli.cases import decide_cases
from app.container import Container
from app.settings import chart_file
from app.workflow import LARGEST_ID, RunView, Service
from app.workflow.views import step_json

Answer = TypeVar("Answer")
Json = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the decision.", callback=context.reason)]
Wait = Annotated[float, typer.Option(help="Seconds to wait for the end.", min=0)]


class Mode(StrEnum):
    """How far the service may go."""

    DRY_RUN = "dry-run"
    REVIEW = "review"
    LIVE = "live"


class Chosen(StrEnum):
    """An outcome that a person may choose over the chart."""

    SERVICE_TICKET = "service-ticket"
    MINI_PROJECT = "mini-project"
    PROJECT = "project"


def classify(
    ticket_id: Annotated[int | None, typer.Argument(help="Ticket id in ConnectWise.", min=1, max=LARGEST_ID)] = None,
    cases: Annotated[
        Path | None,
        typer.Option(
            help="A file of cases, decided offline: one ticket a line as JSON; one decision a line comes out."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Prints the filled-in chart and the plan of one ticket, or the decision of each case in a file. Writes nothing.

    A case is a ticket as ConnectWise's GET gives it, on one line of JSON Lines, with what lies beside it in the same object:
    initialDescription, notes, scheduleEntries, tasks, products, agreement, opportunity, billingPeriod, contactsCc. Whatever
    ConnectWise leaves out may be missing, but there must be a text or a record to decide by.
    """
    if (ticket_id is None) == (cases is None):
        raise typer.BadParameter("give a TICKET_ID or --cases FILE.jsonl, one of the two")
    if cases is not None:
        path = chart_file()
        if decide_cases(cases, load_chart(path) if path else shipped_chart()):
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
        decision_view.say(f"{found.left_alone} A callback for it would change nothing.")


def reclassify(
    ticket_id: Annotated[int, typer.Argument(help="Ticket id in ConnectWise.", min=1, max=LARGEST_ID)],
    mode: Annotated[Mode | None, typer.Option(help="How far to go this time; default: MODE.")] = None,
    outcome: Annotated[Chosen | None, typer.Option(help="Your word over the chart's.")] = None,
    reason: Reason = "",
    wait: Wait = 120.0,
    as_json: Json = False,
) -> None:
    """Runs a ticket again and prints the decision. A running service on the same database does the work."""
    word, chosen = mode.value if mode else None, outcome.value if outcome else None

    view = _worked(lambda service: service.reclassify(ticket_id, mode=word, outcome=chosen, reason=reason, wait=wait))
    if view.decision is not None and not as_json:
        decision_view.show_decision(view.decision)
    _end(view, as_json=as_json)


def undo(
    decision_id: Annotated[str, typer.Argument(help="Id of an applied decision.", callback=context.typed)],
    reason: Reason = "",
    wait: Wait = 120.0,
    as_json: Json = False,
) -> None:
    """Takes an applied decision back: what was changed is put back, what people have built on since stays."""
    view = _worked(lambda service: service.undo(decision_id, reason=reason, wait=wait))
    if view.decision is not None and not as_json:
        decision_view.show_taken_back(view.decision)
    _end(view, as_json=as_json)


def _worked(ask: Callable[[Service], Awaitable[Answer]]) -> Answer:
    """What the started service answers; it is stopped again afterwards."""

    async def work(parts: Container) -> Answer:
        await context.reach(parts.reader)
        await parts.service.start(look_after=False)
        try:
            return await ask(parts.service)
        finally:
            await parts.service.stop()

    return context.with_parts(work)


def _end(view: RunView, *, as_json: bool) -> None:
    """Says how a run stands; exit 1 unless it has led to a decision that did not fail."""
    if as_json:
        shown: dict[str, Any] = view.decision or {"run_id": view.run_id, "settled": view.settled, "said": view.error}
        print(json.dumps(shown, ensure_ascii=False, indent=2))
    failed = view.decision is None or view.decision["status"] == "failed"
    if not view.settled:
        print(f"Still under way: {view.error or 'it goes on by itself'} (run {view.run_id})", file=sys.stderr)
    elif failed:
        print(view.error or (view.decision or {}).get("said") or "It could not be done.", file=sys.stderr)
    if view.way_back:
        print(view.way_back["text"], file=sys.stderr)
    if failed or not view.settled:
        raise typer.Exit(1)
