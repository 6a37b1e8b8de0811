"""Sums of money by currency, year of entry and kind. Currencies are never added, kinds neither."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.audit.money import KINDS, WITHOUT_HOURS

_KNOWN_WITHOUT_TIME = ("unbilled", "billed_late")
"""Kinds that products alone can show."""
_PLAIN = ("revenue", "goods")


@dataclass
class Ledger:
    """Cents and hundredths of hours, by currency and year."""

    sums: defaultdict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, row: Mapping[str, Any]) -> None:
        """Counts the money of one ticket."""
        money = row["money"]
        counted = {name: money[name] for name in _PLAIN if money.get(name)}
        for kind in KINDS:
            if money.get(kind):
                counted |= {kind: money[kind], f"{kind}_tickets": 1, f"{kind}_hours": money.get(f"{kind}_hours", 0)}
        if money.get("reclassified") and not row["account"]:
            counted["by_name"] = 1
        if counted:
            self.sums[row["currency"], row["year"]].update(counted)

    def merge(self, other: Ledger) -> None:
        """Takes in other sums."""
        for key, sums in other.sums.items():
            self.sums[key].update(sums)

    def to_json(self, *, timeless: bool) -> dict[str, Any]:
        """By currency: all years together, and each year. `timeless`: no time entry could be read."""
        whole: defaultdict[str, Counter[str]] = defaultdict(Counter)
        years: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        for (currency, year), sums in sorted(self.sums.items()):
            whole[currency].update(sums)
            years[currency][year] = _in_units(sums, timeless=timeless)
        ordered = sorted(whole.items(), key=lambda found: -found[1]["revenue"])
        return {name: {**_in_units(sums, timeless=timeless), "years": years[name]} for name, sums in ordered}


def _in_units(sums: Counter[str], *, timeless: bool) -> dict[str, Any]:
    """Amounts and hours with two decimals; shares are of the service revenue, in thousandths. None for what is not known."""
    revenue = None if timeless else sums["revenue"]
    found: dict[str, Any] = {"revenue": None if revenue is None else revenue / 100, "goods": sums["goods"] / 100}
    for kind in KINDS:
        known = not timeless or kind in _KNOWN_WITHOUT_TIME
        found[kind] = {
            "tickets": sums[f"{kind}_tickets"] if known else None,
            "hours": None if timeless or kind in WITHOUT_HOURS else sums[f"{kind}_hours"] / 100,
            "amount": sums[kind] / 100 if known else None,
            "share": round(sums[kind] / revenue, 3) if known and revenue else None,
        }
    return {**found, "by_department_name": sums["by_name"]}
