"""The filled-in chart on a terminal: six rows with the fact that settled each, then the plan, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
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
_STATUS_MARKS = {"planned": "·", "done": "✓", "already-done": "✓", "failed": "✗"}

console = Console(highlight=False)


def show_chart(document: Mapping[str, Any], *, summary: str) -> None:
    """Prints the rows of a decision (its JSON) as a table, with the sentence that decided."""
    console.print(
        Text(f"Ticket {document['ticket_id']}  ", style="bold").append(explain.safe(summary), style="default")
    )
    table = Table(show_edge=False, pad_edge=False, box=None, header_style="dim")
    for name, width in (("Row", 10), ("Says", 9), ("Because", None)):
        table.add_column(name, width=width, overflow="fold")
    for finding in document["findings"]:
        side = "contested" if finding.get("contested") else finding["points_to"]
        table.add_row(finding["criterion"], Text(_side(side), style=_SIDE_STYLES[side]), _because(finding["reasons"]))
    console.print(table)
    outcome = document["outcome"]
    line = Text("→ ").append(outcome, style=OUTCOME_STYLES.get(outcome, "bold"))
    console.print(line.append(f"  {document.get('rule') or ''}", style="default"))
    if outcome == "review":
        console.print(
            f"  Between {' and '.join(document['candidates'])}. {document.get('question') or ''}", soft_wrap=True
        )


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


def _side(side: str) -> str:
    return {"unknown": "no hint"}.get(side, side)


def _because(reasons: list[Mapping[str, str]]) -> Text:
    if not reasons:
        return Text("-", style="dim")
    best = reasons[0]
    quoted = f": “{explain.safe(best['value'])[:80]}”" if best["value"] else ""
    text = Text(f"{best['text']}{quoted}")
    threshold = f", held against {best['threshold']}" if best["threshold"] else ""
    return text.append(f"  ({best['source']}{threshold})", style="dim")
