"""The filled-in chart on a terminal: six rows with the fact that settled each, then the plan, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.chart import explain
from app.workflow.views import status_text

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
_LEFT_MARK = "-"
"""A step that leaves as it is what a person has made of it."""

_NARROWEST = 40
"""A terminal of fewer columns breaks the lines itself; a table in them would lose its words."""


def terminal() -> Console:
    """Standard output, for tables and coloured text."""
    found = Console(highlight=False)
    found.width = max(found.width, _NARROWEST)
    return found


console = terminal()


def show_chart(document: Mapping[str, Any], *, summary: str) -> None:
    """Prints a decision (its JSON): the outcome and why, then the six rows, those that decided marked."""
    console.print(
        Text(f"Ticket {document['ticket_id']}  ", style="bold").append(explain.safe(summary), style="default")
    )
    style = OUTCOME_STYLES.get(document["outcome"], "bold")
    console.print(Text("→ ").append(explain.headline(document), style=style))
    chosen = "Chosen by a person. The chart: " if (document.get("asked") or {}).get("outcome") else ""
    console.print(Padding(Text(chosen + explain.because(document)), (0, 0, 0, 2)))
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
        say(_nothing_planned(document))
    _show_steps(plan["steps"])
    for problem in plan.get("problems", ()):
        console.print(Text(f"! {problem['text']}", style="yellow"), soft_wrap=True)
    for todo in plan.get("todos", ()):
        console.print(Text(f"By hand: {todo}"), soft_wrap=True)


def _nothing_planned(document: Mapping[str, Any]) -> str:
    if way_back := document.get("way_back"):
        return str(way_back["text"])
    if document["outcome"] != "review":
        return "Nothing to do: the ticket stays as it is."
    ways = " or ".join(f"--outcome {one}" for one in document.get("candidates") or ("OUTCOME",))
    return f"No step is planned before a person has decided: miniprojects reclassify {document['ticket_id']} {ways}."


def _show_steps(steps: Sequence[Mapping[str, Any]]) -> None:
    for number, step in enumerate(steps, 1):
        mark = _LEFT_MARK if step.get("left") else _STATUS_MARKS.get(step["status"], "·")
        console.print(Text(f"{mark} {number:2} {explain.safe(step['title'])}"), soft_wrap=True)
        console.print(Text(f"     {step['method']} {step['path']}", style="dim"), soft_wrap=True)
        if step.get("said"):
            say(f"     {step['said']}")


def show_decision(document: Mapping[str, Any]) -> None:
    """Prints a decision of the journal."""
    show_chart(document, summary=document.get("summary", ""))
    show_plan(document)
    _show_words(document)
    project = f", project {document['project_id']}" if document.get("project_id") else ""
    stands = status_text(document["status"], document.get("ended_as"), document.get("answered"))
    say(f"Decision {document['id']}: {stands}{project}. {document.get('said') or ''}".rstrip())


def _show_words(document: Mapping[str, Any]) -> None:
    """Prints what people said to it, and why."""
    for word in document.get("words", ()):
        reason = f": “{explain.safe(word['reason'])}”" if word["reason"] else ""
        say(f"A person {word['said']} ({word['at']}){reason}")


def show_taken_back(document: Mapping[str, Any]) -> None:
    """Prints what an undo has put back and removed, and what it has left as people made it."""
    steps = document.get("undo", {}).get("steps", [])
    title = Text(f"Ticket {document['ticket_id']}  ", style="bold")
    console.print(title.append(explain.safe(document.get("summary", "")), style="default"))
    console.print(f"Taken back from the decision {document['id']}:" if steps else "Nothing was taken back.")
    _show_steps(steps)
    _show_words(document)
    words = [f"Decision {document['id']}: {document['status']}.", document.get("said") or ""]
    if number := document.get("project_id"):
        gone = any(step["path"] == f"/project/projects/{number}" and _is_done(step) for step in steps)
        words.append(f"Project {number} {'is removed' if gone else 'stays'}.")
    say(" ".join(filter(None, words)))


def _is_done(step: Mapping[str, Any]) -> bool:
    return step["status"] in ("done", "already-done") and not step.get("left")


def say(text: str) -> None:
    """Prints a sentence, whatever is in it, as plain text."""
    console.print(Text(text), soft_wrap=True)


def _because(row: explain.RowView) -> Text:
    if not row.source:
        return Text(row.fact or "-", style="dim")
    more = f"; {row.more} more" if row.more else ""
    return Text(row.fact).append(f" ({row.where}{more})", style="dim")
