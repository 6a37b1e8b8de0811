"""Endpoints of people: list, add, change the role, replace the token, remove. For admins."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from app.api.auth import PersonDep, current_person
from app.api.dependencies import PeopleDep
from app.api.problem_details import responses
from app.api.schemas.people import NewPerson, PeopleList, PersonView, PersonWithToken, RoleChange
from app.domain.enums import Role
from app.people import NewToken
from app.storage import PersonRow
from app.workflow.views import short_instant

router = APIRouter(dependencies=[Depends(current_person)], tags=["people"], responses=responses(401, 403, 422, 503))


@router.get("/people", responses={200: {"model": PeopleList}})
async def list_people(people: PeopleDep) -> dict[str, Any]:
    """Everybody with their roles, without tokens."""
    return {"items": [_shown(row) for row in await people.all()]}


@router.post("/people", status_code=201, responses={201: {"model": PersonWithToken}, **responses(409)})
async def add_person(body: NewPerson, people: PeopleDep, person: PersonDep) -> dict[str, Any]:
    """Add a person. The token is shown in this answer only."""
    return _with_token(await people.add(body.name, Role(body.role), by=person.name))


@router.patch("/people/{person_id}", responses={200: {"model": PersonView}, **responses(404, 409)})
async def change_role(person_id: str, body: RoleChange, people: PeopleDep, person: PersonDep) -> dict[str, Any]:
    """Change a person's role; it applies to their next request."""
    return _shown(await people.change_role(await people.by_id(person_id), Role(body.role), by=person.name))


@router.post("/people/{person_id}/token", responses={200: {"model": PersonWithToken}, **responses(404, 409)})
async def replace_token(person_id: str, people: PeopleDep, person: PersonDep) -> dict[str, Any]:
    """Replace a person's token; the old one and all their sessions end at once."""
    return _with_token(await people.replace_token(await people.by_id(person_id), by=person.name))


@router.delete("/people/{person_id}", status_code=204, responses=responses(404))
async def remove_person(person_id: str, people: PeopleDep, person: PersonDep) -> Response:
    """Remove a person; the token and all their sessions end at once."""
    await people.remove(await people.by_id(person_id), by=person.name)
    return Response(status_code=204)


def _shown(row: PersonRow) -> dict[str, Any]:
    return {
        "id": row.id, "name": row.name, "role": row.role, "account": "company" if row.subject else "token",
        "created_at": short_instant(row.created_at), "created_by": row.created_by,
    }  # fmt: skip


def _with_token(made: NewToken) -> dict[str, Any]:
    return {**_shown(made.person), "token": made.token}
