"""Access to management endpoints: the bearer token. Without a configured token, access is refused."""

from __future__ import annotations

import asyncio
import hmac
import time
from urllib.parse import parse_qs

import structlog
from fastapi import HTTPException, Request
from starlette.types import Scope

log = structlog.get_logger()

FORM_LIMIT = 4096
"""Bytes of a form with a token."""
_FREE_GUESSES = 20
"""Wrong tokens within a minute that are answered at once; a page with an old token sends several."""
_GUESS_SECONDS = 1.0
_MINUTE = 60.0


class Guesses:
    """Slows wrong tokens from any sender: behind a proxy all clients have one address."""

    def __init__(self) -> None:
        self._since = -_MINUTE
        self._wrong = 0

    async def wrong(self, client: str) -> None:
        """Count a wrong token: the first of a minute is logged, and from the twenty-first on each is answered late."""
        now = time.monotonic()
        if now - self._since >= _MINUTE:
            if self._wrong > 1:
                log.warning("api.wrong-tokens", tokens=self._wrong)
            self._since, self._wrong = now, 0
            log.warning("api.wrong-token", client=client)
        self._wrong += 1
        if self._wrong > _FREE_GUESSES:
            await asyncio.sleep(_GUESS_SECONDS)


async def require_token(request: Request) -> None:
    """Accept a request with the right bearer token; 401 or 403 otherwise."""
    await check_token(request.scope, bearer(request.headers.get("authorization", "")))


async def require_form_token(request: Request) -> None:
    """The same for a form that opens a new tab and so cannot send a header: its field `token`."""
    declared = request.headers.get("content-length", "")
    if not declared.isdigit() or int(declared) > FORM_LIMIT:
        raise HTTPException(413, "The form is too large.")
    fields = parse_qs((await request.body()).decode("utf-8", "replace"))
    await check_token(request.scope, fields.get("token", [""])[0])


def bearer(authorization: str) -> str:
    """The token of an Authorization header; empty if it has none."""
    scheme, _, given = authorization.partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


async def check_token(scope: Scope, given: str) -> None:
    """Return if the token is right. Raises HTTPException 401 or 403, late for one who guesses."""
    state = scope["app"].state
    token = state.parts.settings.api_token.get_secret_value()
    if not token:
        raise HTTPException(403, "Management is disabled. Set API_TOKEN to enable it.")
    if hmac.compare_digest(given.encode("utf-8", "replace"), token.encode()):
        return
    if given:
        await state.guesses.wrong((scope.get("client") or ("unknown",))[0])
    raise HTTPException(401, "Missing or wrong bearer token.", headers={"WWW-Authenticate": "Bearer"})
