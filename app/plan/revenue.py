"""Which GL account the revenue of a ticket's time would reach, as far as ConnectWise's mapping can be known.

Source: `/finance/glAccounts` rows of glType R (service revenue) and their mapped types. The exact precedence is not
public; a row for a specific record (project type, service type, work type, work role) is taken to go before the
department's, that before the location's, that before the owner's. Mapped types are told apart by their table, since their names
change with language and set-up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.plan.catalogue import Catalogue, Record

ROWS = "/finance/glAccounts"
TABLES = "/finance/glAccounts/mappedTypes"

_SPECIFIC = ("project-type", "service-type", "work-type", "work-role")
_GENERAL = ("department", "location", "owner")
_KINDS = (
    ("project-type", re.compile(r"project_?type|pm_?type")),
    ("service-type", re.compile(r"service_?type|sr_?type|ticket_?type|board_?type")),
    ("work-type", re.compile(r"work_?type|activity_?type")),
    ("work-role", re.compile(r"work_?role|activity_?class")),
    ("department", re.compile(r"department|billing_?unit|business_?unit|group")),
    ("location", re.compile(r"location|structure|owner_?level|office")),
    ("owner", re.compile(r"owner|company|corporate")),
)


@dataclass(frozen=True, slots=True)
class RevenuePath:
    """The row that would be used. `kind`: what it is mapped by; empty with no row. `known`: whether GL rows can be read."""

    account: str
    kind: str
    record: str
    reaches: bool
    known: bool

    def words(self) -> str:
        """The path as a sentence."""
        if not self.known:
            return "The GL mapping cannot be read, so where the revenue goes is not known."
        if not self.kind:
            return "No GL row maps this revenue."
        return f"Revenue goes to “{self.account}” by the row for {self.kind.replace('-', ' ')} “{self.record}”."


def revenue_path(catalogue: Catalogue, ids: Mapping[str, int | None], *, account: str) -> RevenuePath:
    """The GL row for the ids given by kind (`department`, `service-type`…), and whether it reaches `account`."""
    rows = [row for row in catalogue.all(ROWS) if row.get("glType") == "R"]
    if not rows:
        return RevenuePath("", "", "", reaches=False, known=False)
    kinds = {table.get("id"): _kind(table) for table in catalogue.all(TABLES)}
    for kind in (*_SPECIFIC, *_GENERAL):
        wanted = ids.get(kind)
        for row in rows:
            mapped = row.get("mappedRecord") or {}
            if _kind_of_row(row, kinds) == kind and (kind == "owner" or (wanted and mapped.get("id") == wanted)):
                text = _account(row)
                reaches = account.casefold() in text.casefold()
                return RevenuePath(text, kind, str(mapped.get("name") or mapped.get("id") or ""), reaches, known=True)
    return RevenuePath("", "", "", reaches=False, known=True)


def _kind_of_row(row: Record, kinds: Mapping[object, str]) -> str:
    mapped_type = row.get("mappedType") or {}
    return kinds.get(mapped_type.get("id")) or _kind(mapped_type)


def _kind(table: Record) -> str:
    """What a mapped type maps by: told by its table, else by its name."""
    for text in (table.get("table"), table.get("name")):
        plain = re.sub(r"[^a-z]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(text or "")).lower())
        for kind, pattern in _KINDS:
            if plain and pattern.search(plain):
                return kind
    return ""


def _account(row: Record) -> str:
    segments = [str(row.get(f"segment{number}") or "").strip() for number in range(1, 11)]
    return " / ".join(segment for segment in segments if segment)
