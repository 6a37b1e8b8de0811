"""Maps a ticket's values to a board: status, type, subtype, item, team, department and location."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.reference import Reference
from app.domain.ticket import TicketRecord
from app.planning.blockers import id_of, linked, name_of, reference, value_of
from app.planning.model import Problem
from app.planning.reference_lists import BOARDS, Record, ReferenceLists, ReferenceNotFound

DEPARTMENTS = "/system/departments"
LOCATIONS = "/system/locations"
_ASSOCIATIONS = "typeSubTypeItemAssociations"
Names = Mapping[str, str]
RULED = ("status", "type", "subType", "item", "team", "owner")
"""Members that a board's workflow rules may set as soon as a ticket is there; after a move they are not ours."""


def at_board(board: Record) -> str:
    """The path of a board's own lists."""
    return f"{BOARDS}/{board['id']}"


def need_board(lists: ReferenceLists, name: str, *, for_projects: bool) -> Record:
    """The active board of this name. ReferenceNotFound: it is not there or of the other kind."""
    board = lists.need(BOARDS, name, what="project board" if for_projects else "board")
    if bool(board.get("projectFlag")) is for_projects:
        return board
    if for_projects:
        raise ReferenceNotFound(Problem("board-not-project", f"“{name}” is no project board. Name one in the chart."))
    raise ReferenceNotFound(
        Problem("board-is-project", f"“{name}” is a project board; a mini-project needs a service board.")
    )


def open_status(
    ticket: TicketRecord, lists: ReferenceLists, board: Record, *, names: Names, named: str | None
) -> Record:
    """The status that the chart names for the old one, else of the same name, else the chart's, else the default; never closed."""
    path = f"{at_board(board)}/statuses"
    found = _mapped(ticket.status, names, lists, path, what="status")
    if found is not None and found.get("closedStatus") and _chosen(ticket.status, names):
        raise ReferenceNotFound(_closed(str(found.get("name")), board))
    if found is None or found.get("closedStatus"):
        found = lists.need(path, named, what="status") if named else None
        if found is not None and found.get("closedStatus"):
            raise ReferenceNotFound(_closed(str(named), board))
    found = found or _default(lists, path, unless="closedStatus")
    if found is None:
        text = f"The board “{name_of(board)}” has no open default status. Mark one as default there or name one in the chart."
        raise ReferenceNotFound(Problem("status-missing", text))
    return found


@dataclass(frozen=True, slots=True)
class SortingRules:
    """What the chart calls types, subtypes and items of other boards on this one."""

    types: Names = field(default_factory=dict)
    subtypes: Names = field(default_factory=dict)
    items: Names = field(default_factory=dict)
    fallback: str | None = None
    """The type of a ticket whose type has no counterpart."""


def sorting(ticket: TicketRecord, lists: ReferenceLists, board: Record, rules: SortingRules) -> dict[str, Any]:
    """A wish for type, subtype and item of the board that are valid together; values without a counterpart are cleared."""
    at = at_board(board)
    kind = _type_there(ticket, lists, at, rules)
    subtype = _subtype_there(ticket, lists, at, rules, kind) if kind else None
    item = _mapped(ticket.item, rules.items, lists, f"{at}/items", what="item") if subtype else None
    if kind and subtype and item and not associated(lists, at, kind, subtype, item):
        item = None
    found = {"type": kind, "subType": subtype, "item": item}
    return {
        name: value for member, record in found.items() for name, value in set_or_clear(ticket, member, record).items()
    }


def sorting_lists(ticket: TicketRecord, lists: ReferenceLists, board: Record, rules: SortingRules) -> Iterator[str]:
    """The lists that `sorting` reads. Each depends on the one before it: ask again when it is loaded."""
    at = at_board(board)
    yield f"{at}/types"
    kind = _type_there(ticket, lists, at, rules) if lists.has(f"{at}/types") else None
    if kind is None or not _named(ticket.sub_type, rules.subtypes):
        return
    yield f"{at}/subtypes"
    subtype = _subtype_there(ticket, lists, at, rules, kind) if lists.has(f"{at}/subtypes") else None
    if subtype is None or not _named(ticket.item, rules.items):
        return
    yield f"{at}/items"
    if lists.has(f"{at}/items") and _mapped(ticket.item, rules.items, lists, f"{at}/items", what="item"):
        yield f"{at}/{_ASSOCIATIONS}"


def _type_there(ticket: TicketRecord, lists: ReferenceLists, at: str, rules: SortingRules) -> Record | None:
    path = f"{at}/types"
    kind = _mapped(ticket.type, rules.types, lists, path, what="service type")
    kind = kind or (lists.find(path, rules.fallback) if rules.fallback else None)
    return kind or _default(lists, path)


def _subtype_there(
    ticket: TicketRecord, lists: ReferenceLists, at: str, rules: SortingRules, kind: Record
) -> Record | None:
    """The subtype, where it is allowed for the type."""
    subtype = _mapped(ticket.sub_type, rules.subtypes, lists, f"{at}/subtypes", what="subtype")
    return subtype if subtype and may_stand(subtype, kind) else None


def team_there(ticket: TicketRecord, lists: ReferenceLists, board: Record, *, names: Names) -> dict[str, Any]:
    """A wish for the team of the same or mapped name, else the board's default team."""
    path = f"{at_board(board)}/teams"
    team = _mapped(ticket.team, names, lists, path, what="team") or _default(lists, path)
    return set_or_clear(ticket, "team", team)


def place(
    ticket: TicketRecord, board: Record, lists: ReferenceLists, *, department: str, location: str | None
) -> dict[str, Any]:
    """Department and a location at which it is valid: the chart's, else the ticket's, else the board's."""
    target = lists.need(DEPARTMENTS, department, what="department")
    if location:
        candidates = [lists.need(LOCATIONS, location, what="location")["id"]]
    else:
        candidates = [found for value in (ticket.location, board.get("location")) if (found := id_of(value))]
    known = {record.get("id"): record for record in lists.all(LOCATIONS)}
    for candidate in candidates:
        departments = (known.get(candidate) or {}).get("departmentIds")
        if not departments or target["id"] in departments:
            return {"department": {"id": target["id"]}, "location": {"id": candidate}}
    if not candidates:
        text = f"Neither the ticket nor the board “{name_of(board)}” has a location; name one in the chart."
        raise ReferenceNotFound(Problem("location-missing", text))
    names = ", ".join(f"“{name_of(known.get(found)) or found}”" for found in dict.fromkeys(candidates))
    text = (
        f"The department “{department}” is not set up at {names}. Add it there or name another location in the chart."
    )
    raise ReferenceNotFound(Problem("department-not-at-location", text))


def may_stand(subtype: Record, kind: Record) -> bool:
    """Whether a subtype is allowed for a type; a board that names no associations allows all."""
    allowed = subtype.get("typeAssociationIds")
    return not allowed or kind["id"] in allowed


def associated(lists: ReferenceLists, at: str, kind: Record, subtype: Record, item: Record) -> bool:
    """Whether type, subtype and item are valid together on the board at `at`."""
    valid = (kind["id"], subtype["id"], item["id"])
    return any(
        (id_of(triple.get("type")), id_of(triple.get("subType")), id_of(triple.get("item"))) == valid
        for triple in lists.all(f"{at}/{_ASSOCIATIONS}")
    )


def same_record(ticket: TicketRecord, member: str, lists: ReferenceLists, path: str) -> Record | None:
    """The record of a list that the ticket refers to already."""
    known = id_of(linked(ticket, member))
    return next((record for record in lists.all(path) if record.get("id") == known), None)


def kept_sorting(
    ticket: TicketRecord, lists: ReferenceLists, at: str, kind: Record
) -> tuple[Record | None, Record | None]:
    """The ticket's own subtype and item, where they are allowed for a new type on the same board."""
    subtype = same_record(ticket, "subType", lists, f"{at}/subtypes")
    if subtype is None or not may_stand(subtype, kind):
        return None, None
    item = same_record(ticket, "item", lists, f"{at}/items")
    return subtype, item if item and associated(lists, at, kind, subtype, item) else None


def kept_sorting_lists(ticket: TicketRecord, lists: ReferenceLists, at: str, kind: Record) -> Iterator[str]:
    """The lists that `kept_sorting` reads. Each depends on the one before it: ask again when it is loaded."""
    yield f"{at}/subtypes"
    subtype = same_record(ticket, "subType", lists, f"{at}/subtypes") if lists.has(f"{at}/subtypes") else None
    if subtype is None or not may_stand(subtype, kind):
        return
    yield f"{at}/items"
    if lists.has(f"{at}/items") and same_record(ticket, "item", lists, f"{at}/items"):
        yield f"{at}/{_ASSOCIATIONS}"


def set_or_clear(ticket: TicketRecord, member: str, record: Record | None) -> dict[str, Any]:
    """The wish for a reference: the record, or nothing where the ticket has one."""
    if record is not None:
        return {member: {"id": record["id"]}}
    return {member: None} if reference(linked(ticket, member)) else {}


def restored(ticket: TicketRecord, members: tuple[str, ...]) -> dict[str, Any]:
    """The ticket's own values of these members, in the form of a wish."""
    return {name: value_of(ticket, name) for name in members}


def _chosen(value: Reference | None, names: Names) -> str | None:
    """The name that the chart puts in place of this one."""
    by_plain = {old.strip().casefold(): new for old, new in names.items()}
    return by_plain.get(name_of(value).strip().casefold())


def _named(value: Reference | None, names: Names) -> bool:
    """Whether a value is looked up on the board at all."""
    return _chosen(value, names) is not None or bool(name_of(value))


def _mapped(value: Reference | None, names: Names, lists: ReferenceLists, path: str, *, what: str) -> Record | None:
    """The record under the name that the chart chooses, which must be there, else under the same name."""
    chosen = _chosen(value, names)
    if chosen is not None:
        return lists.need(path, chosen, what=what)
    return lists.find(path, name_of(value)) if name_of(value) else None


def _default(lists: ReferenceLists, path: str, *, unless: str = "") -> Record | None:
    return next(
        (record for record in lists.active(path) if record.get("defaultFlag") and not (unless and record.get(unless))),
        None,
    )


def _closed(name: str, board: Record) -> Problem:
    text = f"The status “{name}” of the board “{name_of(board)}” closes a ticket. Name an open one in the chart."
    return Problem("status-closed", text)
