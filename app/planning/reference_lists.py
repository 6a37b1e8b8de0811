"""What this ConnectWise has (boards, statuses, types, departments, GL rows), read by name without guessing."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from app.planning.model import Problem

Record = Mapping[str, Any]

BOARDS = "/service/boards"


class ReferenceNotFound(LookupError):
    """A record that the plan needs is not there; `problem` says which, with near misses."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


class ReferenceLists:
    """Lists of ConnectWise records by API path, such as `/service/boards` or `/service/boards/12/statuses`."""

    def __init__(self, lists: Mapping[str, Sequence[Record]]) -> None:
        self._lists = lists

    def all(self, path: str) -> Sequence[Record]:
        """Every record of the list at `path`. KeyError: `needed_lists` does not name the list."""
        return self._lists[path]

    def has(self, path: str) -> bool:
        """Whether the list at `path` is loaded."""
        return path in self._lists

    def active(self, path: str) -> list[Record]:
        """The records of a list that are not switched off (boards and types say `inactiveFlag`, statuses `inactive`)."""
        return [record for record in self.all(path) if not record.get("inactiveFlag") and not record.get("inactive")]

    def find(self, path: str, name: str, *, member: str = "name") -> Record | None:
        """The active record of exactly this name; upper case and outer blanks do not matter."""
        plain = _plain(name)
        records = self.active(path)
        exact = [record for record in records if record.get(member) == name]
        return next(iter(exact or [record for record in records if _plain(record.get(member)) == plain]), None)

    def need(self, path: str, name: str, *, what: str, member: str = "name") -> Record:
        """As `find`. ReferenceNotFound: there is none; it names near misses."""
        found = self.find(path, name, member=member)
        if found is None:
            raise ReferenceNotFound(
                Problem(f"{what.replace(' ', '-')}-missing", self._not_there(path, name, what, member))
            )
        return found

    def _not_there(self, path: str, name: str, what: str, member: str) -> str:
        if any(_plain(record.get(member)) == _plain(name) for record in self.all(path)):
            return f"The {what} “{name}” is inactive in ConnectWise. Activate it or change the chart."
        names = [str(record.get(member)) for record in self.active(path)]
        near = near_misses(name, names)
        hint = f" Near: {', '.join(near)}." if near else (f" There are: {', '.join(names[:8])}." if names else "")
        return f"ConnectWise shows no {what} “{name}”.{hint} Create it there, let the API member see it, or change the chart."


def near_misses(name: str, names: Sequence[str]) -> list[str]:
    """Up to three similar names."""
    by_plain = {_plain(candidate): candidate for candidate in names}
    close = difflib.get_close_matches(_plain(name), list(by_plain), n=3, cutoff=0.5)
    return [by_plain[plain] for plain in close]


def _plain(name: Any) -> str:
    return " ".join(str(name or "").casefold().split())
