"""Takes a run from a process that stopped without dying, on a person's request.

On PostgreSQL such a process (paused, or cut off from everything but the database) holds the lock of its ticket as long as
its connection lives. The connection is ended first: the process can then prove its right to write no more.
"""

from __future__ import annotations

import structlog

from app.domain.enums import RunState
from app.storage import RunRow, TrailEntry
from app.storage.ticket_locks import end_holder
from app.workflow.context import WorkflowContext
from app.workflow.errors import ConflictError, NotFoundError

log = structlog.get_logger()


async def take_over(context: WorkflowContext, run_id: str, *, by: str) -> None:
    """Ends the holder's connection and queues the run again. Raises NotFoundError, ConflictError or StoreUnavailable."""
    run = await context.runs.get(run_id)
    if run is None:
        raise NotFoundError(f"There is no run {run_id}.")
    await _check_stalled(context, run)
    ended = await end_holder(context.database, run.ticket_id)
    message = f"Taken over by {by} from a process that made no progress."
    entry = TrailEntry(by, "took over a run", context.now(), run.ticket_id, run.decision_id, run.id)
    taken = await context.runs.take_back(run.id, message=message, entry=entry)
    log.warning("run.taken-over", run=run.id, ticket=run.ticket_id, by=by, connection_ended=ended, queued=taken)


async def _check_stalled(context: WorkflowContext, run: RunRow) -> None:
    """Raises ConflictError unless the run is held by a process that makes no progress."""
    if not run.is_open:
        raise ConflictError(f"The run has ended ({run.state}); there is nothing to take over.")
    if run.state is not RunState.WORKING:
        raise ConflictError(f"The run is {run.state}: no process holds it, and it continues without a takeover.")
    if context.database.is_sqlite:
        process = context.database.dispatching_process() or "(unknown)"
        raise ConflictError(
            f"On SQLite one process works on the file. End process {process}; the next one that starts continues the run."
        )
    if run.id not in {stalled.id for stalled in await context.runs.stalled(now=context.now())}:
        lease = context.config.lease.total_seconds()
        raise ConflictError(
            f"The run is being worked on: its process was there less than {2 * lease:.0f} s ago. Try again after that time."
        )
