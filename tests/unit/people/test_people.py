"""People, tokens and sessions on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.domain.enums import Role
from app.people import AccessRefused, PeopleService, Person, SessionService
from app.people.tokens import digest
from app.storage import Database, Trail
from app.storage.people_tables import people as people_table
from app.storage.people_tables import sessions as session_table
from app.workflow import ConflictError, InvalidRequest, NotFoundError
from tests.support.databases import BOTH, fresh_database

API_TOKEN = "api-token-of-the-tests-0123456789"


@dataclass
class Desk:
    """The services on one database, and their clock."""

    database: Database
    now: datetime = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
    api_token: str = API_TOKEN

    def __post_init__(self) -> None:
        self.people = PeopleService(self.database, api_token=self.api_token, now=lambda: self.now)
        self.sessions = SessionService(self.database, self.people, now=lambda: self.now)

    async def is_signed_in(self, secret: str) -> bool:
        try:
            await self.sessions.find(secret)
        except AccessRefused:
            return False
        return True


@pytest.fixture(params=BOTH)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with fresh_database(request.param, tmp_path) as url:
        database = Database(url)
        database.migrate()
        yield Desk(database)
        database.close()


async def test_a_token_is_known_by_its_hash_alone(desk: Desk) -> None:
    made = await desk.people.add("Ann Poe", Role.APPROVER, by="Root")
    assert await desk.people.authenticate(made.token) == Person("Ann Poe", Role.APPROVER, made.person.id)
    assert await desk.people.authenticate(made.token + "x") is None
    assert await desk.people.authenticate(API_TOKEN) == Person("API token", Role.ADMIN)
    stored = await desk.database.read(lambda db: db.execute(sa.select(people_table)).one())
    assert made.token not in str(stored)
    assert stored.token_sha256 == digest(made.token)


async def test_a_new_token_ends_the_old_one_and_its_sessions(desk: Desk) -> None:
    made = await desk.people.add("Ann", Role.VIEWER, by="Root")
    session = await desk.sessions.sign_in("ann", made.token)
    assert session is not None
    again = await desk.people.replace_token(await desk.people.by_name("ANN"), by="Root")
    assert await desk.people.authenticate(made.token) is None
    assert not await desk.is_signed_in(session.secret)
    assert await desk.people.authenticate(again.token) is not None


async def test_a_removed_person_is_out_at_once_and_comes_back_with_a_new_token_only(desk: Desk) -> None:
    made = await desk.people.add("Ann", Role.ADMIN, by="Root")
    first, second = await desk.sessions.sign_in("Ann", made.token), await desk.sessions.sign_in("Ann", made.token)
    assert first is not None
    assert second is not None
    await desk.people.remove(made.person, by="Root")
    assert [await desk.is_signed_in(each.secret) for each in (first, second)] == [False, False]
    assert await desk.people.authenticate(made.token) is None
    assert await desk.people.all() == []
    with pytest.raises(NotFoundError):
        await desk.people.remove(made.person, by="Root")
    again = await desk.people.add("ANN", Role.VIEWER, by="Root")
    assert again.person.id == made.person.id
    assert await desk.people.authenticate(made.token) is None
    assert not await desk.is_signed_in(first.secret)


async def test_a_changed_role_applies_to_an_open_session(desk: Desk) -> None:
    made = await desk.people.add("Ann", Role.VIEWER, by="Root")
    session = await desk.sessions.sign_in("Ann", made.token)
    assert session is not None
    await desk.people.change_role(made.person, Role.APPROVER, by="Root")
    assert (await desk.sessions.find(session.secret)).person.role is Role.APPROVER


async def test_of_two_who_add_one_name_at_once_the_second_is_refused(desk: Desk) -> None:
    added = (desk.people.add(name, Role.VIEWER, by="Root") for name in ("Ann", "ann", "ＡＮＮ"))
    found = await asyncio.gather(*added, return_exceptions=True)
    assert sorted(type(each).__name__ for each in found) == ["ConflictError", "ConflictError", "NewToken"]
    assert len(await desk.people.all()) == 1


@pytest.mark.parametrize(
    "name",
    ["", "  ", "a" * 101, "a\x00b", "a\nb", "a\u202eb", "a\u200bb", "\ud800", "...", "API token", "api  TOKEN", "a person",
     "Ann (command line)", "API token on behalf of Ann"],
    ids=repr,
)  # fmt: skip
async def test_a_hostile_name_is_refused_with_a_sentence(desk: Desk, name: str) -> None:
    with pytest.raises(InvalidRequest, match=r"\.$"):
        await desk.people.add(name, Role.ADMIN, by="Root")
    assert await desk.people.all() == []


@pytest.mark.parametrize(
    "name", ["Åsa Öst", "O'Brien, Pat", "李雷", "<b>Ann</b>", "Robert'); DROP TABLE people;--", "a/b?c#d"]
)
async def test_unusual_names_are_names(desk: Desk, name: str) -> None:
    made = await desk.people.add(name, Role.VIEWER, by="Root")
    assert (await desk.people.by_name(name)).name == made.person.name == name


async def test_a_session_slides_and_has_an_absolute_end(desk: Desk) -> None:
    made = await desk.people.add("Ann", Role.VIEWER, by="Root")
    session = await desk.sessions.sign_in("Ann", made.token)
    assert session is not None
    for _ in range(14):
        desk.now += timedelta(hours=11, minutes=59)
        assert await desk.is_signed_in(session.secret)
    desk.now += timedelta(hours=11, minutes=59)
    assert not await desk.is_signed_in(session.secret)
    idle = await desk.sessions.sign_in("Ann", made.token)
    assert idle is not None
    desk.now += timedelta(hours=12)
    assert not await desk.is_signed_in(idle.secret)


async def test_a_session_is_noted_at_most_once_a_minute(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await desk.people.add("Ann", Role.VIEWER, by="Root")
    session = await desk.sessions.sign_in("Ann", made.token)
    assert session is not None

    def refuse(_work: object) -> None:
        raise AssertionError

    monkeypatch.setattr(desk.database, "write", refuse)
    desk.now += timedelta(seconds=59)
    assert await desk.is_signed_in(session.secret)


async def test_signing_out_ends_the_session_and_old_ones_are_deleted(desk: Desk) -> None:
    made = await desk.people.add("Ann", Role.VIEWER, by="Root")
    first, second = await desk.sessions.sign_in("Ann", made.token), await desk.sessions.sign_in("Ann", made.token)
    assert first is not None
    assert second is not None
    await desk.sessions.end(first)
    assert (await desk.is_signed_in(first.secret), await desk.is_signed_in(second.secret)) == (False, True)
    desk.now += timedelta(days=8)
    assert await desk.sessions.sign_in("Ann", made.token) is not None
    stored = await desk.database.read(lambda db: db.execute(sa.select(session_table.c.token_sha256)).scalars().all())
    assert len(stored) == 1
    assert second.secret not in stored


async def test_a_name_with_another_persons_token_signs_nobody_in(desk: Desk) -> None:
    ann = await desk.people.add("Ann", Role.VIEWER, by="Root")
    await desk.people.add("Bob", Role.ADMIN, by="Root")
    for name, token in (("Bob", ann.token), ("Ann", API_TOKEN), ("API token", ann.token), ("Ann", ""), ("", ann.token)):
        assert await desk.sessions.sign_in(name, token) is None


async def test_a_changed_api_token_ends_its_sessions(desk: Desk) -> None:
    session = await desk.sessions.sign_in("api token", API_TOKEN)
    assert session is not None
    assert (await desk.sessions.find(session.secret)).person == Person("API token", Role.ADMIN)
    for other in ("another-api-token-of-the-tests", ""):
        assert not await Desk(desk.database, desk.now, other).is_signed_in(session.secret)


async def test_the_trail_says_who_did_what_to_whom(desk: Desk) -> None:
    made = await desk.people.add("Ann", Role.VIEWER, by="Root")
    await desk.people.change_role(made.person, Role.ADMIN, by="Root")
    await desk.people.replace_token(made.person, by="Ann")
    with pytest.raises(ConflictError):
        await desk.people.add("ann", Role.VIEWER, by="Root")
    await desk.people.remove(made.person, by="Root")
    found = [(each.who, each.what, each.detail) for each in await Trail(desk.database).page()]
    assert found == [
        ("Root", "removed a person", "Ann"), ("Ann", "replaced a token", "Ann"), ("Root", "changed a role", "Ann, admin"),
        ("Root", "added a person", "Ann, viewer"),
    ]  # fmt: skip


def test_only_a_script_acts_on_behalf_of_others() -> None:
    assert Person("API token", Role.ADMIN).acting("Ann") == "API token on behalf of Ann"
    assert Person("API token", Role.ADMIN).acting(" ") == "API token"
    assert Person("Bob", Role.ADMIN, "id").acting("Ann") == "Bob"
