"""Access to management endpoints: the bearer token. Without a configured token, access is refused."""

from __future__ import annotations

import hmac
from urllib.parse import parse_qs

from fastapi import HTTPException, Request

_FORM_LIMIT = 4096
"""Bytes of a form with a token."""


async def require_token(request: Request) -> None:
    """Accept a request with the right bearer token; 401 or 403 otherwise."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    _check(request, given.strip() if scheme.lower() == "bearer" else "")


async def require_form_token(request: Request) -> None:
    """The same for a form that opens a new tab and so cannot send a header: its field `token`."""
    declared = request.headers.get("content-length", "")
    if not declared.isdigit() or int(declared) > _FORM_LIMIT:
        raise HTTPException(413, "The form is too large.")
    fields = parse_qs((await request.body()).decode("utf-8", "replace"))
    _check(request, fields.get("token", [""])[0])


def _check(request: Request, given: str) -> None:
    token = request.app.state.parts.settings.api_token.get_secret_value()
    if not token:
        raise HTTPException(403, "Management is disabled. Set API_TOKEN to enable it.")
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise HTTPException(401, "Missing or wrong bearer token.", headers={"WWW-Authenticate": "Bearer"})
