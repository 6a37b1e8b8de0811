"""Which GL account service revenue reaches, by the rows of `/finance/glAccounts` with glType R and their mapped types.

The exact precedence is not public. A row for a specific record (project type, service type, work type, work role) is taken
to go before the department's, that before the location's, that before the owner's. Mapped types are distinguished by their
table, since their names depend on language and set-up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

SPECIFIC = ("project-type", "service-type", "work-type", "work-role")
GENERAL = ("department", "location", "owner")
_KINDS = (
    ("project-type", re.compile(r"project_?type|pm_?type")),
    ("service-type", re.compile(r"service_?type|sr_?type|ticket_?type|board_?type")),
    ("work-type", re.compile(r"work_?type|activity_?type")),
    ("work-role", re.compile(r"work_?role|activity_?class")),
    ("department", re.compile(r"department|billing_?unit|business_?unit|group")),
    ("location", re.compile(r"location|structure|owner_?level|office")),
    ("owner", re.compile(r"owner|company|corporate")),
)


def mapped_kind(table: Mapping[str, Any]) -> str:
    """The kind of record that a mapped type maps by, from its table, else its name."""
    for text in (table.get("table"), table.get("name")):
        plain = re.sub(r"[^a-z]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(text or "")).lower())
        for kind, pattern in _KINDS:
            if plain and pattern.search(plain):
                return kind
    return ""


def account_text(row: Mapping[str, Any]) -> str:
    """The account of a row or of a GL entry: its segments."""
    segments = [str(row.get(f"segment{number}") or "").strip() for number in range(1, 11)]
    return " / ".join(segment for segment in segments if segment)


@dataclass(frozen=True, slots=True)
class GlMapping:
    """The rows of service revenue: kind of record, its id, account."""

    rows: tuple[tuple[str, int, str], ...] = ()

    def account(self, ids: Mapping[str, int | None]) -> str:
        """The account that revenue with these ids reaches.

        Empty where no row applies, and where specific rows lead to different accounts, since which goes first is not known.
        """
        specific = {account for kind in SPECIFIC for account in self._of(kind, ids)}
        if specific:
            return specific.pop() if len(specific) == 1 else ""
        return next((account for kind in GENERAL for account in self._of(kind, ids)), "")

    def _of(self, kind: str, ids: Mapping[str, int | None]) -> list[str]:
        number = ids.get(kind)
        return [
            account
            for found, record, account in self.rows
            if found == kind and (kind == "owner" or (number is not None and record == number))
        ]


def gl_mapping(rows: Iterable[Mapping[str, Any]], mapped_types: Iterable[Mapping[str, Any]]) -> GlMapping:
    """The mapping of ConnectWise's lists."""
    kinds = {table.get("id"): mapped_kind(table) for table in mapped_types}
    found = []
    for row in rows:
        table, number = _part(row, "mappedType"), _part(row, "mappedRecord").get("id")
        kind = kinds.get(table.get("id")) or mapped_kind(table)
        if row.get("glType") == "R" and kind and isinstance(number, int):
            found.append((kind, number, account_text(row)))
    return GlMapping(tuple(found))


def _part(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = row.get(name)
    return found if isinstance(found, Mapping) else {}
