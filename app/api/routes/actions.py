"""Endpoints of manual actions: list, mark as done, reopen. A browser that opens the address gets the page."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from app.api.auth import PersonDep, current_person
from app.api.dependencies import Cursor, DeskDep, OnBehalfOf, RecordId, TicketIdFilter
from app.api.problem_details import responses
from app.api.schemas.actions import ActionPage, ActionState, ManualAction
from app.api.templating import page as render

router = APIRouter(
    dependencies=[Depends(current_person)], tags=["manual actions"], responses=responses(401, 403, 422, 503)
)
_MOST_SHOWN = 200


@router.get("/actions", responses={200: {"model": ActionPage}})
async def list_actions(
    request: Request, desk: DeskDep, state: ActionState | None = None, ticket_id: TicketIdFilter | None = None,
    decision_id: RecordId | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50, cursor: Cursor | None = None,
) -> Response:  # fmt: skip
    """Manual actions of applied decisions, newest first. A browser that accepts HTML gets the page."""
    if "text/html" in request.headers.get("accept", ""):
        return await _page(request, desk, state if "state" in request.query_params else "open", ticket_id)
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


@router.get("/desk/actions", include_in_schema=False)
async def actions_fragment(
    request: Request, desk: DeskDep, state: Literal["open", "done", "cancelled", ""] = "open", customer: str = ""
) -> HTMLResponse:
    """The list by customer and kind."""
    return await _page(request, desk, state or None, None, customer=customer, template="_actions_list.html")


@router.post("/desk/actions/{action_id}/{change}", include_in_schema=False)
async def tick_action(
    request: Request, action_id: str, change: Literal["done", "reopen"], desk: DeskDep, person: PersonDep
) -> HTMLResponse:
    """Marks an action as done, or reopens it; the answer is its line."""
    tick = desk.finish_action if change == "done" else desk.reopen_action
    return render(request, "_action.html", action=await tick(action_id, by=person.acting()))


async def _page(
    request: Request, desk: DeskDep, state: ActionState | None, ticket_id: int | None, *, customer: str = "",
    template: str = "actions.html",
) -> HTMLResponse:  # fmt: skip
    found = await desk.actions(state=state, ticket_id=ticket_id, limit=_MOST_SHOWN)
    chosen = [each for each in found.items if customer.casefold() in each["customer"].casefold()]
    ordered = sorted(
        chosen, key=lambda each: (each["customer"].casefold(), each["kind"], each["due"] or "9", each["id"])
    )
    groups = [(name, list(items)) for name, items in groupby(ordered, key=lambda each: each["customer"])]
    return render(
        request, template, groups=groups, state=state or "", customer=customer, ticket_id=ticket_id,
        has_more=found.next_cursor is not None, most=_MOST_SHOWN,
    )  # fmt: skip
