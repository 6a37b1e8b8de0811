"""What this ConnectWise has (boards, statuses, types, departments, GL rows), read by name without guessing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Record = Mapping[str, Any]


class ListNeeded(LookupError):
    """A list of the catalogue has not been read yet; the caller reads `path` and asks again."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class Catalogue:
    """Lists of ConnectWise records by API path, such as `/service/boards` or `/service/boards/12/statuses`."""

    def __init__(self, lists: Mapping[str, Sequence[Record]]) -> None:
        self._lists = lists

    def all(self, path: str) -> Sequence[Record]:
        """Every record of the list at `path`; ListNeeded when it has not been read."""
        try:
            return self._lists[path]
        except KeyError:
            raise ListNeeded(path) from None
