"""Decisions whose outcome a person has stated: answered questions, overruled outcomes, applied briefs that they corrected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.domain.enums import DecisionStatus
from app.storage.brief_tables import brief_values
from app.storage.database import Database
from app.storage.decision_rows import COLUMNS, DecisionRow, to_row
from app.storage.tables import decisions

_WITHDRAWN = (DecisionStatus.UNDONE, DecisionStatus.FAILED)


@dataclass(frozen=True, slots=True)
class LabelledDecision:
    """A decision with its evidence, and the values of its brief that a person entered, by field."""

    decision: DecisionRow
    entered: dict[str, Any] = field(default_factory=dict)


class LabelledDecisions:
    """Reads the newest labelled decision of each ticket. Those whose texts were deleted, or that were undone, are left out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, *, limit: int, before: str | None = None) -> list[LabelledDecision]:
        """Labelled decisions, newest first, starting before the id `before`."""
        chosen = decisions.c.document["asked"]["outcome"].as_string().is_not(None)
        corrected = sa.exists().where(brief_values.c.ticket_id == decisions.c.ticket_id)
        applied = decisions.c.status == DecisionStatus.APPLIED
        newest = (
            sa.select(sa.func.max(decisions.c.id))
            .where(chosen | (applied & corrected), decisions.c.status.not_in(_WITHDRAWN))
            .group_by(decisions.c.ticket_id)
        )
        kept = sa.cast(decisions.c.evidence, sa.Text) != "{}"
        query = sa.select(*COLUMNS).where(decisions.c.id.in_(newest), kept)
        if before is not None:
            query = query.where(decisions.c.id < before)
        query = query.order_by(decisions.c.id.desc()).limit(limit)

        def work(db: Connection) -> list[LabelledDecision]:
            rows = [to_row(row) for row in db.execute(query)]
            entered = _entered(db, [row.ticket_id for row in rows])
            return [LabelledDecision(row, entered.get(row.ticket_id, {})) for row in rows]

        return await self._database.read(work)


def _entered(db: Connection, tickets: list[int]) -> dict[int, dict[str, Any]]:
    query = sa.select(brief_values.c.ticket_id, brief_values.c.field, brief_values.c.value)
    found: dict[int, dict[str, Any]] = {}
    for row in db.execute(query.where(brief_values.c.ticket_id.in_(tickets))):
        found.setdefault(row.ticket_id, {})[row.field] = row.value
    return found
