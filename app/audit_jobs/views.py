"""Audits as the interface shows them."""

from __future__ import annotations

from typing import Any

from app.audit.report.figures import remarks_of
from app.storage.audits import AuditRow
from app.workflow.views import short_instant


def audit_json(row: AuditRow) -> dict[str, Any]:
    """An audit as the interface shows it."""
    remarks = [*row.remarks, *(remarks_of(row.totals) if row.totals else ())]
    if row.suggestions and row.totals:
        count = row.totals["judged"]["tickets"]
        remarks.append(
            "Suggestions are counted over all tickets, as with another chart; right and wrong only where records show the outcome "
            f"({count:,} tickets)."
        )
    return {
        "id": row.id, "state": row.state, "settled": not row.is_open, "said": row.message,
        "asked": {name: value for name, value in row.asked.items() if name not in ("link", "time_zone", "projects")},
        "time_zone": row.asked.get("time_zone", "UTC"),
        "chart": {"version": row.chart_version, "sha256": row.chart_sha256},
        "tickets": {"expected": row.expected, "seen": row.seen, "last": row.cursor}, "counters": row.counters, "remarks": remarks,
        "by": row.started_by, "created_at": short_instant(row.created_at), "finished_at": short_instant(row.finished_at) if row.finished_at else None,
    }  # fmt: skip
