"""Who may manage: the bearer of the token. Without a token configured, nobody."""

from __future__ import annotations

import hmac
from urllib.parse import parse_qs

from fastapi import HTTPException, Request

_MOST_BYTES = 4096


async def manager(request: Request) -> None:
    """Lets a request with the right bearer token pass."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    _check(request, given.strip() if scheme.lower() == "bearer" else "")


async def manager_by_form(request: Request) -> None:
    """The same for a form that opens a tab of its own, which sends no header: its field `token`."""
    declared = request.headers.get("content-length", "")
    if not declared.isdigit() or int(declared) > _MOST_BYTES:
        raise HTTPException(413, "The form is too large.")
    fields = parse_qs((await request.body()).decode("utf-8", "replace"))
    _check(request, fields.get("token", [""])[0])


def _check(request: Request, given: str) -> None:
    token = request.app.state.parts.settings.api_token.get_secret_value()
    if not token:
        raise HTTPException(403, "Management is switched off: set API_TOKEN.")
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise HTTPException(401, "A bearer token is needed.", headers={"WWW-Authenticate": "Bearer"})
