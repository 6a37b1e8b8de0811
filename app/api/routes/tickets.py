"""Endpoints of a ticket."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.auth import PersonDep, current_person
from app.api.dependencies import ON_BEHALF_OF, PERSON_NAME, ChosenOutcome, Mode, ServiceDep, TicketId, Wait
from app.api.problem_details import responses
from app.api.routes.run_response import ACCEPTED, run_response
from app.workflow import LONGEST_REASON

router = APIRouter(dependencies=[Depends(current_person)], tags=["tickets"], responses=responses(401, 403, 422, 503))


class Reclassify(BaseModel):
    """How to run a ticket again. `outcome` is used instead of the chart's."""

    model_config = ConfigDict(extra="forbid")

    mode: Mode | None = None
    outcome: ChosenOutcome | None = None
    reason: str = Field("", max_length=LONGEST_REASON)
    by: str = Field("", max_length=100, pattern=PERSON_NAME, description=ON_BEHALF_OF)


@router.post("/tickets/{ticket_id}/reclassify", responses={**ACCEPTED, **responses(404, 409)})
async def reclassify(
    ticket_id: TicketId, service: ServiceDep, person: PersonDep, body: Reclassify | None = None, wait: Wait = 10.0
) -> Response:
    """Run a ticket again: 200 with the decision, or 202 with the address of the run if it has not ended in time."""
    request = body or Reclassify()
    view = await service.reclassify(
        ticket_id,
        mode=request.mode,
        outcome=request.outcome,
        reason=request.reason,
        wait=wait,
        by=person.acting(request.by),
    )
    return run_response(view)
