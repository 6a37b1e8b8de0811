"""Receives callbacks: check form and signature, commit the event, answer 2xx. Processing happens later."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import structlog
from fastapi.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app import json_codec
from app.api.problem_details import problem
from app.api.request_body import (
    BodyMemory,
    BodyTooLarge,
    BodyTooSlow,
    ClientGone,
    NoRoom,
    declares_more,
    header,
    read_body,
)
from app.connectwise import BadSignature, check_signature_form
from app.workflow import LARGEST_ID, CallbackEvent, StoreUnavailable

log = structlog.get_logger()

PATH = "/callbacks/connectwise"
MAX_BYTES = 1024 * 1024
ANSWER_SECONDS = 3.5
"""From the end of the body to the answer; ConnectWise waits five seconds from the start."""
_ACTIONS = ("added", "updated", "deleted")
_NEW, _REPEAT = b'{"new":true}', b'{"new":false}'


class NotACallback(Exception):
    """The body is not a callback; the text names the error without quoting the body."""


class CallbackReceiver:
    """Answers the callback address before routing, which would cost more than the commit under load."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._memory = BodyMemory()
        self._parser = _Parser()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._app(scope, receive, send)
            return
        if scope["method"] != "POST":
            answer: Response = problem(405, "Callbacks are sent by POST.", headers={"Allow": "POST"})
        else:
            try:
                answer = await self._respond(scope, receive)
            except ClientGone:
                return
        await answer(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive) -> Response:
        """The response to a POST. The query string is ignored: the body contains id and action."""
        try:
            if declares_more(scope, MAX_BYTES):
                raise BodyTooLarge
            signature = check_signature_form(header(scope, b"x-content-signature"))
            with self._memory.hold() as count:
                raw = await read_body(scope, receive, limit=MAX_BYTES, count=count)
                async with asyncio.timeout(ANSWER_SECONDS):
                    return await self._taken(scope["app"].state.parts, raw, signature)
        except NotACallback as error:
            return _reject(400, "not-a-callback", str(error))
        except BadSignature as error:
            if error.waiting_helps:
                return _reject(429, error.reason, "The signing key cannot be fetched at the moment.")
            return _reject(401, error.reason, "The signature does not match the configured ConnectWise site.")
        except tuple(_REFUSALS) as error:
            return _reject(*_REFUSALS[type(error)])

    async def _taken(self, parts: Any, raw: bytes, signature: str) -> Response:
        body = await self._parser.object(raw)
        event = _event(body, raw)
        await parts.keys.verify(raw, signature, body)
        new = await parts.service.take_callback(event)
        return Response(_NEW if new else _REPEAT, media_type="application/json")


class _Parser:
    """Parses small bodies at once. Large ones, which hold the loop for long, take turns and leave half of the time free."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def object(self, raw: bytes) -> dict[str, Any]:
        """The JSON object. Raises NotACallback."""
        if len(raw) <= BodyMemory.SMALL:
            return _object(raw)
        async with self._turn:
            began = time.monotonic()
            try:
                return _object(raw)
            finally:
                await asyncio.sleep(time.monotonic() - began)


_REFUSALS: dict[type[Exception], tuple[int, str, str]] = {
    BodyTooLarge: (413, "too-large", f"The body is larger than {MAX_BYTES} bytes."),
    BodyTooSlow: (408, "body-too-slow", "The body has not arrived in time. Send the callback again."),
    NoRoom: (429, "too-many-bodies", "Too many large callbacks arrive at once."),
    StoreUnavailable: (429, "store-unavailable", "The event cannot be saved at the moment."),
    TimeoutError: (429, "answer-too-slow", "The event cannot be saved at the moment."),
}


def _reject(status: int, reason: str, detail: str) -> Response:
    """A refusal. ConnectWise repeats a callback that was answered with 429."""
    log.warning("callback.refused", status=status, reason=reason)
    if status != HTTPStatus.TOO_MANY_REQUESTS:
        return problem(status, detail, reason=reason)
    return problem(status, f"{detail} Send the callback again later.", headers={"Retry-After": "2"}, reason=reason)


def _object(raw: bytes) -> dict[str, Any]:
    """The callback's members. Bytes that are no UTF-8 become U+FFFD; the signature is checked over the raw bytes."""
    try:
        body = json_codec.read(raw.decode("utf-8", "replace"))
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
