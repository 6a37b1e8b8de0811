"""Seeded companies with sites, contacts, and agreements of every billing cycle."""

from __future__ import annotations

from app.sandbox.engine.store import Store, shown

CYCLES = {
    "Monthly": 1, "Quarterly": 2, "Yearly": 3, "BiMonthly": 4, "BiWeekly": 5, "Weekly": 6, "SemiAnnual": 7, "NotRecurring": 8,
}  # fmt: skip
_CODES = ("M", "Q", "Y", "BM", "BW", "W", "S", "N")

_STATUSES: dict[str, dict[str, object]] = {
    "Active": {"inactiveFlag": False, "notifyFlag": False, "disallowSavingFlag": False},
    "Inactive": {"inactiveFlag": True, "notifyFlag": False, "disallowSavingFlag": False},
    "Credit Hold": {
        "inactiveFlag": False, "notifyFlag": True, "disallowSavingFlag": True, "notificationMessage": "On hold: ask accounts first.",
    },
}  # fmt: skip

# identifier, name, billing cycle of the agreement, day the billing starts, whether time is covered, language
CUSTOMERS: tuple[tuple[str, str, str | None, str, bool, str], ...] = (
    ("Arbour", "Arbour Lane Clinic", "Monthly", "2025-01-01", True, "en"),
    ("Brindle", "Brindle & Sons Bakery", "Quarterly", "2025-01-01", True, "en"),
    ("Cobalt", "Cobalt Freight", "Monthly", "2025-01-01", True, "en"),
    ("Dunmore", "Dunmore Schools Trust", "Quarterly", "2025-01-01", True, "es"),
    ("Elbwerft", "Elbwerft Metallbau", None, "", False, "de"),
    ("Fontaine", "Fontaine Optique", "Monthly", "2025-01-01", True, "fr"),
    ("Granite", "Granite Peak Surveyors", "Monthly", "2025-01-26", True, "en"),
    ("Heron", "Heron Valley Water", "BiMonthly", "2025-01-01", True, "en"),
    ("Ibex", "Ibex Outdoor Outfitters", "BiWeekly", "2025-01-06", True, "en"),
    ("Juniper", "Juniper Dental Group", "Weekly", "2025-01-06", True, "en"),
    ("Kestrel", "Kestrel Legal LLP", "SemiAnnual", "2025-01-01", True, "en"),
    ("Lakeside", "Lakeside Housing Association", "Yearly", "2025-04-01", True, "en"),
    ("Marlow", "Marlow Print Works", "NotRecurring", "2025-01-01", False, "en"),
    ("Nordlicht", "Nordlicht Apotheken", "Monthly", "2025-01-26", True, "de"),
    ("Ostwall", "Ostwall Steuerberatung", "Quarterly", "2025-02-01", True, "de"),
    ("Pergola", "Pergola Gartenbau", None, "", False, "de"),
    ("Quai", "Transports du Quai", "Monthly", "2025-01-01", False, "fr"),
    ("Rivage", "Cabinet Rivage", "Quarterly", "2025-01-01", True, "fr"),
    ("Salina", "Bodegas Salina", "Monthly", "2025-01-15", True, "es"),
    ("Torre", "Clínica Torre Alta", "Monthly", "2025-01-26", True, "es"),
    ("Umber", "Umber & Vale Architects", None, "", False, "en"),
    ("Vireo", "Vireo Robotics", "Monthly", "2025-01-01", False, "en"),
    ("Wharf", "Wharf Street Theatre", "Yearly", "2025-09-01", True, "en"),
    ("Yarrow", "Yarrow Care Homes", "Monthly", "2025-01-01", True, "en"),
)
_FIRST = ("Robin", "Sasha", "Ines", "Karl", "Mona", "Theo", "Lena", "Omar", "Ruth", "Pablo", "Claire", "Jonas")
_LAST = (
    "Okoro",
    "Brandt",
    "Lindqvist",
    "Moreau",
    "Santos",
    "Petersen",
    "Hughes",
    "Alvarez",
    "Keller",
    "Dubois",
    "Novak",
    "Hart",
)


def build(store: Store) -> None:
    """Adds all companies."""
    for (name, number), code in zip(CYCLES.items(), _CODES, strict=True):
        store.add(
            "/finance/billingCycles", {"identifier": code, "name": name, "billingOptions": name}, record_id=number
        )
    for number, (name, flags) in enumerate(_STATUSES.items(), 1):
        store.add("/company/companies/statuses", {"name": name, "defaultFlag": number == 1, **flags}, record_id=number)
    for number, name in enumerate(("Managed Services", "Block Time"), 1):
        store.add("/finance/agreements/types", {"name": name, "inactiveFlag": False}, record_id=number)
    store.start_ids("/company/companies", 400)
    store.start_ids("/finance/agreements", 700)
    store.start_ids("/company/contacts", 300)
    for number, customer in enumerate(CUSTOMERS, 250):
        identifier, name, cycle, start, covered, _ = customer
        company = {"id": number, "identifier": identifier, "name": name}
        store.add(
            "/company/companies",
            {**company, "deletedFlag": False, "status": {"id": 1, "name": "Active"}},
            record_id=number,
        )
        _contacts(store, company, number)
        if cycle:
            _agreement(store, company, cycle, start=start, covered=covered, number=number + 350)
    _old_agreement(store)
    _things(store)


def _contacts(store: Store, company: dict[str, object], number: int) -> None:
    """A main contact, and one for each of two sites."""
    last = str(company["name"]).split()[0]
    store.add(
        "/company/contacts",
        {"firstName": "Robin", "lastName": last, "company": company, "defaultFlag": True, **_address("robin", company)},
        record_id=number - 216,
    )
    for turn, site in enumerate(("Main site", "Second site")):
        made = store.add(
            f"/company/companies/{number}/sites", {"name": site, "company": company, "primaryAddressFlag": turn == 0}
        )
        first = _FIRST[(number + 5 * turn) % len(_FIRST)]
        store.add("/company/contacts", {
            "firstName": first, **_address(first, company), "lastName": _LAST[(number * 7 + turn) % len(_LAST)],
            "company": company, "site": {"id": made["id"], "name": site}, "title": f"{site} coordinator",
        })  # fmt: skip


def _address(name: str, company: dict[str, object]) -> dict[str, object]:
    """Mail address of a contact, as members of Contact."""
    value = f"{name}@{company['identifier']}.example".lower()
    item = {"type": {"id": 1, "name": "Email"}, "value": value, "defaultFlag": True, "communicationType": "Email"}
    return {"communicationItems": [item]}


def _agreement(store: Store, company: dict[str, object], cycle: str, *, start: str, covered: bool, number: int) -> None:
    kind = "Managed Services" if covered else "Block Time"
    agreement = {
        "name": kind, "type": {"id": 1 if covered else 2, "name": kind}, "company": company, "billStartDate": f"{start}T00:00:00Z",
        "startDate": f"{start}T00:00:00Z", "noEndingDateFlag": True, "billingCycle": {"id": CYCLES[cycle], "name": cycle},
        "agreementStatus": "Active", "coverAgreementTime": covered, "coverAgreementProduct": False, "coverAgreementExpense": False,
        "periodType": "Current", "billOneTimeFlag": cycle == "NotRecurring", "cancelledFlag": False,
    }  # fmt: skip
    store.add("/finance/agreements", agreement, record_id=number)


def _old_agreement(store: Store) -> None:
    company = store.table("/company/companies").peek(254) or {}
    ended = {
        "name": "Managed Services (ended)", "type": {"id": 1, "name": "Managed Services"}, "company": shown(company),
        "billStartDate": "2023-01-01T00:00:00Z", "startDate": "2023-01-01T00:00:00Z", "endDate": "2024-12-31T00:00:00Z",
        "billingCycle": {"id": 1, "name": "Monthly"}, "agreementStatus": "Expired", "coverAgreementTime": True, "cancelledFlag": True,
    }  # fmt: skip
    store.add("/finance/agreements", ended, record_id=699)


def _things(store: Store) -> None:
    for number, (name, company) in enumerate((("SRV-BK1", 252), ("FW-CLINIC", 250), ("AP-HALL-2", 254)), 501):
        found = shown(store.table("/company/companies").peek(company) or {})
        store.add("/company/configurations", {"name": name, "company": found, "activeFlag": True}, record_id=number)
    store.add("/sales/activities", {"name": "Call back about phones", "company": {"id": 252}}, record_id=31)
