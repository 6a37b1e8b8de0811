"""The response to a request that has started a run."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse, Response

from app.api.problem_details import problem
from app.workflow import RunView

ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {"description": "The run has not ended; Location is its address"},
}


def run_response(view: RunView) -> Response:
    """The decision of an ended run; 202 while it runs; the run's error if it ended without a decision."""
    if not view.settled:
        shown = {"run_id": view.run_id, "settled": False, "waiting_for": view.error, "decision": view.decision}
        return JSONResponse(shown, status_code=202, headers={"Location": f"/runs/{view.run_id}"})
    if view.decision is None:
        detail = view.error or "The run ended without a decision."
        if view.way_back:
            detail = f"{detail} {view.way_back['text']}"
        return problem(view.status or 409, detail, run_id=view.run_id, way_back=view.way_back)
    return JSONResponse(view.decision)
