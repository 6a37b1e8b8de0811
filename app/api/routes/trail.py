"""Endpoints of the audit trail and of the switch that pauses writing."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from app.api.auth import PersonDep, current_person
from app.api.dependencies import DeskDep, OnBehalfOf, TicketIdFilter
from app.api.problem_details import responses
from app.api.schemas.people import PauseReason, TrailPage, WritesView
from app.workflow.write_pause import WritePause

_RESPONSES = responses(401, 403, 422, 503)
router = APIRouter(dependencies=[Depends(current_person)], responses=_RESPONSES)


@router.get("/trail", tags=["people"], responses={200: {"model": TrailPage}})
async def list_trail(
    desk: DeskDep, ticket_id: TicketIdFilter | None = None, decision_id: str | None = None, who: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50, cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Who did what, when, and to which decision; newest first."""
    page = await desk.trail(ticket_id=ticket_id, decision_id=decision_id, who=who, limit=limit, cursor=cursor)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.get("/writes", tags=["writing"], responses={200: {"model": WritesView}})
async def writes(desk: DeskDep) -> dict[str, Any]:
    """Whether writing to ConnectWise is paused."""
    return _shown(await desk.pause())


@router.post("/writes/pause", tags=["writing"], responses={200: {"model": WritesView}})
async def pause(
    desk: DeskDep, person: PersonDep, body: PauseReason | None = None, on_behalf_of: OnBehalfOf = ""
) -> dict[str, Any]:
    """Pause every write to ConnectWise, also after a restart; runs wait and go on later. A repeat changes nothing."""
    return _shown(await desk.pause_writes(by=person.acting(on_behalf_of), reason=body.reason if body else ""))


@router.post("/writes/resume", tags=["writing"], responses={200: {"model": WritesView}})
async def resume(desk: DeskDep, person: PersonDep, on_behalf_of: OnBehalfOf = "") -> dict[str, Any]:
    """Resume writing. A repeat changes nothing."""
    await desk.resume_writes(by=person.acting(on_behalf_of))
    return _shown(await desk.pause())


def _shown(found: WritePause | None) -> dict[str, Any]:
    return {"paused": found is not None} | (found.to_json() if found else {"by": None, "at": None, "reason": None})
