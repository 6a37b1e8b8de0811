"""Sessions of browsers: begun with a credential, used by a cookie, ended by sign-out, time, or removal of the person."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.domain.person_names import API_TOKEN_NAME, name_key
from app.people.accounts import PeopleService
from app.people.model import API_TOKEN_PERSON, AccessRefused, Person, person_of
from app.people.tokens import digest, new_secret
from app.storage import Database, PersonRow, SessionRow, Sessions, TrailEntry, is_idle

log = structlog.get_logger()

IDLE = timedelta(hours=12)
"""A session that is not used for so long ends."""
LONGEST = timedelta(days=7)
"""A session ends after so long in any case."""
LONGEST_OF_ACCOUNT = timedelta(hours=24)
"""The same for company accounts: a leaver is shut out after a day, and a changed role applies."""
_NOTE_EVERY = timedelta(minutes=1)
ENDED = "Your session has ended. Sign in again."


@dataclass(frozen=True, slots=True)
class Session:
    """A session in use. `secret`: for the cookie alone; `csrf`: for the pages, which send it with each change."""

    person: Person
    secret: str
    ends_at: datetime

    @property
    def csrf(self) -> str:
        return hmac.new(self.secret.encode(), b"csrf", hashlib.sha256).hexdigest()

    def has_csrf(self, given: str) -> bool:
        """Whether the text is the CSRF token of this session."""
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.csrf.encode())


class SessionService:
    """Begins, finds and ends sessions."""

    def __init__(self, database: Database, people: PeopleService, *, now: Callable[[], datetime]) -> None:
        self._sessions = Sessions(database)
        self._people = people
        self._now = now

    async def sign_in(self, name: str, token: str) -> Session | None:
        """A session for a name with its token; None where they do not belong together."""
        if self._people.is_api_token(token):
            known = name_key(name) == name_key(API_TOKEN_NAME)
            return await self._begin(API_TOKEN_PERSON, credential=digest(token), lasts=LONGEST) if known else None
        row = await self._people.row_of_token(token)
        if row is None or row.name_key != name_key(name):
            return None
        return await self._begin(person_of(row), credential=_credential(row), lasts=LONGEST)

    async def begin_for_account(self, row: PersonRow) -> Session:
        """A session for a person whom the company's provider has named."""
        return await self._begin(person_of(row), credential=_credential(row), lasts=LONGEST_OF_ACCOUNT)

    async def find(self, secret: str) -> Session:
        """The session of a cookie: one lookup, and a write at most once a minute. Raises AccessRefused."""
        row, now = await self._sessions.find(digest(secret)), self._now()
        person = None if row is None else self._person(row)
        if row is None or person is None or is_idle(row, now=now, after=IDLE):
            raise AccessRefused(ENDED, code="session-ended", is_guess=row is None)
        if now - row.used_at >= _NOTE_EVERY:
            await self._sessions.touch(row.token_sha256, now=now)
        return Session(person, secret, min(row.ends_at, now + IDLE))

    async def end(self, session: Session) -> None:
        """Signs out: the cookie is worth nothing from now on."""
        await self._sessions.end(
            digest(session.secret), entry=TrailEntry(session.person.name, "signed out", self._now())
        )

    async def _begin(self, person: Person, *, credential: str, lasts: timedelta) -> Session:
        now, secret = self._now(), new_secret()
        await self._sessions.begin(
            digest(secret), person_id=person.id or None, credential=credential, ends_at=now + lasts,
            entry=TrailEntry(person.name, "signed in", now),
        )  # fmt: skip
        log.info("people.signed-in", person=person.id or API_TOKEN_NAME)
        return Session(person, secret, now + min(IDLE, lasts))

    def _person(self, row: SessionRow) -> Person | None:
        """The person of a session; None where the credential that it began with is no longer valid."""
        if row.person is None:
            return API_TOKEN_PERSON if self._people.is_credential(row.credential) else None
        removed = row.person.removed_at is not None or row.credential != _credential(row.person)
        return None if removed else person_of(row.person)


def _credential(row: PersonRow) -> str:
    return row.token_sha256 or row.subject or ""
