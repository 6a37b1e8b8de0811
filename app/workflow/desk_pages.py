"""Facade of what the pages show beyond single decisions: the queue, one ticket, previews, the state of the service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.enums import DecisionStatus, Mode, Outcome
from app.domain.ticket import TicketRecord
from app.planning import PERMANENT_BLOCKERS
from app.storage import DecisionRow
from app.workflow.context import WorkflowContext
from app.workflow.errors import NotFoundError
from app.workflow.queue import QueuePage, Tab, WaitsFor, queue_version, read_queue, waits_for
from app.workflow.readiness import Check
from app.workflow.service import Service
from app.workflow.ticket_texts import TicketText, ticket_texts
from app.workflow.tickets.classify import load
from app.workflow.tickets.preview import OutcomePreview, UndoPreview, preview_outcomes, preview_undo
from app.workflow.tickets.recheck import DELETED
from app.workflow.timeline import TimelineEntry, ticket_timeline
from app.workflow.views import RunView
from app.workflow.write_pause import WritePause, current_pause

_ANSWERED_BY_CHOICE = (DecisionStatus.AWAITING_REVIEW, DecisionStatus.FAILED)


@dataclass(frozen=True, slots=True)
class Strip:
    """The state of the service in one line. `last_callback`: None before the first one."""

    mode: Mode
    checks: tuple[Check, ...]
    has_public_url: bool
    last_callback: datetime | None
    chart_version: str
    writes: int
    most_writes: int
    reader: str
    pause: WritePause | None


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket with one of its decisions. `decision`: as `GET /decisions/{id}`; None where none was made yet.

    `record`: the ticket as it was decided; None where its text was deleted. `no_retry`: why a retry of a failed decision
    cannot help; `newest`: the id of the ticket's newest decision.
    """

    ticket_id: int
    decision: dict[str, Any] | None
    record: TicketRecord | None
    texts: Sequence[TicketText]
    timeline: Sequence[TimelineEntry]
    waits_for: WaitsFor | None = None
    no_retry: str = ""
    newest: str = ""
    open_run: str = ""
    """What an open run of the ticket is doing; empty where there is none."""


class DeskPages:
    """What the pages read, and the choice of an outcome for any decision."""

    def __init__(self, context: WorkflowContext, service: Service) -> None:
        self._context = context
        self._service = service

    def now(self) -> datetime:
        """The present moment, for ages."""
        return self._context.now()

    async def decision(self, decision_id: str) -> dict[str, Any]:
        """One decision, as `GET /decisions/{id}`."""
        return await self._service.decision(decision_id)

    async def queue(self, tab: str, *, search: str = "", limit: int = 30) -> QueuePage:
        """The first cards of a tab, newest first."""
        return await read_queue(self._context, Tab(tab), search=search, limit=limit)

    async def queue_version(self) -> str:
        """Changes whenever a card may show something else."""
        return await queue_version(self._context)

    async def strip(self) -> Strip:
        """The state of the service; asks ConnectWise at most once in 15 seconds."""
        context = self._context
        config, model = context.config, context.model
        return Strip(
            mode=config.mode, checks=tuple(await self._service.readiness()), has_public_url=bool(config.public_url),
            last_callback=await context.inbox.last_received(), chart_version=context.chart.current().stamp.version,
            writes=await context.steps.writes_last_hour(context.now()), most_writes=config.max_writes_per_hour,
            reader=f"{model.options.model} ({model.options.use})" if model else "words", pause=await current_pause(context),
        )  # fmt: skip

    async def ticket(self, ticket_id: int, *, decision_id: str = "") -> TicketPage:
        """A ticket with its newest decision, or an earlier one."""
        newest = await self._context.decisions.latest_of(ticket_id)
        row = await self._known(decision_id, ticket_id) if decision_id else newest
        timeline, open_run = await ticket_timeline(self._context, ticket_id), await self._open_run(ticket_id)
        if row is None:
            return TicketPage(ticket_id, None, None, (), timeline, open_run=open_run)
        shown = await self._service.decision(row.id)
        record = TicketRecord.from_json(row.evidence) if row.evidence else None
        texts = ticket_texts(record, shown["findings"]) if record else []
        return TicketPage(
            ticket_id, shown, record, texts, timeline, waits_for(row), await self._no_retry(row),
            newest.id if newest else "", open_run,
        )  # fmt: skip

    async def live_texts(self, decision_id: str) -> Sequence[TicketText]:
        """The ticket's texts as ConnectWise has them now, with the decision's quotes. Raises ConnectWiseError."""
        row = await self._known(decision_id)
        return ticket_texts(await load(self._context, row.ticket_id), row.document.get("findings", []))

    async def preview(self, decision_id: str, outcomes: Sequence[str]) -> list[OutcomePreview]:
        """What choosing each outcome leads to; writes nothing."""
        row = await self._known(decision_id)
        return await preview_outcomes(self._context, row, [Outcome(outcome) for outcome in outcomes])

    async def preview_undo(self, decision_id: str) -> UndoPreview:
        """What an undo takes back and what stays."""
        return await preview_undo(self._context, await self._known(decision_id))

    async def choose(self, decision_id: str, outcome: str, *, reason: str, by: str, wait: float) -> RunView:
        """A person's outcome for a decision in any status: answers one that waits, else decides the ticket again."""
        row, mode = await self._known(decision_id), self._context.config.mode
        dry = Mode.DRY_RUN in (row.mode, mode)
        if row.status in _ANSWERED_BY_CHOICE and not dry:
            return await self._service.approve(row.id, outcome=outcome, reason=reason, wait=wait, by=by)
        chosen_mode = Mode.DRY_RUN if mode is Mode.DRY_RUN else Mode.LIVE
        return await self._service.reclassify(
            row.ticket_id, mode=chosen_mode, outcome=outcome, reason=reason, wait=wait, by=by
        )

    async def _open_run(self, ticket_id: int) -> str:
        runs = [run for run in await self._context.runs.of_ticket(ticket_id, limit=10) if run.is_open]
        due = [run for run in runs if run.not_before <= self._context.now() or run.message]
        return (due[0].message or "The ticket is being worked on.") if due else ""

    async def _no_retry(self, row: DecisionRow) -> str:
        if row.status is not DecisionStatus.FAILED:
            return ""
        problems = row.document.get("problems") or []
        if blockers := [each["text"] for each in problems if each["code"] in PERMANENT_BLOCKERS]:
            return f"A retry cannot help: {' '.join(blockers)}"
        if row.message == DELETED:
            return "A retry cannot help: the ticket is gone."
        if any(step.written_at for step in await self._context.steps.of_undo(row.id)):
            return "The decision is partly undone. Undo it again, then run the ticket again."
        return "" if await self._context.steps.of_plan(row.id) else "There is no plan to retry. Run the ticket again."

    async def _known(self, decision_id: str, ticket_id: int | None = None) -> DecisionRow:
        row = await self._context.decisions.get(decision_id)
        if row is None or (ticket_id is not None and row.ticket_id != ticket_id):
            raise NotFoundError(
                f"There is no decision {decision_id[:40]}{f' of ticket {ticket_id}' if ticket_id else ''}."
            )
        return row
