"""Endpoints of decisions: list, read, approve, reject, undo."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import JSONResponse, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.api.auth import PersonDep, current_person
from app.api.dependencies import ON_BEHALF_OF, PERSON_NAME, ChosenOutcome, Cursor, ServiceDep, TicketIdFilter, Wait
from app.api.problem_details import responses
from app.api.routes.run_response import ACCEPTED, run_response
from app.api.schemas.brief import BriefProblems, DecisionWithBrief
from app.workflow import LONGEST_REASON

router = APIRouter(dependencies=[Depends(current_person)], tags=["decisions"], responses=responses(401, 403, 422, 503))

Outcome = Literal["service-ticket", "mini-project", "project", "review"]
Status = Literal["planned", "awaiting-review", "running", "applied", "failed", "rejected", "undone", "nothing-to-do"]
Trigger = Literal["callback", "reconcile", "reclassify", "update", "audit", "cases"]
_RUN_RESPONSES = {**ACCEPTED, **responses(404, 409)}


class DecisionComment(BaseModel):
    """A person's reason for an action on a decision; `outcome` answers a review."""

    model_config = ConfigDict(extra="forbid")

    outcome: ChosenOutcome | None = None
    reason: str = Field("", max_length=LONGEST_REASON)
    by: str = Field("", max_length=100, pattern=PERSON_NAME, description=ON_BEHALF_OF)


class Approval(DecisionComment):
    """A person's approval. `brief`: the digest `brief.inputs` that they have seen; 409 if the brief has changed since."""

    brief: str = Field("", max_length=100)


def _in_range(instant: datetime | None) -> datetime | None:
    """An instant that stays within the calendar in every time zone; without a time zone it is UTC."""
    if instant is not None and not 1970 <= instant.year <= 9000:
        raise ValueError("must lie within the years 1970 to 9000")
    return instant.replace(tzinfo=UTC) if instant is not None and instant.tzinfo is None else instant


@router.get("/decisions", responses={304: {"description": "The page shows the same as before"}})
async def list_decisions(
    service: ServiceDep,
    ticket_id: TicketIdFilter | None = None,
    outcome: Outcome | None = None,
    status: Status | None = None,
    trigger: Trigger | None = None,
    since: Annotated[datetime | None, AfterValidator(_in_range)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor | None = None,
    if_none_match: Annotated[str, Header()] = "",
) -> Response:
    """Decisions, newest first, without their briefs. `next_cursor` is null on the last page.

    Send the `ETag` of an earlier response as `If-None-Match`: 304 while the page shows the same.
    """
    chosen: dict[str, Any] = {
        "ticket_id": ticket_id, "outcome": outcome, "status": status, "trigger": trigger, "since": since, "limit": limit,
        "before": cursor,
    }  # fmt: skip
    headers = {"ETag": f'"{await service.list_version(**chosen)}"'}
    if headers["ETag"] == if_none_match.strip():
        return Response(status_code=304, headers=headers)
    page = await service.decisions(**chosen)
    return JSONResponse({"items": page.items, "next_cursor": page.next_cursor}, headers=headers)


@router.get("/decisions/{decision_id}", responses={200: {"model": DecisionWithBrief}, **responses(404)})
async def get_decision(decision_id: str, service: ServiceDep) -> JSONResponse:
    """One decision with its rows, reasons, brief and steps."""
    return JSONResponse(await service.decision(decision_id))


@router.post(
    "/decisions/{decision_id}/approve",
    responses={200: {"model": DecisionWithBrief}, **_RUN_RESPONSES, **responses(409, model=BriefProblems)},
)
async def approve(
    decision_id: str, service: ServiceDep, person: PersonDep, body: Approval | None = None, wait: Wait = 10.0
) -> Response:
    """Apply a plan that needs review, answer a review with an outcome, or retry a failed plan.

    Proposals of the brief are accepted as shown. While fields are in conflict or missing: 409 with the list of them.
    """
    given = body or Approval()
    view = await service.approve(
        decision_id,
        outcome=given.outcome,
        reason=given.reason,
        wait=wait,
        shown=given.brief,
        by=person.acting(given.by),
    )
    return run_response(view)


@router.post("/decisions/{decision_id}/reject", responses=responses(404, 409))
async def reject(
    decision_id: str, service: ServiceDep, person: PersonDep, body: DecisionComment | None = None
) -> dict[str, Any]:
    """Reject a plan that needs review."""
    given = body or DecisionComment()
    return await service.reject(decision_id, reason=given.reason, by=person.acting(given.by))


@router.post("/decisions/{decision_id}/undo", responses=_RUN_RESPONSES)
async def undo(
    decision_id: str, service: ServiceDep, person: PersonDep, body: DecisionComment | None = None, wait: Wait = 10.0
) -> Response:
    """Undo an applied decision."""
    given = body or DecisionComment()
    by = person.acting(given.by)
    return run_response(await service.undo(decision_id, reason=given.reason, wait=wait, by=by))
