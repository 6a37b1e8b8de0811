"""Results for errors of steps and of ConnectWise: whether the run waits, ends or fails. The one place that translates."""

from __future__ import annotations

from datetime import timedelta

import structlog

from app.connectwise import ConnectWiseError, NotAServiceTicket, NotFound
from app.domain.enums import DecisionStatus, RunKind, RunState
from app.storage import RunRow
from app.storage.decision_changes import settled
from app.workflow.context import WorkflowContext
from app.workflow.engine.results import Done, Failed, RunResult, Wait
from app.workflow.errors import WorkflowError, WriteNotApplied, WriteOutcomeUnknown, WritesPaused
from app.workflow.tickets.mode_gate import PAUSED_POLL
from app.workflow.tickets.recheck import DELETED, is_deleted

log = structlog.get_logger()

_ATTEMPTS_WITHOUT_EFFECT = 5
_LONGEST_WAIT = 300.0
_ATTEMPTS_UNTOLD = 5
"""After so many attempts a person may have to do something; before, waiting alone usually helps."""


async def result_of(context: WorkflowContext, run: RunRow, error: WorkflowError | ConnectWiseError) -> RunResult:
    """What an error means for the run."""
    if isinstance(error, WriteOutcomeUnknown):
        return Wait(error.until, str(error))
    if isinstance(error, WritesPaused):
        return Wait(context.now() + PAUSED_POLL, str(error), is_attempt=False)
    decision_id = await _decision_of(context, run)
    missing = isinstance(error, NotFound) and error.of_a_record
    if (missing or isinstance(error, NotAServiceTicket)) and not decision_id:
        return Done(str(error), state=RunState.MISSING if missing else RunState.ENDED)
    waiting_helps, retry_after = _retry(run, error)
    too_old = context.now() - run.created_at > context.config.give_up_after
    if waiting_helps and not too_old:
        delay = retry_delay(run.attempts, first=context.config.first_wait, requested=retry_after)
        if run.attempts >= _ATTEMPTS_UNTOLD:
            await _tell(context, run, decision_id, str(error))
        return Wait(context.now() + delay, str(error))
    gone = missing and run.kind is not RunKind.UNDO and await is_deleted(context, run.ticket_id)
    return await failed(context, run, DELETED if gone else str(error))


async def failed(context: WorkflowContext, run: RunRow, message: str) -> Failed:
    """The run has failed, and with it the decision that it has by now."""
    decision_id = await _decision_of(context, run)
    if decision_id is None:
        return Failed(message)
    change = settled(decision_id, to=DecisionStatus.FAILED, message=message, now=context.now())
    return Failed(message, also=change)


async def _tell(context: WorkflowContext, run: RunRow, decision_id: str | None, reason: str) -> None:
    """Says on the running decision and in the log what a run keeps waiting for, until when, and what a person can do."""
    until = run.created_at + context.config.give_up_after
    message = (
        f"Waits since {run.attempts} attempts, until {until:%Y-%m-%d %H:%M} UTC at most: {reason} The run continues by itself "
        "once that is corrected; miniprojects doctor checks the connection and each right."
    )
    log.warning("run.waits-long", run=run.id, ticket=run.ticket_id, attempts=run.attempts, reason=reason)
    if decision_id is not None:
        running = DecisionStatus.RUNNING
        await context.decisions.set_status(
            decision_id, to=running, message=message, now=context.now(), only_from=(running,)
        )


def retry_delay(attempts: int, *, first: float, requested: float | None) -> timedelta:
    """How long to wait before the next attempt: what ConnectWise requested, else doubling, at most five minutes."""
    doubled = min(first * 2**attempts, _LONGEST_WAIT)
    return timedelta(seconds=max(doubled, requested or 0.0))


def _retry(run: RunRow, error: WorkflowError | ConnectWiseError) -> tuple[bool, float | None]:
    """Whether waiting helps, and the seconds that ConnectWise requested."""
    if isinstance(error, ConnectWiseError):
        return error.waiting_helps, error.retry_after
    return isinstance(error, WriteNotApplied) and run.attempts < _ATTEMPTS_WITHOUT_EFFECT, None


async def _decision_of(context: WorkflowContext, run: RunRow) -> str | None:
    """The decision that the run has by now; it may have been made after the run was claimed."""
    current = await context.runs.get(run.id)
    return current.decision_id if current else run.decision_id
