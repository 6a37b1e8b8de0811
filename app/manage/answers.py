"""From what came over the wire, or did not, to the error tree: the border where foreign errors are translated."""

from __future__ import annotations

import json
from typing import Any

import httpx

from app.manage.errors import (
    BadCredentials,
    Complaint,
    Conflict,
    Forbidden,
    Lost,
    ManageError,
    Nonsense,
    NotFound,
    Refused,
    ServerFault,
    Throttled,
    Unreachable,
)

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError)
_LONGEST_ASKED = 3600.0


def error_for(trouble: httpx.Response | httpx.HTTPError, method: str) -> ManageError:
    """The error that a failed answer or a failed connection is to us."""
    if isinstance(trouble, httpx.Response):
        return _of_status(trouble, method)
    if isinstance(trouble, _NOT_SENT):
        return Unreachable(f"ConnectWise cannot be reached ({type(trouble).__name__}).")
    if method == "GET":
        return Unreachable(f"ConnectWise did not answer ({type(trouble).__name__}).")
    return Lost(f"ConnectWise did not answer a {method} ({type(trouble).__name__}); it may have been carried out.")


def json_of(response: httpx.Response, *, wrote: bool = False) -> Any:
    """The JSON of a 2xx answer; an answer without JSON is Nonsense, after a write Lost."""
    try:
        return json.loads(response.content)
    except ValueError:
        kind = Lost if wrote else Nonsense
        text = f"ConnectWise answered {response.status_code} without JSON."
        raise kind(text, status=response.status_code, request_id=_request_id(response)) from None


def _of_status(response: httpx.Response, method: str) -> ManageError:
    status, request_id = response.status_code, _request_id(response)
    where = f"{method} {response.request.url.path}"
    if status == httpx.codes.TOO_MANY_REQUESTS:
        text = "ConnectWise asks to slow down (429)."
        return Throttled(text, status=status, request_id=request_id, retry_after=_retry_after(response))
    if status >= 500:
        return _server_fault(response, method)
    if status in _SENTENCES:
        kind, text = _SENTENCES[status]
        return kind(text.format(where=where), status=status, request_id=request_id)
    return _refused(response, where)


_SENTENCES: dict[int, tuple[type[ManageError], str]] = {
    401: (
        BadCredentials,
        "ConnectWise does not accept the credentials (401): check CWM_COMPANY, both keys, CWM_CLIENT_ID.",
    ),
    403: (Forbidden, "The API member's security role does not allow {where} (403)."),
    404: (NotFound, "ConnectWise has no such record: {where} (404)."),
    409: (Conflict, "The record is in use: {where} (409)."),
}


def _server_fault(response: httpx.Response, method: str) -> ManageError:
    status, request_id = response.status_code, _request_id(response)
    if method != "GET":
        text = f"ConnectWise failed during a {method} ({status}); it may have been carried out."
        return Lost(text, status=status, request_id=request_id, retry_after=_retry_after(response))
    fault = ServerFault(
        f"ConnectWise failed inside ({status}).",
        status=status,
        request_id=request_id,
        retry_after=_retry_after(response),
    )
    return fault


def _refused(response: httpx.Response, where: str) -> Refused:
    complaints = _complaints(response)
    reasons = ", ".join(f"{complaint.field} ({complaint.code})" for complaint in complaints)
    text = f"ConnectWise refuses {where} ({response.status_code}){': ' + reasons if reasons else ''}."
    error = Refused(text, status=response.status_code, request_id=_request_id(response))
    error.complaints = complaints
    return error


def _complaints(response: httpx.Response) -> tuple[Complaint, ...]:
    """Fields and codes of a refusal; its messages may quote values, so they stay out."""
    try:
        errors = json.loads(response.content).get("errors") or []
        return tuple(Complaint(str(error.get("field"))[:60], str(error.get("code"))[:40]) for error in errors)
    except (ValueError, AttributeError, TypeError):
        return ()


def _request_id(response: httpx.Response) -> str | None:
    request_id: str | None = response.headers.get("x-cw-request-id")
    return request_id[:80] if request_id else None


def _retry_after(response: httpx.Response) -> float | None:
    try:
        return min(max(float(response.headers.get("Retry-After", "")), 0.0), _LONGEST_ASKED)
    except ValueError:
        return None
