"""The JSON API: tickets, decisions, runs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.api.auth import manager
from app.api.problem_details import problem
from app.workflow import LARGEST_ID, LONGEST_REASON, RunView, Service

router = APIRouter(dependencies=[Depends(manager)], tags=["manage"])

Mode = Literal["dry-run", "review", "live"]
Chosen = Literal["service-ticket", "mini-project", "project"]
Wait = Annotated[float, Query(ge=0, le=60, description="Seconds to wait for the end")]
TicketId = Annotated[int, Field(gt=0, le=LARGEST_ID)]


class Reclassify(BaseModel):
    """How a ticket is to be run again. `outcome` is a person's word over the chart's."""

    model_config = ConfigDict(extra="forbid")

    mode: Mode | None = None
    outcome: Chosen | None = None
    reason: str = Field("", max_length=LONGEST_REASON)


class DecisionComment(BaseModel):
    """A person's word on a decision; `outcome` answers a review."""

    model_config = ConfigDict(extra="forbid")

    outcome: Chosen | None = None
    reason: str = Field("", max_length=LONGEST_REASON)


def service(request: Request) -> Service:
    """The service behind this application."""
    found: Service = request.app.state.parts.service
    return found


ServiceDep = Annotated[Service, Depends(service)]


@router.post("/tickets/{ticket_id}/reclassify")
async def reclassify(
    ticket_id: TicketId, behind: ServiceDep, body: Reclassify | None = None, wait: Wait = 10.0
) -> Response:
    """Runs a ticket again: 200 with the decision, or 202 with the run's address while it goes on."""
    asked = body or Reclassify()
    return _answer(
        await behind.reclassify(ticket_id, mode=asked.mode, outcome=asked.outcome, reason=asked.reason, wait=wait)
    )


@router.get("/runs")
async def runs(ticket_id: Annotated[int, Query(gt=0, le=LARGEST_ID)], behind: ServiceDep) -> dict[str, Any]:
    """What was done about a ticket, newest first; one that the chart leaves alone has runs but no decision."""
    return {"items": await behind.runs(ticket_id)}


@router.get("/runs/{run_id}")
async def run(run_id: str, behind: ServiceDep) -> Response:
    """A run as it stands."""
    return _answer(await behind.run(run_id))


def _within_reach(moment: datetime | None) -> datetime | None:
    """In no time zone does it leave the calendar."""
    if moment is not None and not 1970 <= moment.year <= 9000:
        raise ValueError("must lie within the years 1970 to 9000")
    return moment


Status = Literal["planned", "awaiting-review", "running", "applied", "failed", "rejected", "undone", "nothing-to-do"]
Trigger = Literal["callback", "reconcile", "reclassify", "update", "audit", "cases"]


@router.get("/decisions")
async def decisions(
    behind: ServiceDep,
    ticket_id: Annotated[int | None, Query(gt=0, le=LARGEST_ID)] = None,
    outcome: Literal["service-ticket", "mini-project", "project", "review"] | None = None,
    status: Status | None = None,
    trigger: Trigger | None = None,
    since: Annotated[datetime | None, AfterValidator(_within_reach)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> dict[str, Any]:
    """Decisions, newest first."""
    page = await behind.decisions(
        ticket_id=ticket_id, outcome=outcome, status=status, trigger=trigger, since=since, limit=limit, cursor=cursor
    )
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.get("/decisions/{decision_id}")
async def decision(decision_id: str, behind: ServiceDep) -> dict[str, Any]:
    """One decision with its rows, reasons and steps."""
    return await behind.decision(decision_id)


@router.post("/decisions/{decision_id}/approve")
async def approve(
    decision_id: str, behind: ServiceDep, body: DecisionComment | None = None, wait: Wait = 10.0
) -> Response:
    """Carries a waiting plan out, or a failed one further."""
    said = body or DecisionComment()
    return _answer(await behind.approve(decision_id, outcome=said.outcome, reason=said.reason, wait=wait))


@router.post("/decisions/{decision_id}/reject")
async def reject(decision_id: str, behind: ServiceDep, body: DecisionComment | None = None) -> dict[str, Any]:
    """Turns a waiting plan down."""
    return await behind.reject(decision_id, reason=body.reason if body else "")


@router.post("/decisions/{decision_id}/undo")
async def undo(
    decision_id: str, behind: ServiceDep, body: DecisionComment | None = None, wait: Wait = 10.0
) -> Response:
    """Takes an applied decision back."""
    return _answer(await behind.undo(decision_id, reason=body.reason if body else "", wait=wait))


def _answer(view: RunView) -> Response:
    if not view.settled:
        shown = {"run_id": view.run_id, "settled": False, "waiting_for": view.error, "decision": view.decision}
        return JSONResponse(shown, status_code=202, headers={"Location": f"/runs/{view.run_id}"})
    if view.decision is None:
        detail = view.error or "The run ended without a decision."
        if view.way_back:
            detail = f"{detail} {view.way_back['text']}"
        return problem(view.status or 409, detail, run_id=view.run_id, way_back=view.way_back)
    return JSONResponse(view.decision)
