"""`actions list`, `done`, `reopen`: manual actions of applied plans, for a terminal."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from app.chart import explain
from app.cli import context, decision_view
from app.cli.command_group import Command, command_group
from app.workflow import LARGEST_ID
from app.workflow.money_box import shown_amount

app = command_group("List manual actions of applied plans, and mark them as done.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
ActionId = Annotated[
    str, typer.Argument(help="Id of a manual action.", metavar="ACTION_ID", callback=context.encodable)
]


class State(StrEnum):
    """States that actions are listed by."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"
    ALL = "all"


@app.command("list", cls=Command)
def list_actions(
    state: Annotated[State, typer.Option(help="Only actions of this state.")] = State.OPEN,
    ticket: Annotated[int | None, typer.Option(help="Only actions of this ticket.", min=1, max=LARGEST_ID)] = None,
    limit: Annotated[int, typer.Option(help="How many.", min=1, max=200)] = 50,
    as_json: Json = False,
) -> None:
    """List manual actions, newest first."""
    chosen = None if state is State.ALL else state.value
    page = context.with_parts(lambda parts: parts.desk.actions(state=chosen, ticket_id=ticket, limit=limit))
    if as_json:
        print(json.dumps({"items": page.items, "next_cursor": page.next_cursor}, ensure_ascii=False, indent=2))
        return
    if not page.items:
        decision_view.say("No manual actions.")
        return
    table = Table(show_edge=False, pad_edge=False, box=None, header_style="dim")
    for name in ("Action", "Ticket", "State", "Due", "Amount"):
        table.add_column(name, no_wrap=True, justify="right" if name == "Amount" else "left")
    table.add_column("What to do", overflow="fold", ratio=1)
    for one in page.items:
        table.add_row(
            one["id"], str(one["ticket_id"]), one["state"], one["due"] or "", shown_amount(one["amount"], one["currency"]),
            Text(explain.safe(f"{one['customer']}: {one['text']}" if one["customer"] else one["text"])),
        )  # fmt: skip
    decision_view.terminal().print(table)


@app.command("done", cls=Command)
def done(action_id: ActionId, by: context.By = "", as_json: Json = False) -> None:
    """Mark an action as done."""
    _report(context.with_parts(lambda parts: parts.desk.finish_action(action_id, by=by)), as_json=as_json)


@app.command("reopen", cls=Command)
def reopen(action_id: ActionId, by: context.By = "", as_json: Json = False) -> None:
    """Reopen an action that was marked as done."""
    _report(context.with_parts(lambda parts: parts.desk.reopen_action(action_id, by=by)), as_json=as_json)


def _report(action: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(action, ensure_ascii=False, indent=2))
        return
    by = f" by {action['done_by']}" if action["done_by"] else ""
    decision_view.say(f"{action['state']}{by}: {explain.safe(action['text'])}")
