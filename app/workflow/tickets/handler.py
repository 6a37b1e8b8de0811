"""Handles the runs of tickets."""

from __future__ import annotations

import structlog

from app.connectwise import ConnectWiseError
from app.domain.enums import DecisionStatus, RunKind
from app.storage import DecisionRow, RunRow
from app.workflow.context import WorkflowContext
from app.workflow.engine.results import Done, Failed, RunResult, Wait
from app.workflow.errors import WorkflowError
from app.workflow.tickets.decide_run import decide_ticket
from app.workflow.tickets.execute import execute_decision
from app.workflow.tickets.failures import failed, result_of
from app.workflow.tickets.recheck import recheck_ticket

log = structlog.get_logger()


class TicketRunHandler:
    """Decides, rechecks, applies and undoes; errors become results."""

    def __init__(self, context: WorkflowContext) -> None:
        self._context = context

    async def handle(self, run: RunRow) -> RunResult:
        """Works on a claimed run until it has ended, must wait or has failed."""
        try:
            return await self._handle(run)
        except (WorkflowError, ConnectWiseError) as error:
            # ConnectWise's reasons come without values; a sentence of a step may hold a ticket's text.
            reason = {"reason": str(error)} if isinstance(error, ConnectWiseError) else {}
            log.info("run.error", run=run.id, ticket=run.ticket_id, cause=type(error).__name__, **reason)
            return await result_of(self._context, run, error)

    async def failure(self, run: RunRow, fault: Exception) -> Failed:
        """The result for an unexpected error; the decision of the run fails with it."""
        message = f"Internal error ({type(fault).__name__}). See the service log for details."
        return await failed(self._context, run, message)

    async def _handle(self, run: RunRow) -> RunResult:
        decision = await self._decision(run)
        if isinstance(decision, DecisionRow):
            return await execute_decision(self._context, run, decision, resumed=run.decision_id is not None)
        return decision

    async def _decision(self, run: RunRow) -> DecisionRow | Done | Wait:
        """The running decision of a run, or the end of the run."""
        if run.kind is RunKind.RECHECK:
            return await recheck_ticket(self._context, run)
        if run.decision_id is None:
            return await decide_ticket(self._context, run)
        decision = await self._context.decisions.get(run.decision_id)
        if decision is None or decision.status is not DecisionStatus.RUNNING:
            return Done("There is nothing to apply.")
        return decision
