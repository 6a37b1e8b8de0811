"""A person as the service knows them, and why access is refused."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.enums import Role
from app.domain.person_names import API_TOKEN_NAME
from app.storage import PersonRow


class AccessRefused(Exception):
    """A credential is not accepted. The text is a sentence for the person; `code` is stable; `is_guess`: it never was one."""

    def __init__(self, text: str, *, code: str, is_guess: bool = False) -> None:
        super().__init__(text)
        self.code = code
        self.is_guess = is_guess


@dataclass(frozen=True, slots=True)
class Person:
    """Who sends a request. `id` is empty for a script with API_TOKEN."""

    name: str
    role: Role
    id: str = ""

    @property
    def is_script(self) -> bool:
        return not self.id

    def acting(self, on_behalf_of: str = "") -> str:
        """The name to keep with what is done. Only a script may name another person."""
        if self.is_script and on_behalf_of.strip():
            return f"{self.name} on behalf of {on_behalf_of.strip()}"
        return self.name


API_TOKEN_PERSON = Person(API_TOKEN_NAME, Role.ADMIN)


def person_of(row: PersonRow) -> Person:
    """The person of a stored row."""
    return Person(row.name, row.role, row.id)
