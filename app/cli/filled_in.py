"""The filled-in chart on a terminal: six rows with the fact that settled each, then the plan, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.chart import explain

_SIDE_STYLES = {"project": "bold magenta", "service": "cyan", "contested": "bold yellow", "unknown": "dim"}
OUTCOME_STYLES = {
    "project": "bold magenta",
    "mini-project": "bold blue",
    "service-ticket": "bold cyan",
    "review": "bold yellow",
}
_WIDE = 110
"""From so many columns on, the rows' questions are shown as well."""
_STATUS_MARKS = {"planned": "·", "done": "✓", "already-done": "✓", "failed": "✗"}

console = Console(highlight=False)


def show_chart(document: Mapping[str, Any], *, summary: str) -> None:
    """Prints a decision (its JSON): the outcome and why, then the six rows, those that decided marked."""
    console.print(
        Text(f"Ticket {document['ticket_id']}  ", style="bold").append(explain.safe(summary), style="default")
    )
    style = OUTCOME_STYLES.get(document["outcome"], "bold")
    console.print(Text("→ ").append(explain.headline(document), style=style))
    console.print(Padding(Text(explain.because(document)), (0, 0, 0, 2)))
    if asked := explain.question(document):
        console.print(Padding(Text(asked, style="bold"), (0, 0, 0, 2)))
    console.print()
    console.print(_rows(document, with_question=console.width >= _WIDE))
    console.print()


def _rows(document: Mapping[str, Any], *, with_question: bool) -> Table:
    table = Table(show_edge=False, pad_edge=False, box=None, header_style="dim")
    for name in ("", "Row", *(["Asks"] if with_question else []), "Says"):
        table.add_column(name, no_wrap=True)
    table.add_column("Because", overflow="fold", ratio=1)
    for row in explain.rows_of(document):
        mark = Text("▸" if row.settles else "", style=_SIDE_STYLES[row.side])
        asks = [Text(row.asks, style="dim")] if with_question else []
        table.add_row(mark, row.row, *asks, Text(row.says, style=_SIDE_STYLES[row.side]), _because(row))
    return table


def show_plan(document: Mapping[str, Any]) -> None:
    """Prints the plan of a decision: each step with its request, what stands in the way, what a person has to do."""
    plan = document["plan"]
    if not plan["steps"] and not plan.get("problems"):
        console.print("Nothing to do: the ticket stays as it is.")
    for number, step in enumerate(plan["steps"], 1):
        mark = _STATUS_MARKS.get(step["status"], "·")
        console.print(Text(f"{mark} {number:2} {explain.safe(step['title'])}"), soft_wrap=True)
        console.print(Text(f"     {step['method']} {step['path']}", style="dim"), soft_wrap=True)
        if step.get("said"):
            say(f"     {step['said']}")
    for problem in plan.get("problems", ()):
        console.print(Text(f"! {problem['text']}", style="yellow"), soft_wrap=True)
    for todo in plan.get("todos", ()):
        console.print(Text(f"By hand: {todo}"), soft_wrap=True)


def show_decision(document: Mapping[str, Any]) -> None:
    """Prints a decision of the journal."""
    show_chart(document, summary=document.get("summary", ""))
    show_plan(document)
    project = f", project {document['project_id']}" if document.get("project_id") else ""
    say(f"Decision {document['id']}: {document['status']}{project}. {document.get('said') or ''}")


def say(text: str) -> None:
    """Prints a sentence, whatever is in it, as plain text."""
    console.print(Text(text), soft_wrap=True)


def _because(row: explain.RowView) -> Text:
    if not row.source:
        return Text(row.fact or "-", style="dim")
    more = f"; {row.more} more" if row.more else ""
    return Text(row.fact).append(f" ({row.where}{more})", style="dim")
