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
    NotApiAnswer,
    NotFound,
    RateLimited,
    ResponseTooLarge,
    ServerError,
    Unreachable,
    WriteResultUnknown,
    WrongHost,
)
from app.connectwise.refusal_text import reason

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_NOT_SENDABLE = (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError)
_LONGEST_ASKED = 3600.0
_WORD = re.compile(r"[\w./\[\] -]{1,60}\Z", re.ASCII)
_VERSION_REFUSED = re.compile(r"does not support the API version", re.I)
_SSL_REQUIRED = re.compile(r"\bSSL is required\b", re.I)
_ENDPOINT = re.compile(r"\bendpoint\b|\bHTTP resource\b", re.I)
_UNCLEAR = re.compile(r"\W*not found\W*\Z", re.I)
"""The cloud answers wrong keys so; a missing record is named, as in “Ticket 4711 not found”."""
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
    trouble: Answer | httpx.HTTPError | httpx.InvalidURL | TimeoutError, method: str, *, reads: bool, path: str = "", sent: Any = None
) -> ConnectWiseError:  # fmt: skip
    """The error for a failed answer or connection. `reads`: the request cannot change anything; `sent`: its body."""
    if isinstance(trouble, Answer):
        return _of_status(trouble, f"{method} {path}", reads=reads, sent=sent)
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


def record_in(answer: Any, path: str, *, after_write: bool = False) -> dict[str, Any]:
    """The record in a decoded answer. Raises InvalidResponse, or WriteResultUnknown after a write."""
    if isinstance(answer, dict):
        return answer
    kind = WriteResultUnknown if after_write else InvalidResponse
    raise kind(f"ConnectWise answered {path} with something other than a record.")


def records_in(answer: Any, path: str) -> tuple[int, list[dict[str, Any]]]:
    """Number of elements of a page, and those that are records."""
    if isinstance(answer, list):
        return len(answer), [record for record in answer if isinstance(record, dict)]
    raise InvalidResponse(f"ConnectWise answered {path} with something other than a list.")


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


def error_in_bundle(status: int, body: Any, where: str, *, single: bool) -> ConnectWiseError | None:
    """The error of a status inside a bundle; None where a single record is missing without being named."""
    if status != httpx.codes.NOT_FOUND:
        return _of_status(Answer(status, {}, b""), where, reads=True)
    if not single:
        return NotFound(f"ConnectWise has no such record: {where} (404).", status=status)
    missing = _not_found(Answer(status, {}, json_codec.written(body)), where)
    return missing if isinstance(missing, NotFound) and missing.of_a_record else None


def missing_error(missing: NotFound | NotApiAnswer, path: str, *, reads: bool) -> ConnectWiseError:
    """The error for a 404 where the API has not moved. An endpoint is missing for lists only: records have one in every version."""
    of_list = reads and not path.rstrip("/").rsplit("/", 1)[-1].isdigit()
    if isinstance(missing, NotFound) and (missing.of_a_record or of_list):
        return missing
    kind = NotApiAnswer if reads or isinstance(missing, NotFound) else WriteResultUnknown
    return kind(str(missing), status=missing.status)


def refuses_version(answer: Answer) -> bool:
    """Whether only the version in the Accept header is refused. ConnectWise checks it endpoint by endpoint."""
    return 400 <= answer.status < 500 and bool(_VERSION_REFUSED.search(str(_body(answer).get("message"))))


def _of_status(answer: Answer, where: str, *, reads: bool, sent: Any = None) -> ConnectWiseError:
    status, request_id = answer.status, answer.request_id
    retry_after = _retry_after(answer)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        text = "ConnectWise asks to slow down (429)."
        return RateLimited(text, status=status, request_id=request_id, retry_after=retry_after)
    if (special := _special(answer, where, sent)) is not None:
        return special
    if 300 <= status < 400:
        text = f"ConnectWise redirects {where} ({status}); redirects are not followed. Check CWM_SITE."
        return BadRequest(text, status=status, request_id=request_id)
    if status < 500 and status != httpx.codes.REQUEST_TIMEOUT:
        return _refused(answer, where, sent)
    if not reads:
        text = f"ConnectWise failed during {where} ({status}). The change may have been applied."
        return WriteResultUnknown(text, status=status, request_id=request_id, retry_after=retry_after)
    text = f"Internal error in ConnectWise ({status})."
    return ServerError(text, status=status, request_id=request_id, retry_after=retry_after)


def _special(answer: Answer, where: str, sent: Any) -> ConnectWiseError | None:
    """The error of a status, or of the wrong host, that has its own sentence."""
    status, request_id = answer.status, answer.request_id
    if status == httpx.codes.NOT_FOUND:
        return _not_found(answer, where)
    if 400 <= status < 500 and _SSL_REQUIRED.search(str(_body(answer).get("message"))):
        return WrongHost(_WRONG_HOST.format(status=status), status=status, request_id=request_id)
    if status not in _SENTENCES:
        return None
    kind, text = _SENTENCES[status]
    text = _with_reasons(text.format(where=where), _reasons(answer, sent))
    return kind(text, status=status, request_id=request_id, retry_after=_retry_after(answer))


_WRONG_HOST = (
    "ConnectWise answers “SSL is required.” ({status}): CWM_SITE names the host for people. Set it to the API's host, which begins "
    "with api-, such as api-na.myconnectwise.net."
)
_SENTENCES: dict[int, tuple[type[ConnectWiseError], str]] = {
    401: (
        BadCredentials,
        "ConnectWise does not accept the credentials (401). Check CWM_COMPANY, CWM_PUBLIC_KEY, CWM_PRIVATE_KEY and CWM_CLIENT_ID.",
    ),
    403: (Forbidden, "The API member's security role does not allow {where} (403)."),
    409: (Conflict, "The record is in use: {where} (409)."),
    423: (Conflict, "The record is locked: {where} (423)."),
}


def _refused(answer: Answer, where: str, sent: Any) -> BadRequest:
    field_errors = _field_errors(answer, sent)
    text = _with_reasons(f"ConnectWise refuses {where} ({answer.status}).", _reasons(answer, sent))
    if any(error.field == "customFields" for error in field_errors):
        text += " Give the record's custom fields a value in ConnectWise."
    elif where.startswith("PATCH ") and (not field_errors or any(_of_reference(error) for error in field_errors)):
        text += " If it rejects a reference, try the other CWM_PATCH_FORM."
    refusal = BadRequest(text, status=answer.status, request_id=answer.request_id)
    refusal.field_errors = field_errors
    return refusal


def _of_reference(error: FieldError) -> bool:
    return "/" in error.field or error.code in ("NotFound", "ConnectWiseApi", "?")


def _with_reasons(sentence: str, reasons: str) -> str:
    return f"{sentence} Its reason: {reasons.rstrip('.')}." if reasons else sentence


def _reasons(answer: Answer, sent: Any) -> str:
    """Message and field errors of a refusal, without values."""
    fields = (
        f"{error.field} ({error.code}){': ' if error.message else ''}{error.message}"
        for error in _field_errors(answer, sent)
    )
    return "; ".join(filter(None, (reason(_body(answer).get("message"), sent), *fields)))


def _field_errors(answer: Answer, sent: Any) -> tuple[FieldError, ...]:
    body = _body(answer)
    errors = body.get("errors")
    found = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    return tuple(
        FieldError(
            _word(one.get("field")) or "?", _word(one.get("code")) or "?", reason(one.get("message"), sent).rstrip(".")
        )
        for one in found[:20]
    )


def _not_found(answer: Answer, where: str) -> ConnectWiseError:
    """A 404 in the API's own words names a record, such as “Ticket 4711 not found”, or an endpoint; any other is no statement."""
    body = _body(answer)
    message = str(body.get("message") or "")
    if body and not _UNCLEAR.match(message):
        of_a_record = body.get("code") == "NotFound" and not _ENDPOINT.search(message)
        text = f"ConnectWise has no such {'record' if of_a_record else 'endpoint'}: {where} (404)."
        missing = NotFound(text, status=404, request_id=answer.request_id)
        missing.of_a_record = of_a_record
        return missing
    text = (
        f"ConnectWise answered {where} with a 404 that names no record. The request is repeated later. If this persists, check CWM_COMPANY, "
        "the keys and CWM_CLIENT_ID, then CWM_CODEBASE, CWM_SITE and any proxy in between."
    )
    return NotApiAnswer(text, status=404, request_id=answer.request_id)


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
