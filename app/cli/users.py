"""`users list`, `add`, `role`, `rotate`, `remove`: named people with tokens of their own."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from app.chart import explain
from app.cli import context, decision_view
from app.cli.command_group import Command, command_group
from app.container import Container
from app.domain.enums import Role
from app.people import NewToken
from app.storage import PersonRow
from app.workflow.views import short_instant

app = command_group("List, add and remove people, and replace their tokens.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Name = Annotated[str, typer.Argument(help="Name of a person.", metavar="NAME", callback=context.encodable)]
ChosenRole = Annotated[
    Role,
    typer.Option(
        "--role", help="viewer reads, approver decides, admin also pauses writing and changes chart and people."
    ),
]


@app.command("list", cls=Command)
def list_people(as_json: Json = False) -> None:
    """List people with their roles."""
    found = context.with_parts(lambda parts: parts.people.all())
    if as_json:
        _print_json([_shown(row) for row in found])
        return
    if not found:
        decision_view.say("Nobody yet. Run miniprojects users add NAME --role admin.")
        return
    table = Table(show_edge=False, pad_edge=False, box=None, header_style="dim")
    for name in ("Name", "Role", "Signs in with", "Added"):
        table.add_column(name, overflow="fold")
    for row in found:
        account = "company account" if row.subject else "token"
        table.add_row(Text(explain.safe(row.name)), row.role, account, f"{row.created_at:%Y-%m-%d} by {row.created_by}")
    decision_view.terminal().print(table)


@app.command("add", cls=Command)
def add(name: Name, role: ChosenRole, by: context.By = "", as_json: Json = False) -> None:
    """Add a person and print the token, which is shown this once."""
    made = context.with_parts(lambda parts: parts.people.add(name, role, by=by))
    _print_token(made, as_json=as_json)


@app.command("rotate", cls=Command)
def rotate(name: Name, by: context.By = "", as_json: Json = False) -> None:
    """Replace a person's token and print the new one; the old one and all sessions end at once."""

    async def work(parts: Container) -> NewToken:
        return await parts.people.replace_token(await parts.people.by_name(name), by=by)

    _print_token(context.with_parts(work), as_json=as_json)


@app.command("role", cls=Command)
def change_role(name: Name, role: ChosenRole, by: context.By = "") -> None:
    """Change a person's role; it applies to their next request."""

    async def work(parts: Container) -> PersonRow:
        return await parts.people.change_role(await parts.people.by_name(name), role, by=by)

    row = context.with_parts(work)
    decision_view.say(f"{explain.safe(row.name)} is {row.role} now.")


@app.command("remove", cls=Command)
def remove(name: Name, by: context.By = "") -> None:
    """Remove a person; the token and all sessions end at once. What they did keeps their name."""

    async def work(parts: Container) -> str:
        row = await parts.people.by_name(name)
        await parts.people.remove(row, by=by)
        return row.name

    decision_view.say(f"{explain.safe(context.with_parts(work))} is removed.")


def _print_token(made: NewToken, *, as_json: bool) -> None:
    if as_json:
        _print_json({**_shown(made.person), "token": made.token})
        return
    decision_view.say(f"{explain.safe(made.person.name)} ({made.person.role}). The token is shown this once:")
    print(made.token)


def _shown(row: PersonRow) -> dict[str, Any]:
    return {
        "id": row.id, "name": row.name, "role": row.role, "account": "company" if row.subject else "token",
        "created_at": short_instant(row.created_at), "created_by": row.created_by,
    }  # fmt: skip


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
