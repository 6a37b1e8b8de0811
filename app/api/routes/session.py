"""Endpoints of sessions: sign in with a name and token or with the company's account, who is signed in, sign out."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response

from app.api.auth import (
    SESSION_COOKIE,
    SIGN_IN_COOKIE,
    Denied,
    client_of,
    cookie,
    current_identity,
    current_person,
    is_secure,
    set_cookie,
)
from app.api.dependencies import OidcDep, SessionsDep
from app.api.problem_details import responses
from app.api.schemas.people import SessionView, SignIn, SignInWays
from app.people import AccessRefused, Session
from app.people.provider import ProviderUnavailable
from app.workflow.views import short_instant

log = structlog.get_logger()

public_router = APIRouter(tags=["session"], responses=responses(401, 403, 422, 503))
router = APIRouter(dependencies=[Depends(current_person)], tags=["session"], responses=responses(401, 403, 503))

_PAGE = Path(__file__).parents[1] / "pages" / "sign-in.html"
_COOKIE_SECONDS = 7 * 24 * 3600
_SIGN_IN_SECONDS = 600
_HTML: dict[str, Any] = {"text/html": {"schema": {"type": "string"}}}
_PAGE_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: described | {"content": described["content"] | _HTML} for status, described in responses(404, 503).items()
}
"""A person's browser opens this address: what is wrong is shown as a page."""
_WRONG = "Wrong name or token. For API_TOKEN the name is “API token”."


@public_router.get("/sign-in", include_in_schema=False)
async def sign_in_page() -> FileResponse:
    """The sign-in page."""
    return FileResponse(_PAGE)


@public_router.get("/sign-in/ways")
async def sign_in_ways(oidc: OidcDep) -> SignInWays:
    """How people sign in here."""
    return SignInWays(company=oidc is not None)


@public_router.post("/session", responses={200: {"model": SessionView}, **responses(413)})
async def sign_in(request: Request, body: SignIn, sessions: SessionsDep) -> Response:
    """Sign in with a name and token: sets the session cookie. The answer has the CSRF token for changes."""
    _refuse_foreign_page(request)
    session = await sessions.sign_in(body.name, body.token)
    if session is None:
        await request.app.state.guesses.wrong(client_of(request.scope))
        raise Denied(401, _WRONG, code="sign-in-wrong")
    response = JSONResponse(_shown(session))
    _give_cookie(request, response, session)
    return response


@router.get("/session", responses={200: {"model": SessionView}})
async def who_is_signed_in(request: Request) -> SessionView:
    """Who sends this request, with the CSRF token of the session."""
    identity = current_identity(request)
    if identity.session is None:
        return SessionView(name=identity.person.name, role=identity.person.role.value, csrf=None, ends_at=None)
    return SessionView(**_shown(identity.session))


@router.delete("/session", status_code=204)
async def sign_out(request: Request, sessions: SessionsDep) -> Response:
    """Sign out: the session ends at once, in every tab."""
    identity = current_identity(request)
    if identity.session is not None:
        await sessions.end(identity.session)
    response = Response(status_code=204)
    set_cookie(response, SESSION_COOKIE, "", secure=is_secure(request.app.state.parts), seconds=0)
    return response


@public_router.get("/sign-in/company", status_code=302, response_class=RedirectResponse, responses=_PAGE_RESPONSES)
async def sign_in_with_company(request: Request, oidc: OidcDep, next: str = "/") -> Response:
    """Send the browser to the company's sign-in. `next`: an address of this service to open afterwards."""
    if oidc is None:
        return _page("There is no sign-in with company accounts here. Sign in with a token.", status=404, root="../")
    try:
        begun = await oidc.begin(local_address(next))
    except (ProviderUnavailable, AccessRefused) as error:
        log.warning("people.provider-unavailable", reason=str(error))
        return _page(str(error), status=503, root="../")
    response = RedirectResponse(begun.url, status_code=302)
    secure = is_secure(request.app.state.parts)
    set_cookie(response, SIGN_IN_COOKIE, begun.browser_secret, secure=secure, seconds=_SIGN_IN_SECONDS, strict=False)
    return response


@public_router.get("/sign-in/company/answer", include_in_schema=False)
async def company_answer(request: Request, oidc: OidcDep, sessions: SessionsDep) -> Response:
    """The provider's answer. A page opens the destination, since a redirect from elsewhere would not send the cookie."""
    if oidc is None:
        return _page("There is no sign-in with company accounts here. Sign in with a token.", status=404, root="../../")
    secure = is_secure(request.app.state.parts)
    try:
        row, destination = await oidc.finish(request.query_params, cookie(request.scope, SIGN_IN_COOKIE, secure=secure))
        session = await sessions.begin_for_account(row)
    except AccessRefused as error:
        return _page(str(error), status=403, root="../../")
    except ProviderUnavailable as error:
        log.warning("people.provider-unavailable", reason=str(error))
        return _page(str(error), status=503, root="../../")
    response = _page("You are signed in.", status=200, root="../../", destination=destination)
    _give_cookie(request, response, session)
    set_cookie(response, SIGN_IN_COOKIE, "", secure=secure, seconds=0, strict=False)
    return response


def local_address(text: str) -> str:
    """The path, query and fragment of an address of this service; `/` for one that leads elsewhere."""
    parts = urlsplit(text.replace("\\", "/"))
    printable = all(letter > " " and letter.isprintable() for letter in text)
    local = not parts.scheme and not parts.netloc and parts.path.startswith("/") and not parts.path.startswith("//")
    return text if local and printable and len(text) <= 500 else "/"


def _give_cookie(request: Request, response: Response, session: Session) -> None:
    secure = is_secure(request.app.state.parts)
    set_cookie(response, SESSION_COOKIE, session.secret, secure=secure, seconds=_COOKIE_SECONDS)


def _shown(session: Session) -> dict[str, str]:
    ends_at = short_instant(session.ends_at)
    return {"name": session.person.name, "role": session.person.role, "csrf": session.csrf, "ends_at": ends_at}


def _refuse_foreign_page(request: Request) -> None:
    """Another site must not sign a browser in under a name of its choice."""
    origin, host = request.headers.get("origin", ""), request.headers.get("host", "")
    known = {host, urlsplit(str(request.app.state.parts.settings.public_url)).netloc}
    foreign = request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
    if foreign or (origin and urlsplit(origin).netloc not in known):
        raise Denied(403, "Sign in on the page of this service itself.", code="foreign-page")


def _page(text: str, *, status: int, root: str, destination: str = "") -> HTMLResponse:
    """A small page with a sentence; with a destination it goes there by itself. `root`: the way from its address to ours."""
    target = escape(root + quote(destination.removeprefix("/"), safe="/?#&=%+,;:@!$'()*~[]-._"), quote=True)
    refresh = f'<meta http-equiv="refresh" content="0;url={target}">' if destination else ""
    link = f'<a href="{target}">Continue</a>' if destination else f'<a href="{root}sign-in">Sign in</a>'
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mini-Projects: sign in</title>{refresh}'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="{root}pages/tokens.css">'
        f'<link rel="stylesheet" href="{root}pages/style.css"></head><body><main class="single"><p>{escape(text)}</p>'
        f"<p>{link}</p></main></body></html>",
        status_code=status,
    )
