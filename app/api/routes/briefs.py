"""Endpoint of a decision's brief: a person's values as a JSON merge patch."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends
from fastapi.responses import JSONResponse

from app.api.auth import PersonDep, current_person
from app.api.dependencies import DeskDep, OnBehalfOf, ServiceDep
from app.api.problem_details import responses
from app.api.schemas.brief import BriefPatch, BriefProblems, DecisionWithBrief
from app.api.schemas.inline import inline_schema

router = APIRouter(dependencies=[Depends(current_person)], tags=["decisions"], responses=responses(401, 403, 503))

MERGE_PATCH = "application/merge-patch+json"
_SCHEMA = {"schema": inline_schema(BriefPatch)}
_BODY = {"requestBody": {"required": True, "content": {MERGE_PATCH: _SCHEMA, "application/json": _SCHEMA}}}


@router.patch(
    "/decisions/{decision_id}/brief",
    responses={200: {"model": DecisionWithBrief}, **responses(404, 409), **responses(422, model=BriefProblems)},
    openapi_extra=_BODY,
)
async def change_brief(
    decision_id: str,
    service: ServiceDep,
    desk: DeskDep,
    person: PersonDep,
    patch: Annotated[dict[str, Any], Body()],
    on_behalf_of: OnBehalfOf = "",
) -> JSONResponse:
    """Settle fields of the brief in a person's name and plan again; 200 with the decision.

    422 names each field that does not fit, and nothing changes. 409 unless the decision is planned or awaits review.
    """
    await desk.change_brief(decision_id, patch, by=person.acting(on_behalf_of))
    return JSONResponse(await service.decision(decision_id))
