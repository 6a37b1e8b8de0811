"""The token before the body: a stranger's request is refused before a byte of its body is read. Pure ASGI.

Every path needs the token unless it is listed here, so a new endpoint is closed by default.
"""

from __future__ import annotations

from collections.abc import Iterator
from json import JSONDecodeError
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app import json_codec
from app.api.auth import FORM_LIMIT, bearer, check_token
from app.api.problem_details import problem
from app.api.request_body import BodyTooLarge, BodyTooSlow, ClientGone, header, read_body, replayed

PUBLIC_PATHS = frozenset({"/", "/livez", "/readyz", "/metrics", "/docs", "/openapi.json", "/favicon.ico"})
"""Paths without ticket data."""
_PUBLIC_FOLDERS = ("/pages/", "/docs/")
_PAGE_OR_DATA = ("GET", "/actions")
"""Gives browsers a page without data; the endpoint itself asks everybody else for the token."""
_NAMES_FIELDS = "/brief"
"""This endpoint itself refuses texts that cannot be stored, and names their fields."""
LARGEST_BODY = 64 * 1024
_CHART_BODY = 4 * 1024 * 1024
"""A chart file of a million characters, as JSON."""


def is_public(path: str) -> bool:
    """Whether a path may be requested without the token."""
    return path in PUBLIC_PATHS or path.startswith(_PUBLIC_FOLDERS)


class AccessControl:
    """Checks the token and the limits of a management request, then passes it on with its body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            refused, body = await _checked(scope, receive)
        except ClientGone:
            return
        if refused is not None:
            await refused(scope, receive, send)
        else:
            await self._app(scope, receive if body is None else replayed(body, receive), send)


async def _checked(scope: Scope, receive: Receive) -> tuple[Response | None, bytes | None]:
    """An answer that refuses the request, or its body where it has been read."""
    path = scope["path"]
    refused = _unstorable_address(path, scope["query_string"])
    if refused is not None or is_public(path) or (scope["method"], path) == _PAGE_OR_DATA:
        return refused, None
    form = scope["method"] == "POST" and path.startswith("/audits/") and path.endswith("/report.html")
    limit = _limit(path, form=form)
    try:
        if not form:
            await check_token(scope, bearer(header(scope, b"authorization")))
        body = await read_body(scope, receive, limit=limit)
    except HTTPException as error:
        return problem(error.status_code, str(error.detail), headers=dict(error.headers or {})), None
    except BodyTooLarge:
        return problem(413, f"The body is larger than {limit} bytes."), None
    except BodyTooSlow:
        return problem(408, "The body has not arrived in time. Send the request again."), None
    return (None if form or path.endswith(_NAMES_FIELDS) else _unusable(body)), body


def _unstorable_address(path: str, query: bytes) -> Response | None:
    """Refuses characters that PostgreSQL cannot look for."""
    if json_codec.NO_TEXT.search(path):
        return problem(404, "There is nothing at this address: it holds a character that no id has.")
    if b"\x00" in unquote_to_bytes(query):
        return problem(422, "The query holds a NUL character.")
    return None


def _limit(path: str, *, form: bool) -> int:
    if form:
        return FORM_LIMIT
    return _CHART_BODY if path.endswith("/what-if") else LARGEST_BODY


def _unusable(body: bytes) -> Response | None:
    """Refuses what parsers fail on in other ways than “no JSON”, and texts that no database stores."""
    try:
        value = json_codec.read(body) if body else None
    except JSONDecodeError:
        return None  # the endpoint says where the mistake is
    except (ValueError, RecursionError):
        return problem(422, "The body is not UTF-8 text, is nested too deeply, or holds a number that is too long.")
    if any(json_codec.NO_TEXT.search(text) for text in _texts(value)):
        return problem(422, "The body holds a NUL character or half a surrogate pair, which cannot be stored.")
    return None


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, dict):
            waiting += [*found.keys(), *found.values()]
        elif isinstance(found, list):
            waiting += found
