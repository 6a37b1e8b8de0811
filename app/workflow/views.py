"""Decisions and runs as JSON of the interface, whose members keep their names (`said`, `ended_as`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.connectwise import patch_body
from app.domain.enums import RunKind, StepStatus, Trigger
from app.planning.brief.patch import CHOICES
from app.storage import A_PERSON, DecisionRow, ManualActionRow, RunRow, StepRow, TrailEntry
from app.storage.brief_values import EDITABLE
from app.storage.clock import parse_instant
from app.workflow.money_box import money_box

LARGEST_ID = 2**53 - 1
"""Largest id that a JSON number holds exactly."""
LONGEST_REASON = 2000
"""Characters of a person's reason that are stored."""


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as its caller sees it. `settled`: it has ended; `error`: what it waits for, or why it failed."""

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
    row: DecisionRow, steps: Sequence[StepRow], comments: Sequence[RunRow] = (), *, link: str = ""
) -> dict[str, Any]:
    """A decision with its plan and its undo. `comments`: the runs that people started on it; `link`: opens the ticket."""
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
        "facts": document.get("facts", []),
        "trace": document.get("trace", []),
        "read": document.get("read", []),
        "chart": document.get("chart"),
        "model": document.get("model"),
        "asked": document.get("asked"),
        "words": [*map(_comment, comments), *_rejection(document)],
        "grown": document.get("grown", []),
        "plan": _plan(document, steps),
        "brief": _brief(row),
        "status": row.status,
        "ended_as": row.closed_reason,
        "answered": document.get("answered"),
        "replaced_by": document.get("replaced_by"),
        "said": row.message,
        "project_id": row.project_id,
    }
    undone = [step_json(step.step, step) for step in steps if _is_undo(step)]
    return shown | ({"undo": {"steps": undone}} if undone else {})


def _brief(row: DecisionRow) -> dict[str, Any] | None:
    """The brief with its money box; `editable`: whether a person may change it."""
    brief = row.document.get("brief")
    if not brief:
        return None
    editable = row.status in EDITABLE and bool(row.evidence)
    return {
        **brief,
        "editable": editable,
        "choices": {name: list(CHOICES[name]) for name in CHOICES},
        "money": money_box(brief),
    }


def _plan(document: Mapping[str, Any], steps: Sequence[StepRow]) -> dict[str, Any]:
    return {
        "steps": [step_json(step.step, step) for step in steps if not _is_undo(step)],
        "problems": document.get("problems", []),
        "todos": document.get("todos", []),
    }


def _is_undo(step: StepRow) -> bool:
    return step.key.startswith("undo-")


def _comment(run: RunRow) -> dict[str, Any]:
    """What a person chose by this run, when and why; a run that decides again repeats an earlier choice."""
    choice = {RunKind.APPLY: "approved", RunKind.UNDO: "had it undone"}.get(run.kind)
    choice = choice or (f"chose {run.outcome}" if run.outcome else "ran the ticket again")
    if run.kind is RunKind.CLASSIFY and run.trigger is Trigger.UPDATE:
        choice = f"{choice} before"
    by = run.requested_by or A_PERSON
    return {"said": choice, "by": by, "reason": run.reason, "at": short_instant(run.created_at)}


def _rejection(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Who rejected the decision; it has no run."""
    rejected = document.get("rejected")
    if not rejected:
        return []
    at = short_instant(parse_instant(rejected["at"]))
    return [{"said": "rejected", "by": rejected["by"], "reason": rejected["reason"], "at": at}]


def trail_json(entry: TrailEntry) -> dict[str, Any]:
    """An entry of the audit trail."""
    return {
        "id": entry.id, "when": short_instant(entry.at), "who": entry.who, "what": entry.what,
        "ticket_id": entry.ticket_id, "decision_id": entry.decision_id, "detail": entry.detail,
    }  # fmt: skip


def status_text(status: str, closed_reason: str | None, answered: Mapping[str, Any] | None) -> str:
    """The status in words; a decision that no person rejected shows why it was closed."""
    if answered:
        return f"answered by {answered['by']}: {answered['outcome']}"
    return closed_reason or status


def status_of(row: DecisionRow) -> str:
    """The status of a stored decision in words."""
    return status_text(row.status, row.closed_reason, row.document.get("answered"))


def way_back_json(applied: DecisionRow) -> dict[str, Any]:
    """The decision that keeps a ticket where it is although it counts as a service ticket; undo brings it back."""
    text = (
        f"The ticket stays as the decision of {applied.decided_at:%Y-%m-%d} made it ({applied.outcome}). "
        f"To take that back, undo that decision: miniprojects undo {applied.id}"
    )
    return {"decision_id": applied.id, "outcome": applied.outcome, "text": text}


def run_json(run: RunRow) -> dict[str, Any]:
    """A run with its state and its last message."""
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
        "said": run.message,
        "decision_id": run.decision_id,
        "created_at": short_instant(run.created_at),
    }


def step_json(planned: dict[str, Any], row: StepRow | None = None) -> dict[str, Any]:
    """A step as a person reads it; its references are filled once it is done."""
    step = (row.resolved if row else None) or planned
    status = row.status if row else StepStatus.PLANNED
    left = status is StepStatus.LEFT
    body = patch_body(step["wish"]) if step["kind"] == "patch" else step["body"]
    shown = {name: step[name] for name in ("key", "kind", "title", "method", "path")}
    shown |= {"body": body, "status": StepStatus.ALREADY_DONE if left else status, "left": left}
    return shown | ({"said": row.message} if row and row.message else {})


def action_json(row: ManualActionRow) -> dict[str, Any]:
    """A manual action with its state."""
    done_at = short_instant(parse_instant(row.done_at)) if row.done_at else None
    return {
        "id": row.id, "ticket_id": row.ticket_id, "decision_id": row.decision_id, "kind": row.kind, "text": row.text,
        "customer": row.customer, "amount": row.amount, "currency": row.currency, "due": row.due, "state": row.state,
        "created_at": short_instant(parse_instant(row.created_at)), "done_by": row.done_by, "done_at": done_at,
    }  # fmt: skip


def short_instant(moment: datetime) -> str:
    """UTC with whole seconds, as ConnectWise writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
