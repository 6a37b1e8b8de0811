"""The desk in the browser: queue, ticket, their fragments. Reading only."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from app.api.auth import current_person
from app.api.brief_form import brief_view
from app.api.dependencies import PagesDep, TicketId, TicketIdFilter
from app.api.templating import page
from app.connectwise import ConnectWiseError
from app.workflow import NotFoundError
from app.workflow.desk_pages import DeskPages
from app.workflow.queue import Tab

router = APIRouter(dependencies=[Depends(current_person)], include_in_schema=False)

_STEP = 30
_MOST_SHOWN = 600
_ALL_OUTCOMES = ("service-ticket", "mini-project", "project")
Search = Annotated[str, Query(alias="q", max_length=200)]
Shown = Annotated[int, Query(ge=1, le=_MOST_SHOWN)]


@router.get("/")
async def queue_page(
    request: Request, pages: PagesDep, tab: Tab = Tab.NEEDS_YOU, search: Search = "", shown: Shown = _STEP,
    ticket: TicketIdFilter | None = None,
) -> HTMLResponse:  # fmt: skip
    """The queue, and beside it the chosen ticket."""
    values = await _queue(pages, tab, search, shown, ticket)
    chosen = await ticket_values(request, pages, ticket) if ticket else {"ticket": None}
    return page(request, "queue.html", **values | chosen)


@router.get("/desk/queue")
async def queue_fragment(
    request: Request, pages: PagesDep, tab: Tab = Tab.NEEDS_YOU, search: Search = "", shown: Shown = _STEP,
    ticket: str = "", version: str = "",
) -> Response:  # fmt: skip
    """The list; 204 while it would show the same as the given version."""
    values = await _queue(pages, tab, search, shown, int(ticket) if ticket.isdecimal() and len(ticket) < 17 else None)
    if version == values["version"]:
        return Response(status_code=204)
    headers = {} if version else {"HX-Replace-Url": values["address"]}
    return page(request, "_queue.html", headers=headers, **values | {"is_fragment": True})


async def _queue(pages: DeskPages, tab: Tab, search: str, shown: int, ticket: int | None) -> dict[str, Any]:
    version = await pages.queue_version()
    found = await pages.queue(tab, search=search, limit=shown)
    minute = pages.now().strftime("%H%M")
    query = {name: value for name, value in (("tab", tab.value), ("q", search)) if value}
    address = f"./?{urlencode(query | ({'ticket': ticket} if ticket else {}))}"
    return {
        "queue": found, "tab": tab, "search": search, "shown": shown, "chosen": ticket, "version": f"{version}-{minute}",
        "step": _STEP, "query": urlencode(query), "address": address, "now": pages.now(), "is_fragment": False,
    }  # fmt: skip


@router.get("/desk/strip")
async def strip_fragment(request: Request, pages: PagesDep) -> HTMLResponse:
    """The state of the service."""
    return page(request, "_strip.html", strip=await pages.strip(), now=pages.now())


@router.get("/tickets/{ticket_id}")
async def ticket_page(
    request: Request,
    ticket_id: TicketId,
    pages: PagesDep,
    decision: str = "",
    tab: Tab = Tab.NEEDS_YOU,
    search: Search = "",
) -> HTMLResponse:
    """One ticket on a page of its own."""
    values = await ticket_values(request, pages, ticket_id, decision=decision)
    back = urlencode({name: value for name, value in (("tab", tab.value), ("q", search)) if value})
    return page(request, "ticket.html", back=back, **values)


@router.get("/desk/tickets/{ticket_id}")
async def ticket_fragment(request: Request, ticket_id: TicketId, pages: PagesDep, decision: str = "") -> HTMLResponse:
    """One ticket beside the queue."""
    return page(request, "_ticket.html", **await ticket_values(request, pages, ticket_id, decision=decision))


async def ticket_values(request: Request, pages: DeskPages, ticket_id: int, *, decision: str = "") -> dict[str, Any]:
    """What the template of a ticket needs."""
    found = await pages.ticket(ticket_id, decision_id=decision)
    brief = (found.decision or {}).get("brief")
    return {"ticket": found, "brief": brief_view(brief) if brief else None, "field_errors": {}, "now": pages.now()}


@router.get("/desk/decisions/{decision_id}/answers")
async def answers_fragment(request: Request, decision_id: str, pages: PagesDep, overrule: bool = False) -> HTMLResponse:
    """The answers of a question, or every other outcome, each with what it leads to."""
    decision = await pages.decision(decision_id)
    others = [each for each in _ALL_OUTCOMES if each not in (decision["outcome"], *decision["candidates"])]
    outcomes = others if overrule else decision["candidates"]
    previews = await pages.preview(decision_id, outcomes)
    return page(request, "_answers.html", decision=decision, previews=previews, overrule=overrule)


@router.get("/desk/decisions/{decision_id}/undo")
async def undo_fragment(request: Request, decision_id: str, pages: PagesDep) -> HTMLResponse:
    """What an undo takes back and what stays, with the button that does it."""
    return page(
        request, "_undo.html", decision=await pages.decision(decision_id), undo=await pages.preview_undo(decision_id)
    )


@router.get("/desk/decisions/{decision_id}/texts")
async def texts_fragment(request: Request, decision_id: str, pages: PagesDep) -> HTMLResponse:
    """The ticket's texts as ConnectWise has them now, where the decision did not keep them."""
    try:
        texts, problem = await pages.live_texts(decision_id), ""
    except (ConnectWiseError, NotFoundError) as error:
        texts, problem = [], str(error)
    return page(request, "_texts.html", texts=texts, problem=problem, is_live=True)
