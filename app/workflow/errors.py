"""Errors of the workflow. Inside it results carry the expected flow; these end a request or a step."""

from __future__ import annotations

from datetime import datetime
from typing import Any


class WorkflowError(Exception):
    """Base class. The text is a sentence for a person."""


class NotFoundError(WorkflowError):
    """No such decision, run or ticket exists."""


class ConflictError(WorkflowError):
    """The record exists, but its status does not allow this."""


class WorkerCrashed(WorkflowError):
    """The process that evaluates an audit's tickets crashed, and so did its replacement."""

    def __init__(self) -> None:
        super().__init__(
            "A process that judges tickets has died, and the one in its place, too (out of memory?). Nothing is lost; "
            "try again once there is room."
        )


class RunAborted(WorkflowError):
    """A step must not continue: it would guess, overwrite a person's work or lose something.

    `result`: what the step has created all the same, so that undo knows it.
    """

    def __init__(self, text: str, *, result: Any = None) -> None:
        super().__init__(text)
        self.result = result


class WriteOutcomeUnknown(WorkflowError):
    """A write was sent and its answer is missing; ConnectWise may still execute it until `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__("The result of the last write is not known yet. ConnectWise is checked again shortly.")
        self.until = until


class WriteNotApplied(WorkflowError):
    """ConnectWise reported success, but reading back does not show it. A retry may help."""
