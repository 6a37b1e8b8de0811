"""Errors in one form: RFC 9457 `application/problem+json`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from app.api.schemas.inline import inline_schema
from app.workflow import (
    BriefIncomplete,
    BriefRejected,
    ConflictError,
    ConnectWiseUnavailable,
    InvalidRequest,
    NotFoundError,
    StoreUnavailable,
    WorkerCrashed,
)

log = structlog.get_logger()

_MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """An error. `detail` names the problem, its cause and what to do."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str


def responses(*statuses: int, model: type[BaseModel] = Problem) -> dict[int | str, dict[str, Any]]:
    """The error responses of an endpoint, for the API description."""
    content = {_MEDIA_TYPE: {"schema": inline_schema(model)}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def problem(status: int, detail: str, *, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """An error response."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JSONResponse(body, status_code=status, headers=headers, media_type=_MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Give every error of the application this form."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(NotFoundError, _not_found)
    app.add_exception_handler(InvalidRequest, _unusable)
    app.add_exception_handler(ConflictError, _conflict)
    app.add_exception_handler(BriefIncomplete, _incomplete)
    app.add_exception_handler(BriefRejected, _rejected)
    app.add_exception_handler(ConnectWiseUnavailable, _unavailable)
    app.add_exception_handler(StoreUnavailable, _unavailable)
    app.add_exception_handler(WorkerCrashed, _unavailable)
    app.add_exception_handler(Exception, _fault)


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    headers = dict(error.headers) if error.headers else None
    code = getattr(error, "code", None)
    return problem(error.status_code, str(error.detail), headers=headers, **({"code": code} if code else {}))


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    found = [{"where": ".".join(map(str, item["loc"])), "what": str(item["msg"])} for item in error.errors()]
    return problem(422, "; ".join(f"{item['where']}: {item['what']}" for item in found), errors=found)


async def _not_found(_request: Request, error: Exception) -> JSONResponse:
    return problem(404, str(error))


async def _conflict(_request: Request, error: Exception) -> JSONResponse:
    return problem(409, str(error))


async def _unusable(_request: Request, error: Exception) -> JSONResponse:
    return problem(422, str(error))


async def _incomplete(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BriefIncomplete)  # noqa: S101 - registered for it
    return problem(409, str(error), code=error.code, errors=[each.to_json() for each in error.problems])


async def _rejected(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BriefRejected)  # noqa: S101 - registered for it
    return problem(422, str(error), code="brief-invalid", errors=[each.to_json() for each in error.problems])


async def _unavailable(_request: Request, error: Exception) -> JSONResponse:
    return problem(503, str(error), headers={"Retry-After": "5"})


async def _fault(request: Request, error: Exception) -> JSONResponse:
    log.error("web.fault", path=request.url.path, kind=type(error).__name__, exc_info=error)
    return problem(500, "Internal error. See the service log for details.")
