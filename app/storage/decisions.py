"""Decisions with their evidence, the chart that made them, and their standing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.storage.clock import instant_text, parse_instant
from app.storage.database import Database, inserting
from app.storage.runs import (
    RunRow,
    check_owner,
    finish_run,
    insert_run,
    lock_ticket,
    new_run,
    open_run_of,
    triage_to_come,
)
from app.storage.steps import insert_steps
from app.storage.tables import charts, decisions, runs, steps
from app.storage.write_budget import lock_writes, taken


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One decision. `document` holds findings, question, chart stamp, problems and to-dos as JSON.

    `signs`: what of the ticket would make it outgrow its kind, as last seen; `look_at`: when to look again by the clock.
    """

    id: str
    ticket_id: int
    decided_at: datetime
    trigger: str
    mode: str
    outcome: str
    status: str
    message: str
    project_id: int | None
    document: dict[str, Any]
    evidence: dict[str, Any]
    observed_state: dict[str, Any] = field(default_factory=dict)
    recheck_at: datetime | None = None
    closed_reason: str | None = None


AsksFirst = Callable[[int], str | None]
"""Told how many writes the hour holds already, says why a plan waits for a person; None: it may go on."""


class Decisions:
    """The decisions table. What a worker writes ends or keeps its run in the same commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(
        self, run: RunRow, made: DecisionRow, plan: list[dict[str, Any]], *, chart_text: str,
        second_look: datetime | None = None, asks_first: AsksFirst | None = None,
    ) -> DecisionRow:  # fmt: skip
        """Keeps a decision, its plan and its chart in one commit, ties it to the run, and retires older open ones.

        A dry run's decision retires only those of dry runs.

        The run goes on only where the decision is running; else it has ended by the same commit. `second_look`: when
        to look at the ticket once more. `asks_first` may let a running one wait for a person; returned is what was kept.
        """

        def work(db: Connection) -> DecisionRow:
            check_owner(db, run)
            decision = _within_the_hour(db, made, asks_first)
            _keep_chart(db, decision, chart_text)
            _retire_older(db, run, decision)
            db.execute(sa.update(decisions).where(decisions.c.ticket_id == decision.ticket_id).values(recheck_at=None))
            db.execute(sa.insert(decisions).values(_values(decision)))
            db.execute(sa.update(runs).where(runs.c.id == run.id).values(decision_id=decision.id))
            insert_steps(db, run.id, decision.id, plan)
            if second_look is not None:
                look = new_run(run.ticket_id, "look", "update", run.mode, decision.decided_at)
                insert_run(db, look | {"not_before": instant_text(second_look)})
            if decision.status != "running":
                finish_run(db, run, decision.decided_at, state="ended", message=decision.message)
            return decision

        return await self._database.write(work)

    async def settle(
        self, run: RunRow, decision_id: str, *, to: str, message: str, now: datetime, project_id: int | None = None,
        run_state: str = "ended",
    ) -> None:  # fmt: skip
        """Says how a decision stands and ends the run that worked on it, in one commit."""
        values: dict[str, Any] = {"status": to, "message": message, "updated_at": instant_text(now)}
        if project_id is not None:
            values["project_id"] = project_id

        def work(db: Connection) -> None:
            finish_run(db, run, now, state=run_state, message=message or to)
            db.execute(sa.update(decisions).where(decisions.c.id == decision_id).values(values))

        await self._database.write(work)

    async def decide_again(
        self, run: RunRow, decision: DecisionRow, *, why: str, outcome: str | None, reason: str, now: datetime
    ) -> None:
        """Ends a decision that does not hold any more, with its run, and opens the run that decides anew, for a person.

        A triage that is queued already was asked for since; it decides then, and has the last word.
        """
        values = new_run(decision.ticket_id, "triage", "update", "review", now) | {"outcome": outcome, "reason": reason}

        def work(db: Connection) -> None:
            lock_ticket(db, decision.ticket_id)
            asked = triage_to_come(db, decision.ticket_id)
            message = f"{why} Nothing was written; the ticket is decided again"
            message += ", as was asked for since." if asked else " and waits for a person."
            finish_run(db, run, now, state="ended", message=message)
            ended = {
                "status": "rejected",
                "closed_reason": "outdated",
                "message": message,
                "updated_at": instant_text(now),
            }
            db.execute(sa.update(decisions).where(decisions.c.id == decision.id).values(ended))
            if not asked:
                insert_run(db, values)

        await self._database.write(work)

    async def answer(
        self, decision: DecisionRow, *, only_from: tuple[str, ...], to: str, message: str, kind: str, now: datetime,
        reason: str = "", outcome: str | None = None,
    ) -> RunRow | None:  # fmt: skip
        """A person's word: moves the decision and opens the run that follows, in one commit; None when it came too late.

        With `outcome` the run decides anew by that word and the decision stays until the new one replaces it.
        """
        values = new_run(decision.ticket_id, kind, decision.trigger if outcome is None else "reclassify", "live", now)
        values |= {"reason": reason, "outcome": outcome, "decision_id": decision.id if outcome is None else None}

        def work(db: Connection) -> RunRow | None:
            lock_ticket(db, decision.ticket_id)
            update = sa.update(decisions).where(decisions.c.id == decision.id, decisions.c.status.in_(only_from))
            moved = db.execute(update.values(status=to, message=message, updated_at=instant_text(now))).rowcount
            if not moved or (outcome is not None and open_run_of(db, decision.ticket_id, "triage")):
                return None
            return insert_run(db, values)

        return await self._database.write(work)

    async def unfinished_of(self, ticket_id: int) -> str | None:
        """The failed decision of a ticket that has written something which nobody has taken back; its id."""
        wrote = sa.exists().where(steps.c.decision_id == decisions.c.id, steps.c.written_at.is_not(None))
        query = sa.select(decisions.c.id).where(
            decisions.c.ticket_id == ticket_id, decisions.c.status == "failed", wrote
        )
        newest = query.order_by(decisions.c.id.desc()).limit(1)
        return await self._database.read(lambda db: db.execute(newest).scalar())

    async def newer_in_force(self, decision: DecisionRow) -> str | None:
        """The newest later decision of the ticket that has changed something in ConnectWise or is at it; its id."""
        wrote = sa.exists().where(steps.c.decision_id == decisions.c.id, steps.c.written_at.is_not(None))
        in_force = (decisions.c.status == "running") | (decisions.c.status.in_(("applied", "failed")) & wrote)
        later = (decisions.c.ticket_id == decision.ticket_id, decisions.c.id > decision.id, in_force)
        newest = sa.select(decisions.c.id).where(*later).order_by(decisions.c.id.desc()).limit(1)
        return await self._database.read(lambda db: db.execute(newest).scalar())

    async def seen(self, run: RunRow, decision_id: str, *, observed_state: dict[str, Any], recheck_at: datetime | None,
                   message: str, now: datetime, note: str | None = None) -> None:  # fmt: skip
        """Ends a look that changed nothing: keeps what it saw and when to look again; `note`: a new word on the decision."""
        values: dict[str, Any] = {
            "observed_state": observed_state,
            "recheck_at": instant_text(recheck_at) if recheck_at else None,
        }
        values |= {"message": note, "updated_at": instant_text(now)} if note is not None else {}

        def work(db: Connection) -> None:
            finish_run(db, run, now, state="ended", message=message)
            db.execute(sa.update(decisions).where(decisions.c.id == decision_id).values(values))

        await self._database.write(work)

    async def ticket_gone(self, run: RunRow, *, message: str, now: datetime) -> None:
        """Ends what waits for a person about a ticket that is deleted, and the run that found it gone."""
        waiting = (decisions.c.ticket_id == run.ticket_id, decisions.c.status.in_(("awaiting-review", "planned")))

        def work(db: Connection) -> None:
            finish_run(db, run, now, state="missing", message=message)
            rejected = {"status": "rejected", "message": message, "updated_at": instant_text(now)}
            db.execute(sa.update(decisions).where(*waiting).values(rejected))
            db.execute(sa.update(decisions).where(decisions.c.ticket_id == run.ticket_id).values(recheck_at=None))

        await self._database.write(work)

    async def get(self, decision_id: str) -> DecisionRow | None:
        """One decision with its evidence."""
        return await self._database.read(lambda db: _find(db, decisions.c.id == decision_id))

    async def latest_of(self, ticket_id: int, *, status: str | None = None) -> DecisionRow | None:
        """The newest decision of a ticket, or the newest that stands so."""
        of_ticket = decisions.c.ticket_id == ticket_id
        wanted = of_ticket if status is None else sa.and_(of_ticket, decisions.c.status == status)
        return await self._database.read(lambda db: _find(db, wanted))

    async def move(self, decision_id: str, *, to: str, message: str, now: datetime, only_from: tuple[str, ...]) -> bool:
        """Changes the standing of a decision; False when it stands elsewhere than `only_from` allows."""
        allowed = (decisions.c.id == decision_id, decisions.c.status.in_(only_from))
        update = sa.update(decisions).where(*allowed).values(status=to, message=message, updated_at=instant_text(now))
        return bool(await self._database.write(lambda db: db.execute(update).rowcount))

    async def page(
        self, *, ticket_id: int | None = None, outcome: str | None = None, status: str | None = None,
        trigger: str | None = None, since: datetime | None = None, limit: int = 50, before: str | None = None,
    ) -> list[DecisionRow]:  # fmt: skip
        """Decisions, newest first, from the one before `before` on."""
        wanted = [
            column == value
            for column, value in (
                (decisions.c.ticket_id, ticket_id), (decisions.c.outcome, outcome),
                (decisions.c.status, status), (decisions.c.trigger, trigger),
            )
            if value is not None
        ]  # fmt: skip
        if since is not None:
            wanted.append(decisions.c.decided_at >= instant_text(since))
        if before is not None:
            wanted.append(decisions.c.id < before)
        query = sa.select(*_COLUMNS).where(*wanted).order_by(decisions.c.id.desc()).limit(limit)
        return await self._database.read(lambda db: [_row(row) for row in db.execute(query)])

    async def prune(self, *, older_than: timedelta, now: datetime) -> int:
        """Empties the evidence (ticket texts) of decisions that ended long ago; the decision itself stays."""
        ended = decisions.c.status.in_(("applied", "nothing-to-do", "undone", "rejected", "planned"))
        old = decisions.c.decided_at < instant_text(now - older_than)
        full = sa.cast(decisions.c.evidence, sa.Text) != "{}"
        update = sa.update(decisions).where(ended, old, full).values(evidence={})
        return await self._database.write(lambda db: db.execute(update).rowcount)


def _retire_older(db: Connection, run: RunRow, decision: DecisionRow) -> None:
    """Ends what waited for a person about the ticket: answered where the run had a person's outcome, else replaced."""
    older = [decisions.c.ticket_id == decision.ticket_id, decisions.c.status == "awaiting-review"]
    if decision.mode == "dry-run":
        older.append(decisions.c.mode == "dry-run")
    for row in db.execute(sa.select(decisions.c.id, decisions.c.outcome, decisions.c.document).where(*older)).all():
        closed_reason = "replaced"
        ended: dict[str, Any] = {"replaced_by": decision.id}
        message = f"Replaced by the newer decision {decision.id}."
        if row.outcome == "review" and run.outcome:
            message = f"A person answered {run.outcome}; the decision {decision.id} follows from it."
            closed_reason = "answered"
            ended |= {"answered": {"by": "a person", "outcome": run.outcome, "reason": run.reason}}
        values = {
            "status": "rejected",
            "closed_reason": closed_reason,
            "message": message,
            "document": {**row.document, **ended},
        }
        db.execute(sa.update(decisions).where(decisions.c.id == row.id).values(values))


def _within_the_hour(db: Connection, decision: DecisionRow, asks_first: AsksFirst | None) -> DecisionRow:
    """The decision, which waits for a person where the hour has no room for its plan; else it holds that room from now on."""
    if decision.status != "running" or asks_first is None:
        return decision
    lock_writes(db)
    message = asks_first(taken(db, decision.decided_at, but_for=decision.id))
    if message is None:
        return decision
    return replace(decision, status="awaiting-review", message=f"{decision.message} {message}".lstrip())


def _keep_chart(db: Connection, decision: DecisionRow, text: str) -> None:
    stamped = decision.document["chart"]
    values = {"sha256": stamped["sha256"], "version": str(stamped["version"])[:100], "text": text}
    values["first_used_at"] = instant_text(decision.decided_at)
    db.execute(inserting(db, charts).values(values).on_conflict_do_nothing())


def _values(decision: DecisionRow) -> dict[str, Any]:
    moment = instant_text(decision.decided_at)
    values = {name: getattr(decision, name) for name in DecisionRow.__slots__}
    recheck_at = instant_text(decision.recheck_at) if decision.recheck_at else None
    return values | {"decided_at": moment, "updated_at": moment, "recheck_at": recheck_at}


_COLUMNS = tuple(decisions.c[name] for name in DecisionRow.__slots__)


def _row(row: Any) -> DecisionRow:
    values = dict(row._mapping)
    values["decided_at"] = parse_instant(values["decided_at"])
    values["recheck_at"] = parse_instant(values["recheck_at"]) if values["recheck_at"] else None
    return DecisionRow(**values)


def _find(db: Connection, condition: Any) -> DecisionRow | None:
    row = db.execute(sa.select(*_COLUMNS).where(condition).order_by(decisions.c.id.desc()).limit(1)).first()
    return _row(row) if row is not None else None
