"""The receiver: is it a callback, is it genuine, is it on disk; then 2xx. What it means is found out later."""

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

ADDRESS = "/callbacks/connectwise"
MOST_BYTES = 1024 * 1024
_ACTIONS = ("added", "updated", "deleted")
_NEW, _REPEAT = b'{"new":true}', b'{"new":false}'


class NotACallback(Exception):
    """The body is not what ConnectWise sends; the text says what is wrong, without quoting it."""


class CallbackReceiver:
    """Answers at the callback's address before any routing: under load that would cost more than the disk does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != ADDRESS:
            await self._app(scope, receive, send)
            return
        if scope["method"] == "POST":
            answer = await answer_to(Request(scope, receive))
        else:
            answer = problem(405, "Callbacks come by POST.", headers={"Allow": "POST"})
        await answer(scope, receive, send)


async def answer_to(request: Request) -> Response:
    """The answer to a POST at the callback's address. The query string is ignored: the body has id and action."""
    parts = request.app.state.parts
    raw = await _limited_body(request)
    if raw is None:
        return _refuse(413, "too-large", f"The body is larger than {MOST_BYTES} bytes.")
    try:
        body = _object(raw)
        event = _event(body, raw)
        await parts.keys.verify(raw, request.headers.get("x-content-signature"), body)
        new = await parts.service.take_callback(event)
    except NotACallback as wrong:
        return _refuse(400, "not-a-callback", str(wrong))
    except BadSignature as bad:
        if bad.waiting_helps:
            return _refuse(429, bad.reason, "The signing key cannot be fetched just now.", retry_after="2")
        return _refuse(401, bad.reason, "The signature does not show that this comes from the configured ConnectWise.")
    except StoreUnavailable:
        return _refuse(429, "store-unavailable", "The event cannot be kept just now.", retry_after="2")
    return Response(_NEW if new else _REPEAT, media_type="application/json")


def _refuse(status: int, reason: str, detail: str, *, retry_after: str = "") -> Response:
    log.warning("callback.refused", status=status, reason=reason)
    return problem(status, detail, headers={"Retry-After": retry_after} if retry_after else None, reason=reason)


async def _limited_body(request: Request) -> bytes | None:
    """The raw body; None when it is too large, which is found out without reading it all."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > MOST_BYTES:
        return None
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > MOST_BYTES:
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
    """Whether a database takes it: no NUL, no half of a surrogate pair."""
    return isinstance(value, str) and not json_codec.NO_TEXT.search(value)
