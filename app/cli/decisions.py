"""`decisions list`, `show`, `approve`, `reject`, `answer`, `brief`: what the pages do, for a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from app.chart import explain
from app.cli import brief_view, context, decision_view
from app.cli.command_group import Command, command_group
from app.cli.started_service import report_end, with_started_service
from app.container import Container
from app.domain.enums import DecisionStatus
from app.workflow import LARGEST_ID

app = command_group("List, read, approve, reject and answer decisions, and change their briefs.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
DecisionId = Annotated[str, typer.Argument(help="Id of a decision.", metavar="DECISION_ID", callback=context.encodable)]
Reason = Annotated[str, typer.Option(help="Reason; saved with the decision.", callback=context.reason)]
Wait = Annotated[float, typer.Option(help="Seconds to wait for the run to end.", min=0)]


class Outcome(StrEnum):
    """Outcomes that decisions are listed by."""

    SERVICE_TICKET = "service-ticket"
    MINI_PROJECT = "mini-project"
    PROJECT = "project"
    REVIEW = "review"


class Answer(StrEnum):
    """Outcomes that answer a question."""

    SERVICE_TICKET = "service-ticket"
    MINI_PROJECT = "mini-project"
    PROJECT = "project"


@app.command("list", cls=Command)
def list_decisions(
    status: Annotated[DecisionStatus | None, typer.Option(help="Only decisions of this status.")] = None,
    outcome: Annotated[Outcome | None, typer.Option(help="Only decisions of this outcome.")] = None,
    ticket: Annotated[int | None, typer.Option(help="Only decisions of this ticket.", min=1, max=LARGEST_ID)] = None,
    limit: Annotated[int, typer.Option(help="How many.", min=1, max=200)] = 20,
    cursor: Annotated[str, typer.Option(help="Continue after this decision id.", callback=context.cursor)] = "",
    as_json: Json = False,
) -> None:
    """List decisions, newest first."""
    page = context.with_parts(
        lambda parts: parts.service.decisions(
            ticket_id=ticket, outcome=outcome, status=status, limit=limit, before=cursor or None
        )
    )
    if as_json:
        _print_json({"items": page.items, "next_cursor": page.next_cursor})
        return
    table = Table(show_edge=False, pad_edge=False, box=None, header_style="dim")
    for name in ("Decision", "Ticket", "Outcome", "Status", "Decided"):
        table.add_column(name, no_wrap=True)
    table.add_column("Summary", overflow="ellipsis", no_wrap=True, ratio=1)
    for one in page.items:
        style = decision_view.OUTCOME_STYLES.get(one["outcome"], "")
        table.add_row(
            one["id"], str(one["ticket_id"]), Text(one["outcome"], style=style), decision_view.shown_status(one),
            one["decided_at"][:16].replace("T", " "), Text(explain.safe(one["summary"])),
        )  # fmt: skip
    decision_view.terminal().print(table) if page.items else decision_view.say("No decisions.")
    if page.next_cursor:
        decision_view.say(f"Older decisions: --cursor {page.next_cursor}")


@app.command("show", cls=Command)
def show(decision_id: DecisionId, as_json: Json = False) -> None:
    """Show a decision with its rows, plan and brief."""
    found = context.with_parts(lambda parts: parts.service.decision(decision_id))
    _show(found, as_json=as_json)


@app.command("approve", cls=Command)
def approve(
    decision_id: DecisionId,
    reason: Reason = "",
    by: context.By = "",
    wait: Wait = 120.0,
    as_json: Json = False,
) -> None:
    """Apply a plan that needs review, or retry one that has failed. Proposals of its brief are accepted as shown."""
    view = with_started_service(lambda service: service.approve(decision_id, reason=reason, wait=wait, by=by))
    if view.decision is not None and not as_json:
        decision_view.show_decision(view.decision)
    report_end(view, as_json=as_json)


@app.command("answer", cls=Command)
def answer(
    decision_id: DecisionId,
    outcome: Annotated[Answer, typer.Argument(help="The outcome that you choose.", metavar="OUTCOME")],
    reason: Reason = "",
    by: context.By = "",
    wait: Wait = 120.0,
    as_json: Json = False,
) -> None:
    """Answer a decision's question with service-ticket, mini-project or project; the ticket is decided again by it."""
    view = with_started_service(
        lambda service: service.approve(decision_id, outcome=outcome.value, reason=reason, wait=wait, by=by)
    )
    if view.decision is not None and not as_json:
        decision_view.show_decision(view.decision)
    report_end(view, as_json=as_json)


@app.command("reject", cls=Command)
def reject(decision_id: DecisionId, reason: Reason = "", by: context.By = "", as_json: Json = False) -> None:
    """Reject a plan that needs review; the ticket stays as it is."""
    found = context.with_parts(lambda parts: parts.service.reject(decision_id, reason=reason, by=by))
    if as_json:
        _print_json(found)
        return
    decision_view.say(f"Decision {found['id']}: {decision_view.shown_status(found)}.")


@app.command("brief", cls=Command)
def brief(
    decision_id: DecisionId,
    values: Annotated[
        list[str] | None,
        typer.Argument(help="Fields to settle, as FIELD=VALUE; FIELD= takes a value back.", metavar="FIELD=VALUE"),
    ] = None,
    by: context.By = "",
    as_json: Json = False,
) -> None:
    """Show a decision's brief; with values, settle these fields in your name and plan again.

    Amounts are plain numbers (fee=12400), days YYYY-MM-DD, lists JSON: payments='[{"label": "Deposit", "amount": 4000}]'.
    """
    patch = _patch(values or [])

    async def work(parts: Container) -> dict[str, Any]:
        if patch:
            await parts.desk.change_brief(decision_id, patch, by=by)
        return await parts.service.decision(decision_id)

    found = context.with_parts(work)
    if as_json:
        _print_json(found)
        return
    if not found["brief"]:
        decision_view.say("The decision has no brief.")
        return
    brief_view.show_brief(found["brief"])
    decision_view.say(f"Decision {found['id']}: {decision_view.shown_status(found)}. {found['said'] or ''}".rstrip())


def _show(found: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        _print_json(found)
        return
    decision_view.show_decision(found)
    brief_view.show_brief(found.get("brief"))


def _patch(values: list[str]) -> dict[str, Any]:
    """The merge patch of FIELD=VALUE words: lists, objects, true and null as JSON, everything else as text."""
    patch: dict[str, Any] = {}
    for word in values:
        name, separator, text = context.encodable(word).partition("=")
        if not separator or not name.strip():
            raise typer.BadParameter(f"Expected FIELD=VALUE, not “{word}”.")
        patch[name.strip()] = _value(text.strip(), name)
    return patch


def _value(text: str, name: str) -> Any:
    if text in ("", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if text[0] not in "[{":
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise typer.BadParameter(f"The value of {name} is not valid JSON.") from None


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
