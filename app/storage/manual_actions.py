"""Manual actions: what an applied plan leaves to people, as records that are listed and ticked off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.storage.brief_tables import manual_actions
from app.storage.clock import instant_text
from app.storage.database import Database, inserting
from app.storage.ids import new_id
from app.storage.tables import decisions, steps
from app.storage.trail import TrailEntry, add_entry


class ActionState(StrEnum):
    """`CANCELLED`: the decision was undone before the action was done."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ManualActionRow:
    """One action. `amount`: text with two decimals; `due`: day as YYYY-MM-DD; instants as text."""

    id: str
    ticket_id: int
    decision_id: str
    position: int
    kind: str
    text: str
    customer: str
    amount: str | None
    currency: str
    due: str | None
    state: ActionState
    created_at: str
    done_by: str | None
    done_at: str | None


DELETE_EXTRA = "delete-extra"
"""An action about a record too many, which stays open when the decision is undone."""
_UNFORESEEN = 999
"""Positions up to here belong to the actions of the plan."""
_COLUMNS = tuple(manual_actions.c[name] for name in ManualActionRow.__slots__)


class ManualActions:
    """The table of manual actions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, *, state: ActionState | None = None, ticket_id: int | None = None, decision_id: str | None = None,
        limit: int = 50, before: str | None = None,
    ) -> list[ManualActionRow]:  # fmt: skip
        """Actions, newest first, starting before the id `before`."""
        wanted = [
            column == value
            for column, value in (
                (manual_actions.c.state, state), (manual_actions.c.ticket_id, ticket_id),
                (manual_actions.c.decision_id, decision_id),
            )
            if value is not None
        ]  # fmt: skip
        if before is not None:
            wanted.append(manual_actions.c.id < before)
        query = sa.select(*_COLUMNS).where(*wanted).order_by(manual_actions.c.id.desc()).limit(limit)
        return await self._database.read(lambda db: [_row(row) for row in db.execute(query)])

    async def get(self, action_id: str) -> ManualActionRow | None:
        """One action."""
        query = sa.select(*_COLUMNS).where(manual_actions.c.id == action_id)
        row = await self._database.read(lambda db: db.execute(query).first())
        return None if row is None else _row(row)

    async def finish(self, action_id: str, *, entry: TrailEntry) -> bool:
        """Marks an open action as done in the name of the entry; False when it is not open."""
        values = {"state": ActionState.DONE, "done_by": entry.who, "done_at": instant_text(entry.at)}
        return await self._change(action_id, only_from=ActionState.OPEN, values=values, entry=entry)

    async def reopen(self, action_id: str, *, entry: TrailEntry) -> bool:
        """Opens an action that was marked as done; False when it is not done."""
        values = {"state": ActionState.OPEN, "done_by": None, "done_at": None}
        return await self._change(action_id, only_from=ActionState.DONE, values=values, entry=entry)

    async def _change(
        self, action_id: str, *, only_from: ActionState, values: Mapping[str, Any], entry: TrailEntry
    ) -> bool:
        allowed = (manual_actions.c.id == action_id, manual_actions.c.state == only_from)
        update = sa.update(manual_actions).where(*allowed).values(dict(values))

        def work(db: Connection) -> bool:
            changed = bool(db.execute(update).rowcount)
            add_entry(db, entry if changed else None)
            return changed

        return await self._database.write(work)


def create_actions(db: Connection, decision_id: str, *, now: datetime) -> None:
    """Creates the actions of an applied decision in the caller's transaction; those that exist stay as they are."""
    query = sa.select(decisions.c.ticket_id, decisions.c.document).where(decisions.c.id == decision_id)
    found = db.execute(query).first()
    if found is None:
        return
    planned = [*_planned(found.document), *_not_written(db, decision_id)]
    for position, action in enumerate(planned):
        values = {
            "id": new_id(now), "ticket_id": found.ticket_id, "decision_id": decision_id, "position": position,
            "kind": str(action.get("key", ""))[:40], "text": str(action.get("text", "")), "state": ActionState.OPEN,
            "customer": str(action.get("customer") or ""), "amount": action.get("amount"), "due": action.get("due"),
            "currency": str(action.get("currency") or "")[:8], "created_at": instant_text(now),
        }  # fmt: skip
        db.execute(inserting(db, manual_actions).values(values).on_conflict_do_nothing())


def add_action(db: Connection, decision_id: str, *, kind: str, text: str, now: datetime) -> None:
    """Adds one action that no plan foresaw, once, in the caller's transaction."""
    of_decision = manual_actions.c.decision_id == decision_id
    ticket_id = db.execute(sa.select(decisions.c.ticket_id).where(decisions.c.id == decision_id)).scalar()
    known = db.execute(sa.select(manual_actions.c.id).where(of_decision, manual_actions.c.text == text)).first()
    if ticket_id is None or known is not None:
        return
    last = db.execute(sa.select(sa.func.max(manual_actions.c.position)).where(of_decision)).scalar()
    values = {
        "id": new_id(now), "ticket_id": ticket_id, "decision_id": decision_id, "kind": kind, "text": text,
        "position": max(last or 0, _UNFORESEEN) + 1, "state": ActionState.OPEN, "created_at": instant_text(now),
    }  # fmt: skip
    db.execute(inserting(db, manual_actions).values(values).on_conflict_do_nothing())


def cancel_actions(db: Connection, decision_id: str) -> None:
    """Cancels the open actions of a decision that was undone, in the caller's transaction."""
    open_ones = (manual_actions.c.decision_id == decision_id, manual_actions.c.state == ActionState.OPEN)
    of_plan = manual_actions.c.kind != DELETE_EXTRA
    db.execute(sa.update(manual_actions).where(*open_ones, of_plan).values(state=ActionState.CANCELLED))


def _planned(document: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The actions of the plan; a decision of release 0.1.0 has sentences only."""
    actions = document.get("actions")
    return actions if actions is not None else [{"key": "", "text": text} for text in document.get("todos") or []]


def _not_written(db: Connection, decision_id: str) -> list[Mapping[str, Any]]:
    """What optional steps that failed leave to a person."""
    failed = sa.select(steps.c.step).where(steps.c.decision_id == decision_id, steps.c.status == "failed")
    fallbacks = [row.step.get("fallback") for row in db.execute(failed.order_by(steps.c.position))]
    return [{"key": "set-by-hand", "text": text} for text in fallbacks if text]


def _row(row: Any) -> ManualActionRow:
    return ManualActionRow(**{**row._mapping, "state": ActionState(row.state)})
