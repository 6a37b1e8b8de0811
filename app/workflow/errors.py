"""Errors of the workflow. Inside it results carry the expected flow; these end a request or a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


class WorkflowError(Exception):
    """Base class. The text is a sentence for a person."""


class NotFoundError(WorkflowError):
    """No such decision, run or ticket exists."""


class ConflictError(WorkflowError):
    """The record exists, but its status does not allow this."""


class InvalidRequest(WorkflowError):
    """A value that a person has given cannot be used."""


@dataclass(frozen=True, slots=True)
class BriefProblem:
    """One field of a brief with what is wrong, and the values that it takes where those can be listed."""

    field: str
    message: str
    code: str = "brief-invalid"
    allowed: Sequence[Any] = ()

    def to_json(self) -> dict[str, Any]:
        """The problem as a member of an error response."""
        shown = {"code": self.code, "field": self.field, "message": self.message}
        return shown | ({"allowed": list(self.allowed)} if self.allowed else {})


class BriefRejected(WorkflowError):
    """A person's values do not fit the brief; nothing was changed."""

    def __init__(self, problems: Sequence[BriefProblem]) -> None:
        super().__init__(" ".join(f"{problem.field}: {problem.message}" for problem in problems))
        self.problems = tuple(problems)


class BriefIncomplete(ConflictError):
    """A brief cannot be approved: fields are open, or it is not the brief that the person has seen."""

    def __init__(self, text: str, *, code: str, problems: Sequence[BriefProblem] = ()) -> None:
        super().__init__(text)
        self.code = code
        self.problems = tuple(problems)


class ConnectWiseUnavailable(WorkflowError):
    """ConnectWise cannot be read, so nothing was changed; a retry helps."""


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


class WritesPaused(WorkflowError):
    """An admin has paused writing; the run continues when writing is resumed."""


class WriteNotApplied(WorkflowError):
    """ConnectWise reported success, but reading back does not show it. A retry may help."""
