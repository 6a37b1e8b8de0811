"""Audits over HTTP: begin, follow, cancel, read the report, try another chart. Every one runs in the background and only reads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.api.auth import manager, manager_by_form
from app.api.problem_details import problem
from app.audit.report.figures import answers, figures
from app.audit_jobs.context import AuditRequest, BadRange
from app.audit_jobs.report_files import Form, stream
from app.audit_jobs.service import AuditService
from app.audit_jobs.views import audit_json
from app.audit_jobs.what_if import what_if_json
from app.chart import ChartError, parse_chart
from app.workflow.context import utc_now
from app.workflow.views import LARGEST_ID

router = APIRouter(dependencies=[Depends(manager)], tags=["audits"])
opened = APIRouter(dependencies=[Depends(manager_by_form)], tags=["audits"])

_A_YEAR = timedelta(days=365)
_TYPES: dict[Form, str] = {
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
Chosen = Annotated[
    list[
        Annotated[int, Field(gt=0, le=LARGEST_ID, strict=True)]
        | Annotated[str, StringConstraints(min_length=1, max_length=100)]
    ],
    Field(max_length=100),
]


class Begin(BaseModel):
    """Which tickets: entered from `since` (default: a year before) up to, not including, `until` (default: now); boards, companies
    and statuses by id or name, empty for all."""

    model_config = ConfigDict(extra="forbid")

    since: datetime | None = None
    until: datetime | None = None
    boards: Chosen = []
    companies: Chosen = []
    statuses: Chosen = []


class OtherChart(BaseModel):
    """A chart to try on an audit's kept tickets: the text of the file."""

    model_config = ConfigDict(extra="forbid")

    chart: str = Field(max_length=1_000_000)


def audits(request: Request) -> AuditService:
    """The audits behind this application."""
    found: AuditService = request.app.state.parts.audits
    return found


ServiceDep = Annotated[AuditService, Depends(audits)]


@router.post("/audits")
async def begin(behind: ServiceDep, body: Begin | None = None) -> Response:
    """Begins an audit: 202 with its address."""
    chosen = body or Begin()
    until = chosen.until or utc_now()
    since = chosen.since or (until - _A_YEAR if until.year > 1 else until)
    if since.tzinfo is None or until.tzinfo is None:
        return problem(422, "since and until need a time zone, such as 2026-01-01T00:00:00Z.")
    try:
        asked = AuditRequest(since, until, tuple(chosen.boards), tuple(chosen.companies), tuple(chosen.statuses))
    except BadRange as mistake:
        return problem(422, str(mistake))
    row = await behind.begin(asked)
    return JSONResponse(audit_json(row), status_code=202, headers={"Location": f"/audits/{row.id}"})


@router.get("/audits")
async def recent(behind: ServiceDep) -> dict[str, Any]:
    """The newest audits."""
    return {"items": await behind.recent()}


@router.get("/audits/{audit_id}")
async def show(audit_id: str, behind: ServiceDep) -> dict[str, Any]:
    """How an audit stands, with its totals once it has ended, and what they say in the words and figures of the report."""
    row = await behind.get(audit_id)
    told = row.totals and {"answers": answers(row.totals), "figures": [asdict(one) for one in figures(row.totals)]}
    return {**audit_json(row), "totals": row.totals, "suggestions": row.suggestions, **(told or {})}


@router.post("/audits/{audit_id}/cancel")
async def cancel(audit_id: str, behind: ServiceDep) -> dict[str, Any]:
    """Ends an audit after the page under way; what it has found stays."""
    return audit_json(await behind.cancel(audit_id))


@router.post("/audits/{audit_id}/resume")
async def resume(audit_id: str, behind: ServiceDep) -> Response:
    """Goes on with a cancelled or failed audit."""
    row = await behind.resume(audit_id)
    return JSONResponse(audit_json(row), status_code=202, headers={"Location": f"/audits/{row.id}"})


@router.post("/audits/{audit_id}/what-if")
async def what_if(audit_id: str, body: OtherChart, behind: ServiceDep) -> Response:
    """What another chart would have done with the same tickets; nothing is asked of ConnectWise."""
    try:
        chart = parse_chart(body.chart)
    except ChartError as mistakes:
        found = [
            {"line": one.line, "column": one.column, "where": one.where, "what": one.message}
            for one in mistakes.problems
        ]
        return problem(422, "The chart cannot be used.", errors=found)
    return JSONResponse(what_if_json(await behind.what_if(audit_id, chart)))


@router.get("/audits/{audit_id}/report.html")
async def as_html(audit_id: str, behind: ServiceDep) -> Response:
    """The report as one page that opens offline."""
    return await _report(behind, audit_id, "html")


@opened.post("/audits/{audit_id}/report.html", include_in_schema=False)
async def in_a_tab(audit_id: str, behind: ServiceDep) -> Response:
    """The same for the page of audits, whose own rules would forbid the report's script and style."""
    return await _report(behind, audit_id, "html")


@router.get("/audits/{audit_id}/report.csv")
async def as_csv(audit_id: str, behind: ServiceDep) -> Response:
    """Every ticket, for a spreadsheet."""
    return await _report(behind, audit_id, "csv")


@router.get("/audits/{audit_id}/report.json")
async def as_json(audit_id: str, behind: ServiceDep) -> Response:
    """The totals and the tickets worth a look, for machines."""
    return await _report(behind, audit_id, "json")


async def _report(behind: AuditService, audit_id: str, form: Form) -> Response:
    row = await behind.get(audit_id)
    pieces = stream(behind.parts, row, form)
    first = await anext(pieces)

    async def rest() -> AsyncIterator[str]:
        yield first
        async for piece in pieces:
            yield piece

    shown = "inline" if form == "html" else "attachment"
    headers = {"Content-Disposition": f'{shown}; filename="audit-{row.id}.{form}"'}
    return StreamingResponse(rest(), media_type=_TYPES[form], headers=headers)
