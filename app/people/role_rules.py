"""OIDC_ROLES: which role the claims of a company account give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.enums import Role

EXAMPLE = "groups=Dispatch:approver; groups=IT Admins:admin; *:viewer"
_EVERYBODY = "*"


@dataclass(frozen=True, slots=True)
class RoleRule:
    """Accounts whose claim has this value get the role. `claim` is `*` for every account; dots lead into objects."""

    claim: str
    value: str
    role: Role


def parse_roles(text: str) -> tuple[RoleRule, ...]:
    """The rules of a text such as EXAMPLE. Raises ValueError with the part that cannot be read."""
    return tuple(_rule(part) for part in text.replace("\n", ";").split(";") if part.strip())


def _rule(part: str) -> RoleRule:
    left, separator, role = part.strip().rpartition(":")
    claim, equals, value = left.partition("=")
    everybody = left.strip() == _EVERYBODY
    if (
        not separator
        or role.strip() not in tuple(Role)
        or not (everybody or (equals and claim.strip() and value.strip()))
    ):
        raise ValueError(f"“{part.strip()}” is no rule. Write CLAIM=VALUE:ROLE or *:ROLE, such as {EXAMPLE}")
    return RoleRule(claim.strip(), value.strip(), Role(role.strip()))


def role_of(claims: Mapping[str, Any], rules: Sequence[RoleRule]) -> Role | None:
    """The strongest role that the claims give; None where no rule fits."""
    found = [rule.role for rule in rules if rule.claim == _EVERYBODY or rule.value in _values(claims, rule.claim)]
    return max(found, key=tuple(Role).index, default=None)


def _values(claims: Mapping[str, Any], name: str) -> Iterator[str]:
    """The texts of a claim: itself, the members of a list; `realm_access.roles` leads into an object."""
    for path in ([name], name.split(".")):
        found: Any = claims
        for key in path:
            found = found.get(key) if isinstance(found, Mapping) else None
        if isinstance(found, str):
            yield found
        elif isinstance(found, Iterable) and not isinstance(found, Mapping):
            yield from (each for each in found if isinstance(each, str))
