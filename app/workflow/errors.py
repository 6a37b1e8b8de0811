"""What can go wrong with a run, and whether waiting helps."""

from __future__ import annotations

from datetime import datetime
from typing import Any


class WorkflowError(Exception):
    """Any trouble that the doors turn into an answer; the text is a sentence for a person."""


class NotFoundError(WorkflowError):
    """There is no such decision, run or ticket."""


class ConflictError(WorkflowError):
    """It exists, but this cannot be done with it as it stands."""


class WorkerCrashed(WorkflowError):
    """The process that judges an audit's tickets has died, and so has the one that took its place."""

    def __init__(self) -> None:
        super().__init__(
            "A process that judges tickets has died, and the one in its place, too (out of memory?). Nothing is lost; "
            "try again once there is room."
        )


class RunAborted(WorkflowError):
    """The run must not go on: going on would guess, overwrite a person's work or lose something.

    `result` is what the step made all the same, so that undo knows it.
    """

    def __init__(self, text: str, *, result: Any = None) -> None:
        super().__init__(text)
        self.result = result


class WriteOutcomeUnknown(WorkflowError):
    """A write was sent a moment ago and its answer is not known; ConnectWise may still be at it until `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__("The answer to the last write is not known yet; ConnectWise is looked at again in a moment.")
        self.until = until


class WritesPaused(WorkflowError):
    """The service's mode allows no writes now; the run goes on once it does."""

    def __init__(self) -> None:
        super().__init__("MODE is dry-run, so nothing is written; the run goes on once MODE is review or live.")


class WriteNotApplied(WorkflowError):
    """ConnectWise answered as if it had worked, but reading back shows that it has not. Trying again may help."""
