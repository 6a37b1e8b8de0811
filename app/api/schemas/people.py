"""People, sessions, the audit trail and the pause of writing."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

RoleName = Literal["viewer", "approver", "admin"]


class SignIn(BaseModel):
    """A name and its token. For API_TOKEN the name is “API token”."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200)
    token: str = Field(max_length=500)


class SessionView(BaseModel):
    """Who is signed in. `csrf` goes into the header X-CSRF-Token of each change made with the cookie."""

    name: str
    role: RoleName
    csrf: str | None = Field(description="Null where the request was made with a bearer token")
    ends_at: str | None = Field(
        description="When the session ends unless it is used", examples=["2026-06-01T22:00:00Z"]
    )


class SignInWays(BaseModel):
    """How people sign in here."""

    company: bool = Field(description="With the company's accounts, at /sign-in/company")


class PersonView(BaseModel):
    """A person without secrets."""

    id: str
    name: str
    role: RoleName
    account: Literal["token", "company"]
    created_at: str
    created_by: str


class PeopleList(BaseModel):
    """Everybody, by name."""

    items: list[PersonView]


class NewPerson(BaseModel):
    """A person to add."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Ann Poe", "role": "approver"}]})

    name: str = Field(max_length=200)
    role: RoleName


class RoleChange(BaseModel):
    """The new role."""

    model_config = ConfigDict(extra="forbid")

    role: RoleName


class PersonWithToken(PersonView):
    """A person with a token that is shown this once."""

    token: str


class TrailEntryView(BaseModel):
    """One act of a person."""

    id: str
    when: str
    who: str
    what: str = Field(examples=["approved the decision"])
    ticket_id: int | None
    decision_id: str | None
    detail: str


class TrailPage(BaseModel):
    """The audit trail, newest first. `next_cursor` is null on the last page."""

    items: list[TrailEntryView]
    next_cursor: str | None


class PauseReason(BaseModel):
    """Why writing is paused."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field("", max_length=500)


class WritesView(BaseModel):
    """Whether writing is paused, by whom, since when and why."""

    paused: bool
    by: str | None
    at: str | None
    reason: str | None
