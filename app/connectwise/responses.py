"""Translates HTTP answers and httpx errors to JSON or the error tree. No other module sees foreign errors."""

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
"""JSON escapes that databases refuse: NUL and lone surrogates. (Whole pairs match as well and are kept.)"""


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer: status, headers, body."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def request_id(self) -> str | None:
        """ConnectWise's request id, for its support and our log."""
        return _word(self.headers.get("x-cw-request-id"))


def error_for(
    trouble: Answer | httpx.HTTPError | httpx.InvalidURL | TimeoutError, method: str, *, reads: bool, path: str = ""
) -> ConnectWiseError:
    """The error for a failed answer or connection. `reads`: the request cannot change anything."""
    if isinstance(trouble, Answer):
        return _of_status(trouble, f"{method} {path}", reads=reads)
    name = type(trouble).__name__
    if isinstance(trouble, _NOT_SENDABLE):
        return BadRequest(f"A {method} could not be sent as it is ({name}).")
    if isinstance(trouble, _NOT_SENT):
        return Unreachable(f"ConnectWise cannot be reached ({name}).")
    if not reads:
        return WriteResultUnknown(f"ConnectWise did not answer a {method} ({name}). The change may have been applied.")
    if isinstance(trouble, httpx.DecodingError):
        return InvalidResponse(f"ConnectWise's answer to a {method} cannot be decompressed.")
    return Unreachable(f"ConnectWise did not answer ({name}).")


def decode_json(answer: Answer, *, reads: bool) -> Any:
    """The JSON of a 2xx answer, without characters that databases refuse.

    Raises InvalidResponse, or WriteResultUnknown after a write, if there is no JSON.
    """
    try:
        value = json_codec.read(answer.content)
    except (ValueError, RecursionError):
        kind = InvalidResponse if reads else WriteResultUnknown
        text = f"ConnectWise answered {answer.status} without JSON."
        raise kind(text, status=answer.status, request_id=answer.request_id) from None
    return _cleaned(value) if _ODD.search(answer.content) else value


def too_large(response: httpx.Response, method: str, *, reads: bool) -> ConnectWiseError:
    """The error for an answer above the size limit; after a write it is WriteResultUnknown."""
    request_id = _word(response.headers.get("x-cw-request-id"))
    if reads:
        return ResponseTooLarge(
            "ConnectWise's answer exceeds the size limit. Request fewer records at once.", request_id=request_id
        )
    return WriteResultUnknown(
        f"The answer to a {method} exceeds the size limit. The change may have been applied.", request_id=request_id
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
        text = f"ConnectWise redirects {where} ({status}); redirects are not followed. Check CWM_SITE."
        return BadRequest(text, status=status, request_id=request_id)
    if status < 500 and status != httpx.codes.REQUEST_TIMEOUT:
        return _refused(answer, where)
    if not reads:
        text = f"ConnectWise failed during {where} ({status}). The change may have been applied."
        return WriteResultUnknown(text, status=status, request_id=request_id, retry_after=retry_after)
    text = f"Internal error in ConnectWise ({status})."
    return ServerError(text, status=status, request_id=request_id, retry_after=retry_after)


_SENTENCES: dict[int, tuple[type[ConnectWiseError], str]] = {
    401: (
        BadCredentials,
        "ConnectWise does not accept the credentials (401). Check CWM_COMPANY, CWM_PUBLIC_KEY, CWM_PRIVATE_KEY and CWM_CLIENT_ID.",
    ),
    403: (Forbidden, "The API member's security role does not allow {where} (403)."),
    404: (NotFound, "ConnectWise has no such record: {where} (404)."),
    409: (Conflict, "The record is in use: {where} (409)."),
    423: (Conflict, "The record is locked: {where} (423)."),
}


def _refused(answer: Answer, where: str) -> BadRequest:
    field_errors = _field_errors(answer)
    reasons = ", ".join(f"{error.field} ({error.code})" for error in field_errors)
    text = f"ConnectWise refuses {where} ({answer.status}){': ' + reasons if reasons else ''}."
    if where.startswith("PATCH "):
        text += " If it rejects a reference, try the other CWM_PATCH_FORM."
    refusal = BadRequest(text, status=answer.status, request_id=answer.request_id)
    refusal.field_errors = field_errors
    return refusal


def _field_errors(answer: Answer) -> tuple[FieldError, ...]:
    """Fields and codes of a refusal. Its messages may quote values and are left out."""
    body = _body(answer)
    errors = body.get("errors")
    found = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    return tuple(FieldError(_word(one.get("field")) or "?", _word(one.get("code")) or "?") for one in found[:20])


def _names_a_record(answer: Answer) -> bool:
    """Whether a 404 is the API's own and names a record, such as “Ticket 4711 not found”."""
    body = _body(answer)
    return body.get("code") == "NotFound" and "endpoint" not in str(body.get("message")).lower()


def _body(answer: Answer) -> dict[str, Any]:
    try:
        body = json_codec.read(answer.content)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _word(value: Any) -> str | None:
    """A name or code that is safe in a sentence; anything longer or unusual is left out."""
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
