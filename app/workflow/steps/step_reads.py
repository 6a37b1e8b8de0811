"""What steps read. Everything that is read between two writes travels in one bundle where ConnectWise takes bundles.

Between two writes lie the read-back of the first and what the second one needs to know. A read that both need is sent once. A write
drops everything that was read before it, so no step ever acts on what was read before the latest write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from app.connectwise import (
    ConnectWiseClient,
    ConnectWiseError,
    Forbidden,
    NotFound,
    Wanted,
    counted_at,
    list_at,
    record_at,
)

Record = dict[str, Any]
Records = list[Record]


class StepReads:
    """Reads for one run; the only way of its steps to ConnectWise. Without `prefetch` it reads one by one."""

    def __init__(self, client: ConnectWiseClient) -> None:
        self._client = client
        self._uses: Counter[Wanted] = Counter()
        self._answers: dict[Wanted, Any] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is planned to be read any more."""
        return not any(self._uses.values())

    def unplanned(self) -> StepReads:
        """Reads of the same ConnectWise that use nothing that was read before."""
        return StepReads(self._client)

    async def prefetch(self, wanted: Iterable[Wanted]) -> None:
        """Reads in one request what is needed until the next write; what that does not answer is read when it is needed."""
        self._forget()
        self._uses.update(wanted)
        distinct = list(self._uses)
        if len(distinct) < 2:
            return
        for each, answer in zip(distinct, await self._client.bundled(distinct), strict=True):
            if isinstance(answer, list | Forbidden | NotFound):
                self._answers[each] = answer

    async def find(self, path: str) -> Record | None:
        """One record, or None if the API says that it does not exist."""
        found = await self._read(record_at(path), lambda: self._single(path))
        return found[0] if found else None

    async def get(self, path: str) -> Record:
        """One record. Raises NotFound if it does not exist."""
        return await self.find(path) or await self._client.get(path)

    async def list(self, path: str, conditions: str = "") -> Records:
        """Every record of a list."""
        found: Records = await self._read(list_at(path, conditions), lambda: self._client.list(path, conditions))
        return found

    async def count(self, path: str) -> int:
        """Number of records of a list; `path` is its count endpoint."""
        found = await self._read(counted_at(path), lambda: self._client.count(path))
        return found if isinstance(found, int) else len(found)

    async def post(self, path: str, body: Any) -> Record:
        """Creates a record or runs an action."""
        self._forget()
        return await self._client.post(path, body)

    async def patch(self, path: str, desired: Mapping[str, Any]) -> Record:
        """Sets members of a record."""
        self._forget()
        return await self._client.patch(path, desired)

    async def delete(self, path: str) -> None:
        """Deletes a record."""
        self._forget()
        await self._client.delete(path)

    def _forget(self) -> None:
        self._uses.clear()
        self._answers.clear()

    async def _single(self, path: str) -> Records:
        found = await self._client.find(path)
        return [] if found is None else [found]

    async def _read(self, wanted: Wanted | None, singly: Callable[[], Awaitable[Any]]) -> Any:
        """The prefetched answer, or that of a single request, which is kept for the next planned use."""
        if wanted is None or not self._uses[wanted]:
            return await singly()
        self._uses[wanted] -= 1
        answer = self._answers.get(wanted)
        if answer is None:
            answer = self._answers[wanted] = await singly()
        if not self._uses[wanted]:
            del self._uses[wanted], self._answers[wanted]
        if isinstance(answer, NotFound) and answer.of_a_record:
            return []
        if isinstance(answer, ConnectWiseError):
            raise answer
        return answer
