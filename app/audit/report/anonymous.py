"""The report without customers: their names become numbers, and what tickets say in words is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_NO_NAME = ""


class Anonymous:
    """Replaces names in rows and in the document alike. `companies`: names in the order of their numbers."""

    def __init__(self, companies: Iterable[str]) -> None:
        names = dict.fromkeys(name for name in companies if name != _NO_NAME)
        self._numbers = {name: f"Customer {number}" for number, name in enumerate(names, 1)}

    def row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A ticket without its customer, its summary, quotes from its text and the question that may name them."""
        why = str(row["why"]).partition(": ")[0]
        rule = "" if row["candidates"] else row["rule"]
        return {**row, "company": self._name(row["company"]), "summary": "", "why": why, "rule": rule}

    def totals(self, totals: Mapping[str, Any]) -> dict[str, Any]:
        """The totals, the groups by company under their numbers."""
        groups = totals["misplaced_by"]
        by_company = {self._name(name): sums for name, sums in groups["company"].items()}
        return {**totals, "misplaced_by": {**groups, "company": dict(sorted(by_company.items()))}}

    def projects(self, found: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """The projects without their customers and names."""
        if found is None:
            return None
        return {
            **found,
            "listed": [{**row, "company": self._name(row["company"]), "name": ""} for row in found["listed"]],
        }

    def audit(self, audit: Mapping[str, Any]) -> dict[str, Any]:
        """The audit without the companies that were asked for, and without remarks that name one of them."""
        asked = [str(name) for name in audit["asked"]["companies"]]
        named = [*asked, *self._numbers]
        remarks = [text for text in audit["remarks"] if not any(name in text for name in named)]
        said = "" if any(name in audit["said"] for name in named) else audit["said"]
        shown = [self._numbers.get(name, "a customer") for name in asked]
        return {**audit, "asked": {**audit["asked"], "companies": shown}, "remarks": remarks, "said": said}

    def _name(self, company: str) -> str:
        return self._numbers.get(company, company if company in (_NO_NAME, "(others)") else "a customer")
