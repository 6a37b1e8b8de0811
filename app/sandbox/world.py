"""The seeded world: boards with the same names and other ids, departments, GL rows, people, customers, agreements."""

from __future__ import annotations

import itertools
from typing import Any

from app.sandbox.store import Record, Store, shown

_BOARD_ID = {"Service Desk": 1, "Alerts": 2, "Sales Handover": 3, "Mini-Projects": 12, "Projects": 20}
_STATUSES = ("New", "Assigned", "In Progress", "Waiting Customer", "Closed")
_TYPES = {
    "Service Desk": ("Incident", "Service Request", "Change", "Projects"),
    "Alerts": ("Alert", "Incident"),
    "Sales Handover": ("Service Request", "Projects"),
    "Mini-Projects": ("Service Request", "Change", "Projects"),
    "Projects": ("Service Request", "Change", "Projects"),
}
_SUBTYPES = ("Email", "Network", "Hardware", "Software", "Server")
_ITEMS = ("Install", "Repair", "Advice")


def build(store: Store) -> None:
    """Fills an empty store."""
    for kind, at in (
        ("statuses", 300),
        ("types", 80),
        ("subtypes", 500),
        ("items", 700),
        ("teams", 40),
        ("phases", 3100),
    ):
        store.start_ids(kind, at)
    store.start_ids("/project/projects", 900)
    store.start_ids("/tickets", 4711)
    _structure(store)
    _people(store)
    for name in _BOARD_ID:
        _board(store, name)
    _finance(store)
    _projects(store)
    _customers(store)


def _structure(store: Store) -> None:
    for number, name in ((2, "Head Office"), (3, "Branch North")):
        store.add(
            "/system/locations", {"name": name, "departmentIds": [10, 14], "locationFlag": True}, record_id=number
        )
    for number, name in ((10, "Service"), (14, "Professional Services"), (15, "Sales")):
        store.add("/system/departments", {"identifier": name[:15], "name": name}, record_id=number)
    for number, name in enumerate(
        ("Priority 1 - Critical", "Priority 2 - High", "Priority 3 - Normal", "Priority 4 - Low"), 1
    ):
        store.add("/service/priorities", {"name": name, "color": "White", "sortOrder": number}, record_id=number)
    for number, name in enumerate(("Email", "Phone", "Portal", "Monitoring"), 1):
        store.add("/service/sources", {"name": name}, record_id=number)
    store.add(
        "/system/info",
        {"version": "v2026.1", "isCloud": True, "cloudRegion": "NA", "serverTimeZone": "UTC"},
        record_id=1,
    )


def _people(store: Store) -> None:
    people = (("api-mini", "API", "Member"), ("jdoe", "Jo", "Doe"), ("awong", "Ada", "Wong"), ("mkurz", "Mila", "Kurz"),
              ("dispatch", "Dee", "Patch"), ("pmiller", "Pat", "Miller"))  # fmt: skip
    for number, (identifier, first, last) in enumerate(people, 101):
        member = {
            "identifier": identifier, "firstName": first, "lastName": last, "licenseClass": "A" if identifier == "api-mini" else "F",
            "defaultEmail": "Office", "inactiveFlag": False,
        }  # fmt: skip
        store.add("/system/members", member, record_id=number)


def _board(store: Store, name: str) -> None:
    number = _BOARD_ID[name]
    department = (
        {"id": 14, "name": "Professional Services"}
        if name in ("Mini-Projects", "Projects")
        else {"id": 10, "name": "Service"}
    )
    board: dict[str, Any] = {
        "name": name, "location": {"id": 2, "name": "Head Office"}, "department": department, "projectFlag": name == "Projects",
        "inactiveFlag": False, "billTime": "Billable", "billExpense": "Billable", "billProduct": "Billable",
    }  # fmt: skip
    store.add("/service/boards", board, record_id=number)
    at, own = f"/service/boards/{number}", {"board": {"id": number, "name": name}}
    for order, status in enumerate(_STATUSES):
        flags = {"defaultFlag": order == 0, "closedStatus": status == "Closed", "inactive": False, "sortOrder": order}
        store.add(f"{at}/statuses", {"name": status, **own, **flags, "timeEntryNotAllowed": False})
    types = [
        store.add(f"{at}/types", {"name": kind, **own, "defaultFlag": order == 0, "inactiveFlag": False, "location": board["location"],
                                  "department": department})
        for order, kind in enumerate(_TYPES[name])
    ]  # fmt: skip
    ids = [kind["id"] for kind in types]
    subtypes = [
        store.add(f"{at}/subtypes", {"name": kind, **own, "inactiveFlag": False, "typeAssociationIds": ids})
        for kind in _SUBTYPES
    ]
    items = [store.add(f"{at}/items", {"name": kind, **own, "inactiveFlag": False}) for kind in _ITEMS]
    _associate(store, at, own, types, subtypes, items)
    for order, team in enumerate(("First Line", "Engineers")):
        leader = {"id": 102, "identifier": "jdoe", "name": "Jo Doe"}
        store.add(
            f"{at}/teams",
            {"name": team, "teamLeader": leader, "boardId": number, "defaultFlag": order == 0, "members": [102, 103]},
        )


def _associate(
    store: Store, at: str, own: Record, types: list[Record], subtypes: list[Record], items: list[Record]
) -> None:
    for kind, subtype, item in itertools.product(types, subtypes, items[:2]):
        triple = {"type": shown(kind), "subType": shown(subtype), "item": shown(item), **own}
        store.add(f"{at}/typeSubTypeItemAssociations", triple)


def _finance(store: Store) -> None:
    tables = ((1, "Department", "Billing_Unit"), (2, "Location", "Owner_Level"), (3, "Service Type", "SR_Type"), (4, "Work Type", "Activity_Type"),
              (5, "Work Role", "Activity_Class"), (6, "Project Type", "PM_Type"), (7, "Owner", "Company"))  # fmt: skip
    for order, (number, name, table) in enumerate(tables):
        mapped = {"name": name, "table": table, "recIdField": f"{table}_RecID", "glType": "R", "sortOrder": order}
        store.add("/finance/glAccounts/mappedTypes", mapped, record_id=number)
    store.add("/finance/glCaptions", {"accountCaption1": "Account"}, record_id=1)
    service_type = next(kind for kind in store.table("/service/boards/1/types").values() if kind["name"] == "Projects")
    rows = (
        (1, "Department", 14, "Professional Services", "4100 Professional Services"),
        (1, "Department", 10, "Service", "4000 Managed Services"),
        (3, "Service Type", service_type["id"], "Projects", "4100 Professional Services"),
        (4, "Work Type", 8, "Hardware Repair", "4200 Hardware"),
        (7, "Owner", 1, "Corporate", "4999 Other Income"),
    )
    for number, (table_id, table_name, record_id, name, account) in enumerate(rows, 75):
        mapped = {"mappedType": {"id": table_id, "name": table_name}, "mappedRecord": {"id": record_id, "name": name}}
        store.add("/finance/glAccounts", {"glType": "R", **mapped, "segment1": account}, record_id=number)
    for number, (identifier, name, option) in enumerate(
        (("M", "Monthly", "Monthly"), ("Q", "Quarterly", "Quarterly"), ("Y", "Yearly", "Yearly")), 1
    ):
        store.add(
            "/finance/billingCycles",
            {"identifier": identifier, "name": name, "billingOptions": option},
            record_id=number,
        )
    for number, name in enumerate(("Net 14 days", "Net 30 days"), 1):
        store.add("/finance/billingTerms", {"name": name}, record_id=number)


def _projects(store: Store) -> None:
    for number, (name, default, closed) in enumerate(
        (("Open", True, False), ("On Hold", False, False), ("Closed", False, True)), 1
    ):
        store.add(
            "/project/statuses",
            {"name": name, "defaultFlag": default, "closedFlag": closed, "inactiveFlag": False},
            record_id=number,
        )
    for number, name in enumerate(("Implementation", "Migration", "Consulting"), 1):
        store.add("/project/projectTypes", {"name": name, "inactiveFlag": False}, record_id=number)
    for number, (name, manager) in enumerate((("Project Manager", True), ("Engineer", False)), 1):
        role = {"name": name, "managerRoleFlag": manager, "defaultContactFlag": False}
        store.add("/project/securityRoles", role, record_id=number)
    store.add("/project/phaseStatuses", {"name": "Open", "defaultFlag": True, "closedFlag": False}, record_id=1)
    for number, name in enumerate(("Office Move", "Server Migration"), 1):
        store.add("/project/projectTemplates/", {"name": name}, record_id=number)
    for number, name in enumerate(("Engineer", "Consultant"), 1):
        store.add("/time/workRoles", {"name": name}, record_id=number)
    for number, name in ((7, "Remote"), (8, "Hardware Repair")):
        store.add("/time/workTypes", {"name": name}, record_id=number)
    for number, identifier, name in ((4, "S", "Service"), (2, "C", "Sales Activity")):
        store.add("/schedule/types", {"identifier": identifier, "name": name}, record_id=number)


def _customers(store: Store) -> None:
    customers = (("Arbour", "Arbour Lane Clinic", 1), ("Brindle", "Brindle & Sons Bakery", 2), ("Cobalt", "Cobalt Freight", 1),
                 ("Dunmore", "Dunmore Schools Trust", 2), ("Elbwerft", "Elbwerft Metallbau", None), ("Fontaine", "Fontaine Optique", 1))  # fmt: skip
    for number, (identifier, name, cycle) in enumerate(customers, 250):
        company = {"id": number, "identifier": identifier, "name": name}
        store.add("/company/companies", {**company, "deletedFlag": False}, record_id=number)
        contact = {
            "firstName": "Robin",
            "lastName": name.split()[0],
            "company": company,
        }
        store.add("/company/contacts", contact, record_id=number - 216)
        if cycle:
            kind = "Monthly" if cycle == 1 else "Quarterly"
            agreement = {
                "name": "Managed Services", "type": {"id": 1, "name": "Managed Services"}, "company": company, "billStartDate": "2025-01-01T00:00:00Z",
                "billingCycle": {"id": cycle, "name": kind}, "agreementStatus": "Active", "coverAgreementTime": True,
            }  # fmt: skip
            store.add("/finance/agreements", agreement, record_id=number + 350)
    won = {
        "name": "Clinic network refresh",
        "stage": {"id": 5, "name": "Won"},
        "expectedRevenue": 12500.0,
        "company": {"id": 250},
    }
    store.add("/sales/opportunities", won, record_id=71)
    idea = {
        "name": "Phones, some day",
        "stage": {"id": 1, "name": "Prospect"},
        "expectedRevenue": 8000.0,
        "company": {"id": 252},
    }
    store.add("/sales/opportunities", idea, record_id=72)
