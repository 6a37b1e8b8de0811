"""Who sends a request: the person of a bearer token or of a session cookie. One lookup for each request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Annotated, Any, NamedTuple

import structlog
from fastapi import Depends, HTTPException, Request
from starlette.responses import Response
from starlette.types import Scope

from app.api.request_body import header
from app.people import AccessRefused, Person, Session

log = structlog.get_logger()

CSRF_HEADER = "X-CSRF-Token"
SESSION_COOKIE = "mp_session"
SIGN_IN_COOKIE = "mp_sign_in"
_FREE_GUESSES = 20
"""Wrong tokens within a minute that are answered at once; a page with an old token sends several."""
_GUESS_SECONDS = 1.0
_MINUTE = 60.0
_WANTED = {"WWW-Authenticate": "Bearer"}
_DISABLED = "Management is disabled. Set API_TOKEN, or add a person: miniprojects users add NAME --role admin."
_NOTHING_GIVEN = "Sign in, or send a token: missing bearer token in the Authorization header."
_UNKNOWN_TOKEN = "Unknown token: it is wrong, or was replaced or removed since. Ask an admin for a new one."  # noqa: S105


class Denied(HTTPException):
    """A request that is refused; `code` is stable."""

    def __init__(self, status: int, detail: str, *, code: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, detail, headers=dict(headers) if headers else None)
        self.code = code


class Identity(NamedTuple):
    """Who sends a request. `session`: where the cookie says so."""

    person: Person
    session: Session | None


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


async def identify(scope: Scope) -> Identity:
    """The sender of a request. Raises Denied (401 or 403), late for one who guesses, and StoreUnavailable."""
    state = scope["app"].state
    authorization = header(scope, b"authorization")
    if authorization:
        person = await state.parts.people.authenticate(token := bearer(authorization))
        if person is not None:
            return Identity(person, None)
        await _refuse_when_disabled(state.parts)
        if token:
            await state.guesses.wrong(client_of(scope))
        raise Denied(401, _UNKNOWN_TOKEN, code="token-unknown", headers=_WANTED)
    if secret := cookie(scope, SESSION_COOKIE, secure=is_secure(state.parts)):
        return await _by_session(state, scope, secret)
    await _refuse_when_disabled(state.parts)
    raise Denied(401, _NOTHING_GIVEN, code="sign-in-needed", headers=_WANTED)


async def _by_session(state: Any, scope: Scope, secret: str) -> Identity:
    try:
        session: Session = await state.parts.sessions.find(secret)
    except AccessRefused as refused:
        if refused.is_guess:
            await state.guesses.wrong(client_of(scope))
        raise Denied(401, str(refused), code=refused.code, headers=_WANTED) from None
    return Identity(session.person, session)


async def _refuse_when_disabled(parts: Any) -> None:
    """403 where nobody could get in with any credential."""
    if not (parts.people.has_api_token or parts.oidc is not None or await parts.people.anybody()):
        raise Denied(403, _DISABLED, code="management-disabled")


def check_csrf(scope: Scope, session: Session | None) -> None:
    """Raises Denied (403) for a change that a cookie alone asks for: another site may have sent it."""
    if session is not None and not session.has_csrf(header(scope, CSRF_HEADER.lower().encode())):
        detail = f"The {CSRF_HEADER} header is missing or wrong. Reload the page and try again; nothing was changed."
        raise Denied(403, detail, code="csrf")


def bearer(authorization: str) -> str:
    """The token of an Authorization header; empty if it has none."""
    scheme, _, given = authorization.partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


def client_of(scope: Scope) -> str:
    """The address of the sender, for the log."""
    return str((scope.get("client") or ("unknown",))[0])


def is_secure(parts: Any) -> bool:
    """Whether cookies may travel over TLS only: PUBLIC_URL is https."""
    return str(parts.settings.public_url).startswith("https://")


def cookie(scope: Scope, name: str, *, secure: bool) -> str:
    """The value of one of our cookies; empty if there is none."""
    try:
        found = SimpleCookie(header(scope, b"cookie")).get(_full_name(name, secure=secure))
    except CookieError:
        return ""
    return found.value if found is not None else ""


def set_cookie(response: Response, name: str, value: str, *, secure: bool, seconds: int, strict: bool = True) -> None:
    """Sets one of our cookies; `seconds` 0 deletes it. Not strict only where the provider's redirect must bring it back."""
    response.set_cookie(
        _full_name(name, secure=secure), value, max_age=seconds, path="/", secure=secure, httponly=True,
        samesite="strict" if strict else "lax",
    )  # fmt: skip


def _full_name(name: str, *, secure: bool) -> str:
    """The prefix makes browsers refuse a cookie of this name from another host or without TLS."""
    return f"__Host-{name}" if secure else name


def current_person(request: Request) -> Person:
    """The person whom the access control has found."""
    return current_identity(request).person


def current_identity(request: Request) -> Identity:
    """The same with the session. Denied where an endpoint is reached without access control."""
    found = request.scope.get("state", {}).get("identity")
    if not isinstance(found, Identity):
        raise Denied(401, _NOTHING_GIVEN, code="sign-in-needed", headers=_WANTED)
    return found


PersonDep = Annotated[Person, Depends(current_person)]
