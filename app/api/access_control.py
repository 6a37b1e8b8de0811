"""The person before the body: a stranger's request is refused before a byte of its body is read. Pure ASGI.

`access_rules` says which role a request needs; an address that it does not name is closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from json import JSONDecodeError
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app import json_codec
from app.api.access_rules import SAFE_METHODS, SESSION, needed_role
from app.api.auth import Denied, check_csrf, identify
from app.api.problem_details import problem
from app.api.refused_page import is_form, refused_page, wants_page
from app.api.request_body import BodyTooLarge, BodyTooSlow, ClientGone, read_body, replayed
from app.domain.enums import Role
from app.workflow import StoreUnavailable

_NAMES_FIELDS = "/brief"
"""This endpoint itself refuses texts that cannot be stored, and names their fields."""
LARGEST_BODY = 64 * 1024
_SIGN_IN_BODY = 4 * 1024
_CHART_BODY = 4 * 1024 * 1024
"""A chart file of a million characters, as JSON."""


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
    path, method = scope["path"], scope["method"]
    refused = _unstorable_address(path, scope["query_string"])
    if refused is not None:
        return refused, None
    needed = needed_role(method, path)
    if needed is None and method in SAFE_METHODS:
        return None, None
    try:
        if needed is not None:
            await _admit(scope, needed)
        body = await read_body(scope, receive, limit=_limit(path))
    except (Denied, StoreUnavailable, BodyTooLarge, BodyTooSlow) as error:
        return _refusal(error, path) if not wants_page(scope) else refused_page(scope, error), None
    return (None if path.endswith(_NAMES_FIELDS) or is_form(scope) else _unusable(body)), body


def _refusal(error: Exception, path: str) -> Response:
    if isinstance(error, Denied):
        return problem(error.status_code, str(error.detail), headers=dict(error.headers or {}), code=error.code)
    if isinstance(error, StoreUnavailable):
        return problem(503, str(error), headers={"Retry-After": "5"})
    if isinstance(error, BodyTooLarge):
        return problem(413, f"The body is larger than {_limit(path)} bytes.")
    return problem(408, "The body has not arrived in time. Send the request again.")


async def _admit(scope: Scope, needed: Role) -> None:
    """Stores who sends the request. Raises Denied for nobody, for too low a role, and for a change without CSRF token."""
    identity = await identify(scope)
    if scope["method"] not in SAFE_METHODS:
        check_csrf(scope, identity.session)
    if not identity.person.role.covers(needed):
        article = "an" if needed is not Role.VIEWER else "a"
        detail = (
            f"Your role is {identity.person.role}; this needs {article} {needed}. Ask an admin. Nothing was changed."
        )
        raise Denied(403, detail, code="role-too-low")
    scope.setdefault("state", {})["identity"] = identity


def _unstorable_address(path: str, query: bytes) -> Response | None:
    """Refuses characters that PostgreSQL cannot look for."""
    if json_codec.NO_TEXT.search(path):
        return problem(404, "There is nothing at this address: it holds a character that no id has.")
    if b"\x00" in unquote_to_bytes(query):
        return problem(422, "The query holds a NUL character.")
    return None


def _limit(path: str) -> int:
    if path == SESSION:
        return _SIGN_IN_BODY
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
