"""Endpoints of audits: start, follow, cancel, resume, report, what-if. An audit runs in the background and only reads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.api.auth import PersonDep, current_person
from app.api.dependencies import AuditsDep, OnBehalfOf
from app.api.problem_details import problem, responses
from app.audit.report.answers import answers
from app.audit.report.figures import figures
from app.audit_jobs.context import AuditRequest, BadRange
from app.audit_jobs.report_files import Form, stream
from app.audit_jobs.service import AuditService
from app.audit_jobs.views import audit_json
from app.audit_jobs.what_if import what_if_json
from app.chart import ChartError, parse_chart
from app.workflow.context import utc_now
from app.workflow.views import LARGEST_ID

_RESPONSES = responses(401, 403, 422, 503)
router = APIRouter(dependencies=[Depends(current_person)], tags=["audits"], responses=_RESPONSES)

_YEAR = timedelta(days=365)
_MEDIA_TYPES: dict[Form, str] = {
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
IdsOrNames = Annotated[
    list[
        Annotated[int, Field(gt=0, le=LARGEST_ID, strict=True)]
        | Annotated[str, StringConstraints(min_length=1, max_length=100)]
    ],
    Field(max_length=100),
]


class StartAudit(BaseModel):
    """Which tickets: entered from `since` (default: a year before `until`) until `until` (exclusive, default: now); boards,
    companies and statuses by id or name, empty for all."""

    model_config = ConfigDict(extra="forbid")

    since: datetime | None = None
    until: datetime | None = None
    boards: IdsOrNames = []
    companies: IdsOrNames = []
    statuses: IdsOrNames = []


class OtherChart(BaseModel):
    """A chart to apply to an audit's saved tickets: the text of its file."""

    model_config = ConfigDict(extra="forbid")

    chart: str = Field(max_length=1_000_000)


@router.post("/audits", status_code=202)
async def start_audit(
    audits: AuditsDep, person: PersonDep, body: StartAudit | None = None, on_behalf_of: OnBehalfOf = ""
) -> Response:
    """Start an audit: 202 with its address."""
    chosen = body or StartAudit()
    until = chosen.until or utc_now()
    since = chosen.since or (until - _YEAR if until.year > 1 else until)
    if since.tzinfo is None or until.tzinfo is None:
        return problem(422, "since and until need a time zone, such as 2026-01-01T00:00:00Z.")
    try:
        request = AuditRequest(since, until, tuple(chosen.boards), tuple(chosen.companies), tuple(chosen.statuses))
    except BadRange as error:
        return problem(422, str(error))
    row = await audits.begin(request, by=person.acting(on_behalf_of))
    return JSONResponse(audit_json(row), status_code=202, headers={"Location": f"/audits/{row.id}"})


@router.get("/audits")
async def list_audits(audits: AuditsDep) -> dict[str, Any]:
    """The newest audits."""
    return {"items": await audits.recent()}


@router.get("/audits/{audit_id}", responses=responses(404))
async def get_audit(audit_id: str, audits: AuditsDep) -> dict[str, Any]:
    """The state of an audit; once it has ended, also its totals, answers and figures as in the report."""
    row = await audits.get(audit_id)
    results: dict[str, Any] = {}
    if row.totals:
        results = {"answers": answers(row.totals), "figures": [asdict(figure) for figure in figures(row.totals)]}
    return {**audit_json(row), "totals": row.totals, "suggestions": row.suggestions, **results}


@router.post("/audits/{audit_id}/cancel", responses=responses(404, 409))
async def cancel(audit_id: str, audits: AuditsDep, person: PersonDep, on_behalf_of: OnBehalfOf = "") -> dict[str, Any]:
    """Stop an audit after the current page; its findings are kept."""
    return audit_json(await audits.cancel(audit_id, by=person.acting(on_behalf_of)))


@router.post("/audits/{audit_id}/resume", status_code=202, responses=responses(404, 409))
async def resume(audit_id: str, audits: AuditsDep, person: PersonDep, on_behalf_of: OnBehalfOf = "") -> Response:
    """Continue a cancelled or failed audit."""
    row = await audits.resume(audit_id, by=person.acting(on_behalf_of))
    return JSONResponse(audit_json(row), status_code=202, headers={"Location": f"/audits/{row.id}"})


@router.post("/audits/{audit_id}/what-if", responses=responses(404, 409))
async def what_if(audit_id: str, body: OtherChart, audits: AuditsDep) -> Response:
    """What another chart would have decided for the same tickets. Reads nothing from ConnectWise."""
    try:
        chart = parse_chart(body.chart)
    except ChartError as errors:
        found = [
            {"line": each.line, "column": each.column, "where": each.where, "what": each.message}
            for each in errors.problems
        ]
        return problem(422, "The chart is invalid.", errors=found)
    return JSONResponse(what_if_json(await audits.what_if(audit_id, chart)))


@router.get("/audits/{audit_id}/report.html", responses=responses(404, 409))
async def report_html(audit_id: str, audits: AuditsDep, *, anonymous: bool = False) -> Response:
    """The report as one HTML page that works offline. `anonymous`: without customers' names."""
    return await _report(audits, audit_id, "html", anonymous=anonymous)


@router.get("/audits/{audit_id}/report.csv", responses=responses(404, 409))
async def report_csv(audit_id: str, audits: AuditsDep, *, anonymous: bool = False) -> Response:
    """Every ticket, for a spreadsheet. `anonymous`: without customers' names."""
    return await _report(audits, audit_id, "csv", anonymous=anonymous)


@router.get("/audits/{audit_id}/report.json", responses=responses(404, 409))
async def report_json(audit_id: str, audits: AuditsDep, *, anonymous: bool = False) -> Response:
    """Totals and notable tickets, for programs. `anonymous`: without customers' names."""
    return await _report(audits, audit_id, "json", anonymous=anonymous)


async def _report(audits: AuditService, audit_id: str, form: Form, *, anonymous: bool = False) -> Response:
    row = await audits.get(audit_id)
    pieces = stream(audits.parts, row, form, anonymous=anonymous)
    first = await anext(pieces)  # An error before the first piece is still answered as a problem.

    async def all_pieces() -> AsyncIterator[str]:
        yield first
        async for piece in pieces:
            yield piece

    disposition = "inline" if form == "html" else "attachment"
    headers = {
        "Content-Disposition": f'{disposition}; filename="audit-{row.id}{"-anonymous" if anonymous else ""}.{form}"'
    }
    return StreamingResponse(all_pieces(), media_type=_MEDIA_TYPES[form], headers=headers)
