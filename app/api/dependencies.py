"""The services behind the endpoints, and parameter types that endpoints share."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from fastapi import Depends, Query, Request
from pydantic import AfterValidator, Field

from app.audit_jobs.service import AuditService
from app.people import PeopleService, SessionService
from app.people.oidc import OidcSignIn
from app.storage.ids import ID_PATTERN
from app.workflow import LARGEST_ID, Desk, Service
from app.workflow.desk_pages import DeskPages

Mode = Literal["dry-run", "review", "live"]
ChosenOutcome = Literal["service-ticket", "mini-project", "project"]


def _record_id(text: str) -> str:
    if not re.fullmatch(ID_PATTERN, text):
        raise ValueError("must be an id of 26 lower-case letters and digits, as the service lists it")
    return text


def _cursor(text: str) -> str:
    if not re.fullmatch(ID_PATTERN, text):
        raise ValueError("must be the next_cursor of the page before: 26 lower-case letters and digits")
    return text


TicketId = Annotated[int, Field(gt=0, le=LARGEST_ID)]
TicketIdFilter = Annotated[int, Query(gt=0, le=LARGEST_ID)]
PERSON_NAME = r"^[^\x00-\x1f\x7f]*$"
ON_BEHALF_OF = "For scripts with API_TOKEN: on whose behalf they act. Ignored for people, whose own name is kept"
OnBehalfOf = Annotated[
    str,
    Query(
        alias="by", max_length=100, pattern=PERSON_NAME,
        description=ON_BEHALF_OF,
    ),
]  # fmt: skip
RecordId = Annotated[
    str,
    AfterValidator(_record_id),
    Query(description="An id of 26 letters and digits", json_schema_extra={"pattern": ID_PATTERN}),
]
Cursor = Annotated[
    str,
    AfterValidator(_cursor),
    Query(description="`next_cursor` of the page before", json_schema_extra={"pattern": ID_PATTERN}),
]
Wait = Annotated[float, Query(ge=0, le=60, description="Seconds to wait for the run to end")]


def _service(request: Request) -> Service:
    found: Service = request.app.state.parts.service
    return found


def _desk(request: Request) -> Desk:
    found: Desk = request.app.state.parts.desk
    return found


def _pages(request: Request) -> DeskPages:
    found: DeskPages = request.app.state.parts.pages
    return found


def _audits(request: Request) -> AuditService:
    found: AuditService = request.app.state.parts.audits
    return found


def _people(request: Request) -> PeopleService:
    found: PeopleService = request.app.state.parts.people
    return found


def _sessions(request: Request) -> SessionService:
    found: SessionService = request.app.state.parts.sessions
    return found


def _oidc(request: Request) -> OidcSignIn | None:
    found: OidcSignIn | None = request.app.state.parts.oidc
    return found


PeopleDep = Annotated[PeopleService, Depends(_people)]
SessionsDep = Annotated[SessionService, Depends(_sessions)]
OidcDep = Annotated[OidcSignIn | None, Depends(_oidc)]
ServiceDep = Annotated[Service, Depends(_service)]
PagesDep = Annotated[DeskPages, Depends(_pages)]
DeskDep = Annotated[Desk, Depends(_desk)]
AuditsDep = Annotated[AuditService, Depends(_audits)]
