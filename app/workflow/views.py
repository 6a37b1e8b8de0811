"""Decisions and runs as the interface shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.connectwise import patch_body
from app.storage import DecisionRow, RunRow, StepRow

LARGEST_ID = 2**53 - 1
"""No ticket's or record's id is larger: more than a JSON number holds exactly is none."""
LONGEST_REASON = 2000
"""Characters of a person's reason that are kept."""


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as its caller sees it. `settled`: it has ended; `error` says what it waits for or died of."""

    run_id: str
    settled: bool
    decision: dict[str, Any] | None
    error: str | None
    status: int = 0
    """404 where the ticket does not exist, 409 where it cannot be decided; 0 otherwise."""
    way_back: dict[str, Any] | None = None
    """Without a decision: the applied one that keeps the ticket where it is, see `way_back_json`."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some decisions, newest first, and where the next page begins."""

    items: list[dict[str, Any]]
    next_cursor: str | None


def decision_json(
    row: DecisionRow, steps: Sequence[StepRow], words: Sequence[RunRow] = (), *, link: str = ""
) -> dict[str, Any]:
    """A decision with its plan, and the steps of an undo where there was one. `link`: opens the ticket in ConnectWise.

    `words`: the runs by which people said something about it.
    """
    planned = [step for step in steps if not step.key.startswith("undo-")]
    undone = [step for step in steps if step.key.startswith("undo-")]
    document = row.document
    shown = {
        "id": row.id,
        "ticket_id": row.ticket_id,
        "link": link,
        "summary": document.get("summary", ""),
        "decided_at": short_instant(row.decided_at),
        "trigger": row.trigger,
        "mode": row.mode,
        "outcome": row.outcome,
        "candidates": document.get("candidates", []),
        "question": document.get("question"),
        "rule": document.get("rule", ""),
        "settled_by": document.get("settled_by", []),
        "exception": document.get("exception"),
        "findings": document.get("findings", []),
        "read": document.get("read", []),
        "chart": document.get("chart"),
        "asked": document.get("asked"),
        "words": [_word(run) for run in words],
        "grown": document.get("grown", []),
        "plan": {
            "steps": [step_json(step.step, step) for step in planned],
            "problems": document.get("problems", []),
            "todos": document.get("todos", []),
        },
        "brief": document.get("brief"),
        "status": row.status,
        "ended_as": document.get("ended_as"),
        "answered": document.get("answered"),
        "replaced_by": document.get("replaced_by"),
        "said": row.said,
        "project_id": row.project_id,
    }
    return shown | ({"undo": {"steps": [step_json(step.step, step) for step in undone]}} if undone else {})


def _word(run: RunRow) -> dict[str, Any]:
    """What a person said by this run, when, and why; a run that decides again only repeats what was said before it."""
    said = {"carry-out": "approved", "undo": "had it undone"}.get(run.kind)
    said = said or (f"chose {run.outcome}" if run.outcome else "ran the ticket again")
    if run.kind == "triage" and run.trigger == "update":
        said = f"{said} before"
    return {"said": said, "reason": run.reason, "at": short_instant(run.created_at)}


def standing(status: str, document: Mapping[str, Any]) -> str:
    """How a decision stands, in words: one that ended without being rejected by anybody says as what."""
    if answered := document.get("answered"):
        return f"answered by {answered['by']}: {answered['outcome']}"
    return str(document.get("ended_as") or status)


def way_back_json(applied: DecisionRow) -> dict[str, Any]:
    """What keeps a ticket where it is although it is to be a service ticket: that is taken back by undo, not by another outcome."""
    text = (
        f"The ticket stays as the decision of {applied.decided_at:%Y-%m-%d} made it ({applied.outcome}). "
        f"To take that back, undo that decision: miniprojects undo {applied.id}"
    )
    return {"decision_id": applied.id, "outcome": applied.outcome, "text": text}


def run_json(run: RunRow) -> dict[str, Any]:
    """A run with how it stands and what it said last."""
    return {
        "run_id": run.id,
        "ticket_id": run.ticket_id,
        "kind": run.kind,
        "trigger": run.trigger,
        "mode": run.mode,
        "outcome": run.outcome,
        "reason": run.reason,
        "state": run.state,
        "settled": not run.is_open,
        "said": run.said,
        "decision_id": run.decision_id,
        "created_at": short_instant(run.created_at),
    }


def step_json(planned: dict[str, Any], row: StepRow | None = None) -> dict[str, Any]:
    """A step as a person reads it: the request, with the references filled once it is done."""
    step = (row.resolved if row else None) or planned
    status = row.status if row else "planned"
    body = patch_body(step["wish"]) if step["kind"] == "patch" else step["body"]
    shown = {name: step[name] for name in ("key", "kind", "title", "method", "path")}
    shown |= {"body": body, "status": "already-done" if status == "left" else status, "left": status == "left"}
    return shown | ({"said": row.said} if row and row.said else {})


def short_instant(moment: datetime) -> str:
    """UTC with whole seconds, as ConnectWise writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
