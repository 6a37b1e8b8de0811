"""From what came over the wire, or did not, to JSON or the error tree: the border where foreign errors are translated."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from app import json_codec
from app.connectwise.errors import (
    BadCredentials,
    BadRequest,
    Conflict,
    ConnectWiseError,
    FieldError,
    Forbidden,
    InvalidResponse,
    NotFound,
    RateLimited,
    ResponseTooLarge,
    ServerError,
    Unreachable,
    WriteResultUnknown,
)

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_NOT_SENDABLE = (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError)
_LONGEST_ASKED = 3600.0
_WORD = re.compile(r"[\w./\[\] -]{1,60}\Z", re.ASCII)
_ODD = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""What JSON may carry and a database may not: NUL, half a surrogate pair. (A whole pair is found as well, and kept.)"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the headers, the whole body."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def request_id(self) -> str | None:
        """ConnectWise's own name for the request, for its support and our log."""
        return _word(self.headers.get("x-cw-request-id"))


def error_for(
    trouble: Answer | httpx.HTTPError | httpx.InvalidURL | TimeoutError, method: str, *, reads: bool, path: str = ""
) -> ConnectWiseError:
    """The error that a failed answer or a failed connection is to us. `reads`: the request could change nothing."""
    if isinstance(trouble, Answer):
        return _of_status(trouble, f"{method} {path}", reads=reads)
    name = type(trouble).__name__
    if isinstance(trouble, _NOT_SENDABLE):
        return BadRequest(f"A {method} could not be sent as it is ({name}).")
    if isinstance(trouble, _NOT_SENT):
        return Unreachable(f"ConnectWise cannot be reached ({name}).")
    if not reads:
        return WriteResultUnknown(f"ConnectWise did not answer a {method} ({name}); it may have been carried out.")
    if isinstance(trouble, httpx.DecodingError):
        return InvalidResponse(f"ConnectWise's answer to a {method} cannot be unpacked.")
    return Unreachable(f"ConnectWise did not answer ({name}).")


def json_of(answer: Answer, *, reads: bool) -> Any:
    """The JSON of a 2xx answer, without what no database takes; one without JSON is InvalidResponse, after a write WriteResultUnknown."""
    try:
        value = json_codec.read(answer.content)
    except (ValueError, RecursionError):
        kind = InvalidResponse if reads else WriteResultUnknown
        text = f"ConnectWise answered {answer.status} without JSON."
        raise kind(text, status=answer.status, request_id=answer.request_id) from None
    return _cleaned(value) if _ODD.search(answer.content) else value


def oversized(response: httpx.Response, method: str, *, reads: bool) -> ConnectWiseError:
    """The error of an answer that is too large to take in; after a write it is WriteResultUnknown."""
    request_id = _word(response.headers.get("x-cw-request-id"))
    if reads:
        return ResponseTooLarge("ConnectWise's answer is too large to take in.", request_id=request_id)
    return WriteResultUnknown(
        f"The answer to a {method} is too large to take in; it may have been carried out.", request_id=request_id
    )


def error_of_status(status: int, where: str) -> ConnectWiseError:
    """The error of a status inside a bundle."""
    return _of_status(Answer(status, {}, b""), where, reads=True)


def _of_status(answer: Answer, where: str, *, reads: bool) -> ConnectWiseError:
    status, request_id = answer.status, answer.request_id
    retry_after = _retry_after(answer)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        text = "ConnectWise asks to slow down (429)."
        return RateLimited(text, status=status, request_id=request_id, retry_after=retry_after)
    if status in _SENTENCES:
        kind, text = _SENTENCES[status]
        error = kind(text.format(where=where), status=status, request_id=request_id, retry_after=retry_after)
        if isinstance(error, NotFound):
            error.of_a_record = _names_a_record(answer)
        return error
    if 300 <= status < 400:
        text = f"ConnectWise sends {where} elsewhere ({status}), which is not followed: check CWM_SITE."
        return BadRequest(text, status=status, request_id=request_id)
    if status < 500 and status != httpx.codes.REQUEST_TIMEOUT:
        return _refused(answer, where)
    if not reads:
        text = f"ConnectWise failed during {where} ({status}); it may have been carried out."
        return WriteResultUnknown(text, status=status, request_id=request_id, retry_after=retry_after)
    text = f"ConnectWise failed inside ({status})."
    return ServerError(text, status=status, request_id=request_id, retry_after=retry_after)


_SENTENCES: dict[int, tuple[type[ConnectWiseError], str]] = {
    401: (
        BadCredentials,
        "ConnectWise does not accept the credentials (401): check CWM_COMPANY, both keys, CWM_CLIENT_ID.",
    ),
    403: (Forbidden, "The API member's security role does not allow {where} (403)."),
    404: (NotFound, "ConnectWise has no such record: {where} (404)."),
    409: (Conflict, "The record is in use: {where} (409)."),
    423: (Conflict, "The record is locked: {where} (423)."),
}


def _refused(answer: Answer, where: str) -> BadRequest:
    complaints = _complaints(answer)
    reasons = ", ".join(f"{complaint.field} ({complaint.code})" for complaint in complaints)
    text = f"ConnectWise refuses {where} ({answer.status}){': ' + reasons if reasons else ''}."
    if where.startswith("PATCH "):
        text += " If it is a reference that it does not take, try the other CWM_PATCH_FORM."
    error = BadRequest(text, status=answer.status, request_id=answer.request_id)
    error.complaints = complaints
    return error


def _complaints(answer: Answer) -> tuple[FieldError, ...]:
    """Fields and codes of a refusal; its messages may quote values, so they stay out."""
    body = _body(answer)
    errors = body.get("errors")
    found = [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    return tuple(FieldError(_word(one.get("field")) or "?", _word(one.get("code")) or "?") for one in found[:20])


def _names_a_record(answer: Answer) -> bool:
    """Whether a 404 comes from the API itself and is about a record, such as “Ticket 4711 not found”."""
    body = _body(answer)
    return body.get("code") == "NotFound" and "endpoint" not in str(body.get("message")).lower()


def _body(answer: Answer) -> dict[str, Any]:
    try:
        body = json_codec.read(answer.content)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _word(value: Any) -> str | None:
    """A name or code as it may stand in a sentence; anything longer or stranger is left out."""
    return value if isinstance(value, str) and _WORD.match(value) else None


def _retry_after(answer: Answer) -> float | None:
    """Seconds to wait, from a number of seconds or a date."""
    given = answer.headers.get("Retry-After") or ""
    try:
        seconds = float(given)
    except ValueError:
        try:
            moment = parsedate_to_datetime(given)
        except ValueError:
            return None
        seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return None if math.isnan(seconds) else min(max(seconds, 0.0), _LONGEST_ASKED)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return json_codec.NO_TEXT.sub("", value)
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    if isinstance(value, dict):
        return {json_codec.NO_TEXT.sub("", name): _cleaned(one) for name, one in value.items()}
    return value
