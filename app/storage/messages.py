"""Messages to people: what waits to be sent, what was sent, and which reviews and failures no message was made of yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.domain.enums import DecisionStatus, RunState
from app.storage.clock import instant_text
from app.storage.database import Database, inserting
from app.storage.decision_rows import COLUMNS, DecisionRow, to_row
from app.storage.ids import new_id
from app.storage.message_tables import messages
from app.storage.tables import decisions, runs

REVIEW_KEY, FAILURE_KEY = "review:", "failed:"
"""Beginnings of the keys of messages about a decision that awaits review and about a failed run; its id follows."""
NO_TARGET = ""
_AT_ONCE = 100
_STUCK_ATTEMPTS = 3


class MessageState(StrEnum):
    """`DROPPED`: no target wants it, or it was outdated before it was sent; `FAILED`: given up."""

    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to one target; `due`: when to send it at the earliest."""

    key: str
    target: str
    kind: str
    content: dict[str, Any]
    due: datetime
    decision_id: str | None = None


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A stored message. `attempts` counts the present one."""

    id: str
    kind: str
    content: dict[str, Any]
    created_at: str
    attempts: int
    decision_id: str | None


_COLUMNS = tuple(messages.c[name] for name in MessageRow.__slots__)


class Messages:
    """The table of messages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, new: Sequence[NewMessage], *, now: datetime) -> None:
        """Stores messages; one that is stored already for its target stays as it is."""

        def work(db: Connection) -> None:
            for message in new:
                wanted = message.target != NO_TARGET
                values = {
                    "id": new_id(now), "key": message.key, "target": message.target, "kind": message.kind,
                    "decision_id": message.decision_id, "content": message.content, "created_at": instant_text(now),
                    "state": MessageState.WAITING if wanted else MessageState.DROPPED, "not_before": instant_text(message.due),
                    "ended_at": None if wanted else instant_text(now),
                }  # fmt: skip
                db.execute(inserting(db, messages).values(values).on_conflict_do_nothing())

        if new:
            await self._database.write(work)

    async def new_reviews(self, *, since: datetime) -> list[DecisionRow]:
        """Decisions that await review and have no message yet, oldest first."""
        waiting = decisions.c.status == DecisionStatus.AWAITING_REVIEW
        return await self._unannounced(waiting, decisions.c.decided_at >= instant_text(since))

    async def _unannounced(self, *conditions: sa.ColumnElement[bool]) -> list[DecisionRow]:
        announced = sa.exists().where(messages.c.key == sa.literal(REVIEW_KEY) + decisions.c.id)
        query = sa.select(*COLUMNS).where(*conditions, ~announced).order_by(decisions.c.id).limit(_AT_ONCE)
        return await self._database.read(lambda db: [to_row(row) for row in db.execute(query)])

    async def new_failures(self, *, since: datetime) -> list[tuple[str, int, DecisionRow | None]]:
        """Failed runs without a message, oldest first: id, ticket and decision of each."""
        announced = sa.exists().where(messages.c.key == sa.literal(FAILURE_KEY) + runs.c.id)
        failed = (runs.c.state == RunState.FAILED, runs.c.updated_at >= instant_text(since), ~announced)
        query = (
            sa.select(runs.c.id, runs.c.ticket_id, runs.c.decision_id)
            .where(*failed).order_by(runs.c.id).limit(_AT_ONCE)
        )  # fmt: skip

        def work(db: Connection) -> list[tuple[str, int, DecisionRow | None]]:
            found = db.execute(query).all()
            ids = [row.decision_id for row in found if row.decision_id]
            rows = db.execute(sa.select(*COLUMNS).where(decisions.c.id.in_(ids))) if ids else ()
            by_id = {row.id: to_row(row) for row in rows}
            return [(row.id, row.ticket_id, by_id.get(row.decision_id)) for row in found]

        return await self._database.read(work)

    async def claim(self, target: str, *, now: datetime, lease: timedelta) -> list[MessageRow]:
        """Takes all messages of a target if one is due; what is not ended within the lease is due again.

        Messages that were tried before are taken only when they are due themselves.
        """
        waiting = (messages.c.target == target, messages.c.state == MessageState.WAITING)
        due = messages.c.not_before <= instant_text(now)
        chosen = sa.select(messages.c.id).where(*waiting, due | (messages.c.attempts == 0)).order_by(messages.c.id)

        def work(db: Connection) -> list[MessageRow]:
            if db.execute(sa.select(messages.c.id).where(*waiting, due).limit(1)).first() is None:
                return []
            ids = list(db.execute(chosen.with_for_update(skip_locked=True)).scalars())
            taken = {"attempts": messages.c.attempts + 1, "not_before": instant_text(now + lease)}
            db.execute(sa.update(messages).where(messages.c.id.in_(ids)).values(taken))
            rows = db.execute(sa.select(*_COLUMNS).where(messages.c.id.in_(ids)).order_by(messages.c.id)).all()
            return [MessageRow(**row._mapping) for row in rows]

        return await self._database.write(work)

    async def end(self, ids: Collection[str], state: MessageState, *, now: datetime) -> None:
        """Ends messages as sent, dropped or failed."""
        values = {"state": state, "ended_at": instant_text(now)}
        update = sa.update(messages).where(messages.c.id.in_(ids)).values(values)
        if ids:
            await self._database.write(lambda db: db.execute(update))

    async def retry(self, ids: Collection[str], *, at: datetime) -> None:
        """Lets messages wait for their next attempt."""
        update = sa.update(messages).where(messages.c.id.in_(ids)).values(not_before=instant_text(at))
        if ids:
            await self._database.write(lambda db: db.execute(update))

    async def drop_targets_except(self, targets: Collection[str], *, now: datetime) -> int:
        """Drops what waits for targets that are no longer set."""
        gone = (messages.c.state == MessageState.WAITING, messages.c.target.not_in(targets))
        values = {"state": MessageState.DROPPED, "ended_at": instant_text(now)}
        update = sa.update(messages).where(*gone).values(values)
        return await self._database.write(lambda db: db.execute(update).rowcount)

    async def still_waiting(self, decision_ids: Collection[str]) -> set[str]:
        """Those of the decisions that await review now."""
        waiting = (decisions.c.id.in_(decision_ids), decisions.c.status == DecisionStatus.AWAITING_REVIEW)
        query = sa.select(decisions.c.id).where(*waiting)
        return await self._database.read(lambda db: set(db.execute(query).scalars()))

    async def counts(self) -> dict[str, int]:
        """Messages to targets by state."""
        query = sa.select(messages.c.state, sa.func.count()).where(messages.c.target != NO_TARGET)
        query = query.group_by(messages.c.state)
        return await self._database.read(lambda db: {row[0]: row[1] for row in db.execute(query)})

    async def stuck(self, *, since: datetime) -> int:
        """How many messages were given up since then or have failed several times."""
        failed = (messages.c.state == MessageState.FAILED) & (messages.c.ended_at >= instant_text(since))
        retried = (messages.c.state == MessageState.WAITING) & (messages.c.attempts >= _STUCK_ATTEMPTS)
        query = sa.select(sa.func.count()).select_from(messages).where(failed | retried)
        return await self._database.read(lambda db: db.execute(query).scalar_one())

    async def prune(self, *, older_than: timedelta, now: datetime) -> int:
        """Deletes ended messages; what they were about keeps its place where it still waits for a person."""
        open_reviews = sa.select(sa.literal(REVIEW_KEY) + decisions.c.id)
        open_reviews = open_reviews.where(decisions.c.status == DecisionStatus.AWAITING_REVIEW)
        old = (messages.c.state != MessageState.WAITING, messages.c.ended_at < instant_text(now - older_than))
        delete = sa.delete(messages).where(*old, messages.c.key.not_in(open_reviews))
        return await self._database.write(lambda db: db.execute(delete).rowcount)
