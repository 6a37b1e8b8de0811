"""Who may manage: the bearer of the token. Without a token configured, nobody."""

from __future__ import annotations

import hmac

from fastapi import HTTPException, Request


async def manager(request: Request) -> None:
    """Lets a request with the right bearer token pass."""
    token = request.app.state.parts.settings.api_token.get_secret_value()
    if not token:
        raise HTTPException(403, "Management is switched off: set API_TOKEN.")
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise HTTPException(401, "A bearer token is needed.", headers={"WWW-Authenticate": "Bearer"})
