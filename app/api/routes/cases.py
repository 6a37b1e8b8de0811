"""Endpoint of labelled cases: what people answered, overruled and corrected."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from app.api.auth import current_person
from app.api.dependencies import Cursor
from app.api.problem_details import responses
from app.workflow.labelled_cases import LabelledCases

router = APIRouter(dependencies=[Depends(current_person)], tags=["decisions"], responses=responses(401, 403, 422, 503))


def _cases(request: Request) -> LabelledCases:
    found: LabelledCases = request.app.state.parts.cases
    return found


@router.get("/cases")
async def list_cases(
    cases: Annotated[LabelledCases, Depends(_cases)],
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor | None = None,
) -> dict[str, Any]:
    """Answered questions, overruled outcomes and corrected briefs as labelled cases, newest first.

    `case` is the ticket with its label, one line of a file for `chart score`. `next_cursor` is null on the last page.
    """
    items, next_cursor = await cases.page(limit=limit, cursor=cursor)
    return {"items": items, "next_cursor": next_cursor}
