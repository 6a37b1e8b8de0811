"""A decision on a terminal: six rows with the deciding fact of each, then the steps of the plan."""

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
"""Columns from which the rows' questions are shown as well."""
_STATUS_WORDS = {"awaiting-review": "needs review", "nothing-to-do": "no change"}
_ACTIONS = {"had it undone": "Undone", "ran the ticket again": "Run again"}
_STATUS_MARKS = {"planned": "·", "done": "✓", "already-done": "✓", "failed": "✗"}
_SKIPPED_MARK = "-"
"""A step that was skipped because a person has changed its record since."""

_NARROWEST = 40
"""Columns below which a table would lose words; a narrower terminal wraps the lines itself."""


def terminal() -> Console:
    """A console on the current standard output, for tables and coloured text."""
    found = Console(highlight=False)
    found.width = max(found.width, _NARROWEST)
    return found


def shown_status(document: Mapping[str, Any]) -> str:
    """The status of a decision in the displayed words."""
    found = status_text(document["status"], document.get("ended_as"), document.get("answered"))
    return _STATUS_WORDS.get(found, found)


def show_chart(document: Mapping[str, Any], *, summary: str) -> None:
    """Print a decision (as JSON): outcome and reason, then the six rows; deciding rows are marked."""
    terminal().print(
        Text(f"Ticket {document['ticket_id']}  ", style="bold").append(explain.safe(summary), style="default")
    )
    style = OUTCOME_STYLES.get(document["outcome"], "bold")
    terminal().print(Text("→ ").append(explain.headline(document), style=style))
    chosen = "Chosen by a person. Chart: " if (document.get("asked") or {}).get("outcome") else ""
    terminal().print(Padding(Text(chosen + explain.because(document)), (0, 0, 0, 2)))
    if asked := explain.question(document):
        terminal().print(Padding(Text(asked, style="bold"), (0, 0, 0, 2)))
    if said := explain.readers(document):
        problem = (document.get("model") or {}).get("problem") or ""
        terminal().print(Padding(Text(f"{said} {explain.safe(problem)}".rstrip(), style="dim"), (0, 0, 0, 2)))
    terminal().print()
    terminal().print(_rows(document, with_question=terminal().width >= _WIDE))
    terminal().print()


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
    """Print the plan of a decision: each step with its request, blockers, and manual actions."""
    plan = document["plan"]
    if not plan["steps"] and not plan.get("problems"):
        say(_nothing_planned(document))
    _show_steps(plan["steps"])
    for problem in plan.get("problems", ()):
        terminal().print(Text(f"! {problem['text']}", style="yellow"), soft_wrap=True)
    for todo in plan.get("todos", ()):
        terminal().print(Text(f"Manual action: {todo}"), soft_wrap=True)


def _nothing_planned(document: Mapping[str, Any]) -> str:
    if way_back := document.get("way_back"):
        return str(way_back["text"])
    if document["outcome"] != "review":
        return "No change."
    choices = " or ".join(f"--outcome {one}" for one in document.get("candidates") or ("OUTCOME",))
    return f"Needs review. To decide: miniprojects reclassify {document['ticket_id']} {choices}"


def _show_steps(steps: Sequence[Mapping[str, Any]]) -> None:
    for number, step in enumerate(steps, 1):
        mark = _SKIPPED_MARK if step.get("left") else _STATUS_MARKS.get(step["status"], "·")
        terminal().print(Text(f"{mark} {number:2} {explain.safe(step['title'])}"), soft_wrap=True)
        terminal().print(Text(f"     {step['method']} {step['path']}", style="dim"), soft_wrap=True)
        if step.get("said"):
            say(f"     {step['said']}")


def show_decision(document: Mapping[str, Any]) -> None:
    """Print a stored decision."""
    show_chart(document, summary=document.get("summary", ""))
    show_plan(document)
    _show_comments(document)
    project = f", project {document['project_id']}" if document.get("project_id") else ""
    state = shown_status(document)
    say(f"Decision {document['id']}: {state}{project}. {document.get('said') or ''}".rstrip())


def _show_comments(document: Mapping[str, Any]) -> None:
    """Print what people did with it, and why."""
    for word in document.get("words", ()):
        reason = f": “{explain.safe(word['reason'])}”" if word["reason"] else ""
        say(f"{_action(word['said'])} by {explain.safe(word['by'])} ({word['at']}){reason}")


def _action(name: str) -> str:
    """What a person did, as a participle: “chose project” as “Chosen (project)”."""
    verb, _, rest = name.partition(" ")
    if verb == "chose":
        return f"Chosen ({rest})"
    return _ACTIONS.get(name, name.capitalize())


def show_undo(document: Mapping[str, Any]) -> None:
    """Print what an undo has reverted and removed, and what it has skipped because people changed it."""
    steps = document.get("undo", {}).get("steps", [])
    title = Text(f"Ticket {document['ticket_id']}  ", style="bold")
    terminal().print(title.append(explain.safe(document.get("summary", "")), style="default"))
    terminal().print(f"Undone of decision {document['id']}:" if steps else "Nothing was undone.")
    _show_steps(steps)
    _show_comments(document)
    words = [f"Decision {document['id']}: {shown_status(document)}.", document.get("said") or ""]
    if number := document.get("project_id"):
        gone = any(step["path"] == f"/project/projects/{number}" and _is_done(step) for step in steps)
        words.append(f"Project {number} {'was removed' if gone else 'was kept'}.")
    say(" ".join(filter(None, words)))


def _is_done(step: Mapping[str, Any]) -> bool:
    return step["status"] in ("done", "already-done") and not step.get("left")


def say(text: str) -> None:
    """Print a sentence as plain text, never as markup."""
    terminal().print(Text(text), soft_wrap=True)


def _because(row: explain.RowView) -> Text:
    if not row.source:
        return Text(row.fact or "-", style="dim")
    more = f"; {row.more} more" if row.more else ""
    return Text(row.fact).append(f" ({row.where}{more})", style="dim")
