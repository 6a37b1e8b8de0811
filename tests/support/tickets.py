"""Tickets for the tests of the chart, and the files of labelled cases beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from app.chart import Decision, decide, shipped_chart
from app.domain.enums import Criterion, Outcome, PointsTo
from app.domain.ticket import TicketRecord

CASES = Path(__file__).parent.parent / "cases"
OUTCOMES = {
    "SERVICE_TICKET": Outcome.SERVICE_TICKET,
    "MINI_PROJECT": Outcome.MINI_PROJECT,
    "PROJECT": Outcome.PROJECT,
    "AMBIGUOUS": Outcome.REVIEW,
}


def ticket(text: str = "", summary: str = "Job", **changes: Any) -> dict[str, Any]:
    """A ticket entered on Thursday, 15 January 2026, by a customer who is billed by calendar month."""
    return {
        "id": 4711, "summary": summary, "initialDescription": text, "dateEntered": "2026-01-15T09:00:00Z",
        "board": {"name": "Service Desk"}, "company": {"name": "Harbour Bakery"}, "contact": {"name": "Ines Quill"},
    } | changes  # fmt: skip


def ticket_record(text: str = "", summary: str = "Job", **changes: Any) -> TicketRecord:
    """As `ticket`, typed."""
    return TicketRecord.from_json(ticket(text, summary, **changes))


def decided(text: str = "", summary: str = "Job", **changes: Any) -> Decision:
    return decide(ticket_record(text, summary, **changes), shipped_chart())


def side(decision: Decision, criterion: Criterion) -> PointsTo:
    return next(finding.points_to for finding in decision.findings if finding.criterion is criterion)


def labelled(name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The cases of a set, each without its label, and the labels."""
    (path,) = CASES.rglob(f"{name}.jsonl")
    cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [(case, case.pop("label")) for case in cases]


def booked(member: str, start: str, end: str | None = None, hours: float = 7) -> dict[str, Any]:
    return {"member": member, "dateStart": f"{start}T09:00:00Z", "dateEnd": f"{end or start}T16:00:00Z", "hours": hours}
