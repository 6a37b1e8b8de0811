"""Endpoints of runs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from app.api.auth import PersonDep, current_person
from app.api.dependencies import DeskDep, OnBehalfOf, ServiceDep, TicketIdFilter, Wait
from app.api.problem_details import responses
from app.api.routes.run_response import ACCEPTED, run_response

router = APIRouter(dependencies=[Depends(current_person)], tags=["runs"], responses=responses(401, 403, 422, 503))


@router.get("/runs")
async def list_runs(ticket_id: TicketIdFilter, service: ServiceDep) -> dict[str, Any]:
    """The runs of a ticket, newest first. A ticket outside the chart's scope has runs but no decision."""
    return {"items": await service.runs(ticket_id)}


@router.get("/runs/{run_id}", responses={**ACCEPTED, **responses(404, 409)})
async def get_run(run_id: str, service: ServiceDep) -> Response:
    """The current state of a run."""
    return run_response(await service.run(run_id))


@router.post("/runs/{run_id}/takeover", responses={**ACCEPTED, **responses(404, 409)})
async def take_over_run(
    run_id: str, desk: DeskDep, service: ServiceDep, person: PersonDep, on_behalf_of: OnBehalfOf = "", wait: Wait = 10.0
) -> Response:
    """Take a run from a process that stopped without dying; its database connection is ended first (PostgreSQL)."""
    await desk.take_over(run_id, by=person.acting(on_behalf_of))
    return run_response(await service.follow(run_id, wait=wait))
