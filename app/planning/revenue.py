"""Which GL account the revenue of a ticket's time would reach, as far as ConnectWise's mapping can be known.

Source: `/finance/glAccounts` rows of glType R (service revenue) and their mapped types. The exact precedence is not
public. A row for a specific record (project type, service type, work type, work role) is taken to go before the
department's, that before the location's, that before the owner's; which of several specific rows goes first is not
known, so each of them must reach the account. Mapped types are distinguished by their table, since their names depend on language
and set-up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from app.domain.gl_mapping import GENERAL, SPECIFIC, account_text, mapped_kind
from app.planning.blockers import as_record
from app.planning.manual_actions import ManualAction, manual_action
from app.planning.reference_lists import Record, ReferenceLists

ROWS = "/finance/glAccounts"
TABLES = "/finance/glAccounts/mappedTypes"

Ids = Mapping[str, int | Collection[int] | None]
"""Kind of record (`department`, `service-type`…) to the id, or ids, that time on the target has."""


@dataclass(frozen=True, slots=True)
class GlRow:
    """A row that applies. `kind`: what it is mapped by, such as `work-type`."""

    kind: str
    record: str
    account: str
    reaches: bool

    def words(self) -> str:
        """The row for people."""
        return f"the row for {self.kind.replace('-', ' ')} “{self.record}”"


@dataclass(frozen=True, slots=True)
class RevenuePath:
    """The row that would be used, and whether it reaches the wanted account. `known`: whether GL rows can be read."""

    account: str
    kind: str
    record: str
    reaches: bool
    known: bool
    overriding: tuple[GlRow, ...] = ()
    """Every specific row that applies and goes before the department's, the one that is used among them."""

    def actions(self) -> list[ManualAction]:
        """The manual action where the mapping cannot be read."""
        return [] if self.known else [manual_action("gl-unread")]

    def words(self) -> str:
        """The path as a sentence."""
        if not self.known:
            return "The GL mapping cannot be read, so where the revenue goes is not known."
        if not self.kind:
            return "No GL row maps this revenue."
        used = GlRow(self.kind, self.record, self.account, self.reaches)
        others = [row for row in self.overriding if row.reaches is not self.reaches]
        instead = (
            f", while {others[0].words()} leads to “{others[0].account}”; which goes first is not known"
            if others
            else ""
        )
        return f"Revenue goes to “{self.account}” by {used.words()}{instead}."


def revenue_path(lists: ReferenceLists, ids: Ids, *, account: str) -> RevenuePath:
    """The GL row for these ids, and whether it reaches `account`: an account text that contains it."""
    rows = _service_rows(lists)
    if not rows:
        return RevenuePath("", "", "", reaches=False, known=False)
    kinds = {table.get("id"): mapped_kind(table) for table in lists.all(TABLES)}
    applying = [(_kind_of_row(row, kinds), row) for row in rows]
    specific = tuple(_applying(applying, SPECIFIC, ids, account))
    general = tuple(_applying(applying, GENERAL, ids, account))
    missing = [row for row in specific if not row.reaches]
    used = next(iter((*missing, *specific, *general)), None)
    if used is None:
        return RevenuePath("", "", "", reaches=False, known=True)
    return RevenuePath(used.account, used.kind, used.record, used.reaches, known=True, overriding=specific)


def revenue_lists(lists: ReferenceLists) -> Iterator[str]:
    """The lists that `revenue_path` reads; mapped types only where there are rows."""
    yield ROWS
    if lists.has(ROWS) and _service_rows(lists):
        yield TABLES


def _service_rows(lists: ReferenceLists) -> list[Record]:
    """The GL rows of service revenue."""
    return [row for row in lists.all(ROWS) if row.get("glType") == "R"]


def _applying(rows: list[tuple[str, Record]], order: tuple[str, ...], ids: Ids, account: str) -> Iterator[GlRow]:
    for kind in order:
        mapped_ids = _ids(ids.get(kind))
        for found, row in rows:
            mapped = as_record(row.get("mappedRecord"))
            if found == kind and (kind == "owner" or mapped.get("id") in mapped_ids):
                text = account_text(row)
                reaches = account.strip().casefold() in text.casefold()
                yield GlRow(kind, str(mapped.get("name") or mapped.get("id") or ""), text, reaches)


def _ids(value: int | Collection[int] | None) -> frozenset[int]:
    if value is None:
        return frozenset()
    return frozenset((value,)) if isinstance(value, int) else frozenset(value)


def _kind_of_row(row: Record, kinds: Mapping[object, str]) -> str:
    mapped_type = as_record(row.get("mappedType"))
    return kinds.get(mapped_type.get("id")) or mapped_kind(mapped_type)
