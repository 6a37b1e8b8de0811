"""Maps a ticket's values to another board: status, type, subtype, item, team, department and location."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.reference import Reference
from app.domain.ticket import TicketRecord
from app.planning.blockers import id_of, linked, name_of, reference, value_of
from app.planning.model import Problem
from app.planning.reference_lists import BOARDS, Record, ReferenceLists, ReferenceNotFound

DEPARTMENTS = "/system/departments"
LOCATIONS = "/system/locations"
Names = Mapping[str, str]
RULED = ("status", "type", "subType", "item", "team", "owner")
"""Members that a board's workflow rules may set as soon as a ticket is there; after a move they are not ours."""


def at_board(board: Record) -> str:
    """The path of a board's own lists."""
    return f"{BOARDS}/{board['id']}"


def need_board(catalogue: ReferenceLists, name: str, *, for_projects: bool) -> Record:
    """The active board of this name; Missing when it is not there or of the other kind."""
    board = catalogue.need(BOARDS, name, what="project board" if for_projects else "board")
    if bool(board.get("projectFlag")) is for_projects:
        return board
    if for_projects:
        raise ReferenceNotFound(Problem("board-not-project", f"“{name}” is no project board. Name one in the chart."))
    raise ReferenceNotFound(
        Problem("board-is-project", f"“{name}” is a project board; a mini-project needs a service board.")
    )


def open_status(
    ticket: TicketRecord, catalogue: ReferenceLists, board: Record, *, names: Names, named: str | None
) -> Record:
    """The status that the chart names for the old one, else of the same name, else the chart's, else the default; never closed."""
    path = f"{at_board(board)}/statuses"
    found = _mapped(ticket.status, names, catalogue, path, what="status")
    if found is not None and found.get("closedStatus") and _chosen(ticket.status, names):
        raise ReferenceNotFound(_closed(str(found.get("name")), board))
    if found is None or found.get("closedStatus"):
        found = catalogue.need(path, named, what="status") if named else None
        if found is not None and found.get("closedStatus"):
            raise ReferenceNotFound(_closed(str(named), board))
    found = found or _default(catalogue, path, unless="closedStatus")
    if found is None:
        text = f"The board “{name_of(board)}” has no open default status. Mark one as default there or name one in the chart."
        raise ReferenceNotFound(Problem("status-missing", text))
    return found


def sorting(
    ticket: TicketRecord, catalogue: ReferenceLists, board: Record, *, types: Names, subtypes: Names, items: Names,
    fallback: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A wish for type, subtype and item of the board that are valid together; values without a counterpart are cleared."""
    at = at_board(board)
    kind = _mapped(ticket.type, types, catalogue, f"{at}/types", what="service type")
    kind = kind or (catalogue.find(f"{at}/types", fallback) if fallback else None)
    kind = kind or _default(catalogue, f"{at}/types")
    subtype = _mapped(ticket.sub_type, subtypes, catalogue, f"{at}/subtypes", what="subtype") if kind else None
    if kind and subtype and not may_stand(subtype, kind):
        subtype = None
    item = _mapped(ticket.item, items, catalogue, f"{at}/items", what="item") if subtype else None
    if kind and subtype and item and not associated(catalogue, at, kind, subtype, item):
        item = None
    found = {"type": kind, "subType": subtype, "item": item}
    return {
        name: value for member, record in found.items() for name, value in set_or_clear(ticket, member, record).items()
    }


def team_there(ticket: TicketRecord, catalogue: ReferenceLists, board: Record, *, names: Names) -> dict[str, Any]:
    """A wish for the team of the same or mapped name, else the board's default team."""
    path = f"{at_board(board)}/teams"
    team = _mapped(ticket.team, names, catalogue, path, what="team") or _default(catalogue, path)
    return set_or_clear(ticket, "team", team)


def place(
    ticket: TicketRecord, board: Record, catalogue: ReferenceLists, *, department: str, location: str | None
) -> dict[str, Any]:
    """Department and a location at which it is valid: the chart's, else the ticket's, else the board's."""
    wanted = catalogue.need(DEPARTMENTS, department, what="department")
    if location:
        candidates = [catalogue.need(LOCATIONS, location, what="location")["id"]]
    else:
        candidates = [found for value in (ticket.location, board.get("location")) if (found := id_of(value))]
    known = {each.get("id"): each for each in catalogue.all(LOCATIONS)}
    for candidate in candidates:
        departments = (known.get(candidate) or {}).get("departmentIds")
        if not departments or wanted["id"] in departments:
            return {"department": {"id": wanted["id"]}, "location": {"id": candidate}}
    if not candidates:
        text = f"Neither the ticket nor the board “{name_of(board)}” has a location; name one in the chart."
        raise ReferenceNotFound(Problem("location-missing", text))
    names = ", ".join(f"“{name_of(known.get(each)) or each}”" for each in dict.fromkeys(candidates))
    text = (
        f"The department “{department}” is not set up at {names}. Add it there or name another location in the chart."
    )
    raise ReferenceNotFound(Problem("department-not-at-location", text))


def may_stand(subtype: Record, kind: Record) -> bool:
    """Whether a subtype is allowed for a type; a board that names no associations allows all."""
    allowed = subtype.get("typeAssociationIds")
    return not allowed or kind["id"] in allowed


def associated(catalogue: ReferenceLists, at: str, kind: Record, subtype: Record, item: Record) -> bool:
    """Whether type, subtype and item are valid together on the board at `at`."""
    wanted = (kind["id"], subtype["id"], item["id"])
    return any(
        (id_of(triple.get("type")), id_of(triple.get("subType")), id_of(triple.get("item"))) == wanted
        for triple in catalogue.all(f"{at}/typeSubTypeItemAssociations")
    )


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


def _mapped(value: Reference | None, names: Names, catalogue: ReferenceLists, path: str, *, what: str) -> Record | None:
    """The record under the name that the chart chooses, which must be there, else under the same name."""
    chosen = _chosen(value, names)
    if chosen is not None:
        return catalogue.need(path, chosen, what=what)
    return catalogue.find(path, name_of(value)) if name_of(value) else None


def _default(catalogue: ReferenceLists, path: str, *, unless: str = "") -> Record | None:
    return next(
        (one for one in catalogue.active(path) if one.get("defaultFlag") and not (unless and one.get(unless))), None
    )


def _closed(name: str, board: Record) -> Problem:
    text = f"The status “{name}” of the board “{name_of(board)}” closes a ticket. Name an open one in the chart."
    return Problem("status-closed", text)
