"""References to other records by id and name."""

from __future__ import annotations

from typing import Protocol

from app.domain.json_record import Id, JsonRecord


class Reference(JsonRecord, frozen=True, rename="camel", omit_defaults=True):
    """A reference to another record. A plain text in its place is its name."""

    id: Id | None = None
    name: str = ""
    identifier: str = ""


class Named(Protocol):
    """A record that is found by its id and shown by its name."""

    @property
    def id(self) -> int | None:
        """The id in ConnectWise."""

    @property
    def name(self) -> str:
        """The name for people."""


def id_of(record: Named | None) -> int | None:
    """The id of a record; None where there is none."""
    return record.id if record else None


def name_of(record: Named | None) -> str:
    """The name of a record; empty where there is none."""
    return record.name if record else ""
