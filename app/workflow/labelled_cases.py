"""What people decided, as labelled cases: for the API, for export, for proposals, and as examples for the model."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.chart.regression.case_export import labelled_json
from app.chart.regression.cases import Case, load_cases
from app.chart.schema.errors import ChartError
from app.domain.enums import Outcome
from app.domain.ticket import TicketRecord
from app.reading.model.examples import Example
from app.storage import Database
from app.storage.labelled_decisions import LabelledDecision, LabelledDecisions

_MOST_EXAMPLES = 500
_EXAMPLES_FOR_SECONDS = 300.0
_ACCEPTANCES = frozenset({"billing_sheet", "agreed", "tax_basis"})
"""Values of a brief that say “as shown” and correct nothing."""
_A_PERSON = "a person"


class LabelledCases:
    """Labelled cases of this installation. They last as long as their ticket texts (RETENTION_DAYS); an export lasts longer."""

    def __init__(self, database: Database, chart_file: Path | None = None) -> None:
        self._labelled = LabelledDecisions(database)
        self._own = chart_file.with_name("cases.yaml") if chart_file else None
        self._examples: tuple[float, Sequence[Example]] | None = None

    async def page(self, *, limit: int = 50, cursor: str | None = None) -> tuple[list[dict[str, Any]], str | None]:
        """Cases as JSON, newest first, and the cursor of the next page."""
        rows = [row for row in await self._labelled.page(limit=limit + 1, before=cursor) if _label(row)]
        shown = rows[:limit]
        return [_case_json(row) for row in shown], shown[-1].decision.id if len(rows) > limit else None

    async def cases(self, *, limit: int = 10_000) -> list[Case]:
        """Cases as `chart test` runs them, newest first."""
        rows = await self._labelled.page(limit=limit)
        return [_case(row) for row in rows if _label(row)]

    async def examples(self) -> Sequence[Example]:
        """Examples for the model: these cases, then `cases.yaml` next to the chart; read again every five minutes."""
        now = time.monotonic()
        if self._examples is None or now - self._examples[0] > _EXAMPLES_FOR_SECONDS:
            cases = [*await self.cases(limit=_MOST_EXAMPLES), *self._of_file()]
            found = [Example(case.ticket, case.outcome, case.rows, case.why) for case in cases if case.outcome]
            self._examples = (now, found)
        return self._examples[1]

    def _of_file(self) -> list[Case]:
        if self._own is None or not self._own.is_file():
            return []
        try:
            return load_cases(self._own)
        except ChartError:
            return []  # `chart test` names the errors


def _label(row: LabelledDecision) -> Outcome | None:
    """The outcome that a person stated; for a corrected and applied brief its outcome."""
    asked = (row.decision.document.get("asked") or {}).get("outcome")
    if asked:
        return Outcome(asked)
    return row.decision.outcome if _corrected(row) else None


def _corrected(row: LabelledDecision) -> dict[str, Any]:
    return {name: value for name, value in row.entered.items() if name not in _ACCEPTANCES}


def _kind(row: LabelledDecision) -> str:
    """How the label came about."""
    document = row.decision.document
    if not (document.get("asked") or {}).get("outcome"):
        return "corrected-brief"
    before = document.get("outcome")
    if before == Outcome.REVIEW:
        return "answered"
    return "confirmed" if before == _label(row) else "overruled"


def _why(row: LabelledDecision) -> str:
    asked = row.decision.document.get("asked") or {}
    parts = [" ".join(str(asked.get("reason") or "").split())]
    if corrected := _corrected(row):
        parts.append(f"Corrected in the brief: {', '.join(sorted(corrected))}.")
    return " ".join(filter(None, parts))[:500]


def _case(row: LabelledDecision) -> Case:
    name = f"Ticket {row.decision.ticket_id}, {_kind(row)} on {row.decision.decided_at:%Y-%m-%d}"
    return Case(name, 0, TicketRecord.from_json(row.decision.evidence), _label(row), why=_why(row))


def _case_json(row: LabelledDecision) -> dict[str, Any]:
    decision = row.decision
    return {
        "id": decision.id,
        "ticket_id": decision.ticket_id,
        "kind": _kind(row),
        "decided_at": f"{decision.decided_at:%Y-%m-%dT%H:%M:%SZ}",
        "by": (decision.document.get("asked") or {}).get("by") or _A_PERSON,
        "chart_outcome": decision.document.get("outcome"),
        "outcome": _label(row),
        "reason": _why(row),
        "brief": _corrected(row),
        "case": labelled_json(_case(row)),
    }
