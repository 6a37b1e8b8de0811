"""Seeded sales set-up: opportunity statuses and stages, catalog items, currencies, opportunities with forecasts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.sandbox.engine.store import Record, Store, shown
from app.sandbox.rules.opportunities import STATUSES
from app.sandbox.rules.opportunities import TABLE as OPPORTUNITIES
from app.sandbox.rules.products import CATALOG

_DOLLAR = {"id": 1, "name": "US Dollar"}
FORECAST_TYPES = {"service": "Service", "product": "Product", "agreement": "Agreement", "other": "Other1"}
"""Forecast type by the name that cases use."""

# name, won, lost, closed
_STATUSES = (
    ("Open", False, False, False),
    ("Won", True, False, True),
    ("Lost", False, True, True),
    ("No Decision", False, False, True),
)
_STAGES = ("Prospect", "Qualified", "Proposal", "Negotiation", "Won", "Lost")
# identifier, description, class, price, recurring revenue a month
_CATALOG = (
    ("LABOUR-FIXED", "Professional services, fixed price", "Service", 0.0, 0.0),
    ("LABOUR-HOURS", "Professional services, hourly", "Service", 120.0, 0.0),
    ("HARDWARE", "Hardware as quoted", "NonInventory", 0.0, 0.0),
    ("SWITCH-24", "24-port access switch", "Inventory", 640.0, 0.0),
    ("M365-BP", "Microsoft 365 Business Premium", "Agreement", 20.6, 20.6),
    ("BUNDLE-AP", "Access point with licence and mount", "Bundle", 410.0, 0.0),
)  # fmt: skip


def build(store: Store) -> None:
    """Adds the sales set-up and two opportunities."""
    _lists(store)
    _catalog(store)
    store.start_ids("forecast", 8100)
    store.start_ids(OPPORTUNITIES, 80)
    for number, name, stage, company, service in (
        (71, "Clinic network refresh", "Won", 250, 12500.0),
        (72, "Phones, some day", "Prospect", 252, 8000.0),
    ):
        found = store.table("/company/companies").peek(company) or {}
        won = stage == "Won"
        add_opportunity(
            store, name, found, stage=stage, forecast={"service": service}, won=won, record_id=number, currency=_DOLLAR
        )


def _lists(store: Store) -> None:
    for number, (name, won, lost, closed) in enumerate(_STATUSES, 1):
        flags = {
            "wonFlag": won,
            "lostFlag": lost,
            "closedFlag": closed,
            "inactiveFlag": False,
            "defaultFlag": number == 1,
        }
        store.add(STATUSES, {"name": name, **flags}, record_id=number)
    for number, name in enumerate(_STAGES, 1):
        store.add("/sales/stages", {"name": name}, record_id=number)
    for number, (code, name) in enumerate((("USD", "US Dollar"), ("EUR", "Euro"), ("GBP", "Pound Sterling")), 1):
        store.add("/finance/currencies", {"name": name, "currencyIdentifier": code}, record_id=number)


def _catalog(store: Store) -> None:
    for number, (identifier, name, kind, price, recurring) in enumerate(_CATALOG, 1):
        item = {"identifier": identifier, "description": name, "customerDescription": name, "productClass": kind, "price": price,
                "recurringFlag": bool(recurring), "inactiveFlag": False}  # fmt: skip
        if recurring:
            item |= {"recurringRevenue": recurring, "recurringBillCycle": {"id": 1, "name": "Monthly"}}
        store.add(CATALOG, item, record_id=number)


def add_opportunity(
    store: Store, name: str, company: Record, *, stage: str, forecast: Mapping[str, Any], won: bool,
    record_id: int | None = None, currency: Mapping[str, Any] | None = None,
) -> Record:  # fmt: skip
    """An opportunity with one forecast item per revenue type. `forecast`: amounts by `FORECAST_TYPES`."""
    status = store.find(STATUSES, {"name": _status_of(stage, won=won)}) or {}
    stage_record = store.find("/sales/stages", {"name": stage}) or store.add("/sales/stages", {"name": stage})
    rep = store.find("/system/members", {"identifier": "pmiller"}) or {}
    contacts = store.table("/company/contacts").rows()
    contact = next((row for row in contacts if row["company"]["id"] == company["id"]), None)
    made = store.add(OPPORTUNITIES, {
        "name": name, "stage": shown(stage_record), "status": shown(status), "company": shown(company), "primarySalesRep": shown(rep),
        "contact": shown(contact) if contact else None, "currency": dict(currency) if currency else None,
    }, record_id=record_id)  # fmt: skip
    reference = {"id": made["id"], "name": name}
    for key, amount in forecast.items():
        recurring = key == "agreement"
        store.add(f"{OPPORTUNITIES}/{made['id']}/forecast", {
            "forecastType": FORECAST_TYPES[key], "forecastDescription": f"{name}, {key}"[:50], "revenue": float(amount), "cost": 0.0,
            "quantity": 1.0, "includeFlag": True, "recurringFlag": recurring, "recurringRevenue": float(amount) if recurring else 0.0,
            "opportunity": reference, "status": shown(status),
        })  # fmt: skip
    return made


def _status_of(stage: str, *, won: bool) -> str:
    if won:
        return "Won"
    return "Lost" if "lost" in stage.lower() else "Open"
