"""Reads that can travel in a bundle: the resource type of each path, and the member by which a record shows where it belongs.

Resource types are the names of the record's schema in the API document. Lists whose records do not show their parent (documents and
configurations of a ticket) are left out: their answer could not be verified.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.connectwise.conditions import all_of, eq, in_

SCHEDULE_TYPE_TICKET = 4
"""ConnectWise's type of schedule entries for tickets, service and project alike (identifier S)."""

_OF_PARENT = (
    (re.compile(r"/service/tickets/(\d+)/notes\Z"), "servicenote", "ticketId"),
    (re.compile(r"/project/tickets/(\d+)/notes\Z"), "ticketnote", "ticketId"),
    (re.compile(r"/service/tickets/(\d+)/tasks\Z"), "servicetask", "ticketId"),
    (re.compile(r"/project/tickets/(\d+)/tasks\Z"), "tickettask", "ticketId"),
    (re.compile(r"/project/projects/(\d+)/phases\Z"), "projectphase", "projectId"),
    (re.compile(r"/project/projects/(\d+)/teamMembers\Z"), "projectteammember", "projectId"),
    (re.compile(r"/project/projects/(\d+)/contacts\Z"), "projectcontact", "projectId"),
    (re.compile(r"/project/projects/(\d+)/notes\Z"), "projectnote", "projectId"),
)
_TOP = {
    "/service/tickets": "ticket", "/project/tickets": "projectticket", "/project/projects": "project", "/time/entries": "timeentry",
    "/schedule/entries": "scheduleentry", "/procurement/products": "productitem", "/company/companies": "company",
    "/sales/opportunities": "opportunity", "/sales/activities": "activity",
}  # fmt: skip
_LISTS = {
    "/service/boards": "board", "/service/boards/statuses": "boardstatus", "/service/boards/types": "boardtype",
    "/service/boards/subtypes": "boardsubtype", "/service/boards/items": "boarditem", "/service/boards/teams": "boardteam",
    "/service/boards/typeSubTypeItemAssociations": "boardtypesubtypeitemassociation", "/system/departments": "department",
    "/system/locations": "location", "/system/members": "member", "/project/securityRoles": "projectsecurityrole",
    "/project/projectTypes": "projecttype", "/finance/glAccounts": "glaccount", "/finance/glAccounts/mappedTypes": "mappedtype",
    "/company/contacts": "contact",
}  # fmt: skip
_BOARD = re.compile(r"/service/boards/(\d+)(/[A-Za-z]+)\Z")
_SINGLE = re.compile(r"(.+)/(\d+)\Z")
_COUNTED = re.compile(r"/(?:service|project)/tickets/(\d+)/([a-z]+)/count\Z")
_EQUALS = re.compile(r"(?:\A|\band)\s*([A-Za-z]+(?:/[A-Za-z]+)*)\s*=\s*(\d+)\s*(?=\Z|and\b)", re.I)
_QUOTED = re.compile(r'"[^"]*"')
_EITHER = re.compile(r"\bor\b|\bnot\b", re.I)
_OF_KIND = ("type/id",)
"""Members that say of which kind a record is, and not to which record it belongs."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list to read, or with `single` one record.

    `belongs`: a member and its value that each record must show; None where the caller verifies the answer itself.
    """

    path: str
    belongs: tuple[str, int] | None
    conditions: str = ""
    fields: Sequence[str] = ()
    single: bool = False
    most: int = 0
    """The newest records of the list, at most so many; 0: all of them."""


@dataclass(frozen=True, slots=True)
class Resource:
    """How a bundle names a read: the type, the parent's id and, of a single record, its own."""

    kind: str
    parent: int | None = None
    record: int | None = None


def resource_of(wanted: Wanted) -> Resource | None:
    """How a bundle names this read; None where it cannot travel in a bundle."""
    path, record = wanted.path, None
    if wanted.single:
        match = _SINGLE.match(path)
        if match is None:
            return None
        path, record = match[1], int(match[2])
    if path in _TOP:
        return Resource(_TOP[path], record=record)
    for pattern, kind, _ in _OF_PARENT:
        if match := pattern.match(path):
            return Resource(kind, int(match[1]), record)
    return None if wanted.belongs else _reference_list(path)


def _reference_list(path: str) -> Resource | None:
    match = _BOARD.match(path)
    kind = _LISTS.get(f"/service/boards{match[2]}" if match else path)
    return Resource(kind, int(match[1]) if match else None) if kind else None


def reference_list_at(path: str, conditions: str = "") -> Wanted | None:
    """A list that changes rarely, such as boards; its answer must be compared with what was read before."""
    wanted = Wanted(path, None, conditions)
    return wanted if resource_of(wanted) else None


def record_at(path: str) -> Wanted | None:
    """One record by its path; None where it cannot travel in a bundle."""
    match = _SINGLE.match(path)
    wanted = Wanted(path, ("id", int(match[2])), single=True) if match else None
    return wanted if wanted and resource_of(wanted) else None


def list_at(path: str, conditions: str = "") -> Wanted | None:
    """A whole list; None where it cannot travel in a bundle, or where its records do not show that they belong there."""
    path = path.rstrip("/")
    for pattern, _, member in _OF_PARENT:
        if match := pattern.match(path):
            return Wanted(path, (member, int(match[1])), conditions)
    unquoted = _QUOTED.sub('""', conditions)
    if path not in _TOP or _EITHER.search(unquoted):
        return None
    shown = [(member, int(value)) for member, value in _EQUALS.findall(unquoted) if member not in _OF_KIND]
    return Wanted(path, shown[0], conditions) if shown else None


def counted_at(path: str) -> Wanted | None:
    """The list whose records a count endpoint of a ticket counts; None where it cannot travel in a bundle.

    Time and products are found by the ticket's number, so that they are counted alike before and after a conversion.
    """
    match = _COUNTED.match(path)
    if match is None:
        return None
    number, name, at = int(match[1]), match[2], path.removesuffix("/count")
    charged = all_of(in_("chargeToType", ("ServiceTicket", "ProjectTicket")), eq("chargeToId", number))
    scheduled = all_of(eq("type/id", SCHEDULE_TYPE_TICKET), eq("objectId", number))
    sold = all_of(eq("chargeToType", "Ticket"), eq("chargeToId", number))
    lists = {
        "notes": Wanted(at, ("ticketId", number), "", ("id", "ticketId")),
        "tasks": Wanted(at, ("ticketId", number), "", ("id", "ticketId")),
        "timeentries": Wanted("/time/entries", ("chargeToId", number), charged, ("id", "chargeToId")),
        "scheduleentries": Wanted("/schedule/entries", ("objectId", number), scheduled, ("id", "objectId")),
        "products": Wanted("/procurement/products", ("ticket/id", number), sold, ("id", "ticket/id")),
        "activities": Wanted("/sales/activities", ("ticket/id", number), eq("ticket/id", number), ("id", "ticket/id")),
    }
    return lists.get(name)
