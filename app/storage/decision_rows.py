"""Decision rows: their columns as typed values, and queries of the rows that a transaction changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.domain.enums import ClosedReason, DecisionStatus, Mode, Outcome, Trigger
from app.storage.clock import instant_text, parse_instant
from app.storage.database import inserting
from app.storage.tables import charts, decisions, steps


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One decision. `document` holds findings, question, chart stamp, problems and manual actions as JSON.

    `observed_state`: signs of a larger scope as last seen; `recheck_at`: when to look again; `inputs`: digests of what the
    plan was made from, by name.
    """

    id: str
    ticket_id: int
    decided_at: datetime
    trigger: Trigger
    mode: Mode
    outcome: Outcome
    status: DecisionStatus
    message: str
    project_id: int | None
    document: dict[str, Any]
    evidence: dict[str, Any]
    observed_state: dict[str, Any] = field(default_factory=dict)
    recheck_at: datetime | None = None
    closed_reason: ClosedReason | None = None
    inputs: dict[str, str] = field(default_factory=dict)


COLUMNS = tuple(decisions.c[name] for name in DecisionRow.__slots__)


def to_row(row: Any) -> DecisionRow:
    """The typed values of a database row."""
    values = {"evidence": {}, **row._mapping}
    values |= {"trigger": Trigger(row.trigger), "mode": Mode(row.mode), "outcome": Outcome(row.outcome)}
    values |= {"status": DecisionStatus(row.status), "decided_at": parse_instant(row.decided_at)}
    values["closed_reason"] = ClosedReason(row.closed_reason) if row.closed_reason else None
    values["recheck_at"] = parse_instant(row.recheck_at) if row.recheck_at else None
    return DecisionRow(**values)


def to_values(decision: DecisionRow) -> dict[str, Any]:
    """The column values of a new decision."""
    moment = instant_text(decision.decided_at)
    values = {name: getattr(decision, name) for name in DecisionRow.__slots__}
    recheck_at = instant_text(decision.recheck_at) if decision.recheck_at else None
    return values | {"decided_at": moment, "updated_at": moment, "recheck_at": recheck_at}


def find_decision(db: Connection, condition: Any) -> DecisionRow | None:
    """The newest decision that meets a condition."""
    row = db.execute(sa.select(*COLUMNS).where(condition).order_by(decisions.c.id.desc()).limit(1)).first()
    return to_row(row) if row is not None else None


def update_decision(db: Connection, decision_id: str, **values: Any) -> None:
    """Changes one decision in the caller's transaction."""
    db.execute(sa.update(decisions).where(decisions.c.id == decision_id).values(values))


def brief_digest(decision: DecisionRow) -> str | None:
    """The digest of what the decision's brief was built from; None without a brief."""
    found: str | None = (decision.document.get("brief") or {}).get("inputs")
    return found


def has_written() -> Any:
    """Condition: the decision has sent at least one write."""
    return sa.exists().where(steps.c.decision_id == decisions.c.id, steps.c.written_at.is_not(None))


def keep_chart(db: Connection, decision: DecisionRow, text: str) -> None:
    """Stores the text of the decision's chart once."""
    chart = decision.document["chart"]
    values = {"sha256": chart["sha256"], "version": str(chart["version"])[:100], "text": text}
    values["first_used_at"] = instant_text(decision.decided_at)
    db.execute(inserting(db, charts).values(values).on_conflict_do_nothing())
