"""Agreements by id, cached: billing periods and coverage of many tickets depend on few of them."""

from __future__ import annotations

import asyncio
import time

from app.connectwise.client import ConnectWiseClient
from app.connectwise.conditions import in_
from app.connectwise.errors import Forbidden, NotFound
from app.connectwise.record_mapping import AGREEMENT_FIELDS, Record, agreement, id_of, name_of
from app.domain.customer_records import Agreement

_LIFETIME = 3600.0
_MOST = 5000
_OPTIONS = ("monthly", "bimonthly", "quarterly", "semiannual", "yearly", "weekly", "biweekly", "notrecurring")
"""ConnectWise's own words for how often a cycle bills (`BillingCycle.billingOptions`): such a name needs no request."""


class Agreements:
    """Agreements by id, each read at most once an hour."""

    def __init__(self, client: ConnectWiseClient) -> None:
        self._client = client
        self._cached: dict[int, tuple[float, Agreement]] = {}
        self._cycles: tuple[float, dict[int, str]] = (float("-inf"), {})
        self._lock = asyncio.Lock()

    async def get(self, agreement_id: int) -> Agreement:
        """The agreement, with its type and billing cycle as plain text."""
        if (cached := self.cached(agreement_id)) is not None:
            return cached
        return await self._keep(await self._client.get(f"/finance/agreements/{agreement_id}", fields=AGREEMENT_FIELDS))

    async def read(self, agreement_ids: set[int], *, at_once: int = 150) -> dict[int, Agreement]:
        """Agreements by id; those that are not cached many in one request. Unknown ids are left out."""
        found = {number: cached for number in agreement_ids if (cached := self.cached(number)) is not None}
        missing = sorted(agreement_ids - found.keys())
        for start in range(0, len(missing), at_once):
            condition = in_("id", missing[start : start + at_once])
            for record in await self._client.list("/finance/agreements", condition, fields=AGREEMENT_FIELDS):
                read = await self._keep(record)
                if read.id is not None:
                    found[read.id] = read
        return found

    def cached(self, agreement_id: int | None) -> Agreement | None:
        """The agreement if it is cached."""
        read_at, record = self._cached.get(agreement_id or 0, (float("-inf"), None))
        return record if read_at + _LIFETIME > time.monotonic() else None

    async def _keep(self, record: Record) -> Agreement:
        if len(self._cached) >= _MOST:
            self._cached.pop(next(iter(self._cached)))
        is_option = _letters(name_of(record.get("billingCycle")) or "") in _OPTIONS
        read = agreement(record, {} if is_option else await self._cycles_by_id())
        if read.id is not None:
            self._cached[read.id] = (time.monotonic(), read)
        return read

    async def _cycles_by_id(self) -> dict[int, str]:
        """How often each billing cycle bills; empty where cycles may not be read, so that their names are used."""
        async with self._lock:
            read_at, cycles = self._cycles
            if read_at + _LIFETIME > time.monotonic():
                return cycles
            try:
                records = await self._client.list("/finance/billingCycles", fields=("id", "billingOptions"))
            except (Forbidden, NotFound):
                records = []
            options = {id_of(record) or 0: name_of(record.get("billingOptions")) for record in records}
            known = {number: option for number, option in options.items() if option}
            self._cycles = (time.monotonic(), known)
            return known


def _letters(name: str) -> str:
    return "".join(filter(str.isalpha, name.casefold()))
