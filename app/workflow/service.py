"""Facade of the workflow for the HTTP API and the command line."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog

from app.domain.enums import DecisionStatus, Mode, Outcome, RunKind, RunState, Trigger
from app.domain.ticket import TicketRecord
from app.planning import PERMANENT_BLOCKERS, needs_brief
from app.storage import A_PERSON, DecisionRow, InboxEvent, RunRow, TrailEntry
from app.workflow.brief_edits import accepted_document, check_complete
from app.workflow.context import WorkflowContext
from app.workflow.decision_list import PageRequest, decision_page, page_version, shown_decisions
from app.workflow.engine.polling_dispatcher import Dispatcher, PollingDispatcher
from app.workflow.engine.runner import Runner
from app.workflow.errors import ConflictError, NotFoundError
from app.workflow.readiness import Check, Readiness
from app.workflow.tickets.classify import Classified, classify
from app.workflow.tickets.handler import TicketRunHandler
from app.workflow.tickets.intake import record_installation, take_events
from app.workflow.tickets.late_writes import LateWrites
from app.workflow.tickets.recheck import moved_away
from app.workflow.tickets.reconcile import maintain_forever
from app.workflow.views import Page, RunView, run_json, status_of, trail_json, way_back_json

log = structlog.get_logger()

_POLL_SECONDS = 0.05
_APPROVABLE = (DecisionStatus.AWAITING_REVIEW, DecisionStatus.FAILED)
_REJECTABLE = (DecisionStatus.AWAITING_REVIEW, DecisionStatus.PLANNED)
_UNDOABLE = (DecisionStatus.APPLIED, DecisionStatus.FAILED)


def _dispatcher(context: WorkflowContext) -> Dispatcher:
    runner = Runner(context.runs, TicketRunHandler(context), now=context.now)
    intake = partial(take_events, context)
    if context.database.is_sqlite:
        return PollingDispatcher(context, runner, intake)
    from app.workflow.engine.postgres_dispatcher import PostgresDispatcher  # noqa: PLC0415 - needed on PostgreSQL only and slow to import

    return PostgresDispatcher(context, runner, intake)


class Service:
    """Takes callbacks, decides, applies and undoes. Callers know no other part of the workflow."""

    def __init__(self, context: WorkflowContext) -> None:
        self._context = context
        self._dispatcher = _dispatcher(context)
        self._background: list[asyncio.Task[None]] = []
        self._readiness = Readiness(context)

    async def start(self, *, look_after: bool = True) -> None:
        """Starts to execute runs. `look_after`: also reconcile and maintain the callback entry (the service, not a command)."""
        await record_installation(self._context)
        await self._dispatcher.start()
        if look_after:
            jobs = (maintain_forever(self._context, self._dispatcher.wake), LateWrites(self._context).watch_forever())
            self._background = [asyncio.create_task(job) for job in jobs]

    async def stop(self) -> None:
        """Lets steps under execution end; open runs continue at the next start."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._dispatcher.stop()

    @property
    def standby_reason(self) -> str:
        """Why this process executes no runs at the moment; empty while it does."""
        return self._dispatcher.standby_reason

    async def take_callback(self, event: InboxEvent) -> bool:
        """Commits the event, then returns: True when it is new. StoreUnavailable when it could not be stored."""
        new = await self._context.inbox.take(event)
        self._dispatcher.wake()
        return new

    async def reclassify(
        self,
        ticket_id: int,
        *,
        mode: str | None = None,
        outcome: str | None = None,
        reason: str = "",
        wait: float = 10.0,
        by: str = "",
    ) -> RunView:
        """Decides a ticket on a person's request, on any board and of any age; waits up to `wait` seconds for the end."""
        run = await self._context.runs.open(
            ticket_id=ticket_id, kind=RunKind.CLASSIFY, trigger=Trigger.RECLASSIFY,
            mode=Mode(mode) if mode else self._context.config.mode, outcome=Outcome(outcome) if outcome else None,
            reason=reason, now=self._context.now(), entry=self._entry(by, "reclassified the ticket", ticket_id, detail=outcome or ""),
        )  # fmt: skip
        return await self._follow(run, wait)

    async def classify(self, ticket_id: int) -> Classified:
        """Decides and plans one ticket; writes nothing."""
        return await classify(self._context, ticket_id)

    async def approve(
        self, decision_id: str, *, outcome: str | None = None, reason: str = "", wait: float = 10.0, shown: str = "",
        by: str = "",
    ) -> RunView:  # fmt: skip
        """Applies a waiting or failed decision, or answers its question with an outcome.

        `shown`: digest of the brief that the person `by` has seen. BriefIncomplete while the brief has open fields.
        """
        row = await self._known(decision_id)
        if row.mode is Mode.DRY_RUN:
            raise ConflictError(
                "The decision was made in a dry run. Reclassify the ticket with mode review or live instead."
            )
        if self._context.config.mode is Mode.DRY_RUN:
            raise ConflictError("MODE is dry-run, so nothing is written. Set MODE to review or live, then approve.")
        if row.status not in _APPROVABLE:
            raise ConflictError(
                f"The decision is {status_of(row)}; only one that awaits review or has failed can be approved."
            )
        if row.outcome is Outcome.REVIEW or outcome not in (None, row.outcome):
            return await self._answer(row, Outcome(outcome) if outcome else None, reason, wait, by=by)
        await self._check_applicable(row, shown=shown)
        run = await self._context.decisions.answer(
            row, only_from=(row.status,), to=DecisionStatus.RUNNING, message=reason, kind=RunKind.APPLY, reason=reason,
            entry=self._entry(by, "approved the decision", row), document=accepted_document(row, by=by, now=self._context.now()),
        )  # fmt: skip
        return await self._follow(run, wait)

    async def _check_applicable(self, row: DecisionRow, *, shown: str) -> None:
        """Raises ConflictError where the decision has no plan that can be applied. `shown`: digest of the brief seen."""
        _check_problems(row, lambda code: code in PERMANENT_BLOCKERS)
        check_complete(row, shown=shown)
        if not await self._context.steps.of_plan(row.id):
            raise ConflictError(f"There is no plan to apply: {row.message} Fix that and reclassify the ticket.")
        _check_problems(row, needs_brief)
        if any(step.written_at for step in await self._context.steps.of_undo(row.id)):
            raise ConflictError("The decision is partly undone. Undo it again, then reclassify the ticket.")

    async def reject(self, decision_id: str, *, reason: str = "", by: str = "") -> dict[str, Any]:
        """Rejects a waiting plan; the ticket stays as it is."""
        row = await self._known(decision_id)
        entry = self._entry(by, "rejected the decision", row)
        message = f"Rejected: {reason}" if reason else "Rejected."
        rejected = await self._context.decisions.reject(
            row.id, message=message, reason=reason, entry=entry, only_from=_REJECTABLE
        )
        if not rejected:
            raise ConflictError(f"The decision is {status_of(row)}; only one that awaits review can be rejected.")
        return await self.decision(decision_id)

    async def undo(self, decision_id: str, *, reason: str = "", wait: float = 10.0, by: str = "") -> RunView:
        """Undoes an applied decision, or what a failed one has done; its status stays where all of it was left."""
        row = await self._known(decision_id)
        if row.status not in _UNDOABLE:
            raise ConflictError(
                f"The decision is {status_of(row)}; only one that was applied or has failed can be undone."
            )
        newer = await self._context.decisions.newer_in_force(row)
        if newer is not None:
            raise ConflictError(f"The newer decision {newer} was applied after this one. Undo {newer} first.")
        run = await self._context.decisions.answer(
            row, only_from=_UNDOABLE, to=DecisionStatus.RUNNING, message="Being undone.", kind=RunKind.UNDO,
            reason=reason, entry=self._entry(by, "had the decision undone", row),
        )  # fmt: skip
        return await self._follow(run, wait)

    async def run(self, run_id: str) -> RunView:
        """A run in its current state."""
        run = await self._context.runs.get(run_id)
        if run is None:
            raise NotFoundError(f"There is no run {run_id}.")
        decision = await self.decision(run.decision_id) if run.decision_id else None
        if run.is_open:
            return RunView(run.id, False, decision, await self._waits_for(run))
        unfinished = run.state in (RunState.FAILED, RunState.MISSING) or not decision
        error = run.message if unfinished else None
        if decision is not None:
            return RunView(run.id, True, decision, error)
        if run.state is RunState.MISSING:
            return RunView(run.id, True, None, error, 404)
        return RunView(run.id, True, None, error, 409, await self._way_back(run.ticket_id))

    async def runs(self, ticket_id: int) -> list[dict[str, Any]]:
        """The runs of a ticket, newest first; a ticket that is left alone has runs but no decision."""
        return [run_json(run) for run in await self._context.runs.of_ticket(ticket_id)]

    async def decision(self, decision_id: str) -> dict[str, Any]:
        """One decision with its steps."""
        row = await self._known(decision_id)
        (shown,) = await shown_decisions(self._context, [row])
        stays = row.status is DecisionStatus.NO_CHANGE and row.outcome is Outcome.SERVICE_TICKET
        history = [trail_json(each) for each in await self._context.trail.page(decision_id=row.id)]
        way_back = await self._way_back(row.ticket_id, seen_by=row) if stays else None
        return shown | {"way_back": way_back, "history": history}

    async def _way_back(self, ticket_id: int, *, seen_by: DecisionRow | None = None) -> dict[str, Any] | None:
        """The decision in force that made the ticket more than a service ticket.

        `seen_by`: the decision that is shown; a later one, or one whose work a person had undone by then, does not count.
        """
        applied = await self._context.decisions.latest_of(ticket_id, status=DecisionStatus.APPLIED)
        if applied is None or applied.outcome is Outcome.SERVICE_TICKET:
            return None
        if seen_by and (applied.id > seen_by.id or await self._undone_by_hand(applied, seen_by)):
            return None
        return way_back_json(applied)

    async def _undone_by_hand(self, applied: DecisionRow, later: DecisionRow) -> bool:
        """Whether a later decision found the ticket elsewhere; a service ticket is no longer in a project."""
        if not later.evidence:
            return False
        if applied.outcome is Outcome.PROJECT:
            return True
        return bool(await moved_away(self._context, later.ticket_id, TicketRecord.from_json(later.evidence)))

    async def decisions(self, **chosen: Any) -> Page:
        """Decisions without their briefs, newest first. `chosen`: members of `PageRequest`."""
        return await decision_page(self._context, PageRequest(**chosen))

    async def list_version(self, **chosen: Any) -> str:
        """Changes whenever the same page of `decisions` would show something else."""
        return await page_version(self._context, PageRequest(**chosen))

    async def figures(self) -> dict[str, Any]:
        """Counts for the metrics."""
        figures = await self._context.key_value.figures(self._context.now())
        return figures | {"writes_this_hour": await self._context.steps.writes_last_hour(self._context.now())}

    async def readiness(self) -> list[Check]:
        """Whether the service can work, and if not, why."""
        return await self._readiness.checks(self.standby_reason)

    async def _answer(self, row: DecisionRow, outcome: Outcome | None, reason: str, wait: float, *, by: str) -> RunView:
        if outcome is None:
            candidates = ", ".join(row.document.get("candidates") or [])
            raise ConflictError(f"The chart asks which it is ({candidates}): approve with the outcome you choose.")
        run = await self._context.decisions.answer(
            row, only_from=(row.status,), to=row.status, message=row.message, kind=RunKind.CLASSIFY, outcome=outcome,
            reason=reason, entry=self._entry(by, "chose the outcome", row, detail=outcome),
        )  # fmt: skip
        return await self._follow(run, wait)

    async def _follow(self, run: RunRow | None, wait: float) -> RunView:
        """Follows a run; None where another answer was faster."""
        if run is None:
            raise ConflictError("Somebody else has just answered for this decision.")
        return await self.follow(run.id, wait=wait)

    async def follow(self, run_id: str, *, wait: float) -> RunView:
        """Waits up to `wait` seconds for the end of a run, which another process may execute."""
        self._dispatcher.wake()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                while (run := await self._context.runs.get(run_id)) and run.is_open:  # noqa: ASYNC110
                    await asyncio.sleep(_POLL_SECONDS)
        return await self.run(run_id)

    async def _waits_for(self, run: RunRow) -> str:
        """What an open run waits for, as a sentence."""
        if self.standby_reason or run.state is RunState.WAITING:
            return self.standby_reason or run.message
        if run.state is RunState.WORKING:
            return "It is being worked on."
        others = [other for other in await self._context.runs.of_ticket(run.ticket_id) if other.id != run.id]
        blocking = (
            other for other in others if other.state is RunState.WORKING or (other.is_open and other.decision_id)
        )
        before = next(blocking, None)
        if before is None:
            return "It is queued and begins as soon as a worker is free."
        return f"The ticket's {before.kind} {before.id} comes first. {before.message}".strip()

    def _entry(self, by: str, what: str, about: DecisionRow | int, *, detail: str = "") -> TrailEntry:
        """What a person does, for the audit trail and the log."""
        ticket_id, decision_id = (about, None) if isinstance(about, int) else (about.ticket_id, about.id)
        entry = TrailEntry(by or A_PERSON, what, self._context.now(), ticket_id, decision_id, detail)
        log.info("person.acted", who=entry.who, what=what, ticket=ticket_id, decision=decision_id, detail=detail)
        return entry

    async def _known(self, decision_id: str) -> DecisionRow:
        row = await self._context.decisions.get(decision_id)
        if row is None:
            raise NotFoundError(f"There is no decision {decision_id}.")
        return row


def _check_problems(row: DecisionRow, matter: Callable[[str], bool]) -> None:
    """Raises ConflictError for problems that the steps cannot solve. `matter`: the codes to look for."""
    problems = row.document.get("problems") or []
    if blockers := " ".join(problem["text"] for problem in problems if matter(problem["code"])):
        raise ConflictError(f"The plan cannot be applied: {blockers} Once that is no longer so, reclassify the ticket.")
