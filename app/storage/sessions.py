"""Sessions of browsers, and sign-ins at the company's provider that have not come back yet. Tokens are stored hashed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.storage.clock import instant_text, parse_instant
from app.storage.database import Database
from app.storage.people import COLUMNS, PersonRow, to_person
from app.storage.people_tables import people, sessions, sign_ins
from app.storage.trail import TrailEntry, add_entry


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session with its person; no person: it began with API_TOKEN, whose hash is `credential`."""

    token_sha256: str
    credential: str
    used_at: datetime
    ends_at: datetime
    person: PersonRow | None


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """A sign-in that waits for the provider's answer. `browser_sha256`: hash of the cookie of the browser that began it."""

    state_sha256: str
    browser_sha256: str
    nonce: str
    verifier: str
    destination: str
    ends_at: datetime


class Sessions:
    """The tables of sessions and of sign-ins under way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(
        self, token_sha256: str, *, person_id: str | None, credential: str, ends_at: datetime, entry: TrailEntry
    ) -> None:
        """Stores a new session."""
        moment = instant_text(entry.at)
        values = {
            "token_sha256": token_sha256, "person_id": person_id, "credential": credential, "created_at": moment,
            "used_at": moment, "ends_at": instant_text(ends_at),
        }  # fmt: skip

        def work(db: Connection) -> None:
            db.execute(sa.delete(sessions).where(sessions.c.ends_at < moment))
            db.execute(sa.insert(sessions).values(values))
            add_entry(db, entry)

        await self._database.write(work)

    async def find(self, token_sha256: str) -> SessionRow | None:
        """The session with this hash and its person; one indexed lookup."""
        own = (sessions.c.credential, sessions.c.used_at, sessions.c.ends_at, sessions.c.person_id)
        joined = sessions.outerjoin(people, people.c.id == sessions.c.person_id)
        query = sa.select(*own, *COLUMNS).select_from(joined).where(sessions.c.token_sha256 == token_sha256)
        row = await self._database.read(lambda db: db.execute(query).first())
        if row is None or (row.person_id is not None and row.id is None):
            return None
        person = None if row.person_id is None else to_person(row)
        return SessionRow(token_sha256, row.credential, parse_instant(row.used_at), parse_instant(row.ends_at), person)

    async def touch(self, token_sha256: str, *, now: datetime) -> None:
        """Stores that a session is in use."""
        update = sa.update(sessions).where(sessions.c.token_sha256 == token_sha256).values(used_at=instant_text(now))
        await self._database.write(lambda db: db.execute(update))

    async def end(self, token_sha256: str, *, entry: TrailEntry | None = None) -> None:
        """Deletes a session."""

        def work(db: Connection) -> None:
            db.execute(sa.delete(sessions).where(sessions.c.token_sha256 == token_sha256))
            add_entry(db, entry)

        await self._database.write(work)

    async def begin_sign_in(self, pending: PendingSignIn, *, now: datetime, most: int) -> bool:
        """Stores a sign-in under way; False where `most` wait already. Expired ones are deleted."""
        values = {name: getattr(pending, name) for name in PendingSignIn.__slots__}

        def work(db: Connection) -> bool:
            db.execute(sa.delete(sign_ins).where(sign_ins.c.ends_at < instant_text(now)))
            if db.execute(sa.select(sa.func.count()).select_from(sign_ins)).scalar_one() >= most:
                return False
            db.execute(sa.insert(sign_ins).values(values | {"ends_at": instant_text(pending.ends_at)}))
            return True

        return await self._database.write(work)

    async def take_sign_in(self, state_sha256: str) -> PendingSignIn | None:
        """Removes and returns a sign-in under way, so that no answer is used twice."""
        own = sign_ins.c.state_sha256 == state_sha256

        def work(db: Connection) -> PendingSignIn | None:
            row = db.execute(sa.select(sign_ins).where(own).with_for_update()).first()
            if row is None or not db.execute(sa.delete(sign_ins).where(own)).rowcount:
                return None
            return PendingSignIn(**{**row._mapping, "ends_at": parse_instant(row.ends_at)})

        return await self._database.write(work)


def is_idle(session: SessionRow, *, now: datetime, after: timedelta) -> bool:
    """Whether a session has ended: unused for `after`, or past its absolute end."""
    return now >= session.ends_at or now - session.used_at >= after
