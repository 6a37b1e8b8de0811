"""Audits: their progress, the result of each ticket, and the evidence page by page.

A page is committed whole: rows, evidence, cursor and counters in one transaction. A resumed audit continues behind the
cursor, so a killed run ends with the same totals.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app import json_codec
from app.domain.enums import DecisionStatus, Outcome
from app.storage.audit_tables import audit_pages, audit_tickets, audits
from app.storage.clock import instant_text, parse_instant
from app.storage.database import Database, OwnershipLost, inserting
from app.storage.ids import new_id
from app.storage.tables import charts, decisions
from app.storage.trail import TrailEntry, add_entry

OPEN = ("queued", "running")
LEASE = timedelta(seconds=60)
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One audit. `state`: queued (from `not_before` on), running (held by `owner` until `lease_until`), done, cancelled or failed.

    `asked`: range, boards, companies, statuses, and the link that opens a ticket; `cursor`: id of the last stored ticket.
    """

    id: str
    state: str
    asked: dict[str, Any]
    chart_sha256: str
    chart_version: str
    cursor: int
    expected: int | None
    seen: int
    counters: dict[str, Any]
    remarks: list[str]
    suggestions: list[dict[str, Any]] | None
    totals: dict[str, Any] | None
    cancel: bool
    attempts: int
    not_before: datetime
    owner: str | None
    lease_until: datetime | None
    message: str
    created_at: datetime
    finished_at: datetime | None
    started_by: str = ""

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page to store: for each ticket its id, the outcomes of chart and hindsight, and its row as JSON; the packed cases,
    the last ticket's id, and the counters including this page."""

    tickets: Sequence[tuple[int, str, str, str]]
    evidence: bytes
    cursor: int
    counters: Mapping[str, Any]


class Audits:
    """The tables of audits. Writes by a worker name the owner; OwnershipLost when it no longer holds the audit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, asked: Mapping[str, Any], *, chart: tuple[str, str, str], entry: TrailEntry) -> AuditRow:
        """Queues an audit. `chart`: version, hash and text of the chart that it uses to the end."""
        moment, (version, sha256, text) = instant_text(entry.at), chart
        values = {
            "id": (audit_id := new_id(entry.at)), "state": "queued", "asked": dict(asked), "chart_sha256": sha256, "chart_version": version[:100],
            "counters": {}, "remarks": [], "not_before": moment, "created_at": moment, "updated_at": moment,
            "started_by": entry.who,
        }  # fmt: skip

        def work(db: Connection) -> AuditRow:
            kept = {"sha256": sha256, "version": version[:100], "text": text, "first_used_at": moment}
            db.execute(inserting(db, charts).values(kept).on_conflict_do_nothing())
            db.execute(sa.insert(audits).values(values))
            add_entry(db, replace(entry, detail=audit_id))
            return _get(db, audit_id)

        return await self._database.write(work)

    async def claim(
        self, owner: str, *, now: datetime, only: str | None = None, is_dead: Callable[[str], bool] = lambda _: False
    ) -> AuditRow | None:
        """Takes the oldest audit that may continue: queued and due, or left by a worker that is dead or has lost its lease."""

        def work(db: Connection) -> AuditRow | None:
            query = sa.select(*_COLUMNS).where(audits.c.state.in_(OPEN)).order_by(audits.c.id)
            if only is not None:
                query = query.where(audits.c.id == only)
            if db.dialect.name == "postgresql":
                query = query.with_for_update(skip_locked=True)
            for found in map(_row, db.execute(query)):
                left = found.lease_until is None or found.lease_until < now or is_dead(found.owner or "")
                if found.not_before <= now if found.state == "queued" else left:
                    held = {"state": "running", "owner": owner, "updated_at": instant_text(now)}
                    held["lease_until"] = instant_text(now + LEASE)
                    db.execute(sa.update(audits).where(audits.c.id == found.id).values(held))
                    return _get(db, found.id)
            return None

        return await self._database.write(work)

    async def renew(self, audit_id: str, owner: str, *, now: datetime) -> None:
        """Extends the lease."""
        values = {"lease_until": instant_text(now + LEASE)}
        update = sa.update(audits).where(audits.c.id == audit_id, audits.c.owner == owner, audits.c.state == "running")
        await self._database.write(lambda db: db.execute(update.values(values)))

    async def note(self, audit: AuditRow, *, now: datetime, **values: Any) -> AuditRow:
        """Stores some values of a held audit."""
        return await self._database.write(lambda db: _change(db, audit, now, **values))

    async def keep_page(self, audit: AuditRow, page: KeptPage, *, now: datetime) -> AuditRow:
        """Stores a page; returns the current audit, with a request to cancel if there is one."""
        tickets = [
            {"audit_id": audit.id, "ticket_id": ticket_id, "outcome": outcome, "hindsight": hindsight, "row": row}
            for ticket_id, outcome, hindsight, row in page.tickets
        ]  # fmt: skip
        kept = {"audit_id": audit.id, "last_ticket": page.cursor, "tickets": len(tickets), "evidence": page.evidence}

        def work(db: Connection) -> AuditRow:
            _check_owner(db, audit)
            db.execute(sa.insert(audit_pages).values(kept))
            if tickets:
                db.execute(sa.insert(audit_tickets), tickets)
            seen = audits.c.seen + len(tickets)
            values = {
                "cursor": page.cursor,
                "seen": seen,
                "counters": dict(page.counters),
                "attempts": 0,
                "message": "",
            }
            return _change(db, audit, now, **values)

        return await self._database.write(work)

    async def wait(self, audit: AuditRow, *, until: datetime, message: str, now: datetime) -> None:
        """Releases an audit until a moment; it continues behind its cursor."""
        values = {
            "state": "queued",
            "not_before": instant_text(until),
            "attempts": audit.attempts + 1,
            "message": message,
        }
        values |= _FREE
        await self._database.write(lambda db: _change(db, audit, now, **values))

    async def settle(self, audit: AuditRow, state: str, *, message: str, now: datetime, **values: Any) -> AuditRow:
        """Ends an audit as done, cancelled or failed."""
        values |= {"state": state, "message": message, "finished_at": instant_text(now), **_FREE}
        return await self._database.write(lambda db: _change(db, audit, now, **values))

    async def cancel(self, audit_id: str, *, now: datetime, entry: TrailEntry | None = None) -> bool:
        """Requests the end of an open audit after its present page; a queued one ends immediately. False when it has ended."""

        def work(db: Connection) -> bool:
            asked = sa.update(audits).where(audits.c.id == audit_id, audits.c.state.in_(OPEN)).values(cancel=True)
            found = db.execute(asked).rowcount > 0
            moment = instant_text(now)
            idle = {"state": "cancelled", "message": "Cancelled.", "finished_at": moment, "updated_at": moment, **_FREE}
            db.execute(sa.update(audits).where(audits.c.id == audit_id, audits.c.state == "queued").values(idle))
            add_entry(db, entry if found else None)
            return found

        return await self._database.write(work)

    async def reopen(self, audit_id: str, *, now: datetime, entry: TrailEntry | None = None) -> None:
        """Queues a cancelled, failed or waiting audit to continue now."""
        values = {
            "state": "queued", "cancel": False, "attempts": 0, "not_before": instant_text(now), "message": "",
            "finished_at": None, "totals": None, "suggestions": None, **_FREE,
        }  # fmt: skip
        mine = audits.c.id == audit_id
        ended = sa.update(audits).where(mine, audits.c.state.in_(("cancelled", "failed", "queued"))).values(values)
        runs = sa.update(audits).where(mine, audits.c.state == "running").values(cancel=False)

        def work(db: Connection) -> None:
            db.execute(ended)
            db.execute(runs)
            add_entry(db, entry)

        await self._database.write(work)

    async def suggest(self, audit_id: str, suggestions: Sequence[Mapping[str, Any]]) -> None:
        """Stores thresholds that would fit an ended audit's tickets better."""
        update = sa.update(audits).where(audits.c.id == audit_id).values(suggestions=list(suggestions))
        await self._database.write(lambda db: db.execute(update))

    async def get(self, audit_id: str) -> AuditRow | None:
        """One audit in its current state."""
        query = sa.select(*_COLUMNS).where(audits.c.id == audit_id)
        return await self._database.read(lambda db: _first(db, query))

    async def latest(self, *states: str, seen: bool = False) -> AuditRow | None:
        """The newest audit in one of these states. `seen`: only one that has found tickets."""
        query = sa.select(*_COLUMNS).where(audits.c.state.in_(states)).order_by(audits.c.id.desc()).limit(1)
        if seen:
            query = query.where(audits.c.seen > 0)
        return await self._database.read(lambda db: _first(db, query))

    async def recent(self, *, limit: int = 50) -> list[AuditRow]:
        """Audits, newest first."""
        query = sa.select(*_COLUMNS).order_by(audits.c.id.desc()).limit(limit)
        return await self._database.read(lambda db: [_row(row) for row in db.execute(query)])

    async def chart_text(self, sha256: str) -> str:
        """The text of a chart that was used."""
        query = sa.select(charts.c.text).where(charts.c.sha256 == sha256)
        return str(await self._database.read(lambda db: db.execute(query).scalar_one()))

    async def rows(self, audit_id: str) -> AsyncGenerator[list[dict[str, Any]], None]:
        """The rows of the tickets, by id, a thousand at a time."""
        after = 0
        while found := await self._database.read(partial(_rows_after, audit_id=audit_id, after=after)):
            yield found
            after = found[-1]["id"]

    async def keeps(self, audit_id: str) -> bool:
        """Whether any of its tickets are still stored."""
        query = sa.select(audit_pages.c.last_ticket).where(audit_pages.c.audit_id == audit_id).limit(1)
        return await self._database.read(lambda db: db.execute(query).first() is not None)

    async def pages(self, audit_id: str) -> AsyncGenerator[bytes, None]:
        """The packed cases, page by page."""
        after = -1
        while found := await self._database.read(partial(_page_after, audit_id=audit_id, after=after)):
            after, evidence = found
            yield evidence

    async def moved_by_service(self, tickets: Sequence[int]) -> dict[int, str]:
        """Of these tickets, those that an applied decision moved or converted, with its outcome."""

        def work(db: Connection) -> dict[int, str]:
            found: dict[int, str] = {}
            for at in range(0, len(tickets), _AT_ONCE // 2):
                chosen = decisions.c.ticket_id.in_(tickets[at : at + _AT_ONCE // 2])
                applied = decisions.c.status == DecisionStatus.APPLIED.value
                moves = decisions.c.outcome.in_((Outcome.MINI_PROJECT.value, Outcome.PROJECT.value))
                query = sa.select(decisions.c.ticket_id, decisions.c.outcome).where(chosen, applied, moves)
                found |= {row.ticket_id: row.outcome for row in db.execute(query.order_by(decisions.c.id))}
            return found

        return await self._database.read(work)

    async def made_by_service(self, projects: Sequence[int]) -> set[int]:
        """Of these projects, those that a decision made."""

        def work(db: Connection) -> set[int]:
            found: set[int] = set()
            for at in range(0, len(projects), _AT_ONCE // 2):
                query = sa.select(decisions.c.project_id).where(
                    decisions.c.project_id.in_(projects[at : at + _AT_ONCE // 2])
                )
                found |= set(db.execute(query).scalars())
            return found

        return await self._database.read(work)

    async def prune(self, *, older_than: timedelta, now: datetime) -> int:
        """Deletes the tickets of audits that ended long ago; totals and remarks stay."""
        old = sa.select(audits.c.id).where(
            audits.c.state.not_in(OPEN), audits.c.updated_at < instant_text(now - older_than)
        )

        def work(db: Connection) -> int:
            pages = db.execute(sa.delete(audit_pages).where(audit_pages.c.audit_id.in_(old))).rowcount
            db.execute(sa.delete(audit_tickets).where(audit_tickets.c.audit_id.in_(old)))
            return pages

        return await self._database.write(work)


_FREE: dict[str, Any] = {"owner": None, "lease_until": None}
_COLUMNS = tuple(audits.c[name] for name in AuditRow.__slots__)


def _rows_after(db: Connection, *, audit_id: str, after: int) -> list[dict[str, Any]]:
    mine = (audit_tickets.c.audit_id == audit_id, audit_tickets.c.ticket_id > after)
    query = sa.select(audit_tickets.c.row).where(*mine).order_by(audit_tickets.c.ticket_id).limit(_AT_ONCE)
    return [json_codec.read(text) for text in db.execute(query).scalars()]


def _page_after(db: Connection, *, audit_id: str, after: int) -> tuple[int, bytes] | None:
    mine = (audit_pages.c.audit_id == audit_id, audit_pages.c.last_ticket > after)
    query = sa.select(audit_pages.c.last_ticket, audit_pages.c.evidence).where(*mine)
    row = db.execute(query.order_by(audit_pages.c.last_ticket).limit(1)).first()
    return None if row is None else (row.last_ticket, row.evidence)


def _check_owner(db: Connection, audit: AuditRow) -> None:
    held = sa.select(audits.c.id).where(
        audits.c.id == audit.id, audits.c.owner == audit.owner, audits.c.state == "running"
    )
    if db.execute(held.with_for_update()).first() is None:
        raise OwnershipLost(audit.id)


def _change(db: Connection, audit: AuditRow, now: datetime, **values: Any) -> AuditRow:
    _check_owner(db, audit)
    values |= {"updated_at": instant_text(now)}
    if values.get("state") is None:
        values["lease_until"] = instant_text(now + LEASE)
    db.execute(sa.update(audits).where(audits.c.id == audit.id).values(values))
    return _get(db, audit.id)


def _get(db: Connection, audit_id: str) -> AuditRow:
    return _row(db.execute(sa.select(*_COLUMNS).where(audits.c.id == audit_id)).one())


def _first(db: Connection, query: Any) -> AuditRow | None:
    row = db.execute(query).first()
    return None if row is None else _row(row)


def _row(row: Any) -> AuditRow:
    values = dict(row._mapping)
    for name in ("not_before", "created_at", "lease_until", "finished_at"):
        values[name] = parse_instant(values[name]) if values[name] else None
    return AuditRow(**values)
