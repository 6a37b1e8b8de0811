"""Facade of what people do besides answering decisions: briefs, manual actions, runs of a process that stopped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.storage import A_PERSON, ActionState, ManualActionRow, TrailEntry
from app.workflow.brief_edits import change_brief
from app.workflow.context import WorkflowContext
from app.workflow.errors import ConflictError, NotFoundError
from app.workflow.takeover import take_over
from app.workflow.views import Page, action_json, run_json, trail_json
from app.workflow.write_pause import WritePause, current_pause, pause_writes, resume_writes


class Desk:
    """Briefs, manual actions and stalled runs for the HTTP API and the command line."""

    def __init__(self, context: WorkflowContext) -> None:
        self._context = context

    async def change_brief(self, decision_id: str, patch: Mapping[str, Any], *, by: str = "") -> None:
        """Settles fields of a decision's brief in a person's name and plans again.

        Raises NotFoundError, ConflictError (not editable) or BriefRejected (values that do not fit).
        """
        row = await self._context.decisions.get(decision_id)
        if row is None:
            raise NotFoundError(f"There is no decision {decision_id}.")
        await change_brief(self._context, row, patch, by=by)

    async def actions(
        self, *, state: str | None = None, ticket_id: int | None = None, decision_id: str | None = None, limit: int = 50,
        cursor: str | None = None,
    ) -> Page:  # fmt: skip
        """Manual actions, newest first; `state`: open, done or cancelled; None: all."""
        chosen = ActionState(state) if state else None
        rows = await self._context.manual_actions.page(
            state=chosen, ticket_id=ticket_id, decision_id=decision_id, limit=limit + 1, before=cursor
        )
        shown = rows[:limit]
        return Page([action_json(row) for row in shown], shown[-1].id if len(rows) > limit else None)

    async def finish_action(self, action_id: str, *, by: str = "") -> dict[str, Any]:
        """Marks an open action as done; a second time changes nothing."""
        row = await self._known(action_id)
        await self._context.manual_actions.finish(action_id, entry=self._entry(row, "ticked off an action", by))
        return await self._in_state(action_id, ActionState.DONE)

    async def reopen_action(self, action_id: str, *, by: str = "") -> dict[str, Any]:
        """Opens an action that was marked as done; a second time changes nothing."""
        row = await self._known(action_id)
        await self._context.manual_actions.reopen(action_id, entry=self._entry(row, "reopened an action", by))
        return await self._in_state(action_id, ActionState.OPEN)

    async def stalled_runs(self) -> list[dict[str, Any]]:
        """Runs held by processes that make no progress."""
        return [run_json(run) for run in await self._context.runs.stalled(now=self._context.now())]

    async def take_over(self, run_id: str, *, by: str = "") -> None:
        """Takes a run from a process that makes no progress. Raises NotFoundError or ConflictError."""
        await take_over(self._context, run_id, by=by or A_PERSON)

    async def trail(
        self, *, ticket_id: int | None = None, decision_id: str | None = None, who: str | None = None, limit: int = 50,
        cursor: str | None = None,
    ) -> Page:  # fmt: skip
        """The audit trail, newest first."""
        found = await self._context.trail.page(
            ticket_id=ticket_id, decision_id=decision_id, who=who, limit=limit + 1, before=cursor
        )
        shown = found[:limit]
        return Page([trail_json(entry) for entry in shown], shown[-1].id if len(found) > limit else None)

    async def pause(self) -> WritePause | None:
        """The pause of writing in force; None while writing is allowed."""
        return await current_pause(self._context)

    async def pause_writes(self, *, by: str, reason: str = "") -> WritePause:
        """Pauses every write to ConnectWise; one that is in force stays as it is."""
        return await pause_writes(self._context, by=by, reason=reason)

    async def resume_writes(self, *, by: str) -> None:
        """Ends the pause of writing."""
        await resume_writes(self._context, by=by)

    def _entry(self, row: ManualActionRow, what: str, by: str) -> TrailEntry:
        return TrailEntry(by or A_PERSON, what, self._context.now(), row.ticket_id, row.decision_id, row.id)

    async def _in_state(self, action_id: str, wanted: ActionState) -> dict[str, Any]:
        row = await self._known(action_id)
        if row.state is not wanted:
            raise ConflictError(f"The action is {row.state}, since its decision was undone.")
        return action_json(row)

    async def _known(self, action_id: str) -> ManualActionRow:
        row = await self._context.manual_actions.get(action_id)
        if row is None:
            raise NotFoundError(f"There is no manual action {action_id}.")
        return row
