"""Which runs the present mode and the hourly number of writes allow to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from app.domain.enums import Mode, RunKind, Trigger
from app.storage import RunRow, count_writes
from app.workflow.context import WorkflowContext

AUTOMATIC = (Trigger.CALLBACK, Trigger.RECONCILE)
"""Triggers without a person or an earlier decision behind them."""
REVIEW_MODE = "Review mode: a person approves each plan."
PAUSED = "MODE is dry-run, so nothing is written. The run continues once MODE is review or live."
_OVER_LIMIT = "planned exceed MAX_WRITES_PER_HOUR"
PAUSED_POLL = timedelta(seconds=15)
"""How long a paused run waits before it looks at the mode again."""
_MOST_CAUTIOUS_FIRST = (Mode.DRY_RUN, Mode.REVIEW, Mode.LIVE)


def writes_paused(context: WorkflowContext, run: RunRow) -> bool:
    """Whether the mode is dry-run and no person has requested this run since then.

    Such a request is a reclassification with an explicit mode, or an undo.
    """
    requested = run.kind is RunKind.UNDO or (run.kind is RunKind.CLASSIFY and run.trigger is Trigger.RECLASSIFY)
    return context.config.mode is Mode.DRY_RUN and not (requested and run.created_at > context.started)


def effective_mode(context: WorkflowContext, run: RunRow) -> Mode:
    """The mode of a run; an automatic one is limited by the present mode."""
    if run.trigger not in AUTOMATIC:
        return run.mode
    return min(run.mode, context.config.mode, key=_MOST_CAUTIOUS_FIRST.index)


def over_write_limit(reserved: int, plan: Sequence[Mapping[str, Any]], *, most: int) -> str | None:
    """Why a plan waits for a person, where its writes would exceed the hourly number; else None.

    `reserved`: the writes of the last hour and those that open runs may still send.
    """
    planned = count_writes(plan)
    if reserved + planned <= most:
        return None
    return (
        f"{reserved} writes in the last hour or in progress and {planned} {_OVER_LIMIT} ({most}). Approve to continue."
    )


def exceeds_write_limit(message: str) -> bool:
    """Whether the message of a waiting decision is that of `over_write_limit`."""
    return _OVER_LIMIT in message
