"""Reads the past projects of an audit's range and sums them up."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from app.audit.past_projects import project_row, summary
from app.audit_jobs.context import AuditContext, AuditRequest
from app.chart import Chart, parse_chart
from app.connectwise import ConnectWiseError
from app.connectwise.project_history import past_projects
from app.domain.project_records import PastProject


async def read_projects(parts: AuditContext, asked: AuditRequest, chart_text: str) -> dict[str, Any] | None:
    """The summary of the projects that were entered in the range; None where they may not be read.

    An audit of some boards, companies or statuses is one of tickets alone.
    """
    if asked.boards or asked.companies or asked.statuses:
        return None
    chart, rows = parse_chart(chart_text), list[dict[str, Any]]()
    try:
        async for page in past_projects(parts.reader, asked.since, asked.until):
            own = await parts.audits.made_by_service([project.id for project in page if project.id])
            rows += await asyncio.to_thread(_rows, page, chart, own)
    except ConnectWiseError as error:
        if error.waiting_helps:
            raise
        return None
    return summary(rows)


def _rows(page: Iterable[PastProject], chart: Chart, own: set[int]) -> list[dict[str, Any]]:
    return [project_row(project, chart, own=project.id in own) for project in page]
