"""Receives callbacks: check form and signature, commit the event, answer 2xx. Processing happens later."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import structlog
from fastapi import Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app import json_codec
from app.api.problem_details import problem
from app.connectwise import BadSignature
from app.workflow import LARGEST_ID, CallbackEvent, StoreUnavailable

log = structlog.get_logger()

PATH = "/callbacks/connectwise"
MAX_BYTES = 1024 * 1024
_ACTIONS = ("added", "updated", "deleted")
_NEW, _REPEAT = b'{"new":true}', b'{"new":false}'


class NotACallback(Exception):
    """The body is not a callback; the text names the error without quoting the body."""


class CallbackReceiver:
    """Answers the callback address before routing, which would cost more than the commit under load."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._app(scope, receive, send)
            return
        if scope["method"] == "POST":
            answer = await respond(Request(scope, receive))
        else:
            answer = problem(405, "Callbacks are sent by POST.", headers={"Allow": "POST"})
        await answer(scope, receive, send)


async def respond(request: Request) -> Response:
    """The response to a POST of a callback. The query string is ignored: the body contains id and action."""
    parts = request.app.state.parts
    raw = await _limited_body(request)
    if raw is None:
        return _reject(413, "too-large", f"The body is larger than {MAX_BYTES} bytes.")
    try:
        body = _object(raw)
        event = _event(body, raw)
        await parts.keys.verify(raw, request.headers.get("x-content-signature"), body)
        new = await parts.service.take_callback(event)
    except NotACallback as error:
        return _reject(400, "not-a-callback", str(error))
    except BadSignature as error:
        if error.waiting_helps:
            return _reject(
                429,
                error.reason,
                "The signing key cannot be fetched at the moment. Send the callback again later.",
                retry_after="2",
            )
        return _reject(401, error.reason, "The signature does not match the configured ConnectWise site.")
    except StoreUnavailable:
        return _reject(
            429,
            "store-unavailable",
            "The event cannot be saved at the moment. Send the callback again later.",
            retry_after="2",
        )
    return Response(_NEW if new else _REPEAT, media_type="application/json")


def _reject(status: int, reason: str, detail: str, *, retry_after: str = "") -> Response:
    log.warning("callback.refused", status=status, reason=reason)
    return problem(status, detail, headers={"Retry-After": retry_after} if retry_after else None, reason=reason)


async def _limited_body(request: Request) -> bytes | None:
    """The raw body; None if it is too large, without reading all of it."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > MAX_BYTES:
        return None
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > MAX_BYTES:
            return None
        pieces.append(piece)
    return b"".join(pieces)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        body = json_codec.read(raw)
    except (ValueError, RecursionError):
        raise NotACallback("The body is not JSON, or is nested too deeply.") from None
    if not isinstance(body, dict):
        raise NotACallback("The body is not a JSON object.")
    return body


def _event(body: dict[str, Any], raw: bytes) -> CallbackEvent:
    action, kind, record_id = body.get("Action"), body.get("Type"), body.get("ID")
    if not isinstance(action, str) or action.lower() not in _ACTIONS:
        raise NotACallback("Action must be added, updated or deleted.")
    if not _is_text(kind) or not kind:
        raise NotACallback("Type must be a text.")
    if not isinstance(record_id, int) or isinstance(record_id, bool) or not 0 < record_id <= LARGEST_ID:
        raise NotACallback("ID must be a positive whole number.")
    return CallbackEvent(
        message_id=_text(body.get("MessageId"), "MessageId"),
        action=action.lower(),
        type=kind.lower(),
        record_id=record_id,
        member_id=_text(body.get("MemberId"), "MemberId"),
        body=raw,
        received_at=datetime.now(UTC),
    )


def _text(value: Any, name: str) -> str | None:
    if value is not None and not _is_text(value):
        raise NotACallback(f"{name} must be a text.")
    return value or None


def _is_text(value: Any) -> bool:
    """Whether a database accepts it: no NUL, no half of a surrogate pair."""
    return isinstance(value, str) and not json_codec.NO_TEXT.search(value)
