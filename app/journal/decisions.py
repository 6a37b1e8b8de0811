"""Decisions with their evidence, the chart that made them, and their standing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.journal.database import Database
from app.journal.moments import moment_of, stamp
from app.journal.runs import RunRow, check_owner
from app.journal.steps import insert_steps
from app.journal.tables import charts, decisions, runs


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One decision. `document` holds findings, question, chart stamp, problems and to-dos as JSON."""

    id: str
    ticket_id: int
    decided_at: datetime
    trigger: str
    mode: str
    outcome: str
    status: str
    said: str
    project_id: int | None
    document: dict[str, Any]
    evidence: dict[str, Any]


class Decisions:
    """The decisions table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, run: RunRow, decision: DecisionRow, plan: list[dict[str, Any]], *, chart_text: str) -> None:
        """Keeps a decision, its plan and its chart in one commit, ties it to the run, and retires older open ones."""

        def work(db: Connection) -> None:
            check_owner(db, run)
            _keep_chart(db, decision, chart_text)
            older = sa.and_(decisions.c.ticket_id == decision.ticket_id, decisions.c.status == "awaiting-review")
            retired = {"status": "rejected", "said": f"Replaced by the newer decision {decision.id}."}
            db.execute(sa.update(decisions).where(older).values(retired))
            db.execute(sa.insert(decisions).values(_values(decision)))
            db.execute(sa.update(runs).where(runs.c.id == run.id).values(decision_id=decision.id))
            insert_steps(db, run.id, decision.id, plan)

        await self._database.write(work)

    async def get(self, decision_id: str) -> DecisionRow | None:
        """One decision with its evidence."""
        return await self._database.read(lambda db: _find(db, decisions.c.id == decision_id))

    async def latest_of(self, ticket_id: int) -> DecisionRow | None:
        """The newest decision of a ticket."""
        return await self._database.read(lambda db: _find(db, decisions.c.ticket_id == ticket_id))

    async def move(
        self, decision_id: str, *, to: str, said: str, now: datetime, only_from: tuple[str, ...] = (),
        project_id: int | None = None,
    ) -> bool:  # fmt: skip
        """Changes the standing of a decision; False when it stands elsewhere than `only_from` allows."""
        allowed = [decisions.c.id == decision_id]
        if only_from:
            allowed.append(decisions.c.status.in_(only_from))
        values: dict[str, Any] = {"status": to, "said": said, "updated_at": stamp(now)}
        if project_id is not None:
            values["project_id"] = project_id
        update = sa.update(decisions).where(*allowed).values(values)
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
            wanted.append(decisions.c.decided_at >= stamp(since))
        if before is not None:
            wanted.append(decisions.c.id < before)
        query = sa.select(*_COLUMNS).where(*wanted).order_by(decisions.c.id.desc()).limit(limit)
        return await self._database.read(lambda db: [_row(row) for row in db.execute(query)])

    async def prune(self, *, older_than: timedelta, now: datetime) -> int:
        """Empties the evidence (ticket texts) of decisions that ended long ago; the decision itself stays."""
        ended = decisions.c.status.in_(("applied", "nothing-to-do", "undone", "rejected", "planned"))
        old = decisions.c.decided_at < stamp(now - older_than)
        full = sa.cast(decisions.c.evidence, sa.Text) != "{}"
        update = sa.update(decisions).where(ended, old, full).values(evidence={})
        return await self._database.write(lambda db: db.execute(update).rowcount)


def _keep_chart(db: Connection, decision: DecisionRow, text: str) -> None:
    sha256 = decision.document["chart"]["sha256"]
    if db.execute(sa.select(charts.c.sha256).where(charts.c.sha256 == sha256)).first() is None:
        version = str(decision.document["chart"]["version"])[:100]
        moment = stamp(decision.decided_at)
        db.execute(sa.insert(charts).values(sha256=sha256, version=version, text=text, first_used_at=moment))


def _values(decision: DecisionRow) -> dict[str, Any]:
    moment = stamp(decision.decided_at)
    values = {name: getattr(decision, name) for name in DecisionRow.__slots__}
    return values | {"decided_at": moment, "updated_at": moment}


_COLUMNS = tuple(decisions.c[name] for name in DecisionRow.__slots__)


def _row(row: Any) -> DecisionRow:
    values = dict(row._mapping)
    values["decided_at"] = moment_of(values["decided_at"])
    return DecisionRow(**values)


def _find(db: Connection, condition: Any) -> DecisionRow | None:
    row = db.execute(sa.select(*_COLUMNS).where(condition).order_by(decisions.c.id.desc()).limit(1)).first()
    return _row(row) if row is not None else None
