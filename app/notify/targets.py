"""`NOTIFY_URLS`: where messages go, and which of them. The addresses are secret; people see the number and the scheme."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.domain.enums import Role
from app.notify.model import AUDIENCE, Message

_ARROW = "->"
_ROLES = (Role.APPROVER, Role.ADMIN)
_SEPARATOR = re.compile(r"[;\n]")


class BadTarget(ValueError):
    """An entry of NOTIFY_URLS that cannot be used; the message holds no address."""


@dataclass(frozen=True, slots=True)
class Target:
    """One address. `roles`, `boards`: whom and which boards it is for; empty: all."""

    number: int
    url: str
    roles: frozenset[Role] = frozenset()
    boards: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """A hash that names the target in the database."""
        return hashlib.sha256(self.url.encode()).hexdigest()[:16]

    @property
    def label(self) -> str:
        """How logs and people name it: its number and its scheme, nothing secret."""
        return f"target {self.number} ({self.scheme})"

    @property
    def scheme(self) -> str:
        """The kind of address, such as msteams."""
        return urlsplit(self.url).scheme

    @property
    def audience(self) -> str:
        """Who and what it is for, in words."""
        roles = " and ".join(f"{role.value}s" for role in _ROLES if role in self.roles) or "everybody"
        return f"{roles}, {', '.join(f'board {board}' for board in self.boards)}" if self.boards else roles

    def wants(self, message: Message) -> bool:
        """Whether the message is for this target. A message without a ticket is for every board."""
        if self.roles and not self.roles & AUDIENCE[message.kind]:
            return False
        return not (self.boards and message.board) or message.board.casefold() in map(str.casefold, self.boards)


def parse_targets(text: str) -> tuple[Target, ...]:
    """The targets of NOTIFY_URLS. Raises BadTarget."""
    entries = [entry.strip() for entry in _SEPARATOR.split(text)]
    targets = tuple(_target(number, entry) for number, entry in enumerate(filter(None, entries), 1))
    for target in targets:
        if any(other.number < target.number and other.url == target.url for other in targets):
            raise BadTarget(f"entry {target.number} has the same address as one before. Give both boards in one entry")
    return targets


def _target(number: int, entry: str) -> Target:
    options, arrow, url = entry.rpartition(_ARROW)
    url = url.strip()
    if not re.match(r"[A-Za-z][A-Za-z0-9]*://", url):
        raise BadTarget(f"entry {number} has no address such as mailto://… or msteams://…")
    roles, boards = [], []
    for option in filter(None, map(str.strip, options.split(",") if arrow else ())):
        name, _, value = map(str.strip, option.partition("="))
        if name == "role" and value in _ROLES:
            roles.append(Role(value))
        elif name == "board" and value:
            boards.append(value)
        else:
            raise BadTarget(f"entry {number}: expected role=approver, role=admin or board=NAME before “->”")
    return Target(number, url, frozenset(roles), tuple(boards))
