"""Endpoints of manual actions: list, mark as done, reopen. A browser that opens the address gets the page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response

from app.api.auth import PersonDep, current_person
from app.api.dependencies import Cursor, DeskDep, OnBehalfOf, RecordId, TicketIdFilter
from app.api.problem_details import responses
from app.api.schemas.actions import ActionPage, ActionState, ManualAction

_RESPONSES = responses(401, 403, 422, 503)
router = APIRouter(dependencies=[Depends(current_person)], tags=["manual actions"], responses=_RESPONSES)
page_router = APIRouter(tags=["manual actions"], responses=_RESPONSES)
_PAGE = Path(__file__).parents[1] / "pages" / "actions.html"


@page_router.get("/actions", responses={200: {"model": ActionPage}})
async def list_actions(
    request: Request, desk: DeskDep, state: ActionState | None = None, ticket_id: TicketIdFilter | None = None,
    decision_id: RecordId | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50, cursor: Cursor | None = None,
) -> Response:  # fmt: skip
    """Manual actions of applied decisions, newest first. A browser that accepts HTML gets a page without data."""
    if "text/html" in request.headers.get("accept", ""):
        return FileResponse(_PAGE)
    page = await desk.actions(state=state, ticket_id=ticket_id, decision_id=decision_id, limit=limit, cursor=cursor)
    return JSONResponse({"items": page.items, "next_cursor": page.next_cursor})


@router.post("/actions/{action_id}/done", responses={200: {"model": ManualAction}, **responses(404, 409)})
async def finish_action(
    action_id: str, desk: DeskDep, person: PersonDep, on_behalf_of: OnBehalfOf = ""
) -> dict[str, Any]:
    """Mark an action as done; a repeat changes nothing."""
    return await desk.finish_action(action_id, by=person.acting(on_behalf_of))


@router.post("/actions/{action_id}/reopen", responses={200: {"model": ManualAction}, **responses(404, 409)})
async def reopen_action(
    action_id: str, desk: DeskDep, person: PersonDep, on_behalf_of: OnBehalfOf = ""
) -> dict[str, Any]:
    """Reopen an action that was marked as done; a repeat changes nothing."""
    return await desk.reopen_action(action_id, by=person.acting(on_behalf_of))
