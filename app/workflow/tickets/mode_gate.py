"""What the service's present mode holds back of what an earlier mode, or nobody's word, has begun."""

from __future__ import annotations

from datetime import timedelta

from app.storage import RunRow
from app.workflow.context import WorkflowContext
from app.workflow.errors import WritesPaused

BRAKE_LOOKS_EVERY = timedelta(seconds=15)
_LESS_FIRST = ("dry-run", "review", "live")
BY_ITSELF = ("callback", "reconcile")
"""Triggers that no person and no earlier decision stands behind."""


def brake(parts: WorkflowContext, run: RunRow) -> None:
    """Raises Braked where the mode is dry-run, unless a person has asked for this run by name since it is.

    Such a word is a reclassification with a mode of its own, or an undo.
    """
    explicit = run.kind == "undo" or (run.kind == "triage" and run.trigger == "reclassify")
    if parts.config.mode == "dry-run" and not (explicit and run.created_at > parts.started):
        raise WritesPaused


def mode_now(parts: WorkflowContext, run: RunRow) -> str:
    """How far a run may go: as it was opened, and where it came by itself no further than the present mode."""
    if run.trigger not in BY_ITSELF:
        return run.mode
    return min(run.mode, parts.config.mode, key=_LESS_FIRST.index)
