"""The whole service behind its doors: what the HTTP API and the command line may ask for."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime
from typing import Any

from app.audit.links import opens, ticket_link
from app.domain.enums import Outcome
from app.planning import PERMANENT_BLOCKERS, needs_brief
from app.storage import DecisionRow, InboxEvent, RunRow
from app.workflow.context import WorkflowContext
from app.workflow.engine.polling_dispatcher import Dispatcher, PollingDispatcher
from app.workflow.errors import ConflictError, NotFoundError
from app.workflow.readiness import Check, Readiness
from app.workflow.tickets.classify import Classified, classify
from app.workflow.tickets.recheck import moved_away
from app.workflow.tickets.reconcile import keep_looking_after, remember_installation
from app.workflow.views import Page, RunView, decision_json, run_json, standing, way_back_json

_POLL_SECONDS = 0.05


def _hindrances(row: DecisionRow) -> str:
    """The sentences of a plan's problems that its steps cannot mend, and that an approval must not pass over."""
    problems = row.document.get("problems") or []
    return " ".join(
        problem["text"] for problem in problems if problem["code"] in PERMANENT_BLOCKERS or needs_brief(problem["code"])
    )


async def _taken_back(parts: WorkflowContext, applied: DecisionRow, later: DecisionRow) -> bool:
    """Whether a later decision saw the ticket elsewhere than the applied one had put it; what is a ticket is in no project."""
    if not later.evidence:
        return False
    return applied.outcome == Outcome.PROJECT.value or bool(await moved_away(parts, later.ticket_id, later.evidence))


def _queue(parts: WorkflowContext) -> Dispatcher:
    from app.workflow.engine.postgres_dispatcher import Queue  # noqa: PLC0415 - only PostgreSQL needs it, and it takes long to import

    return Queue(parts)


class Service:
    """Takes callbacks, decides, carries out, takes back. The doors know no other part of the flows."""

    def __init__(self, parts: WorkflowContext) -> None:
        self._parts = parts
        self._dispatcher = PollingDispatcher(parts) if parts.database.is_sqlite else _queue(parts)
        self._background: list[asyncio.Task[None]] = []
        self._readiness = Readiness(parts)

    async def start(self, *, look_after: bool = True) -> None:
        """Begins to work on runs. `look_after`: also sweep and keep the callback entry (the service, not a command)."""
        await remember_installation(self._parts)
        await self._dispatcher.start()
        if look_after:
            self._background = [asyncio.create_task(keep_looking_after(self._parts, self._dispatcher.wake))]

    async def stop(self) -> None:
        """Lets what is under way end and stops; what is open is carried on at the next start."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._dispatcher.stop()

    @property
    def stands_by(self) -> str:
        """Why this process does not work on tickets at the moment; empty while it does."""
        return self._dispatcher.stands_by

    async def take_callback(self, event: InboxEvent) -> bool:
        """Puts the event on disk, then returns: True when it is new. StoreUnavailable when it could not be kept."""
        new = await self._parts.inbox.take(event)
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
    ) -> RunView:
        """Runs a ticket again, on a person's word whatever board it is on; waits up to `wait` seconds for the end."""
        run = await self._parts.runs.open(
            ticket_id=ticket_id, kind="triage", trigger="reclassify", mode=mode or self._parts.config.mode,
            outcome=outcome, reason=reason, now=self._parts.now(),
        )  # fmt: skip
        return await self._follow(run, wait)

    async def classify(self, ticket_id: int) -> Classified:
        """Decides and plans one ticket; writes nothing anywhere."""
        return await classify(self._parts, ticket_id)

    async def approve(
        self, decision_id: str, *, outcome: str | None = None, reason: str = "", wait: float = 10.0
    ) -> RunView:
        """Carries a waiting plan out, or a failed one further. A review needs the `outcome` that a person chose."""
        row = await self._known(decision_id)
        if row.mode == "dry-run":
            raise ConflictError(
                "The decision was made in a dry run. Reclassify the ticket with mode review or live instead."
            )
        if self._parts.config.mode == "dry-run":
            raise ConflictError("MODE is dry-run, so nothing is written. Set MODE to review or live, then approve.")
        if row.status not in ("awaiting-review", "failed"):
            raise ConflictError(
                f"The decision is {standing(row.status, row.document)}; only one that awaits review or has failed can be approved."
            )
        if outcome or row.outcome == Outcome.REVIEW.value:
            return await self._answer(row, outcome, reason, wait)
        if not await self._parts.steps.of_plan(row.id):
            raise ConflictError(f"There is no plan to carry out: {row.said} Mend that and reclassify the ticket.")
        if hindrances := _hindrances(row):
            raise ConflictError(
                f"The plan cannot be carried out: {hindrances} Once that is no longer so, reclassify the ticket."
            )
        if any(step.wrote_at for step in await self._parts.steps.of_undo(row.id)):
            raise ConflictError("The decision is partly taken back. Undo it again, then reclassify the ticket.")
        run = await self._parts.decisions.answer(
            row,
            only_from=(row.status,),
            to="running",
            said=reason,
            kind="carry-out",
            reason=reason,
            now=self._parts.now(),
        )
        return await self._follow(run, wait)

    async def reject(self, decision_id: str, *, reason: str = "") -> dict[str, Any]:
        """Turns a waiting plan down; the ticket stays as it is."""
        row = await self._known(decision_id)
        said = f"Rejected: {reason}" if reason else "Rejected."
        allowed = ("awaiting-review", "planned")
        if not await self._parts.decisions.move(
            row.id, to="rejected", said=said, now=self._parts.now(), only_from=allowed
        ):
            raise ConflictError(
                f"The decision is {standing(row.status, row.document)}; only one that awaits review can be rejected."
            )
        return await self.decision(decision_id)

    async def undo(self, decision_id: str, *, reason: str = "", wait: float = 10.0) -> RunView:
        """Takes an applied decision back, or what a failed one has done so far; it stays as it is where all of it was left."""
        row = await self._known(decision_id)
        possible = ("applied", "failed")
        if row.status not in possible:
            raise ConflictError(
                f"The decision is {standing(row.status, row.document)}; only one that was applied or has failed can be undone."
            )
        newer = await self._parts.decisions.newer_in_force(row)
        if newer is not None:
            raise ConflictError(f"The newer decision {newer} was carried out after this one. Undo {newer} first.")
        run = await self._parts.decisions.answer(
            row,
            only_from=possible,
            to="running",
            said="Being undone.",
            kind="undo",
            reason=reason,
            now=self._parts.now(),
        )
        return await self._follow(run, wait)

    async def run(self, run_id: str) -> RunView:
        """A run as it stands now."""
        run = await self._parts.runs.get(run_id)
        if run is None:
            raise NotFoundError(f"There is no run {run_id}.")
        decision = await self.decision(run.decision_id) if run.decision_id else None
        settled = not run.is_open
        if settled:
            error = run.said if run.state in ("failed", "missing") or not decision else None
        else:
            error = await self._waits_for(run)
        missing = settled and decision is None
        status = (404 if run.state == "missing" else 409) if missing else 0
        way_back = await self._way_back(run.ticket_id) if status == 409 else None
        return RunView(run.id, settled, decision, error, status, way_back)

    async def runs(self, ticket_id: int) -> list[dict[str, Any]]:
        """What was done about a ticket, newest first; a ticket that the chart leaves alone has runs but no decision."""
        return [run_json(run) for run in await self._parts.runs.of_ticket(ticket_id)]

    async def decision(self, decision_id: str) -> dict[str, Any]:
        """One decision with its steps."""
        row = await self._known(decision_id)
        (shown,) = await self._shown([row])
        stays = (row.status, row.outcome) == ("nothing-to-do", Outcome.SERVICE_TICKET.value)
        return shown | {"way_back": await self._way_back(row.ticket_id, seen_by=row) if stays else None}

    async def _way_back(self, ticket_id: int, *, seen_by: DecisionRow | None = None) -> dict[str, Any] | None:
        """The decision in force that made the ticket more than a service ticket.

        `seen_by`: the decision that is asked about; one after it, or one whose work a person had taken back by then, is not meant.
        """
        applied = await self._parts.decisions.latest_of(ticket_id, status="applied")
        if applied is None or applied.outcome == Outcome.SERVICE_TICKET.value:
            return None
        if seen_by and (applied.id > seen_by.id or await _taken_back(self._parts, applied, seen_by)):
            return None
        return way_back_json(applied)

    async def _shown(self, rows: list[DecisionRow]) -> list[dict[str, Any]]:
        config, ids = self._parts.reader.config, [row.id for row in rows]
        steps, words = await self._parts.steps.of_decisions(ids), await self._parts.runs.words_on(ids)
        return [
            decision_json(
                row,
                [step for step in steps if step.decision_id == row.id],
                [run for run in words if run.decision_id == row.id],
                link=opens(ticket_link(config.origin, config.company), row.ticket_id),
            )
            for row in rows
        ]

    async def decisions(
        self, *, ticket_id: int | None = None, outcome: str | None = None, status: str | None = None,
        trigger: str | None = None, since: datetime | None = None, limit: int = 50, cursor: str | None = None,
    ) -> Page:  # fmt: skip
        """Decisions, newest first; `cursor` is the last page's `next_cursor`."""
        rows = await self._parts.decisions.page(
            ticket_id=ticket_id, outcome=outcome, status=status, trigger=trigger, since=since, limit=limit + 1,
            before=cursor,
        )  # fmt: skip
        shown = rows[:limit]
        return Page(await self._shown(shown), shown[-1].id if len(rows) > limit else None)

    async def figures(self) -> dict[str, Any]:
        """Counts for the metrics."""
        figures = await self._parts.memory.figures(self._parts.now())
        return figures | {"writes_this_hour": await self._parts.steps.writes_last_hour(self._parts.now())}

    async def readiness(self) -> list[Check]:
        """Whether the service can do its work, and if not, why."""
        return await self._readiness.checks(self.stands_by)

    async def _answer(self, row: DecisionRow, outcome: str | None, reason: str, wait: float) -> RunView:
        if outcome is None:
            lies_between = ", ".join(row.document.get("candidates") or [])
            raise ConflictError(f"The chart asks which it is ({lies_between}): approve with the outcome you choose.")
        run = await self._parts.decisions.answer(
            row, only_from=(row.status,), to=row.status, said=row.said, kind="triage", outcome=outcome,
            reason=reason, now=self._parts.now(),
        )  # fmt: skip
        return await self._follow(run, wait)

    async def _follow(self, run: RunRow | None, wait: float) -> RunView:
        """Waits up to `wait` seconds for the end of a run; without one somebody else was faster."""
        if run is None:
            raise ConflictError("Somebody else has just answered for this decision.")
        self._dispatcher.wake()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await self._settled(run.id)
        return await self.run(run.id)

    async def _settled(self, run_id: str) -> None:
        """Ends with the run. It may be worked on in another process, so the journal is asked, not an event."""
        while (run := await self._parts.runs.get(run_id)) and run.is_open:  # noqa: ASYNC110
            await asyncio.sleep(_POLL_SECONDS)

    async def _waits_for(self, run: RunRow) -> str:
        """What an open run waits for, as a sentence."""
        if self.stands_by or run.state == "waiting":
            return self.stands_by or run.said
        if run.state == "working":
            return "It is being worked on."
        others = [other for other in await self._parts.runs.of_ticket(run.ticket_id) if other.id != run.id]
        before = next((one for one in others if one.state == "working" or (one.is_open and one.decision_id)), None)
        if before is None:
            return "It is queued and begins as soon as a worker is free."
        return f"The ticket's {before.kind} {before.id} comes first. {before.said}".strip()

    async def _known(self, decision_id: str) -> DecisionRow:
        row = await self._parts.decisions.get(decision_id)
        if row is None:
            raise NotFoundError(f"There is no decision {decision_id}.")
        return row
