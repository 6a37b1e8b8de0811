"""Decisions with their evidence, the chart that made them, and their status."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.domain.enums import DecisionStatus, Mode, Outcome, RunKind, Trigger
from app.storage.clock import instant_text
from app.storage.database import Database
from app.storage.decision_changes import recorded
from app.storage.decision_rows import COLUMNS, DecisionRow, brief_digest, find_decision, has_written, to_row
from app.storage.runs import RunRow, check_owner, insert_run, lock_ticket, new_run, open_run_of
from app.storage.tables import decisions, runs, steps
from app.storage.trail import TrailEntry, add_entry
from app.storage.write_budget import lock_writes, reserved_writes

ReviewReason = Callable[[int], str | None]
"""From the writes already reserved this hour: why the plan waits for a person, or None when it may run."""
_IN_FORCE = (DecisionStatus.APPLIED, DecisionStatus.FAILED)
_FINISHED = (
    DecisionStatus.APPLIED, DecisionStatus.NO_CHANGE, DecisionStatus.UNDONE, DecisionStatus.REJECTED, DecisionStatus.PLANNED,
)  # fmt: skip

_STATE = tuple(decisions.c[name] for name in ("id", "status", "closed_reason", "message", "project_id", "updated_at"))
_STEP_STATE = tuple(steps.c[name] for name in ("run_id", "position", "key", "status", "message", "finished_at"))
_RUN_STATE = (runs.c.id,)


class Decisions:
    """The decisions table. What ends a run as well is in `decision_changes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def start(
        self, run: RunRow, decision: DecisionRow, plan: list[dict[str, Any]], *, chart_text: str,
        recheck_after: datetime | None, review_reason: ReviewReason,
    ) -> DecisionRow:  # fmt: skip
        """Stores a running decision and reserves its writes; the run stays held.

        Where `review_reason` gives one, nothing is stored and the decision is returned as awaiting review.
        """

        def work(db: Connection) -> DecisionRow:
            check_owner(db, run)
            lock_writes(db)
            reason = review_reason(reserved_writes(db, decision.decided_at, except_for=decision.id))
            if reason is not None:
                message = f"{decision.message} {reason}".lstrip()
                return replace(decision, status=DecisionStatus.AWAITING_REVIEW, message=message)
            recorded(run, decision, plan, chart_text=chart_text, recheck_after=recheck_after)(db)
            return decision

        return await self._database.write(work)

    async def answer(
        self, decision: DecisionRow, *, only_from: tuple[DecisionStatus, ...], to: DecisionStatus, message: str,
        kind: RunKind, entry: TrailEntry, reason: str = "", outcome: Outcome | None = None,
        document: dict[str, Any] | None = None,
    ) -> RunRow | None:  # fmt: skip
        """A person's answer: changes the decision and opens the run that follows, in one commit; None when it came too late.

        Too late is also a brief that was changed since `decision` was read. With `outcome` the run decides again, and the
        decision stays until the new one replaces it. `document`: the decision's new document; `entry`: for the audit trail.
        """
        now = entry.at
        trigger = decision.trigger if outcome is None else Trigger.RECLASSIFY
        values = new_run(decision.ticket_id, kind, trigger, Mode.LIVE, now) | {"reason": reason, "outcome": outcome}
        values |= {"decision_id": decision.id if outcome is None else None, "requested_by": entry.who}

        def work(db: Connection) -> RunRow | None:
            lock_ticket(db, decision.ticket_id)
            current = find_decision(db, decisions.c.id == decision.id)
            if current is None or brief_digest(current) != brief_digest(decision):
                return None
            allowed = (decisions.c.id == decision.id, decisions.c.status.in_(only_from))
            changes: dict[str, Any] = {"status": to, "message": message, "updated_at": instant_text(now)}
            changes |= {"document": document} if document is not None else {}
            changed = db.execute(sa.update(decisions).where(*allowed).values(changes)).rowcount
            if not changed or (outcome is not None and open_run_of(db, decision.ticket_id, RunKind.CLASSIFY)):
                return None
            add_entry(db, entry)
            return insert_run(db, values)

        return await self._database.write(work)

    async def unfinished_of(self, ticket_id: int) -> str | None:
        """The id of the ticket's failed decision that has written something which is not undone."""
        failed = (decisions.c.ticket_id == ticket_id, decisions.c.status == DecisionStatus.FAILED, has_written())
        newest = sa.select(decisions.c.id).where(*failed).order_by(decisions.c.id.desc()).limit(1)
        return await self._database.read(lambda db: db.execute(newest).scalar())

    async def newer_in_force(self, decision: DecisionRow) -> str | None:
        """The id of the newest later decision of the ticket that has changed ConnectWise or is running."""
        running = decisions.c.status == DecisionStatus.RUNNING
        in_force = running | (decisions.c.status.in_(_IN_FORCE) & has_written())
        later = (decisions.c.ticket_id == decision.ticket_id, decisions.c.id > decision.id, in_force)
        newest = sa.select(decisions.c.id).where(*later).order_by(decisions.c.id.desc()).limit(1)
        return await self._database.read(lambda db: db.execute(newest).scalar())

    async def in_force_of(self, ticket_id: int, outcome: Outcome) -> frozenset[str]:
        """The ids of the ticket's decisions for this outcome that have changed ConnectWise and hold."""
        chosen = (decisions.c.ticket_id == ticket_id, decisions.c.outcome == outcome)
        found = sa.select(decisions.c.id).where(*chosen, decisions.c.status.in_(_IN_FORCE), has_written())
        return await self._database.read(lambda db: frozenset(db.execute(found).scalars()))

    async def get(self, decision_id: str) -> DecisionRow | None:
        """One decision with its evidence."""
        return await self._database.read(lambda db: find_decision(db, decisions.c.id == decision_id))

    async def latest_of(self, ticket_id: int, *, status: DecisionStatus | None = None) -> DecisionRow | None:
        """The newest decision of a ticket, or the newest of one status."""
        of_ticket = decisions.c.ticket_id == ticket_id
        wanted = of_ticket if status is None else sa.and_(of_ticket, decisions.c.status == status)
        return await self._database.read(lambda db: find_decision(db, wanted))

    async def set_status(
        self,
        decision_id: str,
        *,
        to: DecisionStatus,
        message: str,
        now: datetime,
        only_from: tuple[DecisionStatus, ...],
    ) -> bool:
        """Changes the status of a decision; False when its status is not one of `only_from`."""
        allowed = (decisions.c.id == decision_id, decisions.c.status.in_(only_from))
        values = {"status": to, "message": message, "updated_at": instant_text(now)}
        update = sa.update(decisions).where(*allowed).values(values)
        return bool(await self._database.write(lambda db: db.execute(update).rowcount))

    async def reject(
        self, decision_id: str, *, message: str, reason: str, entry: TrailEntry, only_from: tuple[DecisionStatus, ...]
    ) -> bool:
        """Rejects a decision in a person's name; False when its status is not one of `only_from`."""

        def work(db: Connection) -> bool:
            allowed = sa.and_(decisions.c.id == decision_id, decisions.c.status.in_(only_from))
            current = find_decision(db, allowed)
            if current is None:
                return False
            moment = instant_text(entry.at)
            rejected = current.document | {"rejected": {"by": entry.who, "reason": reason, "at": moment}}
            values = {"status": DecisionStatus.REJECTED, "message": message, "document": rejected, "updated_at": moment}
            if not db.execute(sa.update(decisions).where(allowed).values(values)).rowcount:
                return False
            add_entry(db, entry)
            return True

        return await self._database.write(work)

    async def page(
        self, *, ticket_id: int | None = None, outcome: str | None = None, status: str | None = None,
        trigger: str | None = None, since: datetime | None = None, limit: int = 50, before: str | None = None,
        with_evidence: bool = True,
    ) -> list[DecisionRow]:  # fmt: skip
        """Decisions, newest first, starting before the id `before`."""
        columns = [column for column in COLUMNS if with_evidence or column.name != "evidence"]
        chosen = _chosen(ticket_id, outcome, status, trigger, since=since, before=before)
        query = sa.select(*columns).where(*chosen).order_by(decisions.c.id.desc()).limit(limit)
        return await self._database.read(lambda db: [to_row(row) for row in db.execute(query)])

    async def states(
        self, *, ticket_id: int | None = None, outcome: str | None = None, status: str | None = None,
        trigger: str | None = None, since: datetime | None = None, limit: int = 50, before: str | None = None,
    ) -> list[list[Any]]:  # fmt: skip
        """What changes on a page of decisions, their steps and runs: statuses, messages and instants, no documents."""
        chosen = _chosen(ticket_id, outcome, status, trigger, since=since, before=before)
        query = sa.select(*_STATE).where(*chosen).order_by(decisions.c.id.desc()).limit(limit)

        def work(db: Connection) -> list[list[Any]]:
            found = [list(row) for row in db.execute(query)]
            ids = [row[0] for row in found]
            of_steps = (
                sa.select(*_STEP_STATE).where(steps.c.decision_id.in_(ids)).order_by(steps.c.run_id, steps.c.position)
            )
            of_runs = sa.select(*_RUN_STATE).where(runs.c.decision_id.in_(ids)).order_by(runs.c.id)
            return [*found, *(list(row) for query in (of_steps, of_runs) for row in db.execute(query))]

        return await self._database.read(work)

    async def prune(self, *, older_than: timedelta, now: datetime) -> int:
        """Empties the evidence (ticket texts) of decisions that were finished long ago; the decision itself stays."""
        old = decisions.c.decided_at < instant_text(now - older_than)
        full = sa.cast(decisions.c.evidence, sa.Text) != "{}"
        update = sa.update(decisions).where(decisions.c.status.in_(_FINISHED), old, full).values(evidence={})
        return await self._database.write(lambda db: db.execute(update).rowcount)


def _chosen(
    ticket_id: int | None, outcome: str | None, status: str | None, trigger: str | None, *, since: datetime | None,
    before: str | None,
) -> list[sa.ColumnElement[bool]]:  # fmt: skip
    """The conditions of a page."""
    values = {"ticket_id": ticket_id, "outcome": outcome, "status": status, "trigger": trigger}
    chosen = [decisions.c[name] == value for name, value in values.items() if value is not None]
    if since is not None:
        chosen.append(decisions.c.decided_at >= instant_text(since))
    if before is not None:
        chosen.append(decisions.c.id < before)
    return chosen
