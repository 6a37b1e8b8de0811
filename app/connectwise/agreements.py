"""Agreements, kept for a while: a ticket's billing periods and what is covered hang on them."""

from __future__ import annotations

import asyncio
import time

from app.connectwise.client import ConnectWiseClient
from app.connectwise.conditions import in_
from app.connectwise.errors import Forbidden, NotFound
from app.connectwise.record_mapping import AGREEMENT_FIELDS, Record, agreement, id_of, name_of

_LIFETIME = 3600.0
_MOST = 5000
_OPTIONS = ("monthly", "bimonthly", "quarterly", "semiannual", "yearly", "weekly", "biweekly", "notrecurring")
"""ConnectWise's own words for how often a cycle bills (`BillingCycle.billingOptions`): a name like these needs no asking."""


class Agreements:
    """Agreements by id, each asked for once an hour; an agreement changes rarely and hangs on many tickets."""

    def __init__(self, manage: ConnectWiseClient) -> None:
        self._manage = manage
        self._known: dict[int, tuple[float, Record]] = {}
        self._cycles: tuple[float, dict[int, str]] = (float("-inf"), {})
        self._asking = asyncio.Lock()

    async def get(self, agreement_id: int) -> Record:
        """The agreement, with its type and billing cycle as plain text."""
        if (known := self.kept(agreement_id)) is not None:
            return known
        return await self._keep(await self._manage.get(f"/finance/agreements/{agreement_id}", fields=AGREEMENT_FIELDS))

    async def read(self, agreement_ids: set[int], *, at_once: int = 150) -> dict[int, Record]:
        """These by id, those that are not kept yet many in one request; one that cannot be found is left out."""
        found = {number: known for number in agreement_ids if (known := self.kept(number)) is not None}
        missing = sorted(agreement_ids - found.keys())
        for start in range(0, len(missing), at_once):
            condition = in_("id", missing[start : start + at_once])
            for record in await self._manage.list("/finance/agreements", condition, fields=AGREEMENT_FIELDS):
                shown = await self._keep(record)
                if (number := id_of(record)) is not None:
                    found[number] = shown
        return found

    def kept(self, agreement_id: int | None) -> Record | None:
        """The agreement, when it is kept."""
        read_at, record = self._known.get(agreement_id or 0, (float("-inf"), {}))
        return record if read_at + _LIFETIME > time.monotonic() else None

    def forget(self) -> None:
        """Asks anew from now on."""
        self._known.clear()
        self._cycles = (float("-inf"), {})

    async def _keep(self, record: Record) -> Record:
        if len(self._known) >= _MOST:
            self._known.pop(next(iter(self._known)))
        told = _letters(name_of(record.get("billingCycle")) or "") in _OPTIONS
        shown = agreement(record, {} if told else await self._cycles_by_id())
        if (number := id_of(record)) is not None:
            self._known[number] = (time.monotonic(), shown)
        return shown

    async def _cycles_by_id(self) -> dict[int, str]:
        """How often each billing cycle bills; nothing where cycles may not be read, so that their names have to do."""
        async with self._asking:
            read_at, cycles = self._cycles
            if read_at + _LIFETIME > time.monotonic():
                return cycles
            try:
                records = await self._manage.list("/finance/billingCycles", fields=("id", "billingOptions"))
            except (Forbidden, NotFound):
                records = []
            options = {id_of(one) or 0: name_of(one.get("billingOptions")) for one in records}
            known = {number: option for number, option in options.items() if option}
            self._cycles = (time.monotonic(), known)
            return known


def _letters(name: str) -> str:
    return "".join(filter(str.isalpha, name.casefold()))
