"""The queue of tickets: the newest decision of each, counted by status, in pages, and searched by words."""

from __future__ import annotations

import re
from collections.abc import Sequence

import sqlalchemy as sa

from app.domain.enums import DecisionStatus
from app.storage.database import Database
from app.storage.decision_rows import COLUMNS, DecisionRow, to_row
from app.storage.tables import decisions

_LATEST = decisions.alias("latest")
_SLIM = tuple(column for column in COLUMNS if column.name != "evidence")
_ASCII_RUN = re.compile(r"[A-Za-z0-9]{2,}")


def _is_latest() -> sa.ColumnElement[bool]:
    """Condition: no newer decision of the same ticket exists."""
    newest = sa.select(sa.func.max(_LATEST.c.id)).where(_LATEST.c.ticket_id == decisions.c.ticket_id).scalar_subquery()
    return decisions.c.id == newest


class DecisionQueue:
    """Reads the newest decision of each ticket."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def counts(self) -> dict[DecisionStatus, int]:
        """Tickets by the status of their newest decision."""
        query = sa.select(decisions.c.status, sa.func.count()).where(_is_latest()).group_by(decisions.c.status)
        found = await self._database.read(lambda db: db.execute(query).all())
        return {DecisionStatus(row[0]): row[1] for row in found}

    async def page(
        self, *, statuses: Sequence[DecisionStatus] = (), ticket_id: int | None = None, words: str = "", limit: int = 30,
        before: str = "",
    ) -> list[DecisionRow]:  # fmt: skip
        """Newest decisions without evidence, newest first, before the id `before`. Empty `statuses`: all.

        `words`: a coarse filter; its longest run of ASCII letters occurs in the decision. The caller checks the rest.
        """
        chosen: list[sa.ColumnElement[bool]] = [_is_latest()]
        if statuses:
            chosen.append(decisions.c.status.in_(statuses))
        if ticket_id is not None:
            chosen.append(decisions.c.ticket_id == ticket_id)
        if before:
            chosen.append(decisions.c.id < before)
        if run := max(_ASCII_RUN.findall(words), key=len, default=""):
            chosen.append(sa.cast(decisions.c.document, sa.Text).ilike(f"%{run}%"))
        query = sa.select(*_SLIM).where(*chosen).order_by(decisions.c.id.desc()).limit(limit)
        return await self._database.read(lambda db: [to_row(row) for row in db.execute(query)])

    async def version(self) -> tuple[int, str]:
        """The number of decisions and the latest change; another pair means that something has changed."""
        query = sa.select(sa.func.count(), sa.func.max(decisions.c.updated_at))
        row = await self._database.read(lambda db: db.execute(query).one())
        return row[0], row[1] or ""
