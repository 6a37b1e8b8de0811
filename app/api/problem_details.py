"""Errors of one shape: RFC 9457 `application/problem+json`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from app.workflow import ConflictError, NotFoundError, StoreUnavailable, WorkerCrashed

log = structlog.get_logger()


def problem(status: int, detail: str, *, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """An error answer."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JSONResponse(body, status_code=status, headers=headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Gives every error of the application this shape."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(NotFoundError, _not_known)
    app.add_exception_handler(ConflictError, _not_now)
    app.add_exception_handler(StoreUnavailable, _unavailable)
    app.add_exception_handler(WorkerCrashed, _unavailable)
    app.add_exception_handler(Exception, _fault)


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    headers = dict(error.headers) if error.headers else None
    return problem(error.status_code, str(error.detail), headers=headers)


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    found = [{"where": ".".join(map(str, item["loc"])), "what": str(item["msg"])} for item in error.errors()]
    return problem(422, "; ".join(f"{item['where']}: {item['what']}" for item in found), errors=found)


async def _not_known(_request: Request, error: Exception) -> JSONResponse:
    return problem(404, str(error))


async def _not_now(_request: Request, error: Exception) -> JSONResponse:
    return problem(409, str(error))


async def _unavailable(_request: Request, error: Exception) -> JSONResponse:
    return problem(503, str(error), headers={"Retry-After": "5"})


async def _fault(request: Request, error: Exception) -> JSONResponse:
    log.error("web.fault", path=request.url.path, kind=type(error).__name__, exc_info=error)
    return problem(500, "A fault in the service; its log has the place.")
