"""What a browser gets instead of a page that it may not see: the sign-in page, or a page that says why."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from app.api.auth import Denied
from app.api.request_body import header
from app.api.templating import error_page

_FORM = "application/x-www-form-urlencoded"


def wants_page(scope: Scope) -> bool:
    """Whether a person's browser opens an address; fragments and programs get problem details."""
    return scope["method"] == "GET" and "text/html" in header(scope, b"accept") and not header(scope, b"hx-request")


def is_form(scope: Scope) -> bool:
    """Whether the body is a form of a page, whose endpoint reads it by itself."""
    return header(scope, b"content-type").partition(";")[0].strip() == _FORM


def refused_page(scope: Scope, error: Exception) -> Response:
    """Sign-in for nobody; for others what happened and what to do."""
    path = scope["path"]
    root = "../" * (path.count("/") - 1) or "./"
    if isinstance(error, Denied) and error.status_code == 401:
        query = scope["query_string"].decode("latin-1")
        wanted = quote(path + (f"?{query}" if query else ""), safe="/")
        return RedirectResponse(f"{root}sign-in?next={wanted}", status_code=303)
    text = str(error.detail) if isinstance(error, Denied) else str(error)
    status = error.status_code if isinstance(error, Denied) else 503
    return error_page(status, "Not available", text, root=root)
