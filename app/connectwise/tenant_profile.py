"""What one tenant's ConnectWise demands beyond the API document, learnt from its refusals and kept over restarts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Literal

import structlog

log = structlog.get_logger()

Demand = Literal["plain_accept", "custom_fields"]
Stored = Mapping[str, list[str]]
_SENTENCES: dict[Demand, str] = {
    "plain_accept": "does not take the configured API version; requests to it name none",
    "custom_fields": "demands customFields in a PATCH; the record's own are sent along unchanged",
}


class TenantProfile:
    """Path templates, such as `/service/tickets/{id}`, by what they demand."""

    def __init__(self, *, save: Callable[[Stored], Awaitable[None]] | None = None) -> None:
        self._demands: dict[Demand, set[str]] = {demand: set() for demand in _SENTENCES}
        self._save = save

    def recall(self, stored: Any) -> None:
        """Takes over what an earlier process has learnt; anything unusable is left out."""
        if not isinstance(stored, Mapping):
            return
        for demand, known in self._demands.items():
            templates = stored.get(demand)
            known.update(template for template in templates if isinstance(template, str)) if isinstance(
                templates, list
            ) else None

    def demands(self, demand: Demand, template: str) -> bool:
        """Whether the endpoint is known to demand this."""
        return template in self._demands[demand]

    async def learn(self, demand: Demand, template: str) -> None:
        """Remembers what an endpoint demands; logged and stored once."""
        if self.demands(demand, template):
            return
        self._demands[demand].add(template)
        log.warning("connectwise.tenant-demands", endpoint=template, demand=_SENTENCES[demand])
        if self._save is not None:
            await self._save({name: sorted(known) for name, known in self._demands.items()})

    def sentences(self) -> Iterator[str]:
        """What was learnt, one sentence for each endpoint."""
        for demand, known in self._demands.items():
            yield from (f"{template} {_SENTENCES[demand]}." for template in sorted(known))
