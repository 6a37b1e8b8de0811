"""People: names, roles and hashed tokens. Removing a person or replacing a token ends their sessions in the same commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.domain.enums import Role
from app.storage.clock import instant_text, parse_instant
from app.storage.database import Database
from app.storage.ids import new_id
from app.storage.people_tables import people, sessions
from app.storage.trail import TrailEntry, add_entry


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person. `subject`: the digest of a company account; None where they sign in with a token."""

    id: str
    name: str
    name_key: str
    role: Role
    token_sha256: str | None
    subject: str | None
    created_at: datetime
    created_by: str
    removed_at: datetime | None


class NameTaken(Exception):
    """Another person has this name, or one that differs in case only."""


COLUMNS = tuple(people.c[name] for name in PersonRow.__slots__)


class People:
    """The table of people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[PersonRow]:
        """Everybody who is not removed, by name."""
        query = sa.select(*COLUMNS).where(people.c.removed_at.is_(None)).order_by(people.c.name_key)
        return await self._database.read(lambda db: [to_person(row) for row in db.execute(query)])

    async def any(self) -> bool:
        """Whether there is a person."""
        query = sa.select(people.c.id).where(people.c.removed_at.is_(None)).limit(1)
        return await self._database.read(lambda db: db.execute(query).first() is not None)

    async def find(self, *, person_id: str | None = None, name_key: str | None = None) -> PersonRow | None:
        """A person by id or name who is not removed."""
        wanted = people.c.id == person_id if person_id is not None else people.c.name_key == name_key
        return await self._database.read(lambda db: _find(db, wanted, people.c.removed_at.is_(None)))

    async def by_token(self, token_sha256: str) -> PersonRow | None:
        """The person whose token has this hash; one indexed lookup."""
        return await self._database.read(lambda db: _find(db, people.c.token_sha256 == token_sha256))

    async def add(self, name: str, name_key: str, *, role: Role, token_sha256: str, entry: TrailEntry) -> PersonRow:
        """Adds a person with a token; one who was removed under this name comes back. Raises NameTaken."""
        values = {"name": name, "role": role, "token_sha256": token_sha256, "removed_at": None}
        values |= {"created_at": instant_text(entry.at), "created_by": entry.who}

        def work(db: Connection) -> PersonRow:
            known = _find(db, people.c.name_key == name_key)
            if known is not None and known.removed_at is None:
                raise NameTaken(name)
            if known is None:
                db.execute(sa.insert(people).values(values | {"id": new_id(entry.at), "name_key": name_key}))
            else:
                db.execute(sa.update(people).where(people.c.id == known.id).values(values))
            add_entry(db, entry)
            return _get(db, people.c.name_key == name_key)

        return await self._written(work, name)

    async def change(self, person_id: str, *, entry: TrailEntry, **values: Any) -> PersonRow | None:
        """Changes the role or the token of a person; a new token ends their sessions. None: there is no such person."""

        def work(db: Connection) -> PersonRow | None:
            known = (people.c.id == person_id, people.c.removed_at.is_(None))
            if not db.execute(sa.update(people).where(*known).values(values)).rowcount:
                return None
            if "token_sha256" in values:
                db.execute(sa.delete(sessions).where(sessions.c.person_id == person_id))
            add_entry(db, entry)
            return _get(db, people.c.id == person_id)

        return await self._database.write(work)

    async def remove(self, person_id: str, *, entry: TrailEntry) -> bool:
        """Removes a person, the token and every session; False when there is no such person."""
        values = {"token_sha256": None, "removed_at": instant_text(entry.at)}

        def work(db: Connection) -> bool:
            known = (people.c.id == person_id, people.c.removed_at.is_(None))
            if not db.execute(sa.update(people).where(*known).values(values)).rowcount:
                return False
            db.execute(sa.delete(sessions).where(sessions.c.person_id == person_id))
            add_entry(db, entry)
            return True

        return await self._database.write(work)

    async def enter_account(self, name: str, name_key: str, *, subject: str, role: Role, now: datetime) -> PersonRow:
        """The person of a company account, added at the first sign-in; name and role follow the account.

        A removed one is returned as removed. Raises NameTaken where the name belongs to someone else.
        """

        def work(db: Connection) -> PersonRow:
            known = _find(db, people.c.subject == subject)
            if known is not None and known.removed_at is not None:
                return known
            values: dict[str, Any] = {"name": name, "name_key": name_key, "role": role}
            if known is None:
                added = {"id": new_id(now), "subject": subject, "created_at": instant_text(now), "created_by": name}
                db.execute(sa.insert(people).values(values | added))
            else:
                db.execute(sa.update(people).where(people.c.id == known.id).values(values))
            return _get(db, people.c.subject == subject)

        return await self._written(work, name)

    async def _written(self, work: Callable[[Connection], PersonRow], name: str) -> PersonRow:
        """Two that add the same name at once: the second one's insert fails."""
        try:
            return await self._database.write(work)
        except sa.exc.IntegrityError:
            raise NameTaken(name) from None


def to_person(row: Any) -> PersonRow:
    """The typed values of a database row; further columns are left out."""
    values = {name: getattr(row, name) for name in PersonRow.__slots__}
    values |= {"role": Role(row.role), "created_at": parse_instant(row.created_at)}
    values["removed_at"] = parse_instant(row.removed_at) if row.removed_at else None
    return PersonRow(**values)


def _find(db: Connection, *wanted: Any) -> PersonRow | None:
    row = db.execute(sa.select(*COLUMNS).where(*wanted)).first()
    return None if row is None else to_person(row)


def _get(db: Connection, wanted: Any) -> PersonRow:
    return to_person(db.execute(sa.select(*COLUMNS).where(wanted)).one())
