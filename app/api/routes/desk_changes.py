"""What people do on the desk: answer, overrule, approve, reject, undo, complete a brief, run again, pause writing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from app.api.auth import PersonDep, current_person
from app.api.brief_form import brief_patch
from app.api.dependencies import DeskDep, PagesDep, ServiceDep, TicketId
from app.api.desk_words import OUTCOMES, status_text
from app.api.form_body import read_form, reason_of
from app.api.routes.desk import ticket_values
from app.api.templating import CHANGED, page
from app.workflow import BriefIncomplete, BriefRejected, ConflictError, InvalidRequest, RunView
from app.workflow.errors import BriefProblem

router = APIRouter(dependencies=[Depends(current_person)], include_in_schema=False)

_WAIT = 8.0
"""Seconds to wait for the end of a run; then the page follows it."""
_TOLD = {"HX-Trigger": CHANGED}


@router.post("/desk/decisions/{decision_id}/choose")
async def choose(request: Request, decision_id: str, pages: PagesDep, person: PersonDep) -> HTMLResponse:
    """An outcome: the answer of a question, or another one than was decided."""
    fields = await read_form(request)
    if fields.get("outcome") not in OUTCOMES:
        raise InvalidRequest("Choose an outcome.")
    view = await pages.choose(decision_id, fields["outcome"], reason=reason_of(fields), by=person.acting(), wait=_WAIT)
    return await _after_run(request, pages, decision_id, view)


@router.post("/desk/decisions/{decision_id}/approve")
async def approve(
    request: Request, decision_id: str, service: ServiceDep, pages: PagesDep, person: PersonDep
) -> HTMLResponse:
    """Approves a plan, or retries a failed one. Changes of the brief on the page are saved first."""
    fields = await read_form(request)
    decision = await pages.decision(decision_id)
    brief = decision["brief"]
    if brief and fields.get("inputs") == brief["inputs"] and brief_patch(brief, fields):
        raise ConflictError("The brief has changes that are not saved. Save or discard them first.")
    try:
        view = await service.approve(
            decision_id, reason=reason_of(fields), wait=_WAIT, shown=fields.get("inputs", ""), by=person.acting()
        )
    except BriefIncomplete as error:
        return await _refused(request, pages, decision, error.problems, {}, str(error))
    return await _after_run(request, pages, decision_id, view)


@router.post("/desk/decisions/{decision_id}/reject")
async def reject(
    request: Request, decision_id: str, service: ServiceDep, pages: PagesDep, person: PersonDep
) -> HTMLResponse:
    """Rejects a plan; a reason is needed."""
    reason = reason_of(await read_form(request))
    if not reason:
        raise InvalidRequest("Give a reason, so that others know why the plan was rejected.")
    await service.reject(decision_id, reason=reason, by=person.acting())
    return await _shown(request, pages, decision_id, "Rejected. The ticket stays as it is.")


@router.post("/desk/decisions/{decision_id}/undo")
async def undo(
    request: Request, decision_id: str, service: ServiceDep, pages: PagesDep, person: PersonDep
) -> HTMLResponse:
    """Undoes an applied or failed decision."""
    reason = reason_of(await read_form(request))
    view = await service.undo(decision_id, reason=reason, wait=_WAIT, by=person.acting())
    return await _after_run(request, pages, decision_id, view)


@router.post("/desk/decisions/{decision_id}/brief")
async def save_brief(
    request: Request, decision_id: str, pages: PagesDep, desk: DeskDep, person: PersonDep
) -> HTMLResponse:
    """Saves the changed fields of a brief; wrong ones are shown again with what is wrong."""
    fields = await read_form(request)
    decision = await pages.decision(decision_id)
    brief = decision["brief"]
    if not brief or fields.get("inputs") != brief["inputs"]:
        raise ConflictError("The brief has changed since it was shown. Reload the page and enter your changes again.")
    patch = {name: None for name in [fields.get("take_back", "")] if name} or brief_patch(brief, fields)
    if not patch:
        return await _shown(request, pages, decision_id, "No field was changed.")
    try:
        await desk.change_brief(decision_id, patch, by=person.acting())
    except BriefRejected as error:
        return await _refused(request, pages, decision, error.problems, fields, str(error))
    return await _shown(request, pages, decision_id, "Saved.")


@router.post("/desk/tickets/{ticket_id}/run")
async def run_again(
    request: Request, ticket_id: TicketId, service: ServiceDep, pages: PagesDep, person: PersonDep
) -> HTMLResponse:
    """Decides a ticket again, in the service's mode."""
    view = await service.reclassify(
        ticket_id, reason=reason_of(await read_form(request)), wait=_WAIT, by=person.acting()
    )
    if view.settled and view.decision is None:
        raise ConflictError(view.error or "The run ended without a decision.")
    values = await ticket_values(request, pages, ticket_id)
    return page(request, "_ticket.html", message=_said(view), headers=_TOLD, **values)


@router.post("/writes/desk/{switch}")
async def switch_writes(
    request: Request, switch: str, desk: DeskDep, pages: PagesDep, person: PersonDep
) -> HTMLResponse:
    """Pauses or resumes writing; for admins."""
    if switch == "pause":
        await desk.pause_writes(by=person.acting(), reason=reason_of(await read_form(request))[:500])
    else:
        await desk.resume_writes(by=person.acting())
    return page(request, "_strip.html", strip=await pages.strip(), now=pages.now())


async def _after_run(request: Request, pages: PagesDep, decision_id: str, view: RunView) -> HTMLResponse:
    if view.settled and view.decision is None:
        text = view.error or "The run ended without a decision."
        raise ConflictError(f"{text} {view.way_back['text']}" if view.way_back else text)
    return await _shown(request, pages, decision_id, _said(view))


def _said(view: RunView) -> str:
    if not view.settled or view.decision is None:
        return f"Working: {view.error or 'it continues in the background.'}"
    decision = view.decision
    return f"Ticket {decision['ticket_id']}: {status_text(decision['status'])}."


async def _shown(request: Request, pages: PagesDep, decision_id: str, message: str) -> HTMLResponse:
    """The ticket with its newest decision."""
    decision = await pages.decision(decision_id)
    values = await ticket_values(request, pages, decision["ticket_id"])
    return page(request, "_ticket.html", message=message, headers=_TOLD, **values)


async def _refused(
    request: Request, pages: PagesDep, decision: Mapping[str, Any], problems: Sequence[BriefProblem],
    entered: Mapping[str, str], text: str,
) -> HTMLResponse:  # fmt: skip
    """The ticket with each problem beside its field, and the values as they were entered."""
    values = await ticket_values(request, pages, decision["ticket_id"], decision=decision["id"])
    errors = {each.field: each for each in problems}
    if values["brief"] is not None:
        values["brief"].enter(entered)
    return page(request, "_ticket.html", status=422, message=text, is_error=True, **values | {"field_errors": errors})
