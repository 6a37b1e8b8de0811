"""Server-rendered pages: templates that escape every value, and what each page knows of its reader."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.api import brief_form, desk_words
from app.api.auth import current_identity
from app.domain.enums import Role
from app.workflow.money_box import shown_amount

_TEMPLATES = Path(__file__).parent / "templates"
_TICKET_ADDRESS = re.compile(r"/tickets/\d+(?:[?#].*)?$")
CHANGED = "desk-changed"
"""Event of the pages: a decision has changed, so that lists are read again."""


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "money": shown_amount,
        "moment": _moment, "outcome": desk_words.OUTCOMES.__getitem__, "status": desk_words.status_text,
        "threshold": desk_words.threshold_words, "place": desk_words.place_words,
    }  # fmt: skip
    return environment


def _moment(value: datetime | str) -> str:
    """An instant for people, in UTC; the page's script shows it in the reader's time zone."""
    found = datetime.fromisoformat(value.replace("Z", "+00:00")) if isinstance(value, str) else value
    return found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_ENVIRONMENT = _environment()


def root_of(request: Request) -> str:
    """The way from the reader's page to the service's root, so that it also works below a path of a proxy."""
    shown = request.headers.get("hx-current-url") or str(request.url.path)
    return "../" if _TICKET_ADDRESS.search(shown) else "./"


def page(
    request: Request, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **values: Any
) -> HTMLResponse:
    """A page or fragment for the person who asks."""
    identity = current_identity(request)
    known = {
        "person": identity.person, "csrf": identity.session.csrf if identity.session else "", "root": root_of(request),
        "can_decide": identity.person.role.covers(Role.APPROVER), "can_admin": identity.person.role.covers(Role.ADMIN),
        "words": desk_words, "form": brief_form, "message": "",
    }  # fmt: skip
    return HTMLResponse(_ENVIRONMENT.get_template(template).render(known | values), status_code=status, headers=headers)


def error_page(status: int, title: str, text: str, *, root: str) -> HTMLResponse:
    """A page for a browser that cannot be given what it asked for."""
    html = _ENVIRONMENT.get_template("error.html").render(title=title, text=text, root=root)
    return HTMLResponse(html, status_code=status)
