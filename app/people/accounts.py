"""Named people with tokens of their own: added, listed, changed and removed by an admin."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.domain.enums import Role
from app.domain.person_names import BadName, clean_name, name_key
from app.people.model import API_TOKEN_PERSON, Person, person_of
from app.people.tokens import digest, looks_like_token, new_token
from app.storage import Database, NameTaken, People, PersonRow, TrailEntry
from app.workflow.errors import ConflictError, InvalidRequest, NotFoundError

log = structlog.get_logger()

_KNOWN_FOR = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A person with a token that is shown once and stored as its hash only."""

    person: PersonRow
    token: str


class PeopleService:
    """People for the HTTP API and the command line. `by`: the admin's name, kept in the audit trail."""

    def __init__(self, database: Database, *, api_token: str, now: Callable[[], datetime]) -> None:
        self._people = People(database)
        self._api_token = api_token
        self._now = now
        self._nobody_until: datetime | None = None

    @property
    def has_api_token(self) -> bool:
        return bool(self._api_token)

    async def all(self) -> list[PersonRow]:
        """Everybody, by name."""
        return await self._people.all()

    async def anybody(self) -> bool:
        """Whether there is a person; asked at most once in ten seconds while there is none."""
        now = self._now()
        if self._nobody_until is not None and now < self._nobody_until:
            return False
        found = await self._people.any()
        self._nobody_until = None if found else now + _KNOWN_FOR
        return found

    async def add(self, name: str, role: Role, *, by: str) -> NewToken:
        """Adds a person. Raises InvalidRequest for a bad name, ConflictError for one that is taken."""
        try:
            clean = clean_name(name)
        except BadName as error:
            raise InvalidRequest(str(error)) from None
        token, entry = new_token(), TrailEntry(by, "added a person", self._now(), detail=f"{clean}, {role}")
        try:
            person = await self._people.add(clean, name_key(clean), role=role, token_sha256=digest(token), entry=entry)
        except NameTaken:
            raise ConflictError(
                f"There is a person with the name {clean} already. Replace the token instead, or choose another name."
            ) from None
        self._nobody_until = None
        log.info("people.added", person=person.id, role=role, by=by)
        return NewToken(person, token)

    async def replace_token(self, person: PersonRow, *, by: str) -> NewToken:
        """Gives a person a new token; the old one and all sessions end at once."""
        if person.subject is not None:
            raise ConflictError(f"{person.name} signs in with the company's account and has no token.")
        token = new_token()
        entry = TrailEntry(by, "replaced a token", self._now(), detail=person.name)
        changed = await self._people.change(person.id, token_sha256=digest(token), entry=entry)
        log.info("people.token-replaced", person=person.id, by=by)
        return NewToken(_known(changed), token)

    async def change_role(self, person: PersonRow, role: Role, *, by: str) -> PersonRow:
        """Changes the role; it applies to the next request."""
        if person.subject is not None:
            raise ConflictError(f"{person.name} signs in with the company's account; OIDC_ROLES gives the role.")
        entry = TrailEntry(by, "changed a role", self._now(), detail=f"{person.name}, {role}")
        log.info("people.role-changed", person=person.id, role=role, by=by)
        return _known(await self._people.change(person.id, role=role, entry=entry))

    async def remove(self, person: PersonRow, *, by: str) -> None:
        """Removes a person; the token and all sessions end at once."""
        entry = TrailEntry(by, "removed a person", self._now(), detail=person.name)
        if not await self._people.remove(person.id, entry=entry):
            raise NotFoundError("There is no such person.")
        log.info("people.removed", person=person.id, by=by)

    async def by_name(self, name: str) -> PersonRow:
        """The person of this name, in any case. Raises NotFoundError."""
        return _known(await self._people.find(name_key=name_key(name)))

    async def by_id(self, person_id: str) -> PersonRow:
        """The person with this id. Raises NotFoundError."""
        return _known(await self._people.find(person_id=person_id))

    def is_api_token(self, token: str) -> bool:
        """Whether the text is API_TOKEN, compared in constant time."""
        given, wanted = token.encode("utf-8", "replace"), self._api_token.encode()
        return bool(wanted) and hmac.compare_digest(given, wanted)

    def is_credential(self, token_sha256: str) -> bool:
        """Whether a hash is that of the present API_TOKEN."""
        return bool(self._api_token) and hmac.compare_digest(token_sha256, digest(self._api_token))

    async def row_of_token(self, token: str) -> PersonRow | None:
        """The row of the person with this token: at most one lookup, none for texts of another form."""
        return await self._people.by_token(digest(token)) if looks_like_token(token) else None

    async def authenticate(self, token: str) -> Person | None:
        """The person with this token, or the script with API_TOKEN; None for an unknown token."""
        if self.is_api_token(token):
            return API_TOKEN_PERSON
        row = await self.row_of_token(token)
        return None if row is None else person_of(row)

    async def account(self, name: str, *, subject: str, role: Role) -> PersonRow:
        """The person of a company account. Raises ConflictError where the name belongs to someone else."""
        try:
            clean = clean_name(name)
            return await self._people.enter_account(clean, name_key(clean), subject=subject, role=role, now=self._now())
        except BadName as error:
            raise InvalidRequest(f"The account's name cannot be used. {error}") from None
        except NameTaken:
            raise ConflictError(
                f"The name {name[:100]} belongs to a person with a token. Ask an admin to remove that person first."
            ) from None


def _known(row: PersonRow | None) -> PersonRow:
    if row is None:
        raise NotFoundError("There is no such person.")
    return row
